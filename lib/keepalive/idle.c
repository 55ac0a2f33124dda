#include "idle.h"

#include <errno.h>
#include <string.h>

#include "record.h"

#define FIRST_MONTH 202601

#define MONTH_MS (INT64_C(30) * 86400000)

/* Runs that are closer together are a person's. */
#define BY_HAND_MS 60000

static const struct record_number numbers[] = {
	{ "interface", offsetof(struct idle_memory, index) },
	{ "received", offsetof(struct idle_memory, rx) },
	{ "sent", offsetof(struct idle_memory, tx) },
	{ "run", offsetof(struct idle_memory, run_ms) },
	{ "every", offsetof(struct idle_memory, every_ms) },
	{ "traffic", offsetof(struct idle_memory, traffic_ms) },
	{ "verdict", offsetof(struct idle_memory, verdict) },
	{ "dead", offsetof(struct idle_memory, dead) },
	{ "deaf", offsetof(struct idle_memory, deaf) },
	{ "redial", offsetof(struct idle_memory, redial_ms) },
	{ "redial-clock", offsetof(struct idle_memory, redial_wall_s) },
	{ "month", offsetof(struct idle_memory, month) },
	{ "bytes", offsetof(struct idle_memory, bytes) },
	{ "bytes-before", offsetof(struct idle_memory, bytes_before) },
};

const char *idle_verdict_name(enum idle_verdict verdict)
{
	static const char *const names[] = { [IDLE_UNKNOWN] = "unknown",
					     [IDLE_ALIVE] = "alive",
					     [IDLE_SENT] = "sent",
					     [IDLE_SILENT] = "silent",
					     [IDLE_NO_INTERFACE] = "no interface",
					     [IDLE_NO_ADDRESS] = "no address" };

	return names[verdict];
}

const char *idle_format(char buf[static IDLE_TEXT_MAX], const struct idle_memory *memory)
{
	struct record_writer w = { .buf = buf, .size = IDLE_TEXT_MAX };

	buf[0] = '\0';
	if (memory->boot[0] != '\0')
		record_put(&w, "boot %s\n", memory->boot);
	record_put_numbers(&w, numbers, ARRAY_LEN(numbers), memory);
	return buf;
}

static int take_boot(const char **text, struct idle_memory *out)
{
	char word[RECORD_WORD_MAX];

	if (record_take_word(text, true, word) != 0 || strlen(word) >= sizeof(out->boot))
		return -EINVAL;
	memcpy(out->boot, word, strlen(word) + 1);
	return 0;
}

int idle_parse(const char *text, struct idle_memory *out)
{
	struct idle_memory memory = { .boot = "" };
	char name[RECORD_WORD_MAX];

	while (*text != '\0') {
		int ret = record_take_word(&text, false, name);

		if (ret == 0 && strcmp(name, "boot") == 0)
			ret = take_boot(&text, &memory);
		else if (ret == 0)
			ret = record_take_named(name, &text, numbers, ARRAY_LEN(numbers),
						IDLE_NUMBER_MAX, &memory);
		if (ret != 0)
			return ret;
	}
	if (memory.verdict > IDLE_NO_ADDRESS)
		return -EINVAL;
	*out = memory;
	return 0;
}

/* Another boot, or times that cannot be of this one: durations are unknown, and the modem has most
 * likely been switched off and on, too. */
static void forget_times(struct idle_memory *memory)
{
	memory->index = 0;
	memory->run_ms = 0;
	memory->every_ms = 0;
	memory->traffic_ms = 0;
	memory->dead = 0;
	memory->deaf = 0;
	memory->redial_ms = 0;
}

/* Not to a month before this program was: a clock that was not set yet. */
static void turn_month(struct idle_memory *memory, int64_t month)
{
	bool follows =
		month == memory->month + 1 || month == memory->month + 89; /* 202612, 202701 */

	if (memory->month == month || month < FIRST_MONTH)
		return;
	memory->bytes_before = follows ? memory->bytes : 0;
	memory->bytes = 0;
	memory->month = month;
}

static int64_t sum_within(int64_t a, int64_t b)
{
	return a > IDLE_NUMBER_MAX - b ? IDLE_NUMBER_MAX : a + b;
}

bool idle_is_dead(enum idle_verdict verdict)
{
	return verdict == IDLE_SILENT || verdict == IDLE_NO_INTERFACE || verdict == IDLE_NO_ADDRESS;
}

bool idle_can_ask(const struct idle_facts *facts)
{
	return facts->up && !facts->bare;
}

/* Takes the traffic since the last run for as old as it can be. Without a word from the other side
 * it may all have been in vain, which is good enough only where no answer is required. */
static void count_traffic(struct idle_memory *memory, const struct idle_rule *rule,
			  const struct idle_facts *facts)
{
	bool heard = facts->rx != memory->rx;
	bool sent = facts->tx != memory->tx;

	if (heard || (sent && !rule->require_reply))
		memory->traffic_ms = memory->run_ms;
	if (heard) {
		memory->verdict = IDLE_ALIVE;
		memory->deaf = 0;
	}
	if (!heard && sent && !rule->require_reply)
		memory->verdict = IDLE_SENT;
}

static bool is_recent(const struct idle_memory *memory, const struct idle_rule *rule,
		      int64_t now_ms)
{
	return memory->traffic_ms > 0 && now_ms - memory->traffic_ms < rule->skip_ms &&
	       !idle_is_dead((enum idle_verdict)memory->verdict);
}

bool idle_begin(struct idle_memory *memory, const struct idle_rule *rule,
		const struct idle_facts *facts)
{
	if (strcmp(memory->boot, facts->boot) != 0 || facts->boot[0] == '\0' ||
	    memory->run_ms > facts->now_ms || memory->traffic_ms > facts->now_ms ||
	    memory->redial_ms > facts->now_ms)
		forget_times(memory);
	memcpy(memory->boot, facts->boot, sizeof(memory->boot));
	turn_month(memory, facts->month);
	if (memory->index != facts->index) {
		memory->traffic_ms = 0;
		memory->deaf = 0;
	} else if (memory->run_ms > 0 && facts->index > 0)
		count_traffic(memory, rule, facts);
	memory->index = facts->index;
	if (memory->run_ms > 0 && facts->now_ms - memory->run_ms >= BY_HAND_MS)
		memory->every_ms = facts->now_ms - memory->run_ms;
	return idle_can_ask(facts) && !is_recent(memory, rule, facts->now_ms);
}

static enum idle_verdict judge(const struct idle_memory *memory, const struct idle_rule *rule,
			       const struct idle_facts *facts, const struct idle_echoes *echoes)
{
	if (!facts->up)
		return IDLE_NO_INTERFACE;
	if (facts->bare)
		return IDLE_NO_ADDRESS;
	if (echoes == NULL)
		return (enum idle_verdict)memory->verdict;
	if (echoes->answered)
		return IDLE_ALIVE;
	return rule->require_reply || !echoes->left ? IDLE_SILENT : IDLE_SENT;
}

void idle_end(struct idle_memory *memory, const struct idle_rule *rule,
	      const struct idle_facts *facts, const struct idle_echoes *echoes)
{
	enum idle_verdict verdict = judge(memory, rule, facts, echoes);
	bool in_vain = echoes != NULL && (echoes->left || echoes->stuck || facts->tx != memory->tx);

	memory->verdict = verdict;
	if (!idle_is_dead(verdict))
		memory->deaf = 0;
	else if (in_vain)
		memory->deaf = sum_within(memory->deaf, 1);
	memory->dead = idle_is_dead(verdict) ? sum_within(memory->dead, 1) : 0;
	if (echoes != NULL && !idle_is_dead(verdict))
		memory->traffic_ms = echoes->sent_ms;
	if (echoes != NULL)
		memory->bytes = sum_within(memory->bytes, echoes->bytes);
	if (memory->index != facts->index) /* it was re-created meanwhile */
		memory->traffic_ms = 0;
	memory->run_ms = facts->now_ms;
	memory->index = facts->index;
	memory->rx = facts->rx;
	memory->tx = facts->tx;
}

/* A redial that restarts the machine is remembered by the clock, as far as that is right. */
static bool was_redialled_lately(const struct idle_memory *memory, const struct idle_rule *rule,
				 const struct idle_facts *facts)
{
	int64_t ago_s = facts->wall_s - memory->redial_wall_s;

	if (memory->redial_ms > 0)
		return facts->now_ms - memory->redial_ms < rule->redial_every_ms;
	return memory->redial_wall_s > 0 && ago_s >= 0 && ago_s < rule->redial_every_ms / 1000;
}

bool idle_wants_redial(const struct idle_memory *memory, const struct idle_rule *rule,
		       const struct idle_facts *facts, bool busy)
{
	bool works = facts->up && memory->deaf < rule->redial_after;

	return rule->redials && memory->dead >= rule->redial_after && !(busy && works) &&
	       !was_redialled_lately(memory, rule, facts);
}

void idle_note_redial(struct idle_memory *memory, const struct idle_facts *facts)
{
	memory->redial_ms = facts->now_ms;
	memory->redial_wall_s = facts->wall_s;
}

int64_t idle_tries(const struct idle_memory *memory, const struct idle_rule *rule, int64_t tries)
{
	return memory->verdict == IDLE_SENT && !rule->require_reply ? 1 : tries;
}

int64_t idle_month_bytes(const struct idle_memory *memory, const struct idle_rule *rule,
			 int64_t tries, int64_t echo_bytes)
{
	int64_t every_ms = memory->every_ms > 0 ? memory->every_ms : IDLE_EVERY_MS;
	int64_t runs = rule->skip_ms <= every_ms ? 1 : (rule->skip_ms + every_ms - 1) / every_ms;
	bool answers = rule->require_reply || memory->verdict == IDLE_ALIVE;

	if (memory->verdict == IDLE_SILENT)
		return MONTH_MS / every_ms * echo_bytes * tries;
	return MONTH_MS / (every_ms * runs) * echo_bytes *
	       (answers ? 2 : idle_tries(memory, rule, tries));
}
