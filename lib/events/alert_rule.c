#include "alert_rule.h"

/* Of a fact that the kernel can take back at any moment. */
#define LOOK_MS 1000

static int64_t larger(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t smaller(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* A later reason wins only where it is a longer wait. */
static void add_reason(struct alert_due *due, enum alert_wait why, int64_t wait_ms)
{
	if (wait_ms <= due->wait_ms)
		return;
	due->why = why;
	due->wait_ms = wait_ms;
}

/* Also after a change of the state that is no event to be told: the way out is another one. */
static int64_t settle_ms(const struct alert_times *times, int64_t now_ms)
{
	int64_t quiet_at_ms = times->newest_ms + ALERT_SETTLED_MS;
	int64_t late_at_ms = times->oldest_ms + ALERT_UNSETTLED_MS;

	return larger(smaller(quiet_at_ms, late_at_ms), times->state_ms + ALERT_SETTLED_MS) -
	       now_ms;
}

/* From the moment at which the class is first waited for, and since the last change of the state:
 * that one may not be written down yet. */
static int64_t class_ms(const struct alert_times *times, const struct alert_memory *memory,
			int64_t now_ms)
{
	int64_t from_ms = larger(memory->class_ms, times->state_ms);

	if (times->class_failed_ms > from_ms)
		return times->class_failed_ms + ALERT_MINUTE_MS - now_ms;
	return from_ms + ALERT_CLASS_MS - now_ms;
}

/* What other programs of this router want of its line first. */
static void wait_for_class(const struct alert_facts *facts, const struct alert_times *times,
			   struct alert_memory *memory, int64_t now_ms, struct alert_due *due)
{
	if (!facts->is_metered || !facts->is_master || (facts->is_class_set && !facts->is_held)) {
		memory->class_ms = 0;
		return;
	}
	if (facts->is_held)
		add_reason(due, ALERT_HELD, LOOK_MS);
	if (facts->is_class_set)
		return;
	if (memory->class_ms == 0)
		memory->class_ms = now_ms;
	due->small = true;
	add_reason(due, ALERT_CLASS, class_ms(times, memory, now_ms));
	if (memory->sent_wall_s > 0)
		add_reason(due, ALERT_CALM, memory->sent_ms + ALERT_CLASS_GAP_MS - now_ms);
}

/* A line that may be another one is worth a try at once. */
static int64_t retry_ms(const struct alert_times *times, const struct alert_memory *memory,
			int64_t now_ms)
{
	int64_t soon_ms = larger(memory->tried_ms, times->change_ms) + ALERT_SETTLED_MS;
	bool changed = memory->result == ALERT_OFFLINE && times->change_ms > memory->tried_ms;

	return (changed ? smaller(soon_ms, memory->retry_ms) : memory->retry_ms) - now_ms;
}

struct alert_due alert_rule_due(const struct alert_facts *facts, const struct alert_times *times,
				struct alert_memory *memory, int64_t now_ms)
{
	struct alert_due due = { .why = ALERT_NOW };

	if (times->waiting == 0)
		return (struct alert_due){ .why = ALERT_NOTHING };
	add_reason(&due, ALERT_UNSETTLED, settle_ms(times, now_ms));
	wait_for_class(facts, times, memory, now_ms, &due);
	if (memory->gap_ms > 0)
		add_reason(&due, ALERT_CALM, memory->sent_ms + memory->gap_ms - now_ms);
	if (memory->failures > 0)
		add_reason(&due, ALERT_RETRY, retry_ms(times, memory, now_ms));
	return due;
}

void alert_rule_sent(struct alert_memory *memory, int64_t id, int64_t count, int64_t now_ms)
{
	int64_t pause_ms = now_ms - memory->sent_ms;
	bool calm = memory->sent_count == 0 || pause_ms >= 2 * memory->gap_ms + ALERT_CALM_MS;

	if (calm)
		memory->gap_ms = 0;
	else
		memory->gap_ms =
			smaller(larger(2 * memory->gap_ms, ALERT_GAP_FIRST_MS), ALERT_GAP_MAX_MS);
	memory->cursor = id;
	memory->sent_ms = now_ms;
	memory->sent_count = count;
	memory->tried_ms = now_ms;
	alert_rule_forgive(memory);
}

static int64_t longest_ms(enum alert_result result)
{
	if (result == ALERT_REFUSED)
		return ALERT_RETRY_REFUSED_MS;
	return result == ALERT_OFFLINE ? ALERT_RETRY_OFFLINE_MS : ALERT_RETRY_MAX_MS;
}

bool alert_rule_failed(struct alert_memory *memory, enum alert_result result, int64_t server_ms,
		       int64_t now_ms, uint32_t random)
{
	int64_t most_ms = longest_ms(result);
	int64_t wait_ms = result == ALERT_REFUSED ? most_ms : ALERT_RETRY_FIRST_MS;
	bool is_event;

	for (int64_t i = 0; i < memory->failures && wait_ms < most_ms; i++)
		wait_ms *= 2;
	wait_ms = smaller(wait_ms, most_ms);
	wait_ms -= (int64_t)random % (wait_ms / 2 + 1);
	wait_ms = larger(wait_ms, smaller(server_ms, ALERT_RETRY_MAX_MS));
	if (memory->failures > 0 && now_ms > memory->tried_ms)
		memory->failing_ms += now_ms - memory->tried_ms;
	if (memory->failures < INT32_MAX)
		memory->failures++;
	memory->result = result;
	memory->tried_ms = now_ms;
	memory->retry_ms = now_ms + wait_ms;
	is_event = memory->is_reported == 0 &&
		   (result == ALERT_REFUSED || memory->failing_ms >= ALERT_FAILED_MS);
	if (is_event)
		memory->is_reported = 1;
	return is_event;
}

void alert_rule_boot(struct alert_memory *memory, int64_t wall_s)
{
	int64_t pause_ms = (wall_s - memory->sent_wall_s) * 1000;

	if (memory->sent_wall_s > 0 && pause_ms >= 2 * memory->gap_ms + ALERT_CALM_MS)
		memory->gap_ms = 0;
	memory->sent_ms = 0;
	memory->tried_ms = 0;
	memory->retry_ms = 0;
	memory->class_ms = 0;
}

void alert_rule_forgive(struct alert_memory *memory)
{
	memory->failures = 0;
	memory->result = ALERT_SENT;
	memory->retry_ms = 0;
	memory->failing_ms = 0;
	memory->is_reported = 0;
}

const char *alert_rule_text(enum alert_wait why)
{
	static const char *const texts[] = {
		[ALERT_NOW] = "due now",
		[ALERT_NOTHING] = "nothing waits",
		[ALERT_UNSETTLED] = "more may follow",
		[ALERT_HELD] = "the LAN is held back until the speed class is set",
		[ALERT_CLASS] = "the speed class is not set",
		[ALERT_CALM] = "a message was sent only recently",
		[ALERT_RETRY] = "the last try failed",
	};

	return texts[why];
}
