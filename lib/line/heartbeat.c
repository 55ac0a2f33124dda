#include "heartbeat.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "record.h"

/* The numbers, by name. */
static const struct record_number numbers[] = {
	{ "written", offsetof(struct heartbeat, written_us) },
	{ "beat", offsetof(struct heartbeat, beat_us) },
	{ "since", offsetof(struct heartbeat, state.since_us) },
	{ "good", offsetof(struct heartbeat, state.good) },
	{ "bad", offsetof(struct heartbeat, state.bad) },
	{ "last-bad", offsetof(struct heartbeat, state.last_bad_us) },
	{ "hold", offsetof(struct heartbeat, state.hold_us) },
	{ "back", offsetof(struct heartbeat, state.back_us) },
	{ "drill", offsetof(struct heartbeat, drill_us) },
};

const char *heartbeat_format(char buf[static HEARTBEAT_TEXT_MAX], const struct heartbeat *beat)
{
	struct record_writer w = { .buf = buf, .size = HEARTBEAT_TEXT_MAX };
	char addr[ADDR_TEXT_MAX];

	buf[0] = '\0';
	record_put(&w, "interface %s\n", beat->iface);
	record_put(&w, "line %s\n", verdict_name(beat->state.verdict));
	record_put(&w, "reason %d\n", (int)beat->state.reason);
	record_put_numbers(&w, numbers, ARRAY_LEN(numbers), beat);
	for (size_t i = 0; i < beat->count; i++) {
		const struct quality_sum *quality = &beat->targets[i].quality;

		record_put(&w, "target %s %" PRIu32 " %" PRIu32 " %" PRId64 "\n",
			   addr_format(addr, &beat->targets[i].addr), quality->answered,
			   quality->lost, quality->rtt_us);
	}
	return buf;
}

static int take_iface(const char **text, struct heartbeat *out)
{
	char word[RECORD_WORD_MAX];
	int ret = record_take_word(text, true, word);

	if (ret != 0 || strlen(word) >= sizeof(out->iface))
		return -EINVAL;
	memcpy(out->iface, word, strlen(word) + 1);
	return 0;
}

static int take_line(const char **text, struct heartbeat *out)
{
	char word[RECORD_WORD_MAX];
	int ret = record_take_word(text, true, word);

	if (ret != 0)
		return ret;
	for (int verdict = VERDICT_PENDING; verdict <= VERDICT_DOWN; verdict++) {
		if (strcmp(word, verdict_name((enum verdict)verdict)) == 0) {
			out->state.verdict = (enum verdict)verdict;
			return 0;
		}
	}
	return -EINVAL;
}

static int take_target(const char **text, struct heartbeat *out)
{
	struct heartbeat_target *target = &out->targets[out->count];
	int64_t answered = 0, lost = 0, rtt_us = 0;
	char word[RECORD_WORD_MAX];

	if (out->count == QUALITY_HOSTS_MAX || record_take_word(text, false, word) != 0 ||
	    addr_parse(word, AF_UNSPEC, &target->addr) != 0 ||
	    record_take_number(text, false, UINT32_MAX, &answered) != 0 ||
	    record_take_number(text, false, UINT32_MAX, &lost) != 0 ||
	    record_take_number(text, true, HEARTBEAT_NUMBER_MAX, &rtt_us) != 0)
		return -EINVAL;
	target->quality.answered = (uint32_t)answered;
	target->quality.lost = (uint32_t)lost;
	target->quality.rtt_us = rtt_us;
	out->count++;
	return 0;
}

static int take_field(const char *name, const char **text, struct heartbeat *out)
{
	int64_t value;

	if (strcmp(name, "interface") == 0)
		return take_iface(text, out);
	if (strcmp(name, "line") == 0)
		return take_line(text, out);
	if (strcmp(name, "target") == 0)
		return take_target(text, out);
	if (strcmp(name, "reason") == 0) {
		if (record_take_number(text, true, VERDICT_NO_ADDRESS, &value) != 0)
			return -EINVAL;
		out->state.reason = (enum verdict_reason)value;
		return 0;
	}
	return record_take_named(name, text, numbers, ARRAY_LEN(numbers), HEARTBEAT_NUMBER_MAX,
				 out);
}

int heartbeat_parse(const char *text, struct heartbeat *out)
{
	struct heartbeat beat = { .count = 0 };
	char name[RECORD_WORD_MAX];

	while (*text != '\0') {
		if (record_take_word(&text, false, name) != 0 ||
		    take_field(name, &text, &beat) != 0)
			return -EINVAL;
	}
	if (beat.iface[0] == '\0')
		return -EINVAL;
	*out = beat;
	return 0;
}

static bool is_recent(int64_t at_us, int64_t now_us)
{
	return at_us > 0 && at_us <= now_us && now_us - at_us < HEARTBEAT_FRESH_US;
}

bool heartbeat_is_fresh(const struct heartbeat *beat, const char *iface, int64_t now_us)
{
	return is_recent(beat->beat_us, now_us) && strcmp(beat->iface, iface) == 0;
}

bool heartbeat_is_mute(const struct heartbeat *beat, const char *iface, int64_t now_us)
{
	return beat->beat_us == 0 && is_recent(beat->written_us, now_us) &&
	       strcmp(beat->iface, iface) == 0;
}

bool heartbeat_has_verdict(const struct heartbeat *beat, const char *iface, int64_t now_us)
{
	return heartbeat_is_fresh(beat, iface, now_us) && beat->state.verdict != VERDICT_PENDING;
}

bool heartbeat_resume(const struct heartbeat *beat, const char *iface, int64_t now_us,
		      struct verdict_state *out)
{
	const struct verdict_state *state = &beat->state;

	if (strcmp(beat->iface, iface) != 0 || state->verdict == VERDICT_PENDING ||
	    beat->written_us > now_us || now_us - beat->written_us > HEARTBEAT_RESUME_US ||
	    state->since_us > now_us || state->last_bad_us > now_us || state->back_us > now_us)
		return false;
	*out = *state;
	out->good = 0;
	out->bad = 0;
	return true;
}

int64_t heartbeat_rtt_us(const struct heartbeat *beat)
{
	int64_t longest_us = 0;

	for (size_t i = 0; i < beat->count; i++) {
		if (beat->targets[i].quality.rtt_us > longest_us)
			longest_us = beat->targets[i].quality.rtt_us;
	}
	return longest_us;
}
