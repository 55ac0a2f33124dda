/* State files: what is taken from one is written, and read again, as the same; and every way to
 * take words off a line stays within it. */
#include <stdlib.h>
#include <string.h>

#include "alert_state.h"
#include "event_counts.h"
#include "heartbeat.h"
#include "idle.h"
#include "record.h"
#include "watch_days.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_heartbeat(const char *text)
{
	char first[HEARTBEAT_TEXT_MAX], second[HEARTBEAT_TEXT_MAX];
	struct heartbeat beat;

	if (heartbeat_parse(text, &beat) != 0)
		return;
	heartbeat_format(first, &beat);
	if (first[strlen(first) - 1] != '\n' || heartbeat_parse(first, &beat) != 0 ||
	    strcmp(first, heartbeat_format(second, &beat)) != 0)
		abort();
	/* No time and no count of it makes any arithmetic overflow. */
	(void)heartbeat_has_verdict(&beat, "ppp0", 1000000);
	(void)heartbeat_has_verdict(&beat, "ppp0", INT64_MAX);
}

static void check_idle(const char *text)
{
	char first[IDLE_TEXT_MAX], second[IDLE_TEXT_MAX];
	struct idle_memory memory;

	if (idle_parse(text, &memory) == 0 &&
	    (idle_parse(idle_format(first, &memory), &memory) != 0 ||
	     strcmp(first, idle_format(second, &memory)) != 0))
		abort();
}

static void check_alert(const char *text)
{
	char first[ALERT_STATE_TEXT_MAX], second[ALERT_STATE_TEXT_MAX];
	const struct alert_facts facts = { .is_metered = true, .is_master = true };
	const struct alert_times times = { .waiting = 1, .change_ms = INT64_MIN / 4 };
	struct alert_state state;

	if (alert_state_parse(text, "b", &state) != 0)
		return;
	alert_state_format(&state, "b", first);
	if (alert_state_parse(first, "b", &state) != 0 ||
	    strcmp(first, alert_state_format(&state, "b", second)) != 0)
		abort();
	/* No number of it makes any arithmetic overflow. */
	(void)alert_rule_due(&facts, &times, &state.memory, 1000000);
	(void)alert_rule_failed(&state.memory, ALERT_FAILED, 0, 1000000, 7);
	alert_rule_sent(&state.memory, 1, 1, 1000000);
}

static void check_days(const char *text)
{
	static char first[WATCH_DAYS_TEXT_MAX], second[WATCH_DAYS_TEXT_MAX];
	static struct watch_days days;

	if (watch_days_parse(text, &days) == 0 &&
	    (watch_days_parse(watch_days_format(first, &days), &days) != 0 ||
	     strcmp(first, watch_days_format(second, &days)) != 0))
		abort();
}

static void check_counts(const char *text)
{
	char first[EVENT_COUNTS_TEXT_MAX], second[EVENT_COUNTS_TEXT_MAX];
	struct event_counts counts;

	if (event_counts_parse(text, &counts) == 0 &&
	    (event_counts_parse(event_counts_format(first, &counts), &counts) != 0 ||
	     strcmp(first, event_counts_format(second, &counts)) != 0))
		abort();
}

/* `plan` says how each item is taken, bit by bit. */
static void take_items(const char *text, uint8_t plan)
{
	const char *end = text + strlen(text);

	for (unsigned i = 0; *text != '\0' && i < 8; i++) {
		char word[RECORD_WORD_MAX], rest[RECORD_WORD_MAX];
		const char *before = text;
		int64_t number;
		int ret;

		if ((plan >> i & 1) != 0)
			ret = record_take_rest(&text, rest, sizeof(rest));
		else if ((plan >> (i + 1) & 1) != 0)
			ret = record_take_number(&text, i % 2 == 0, INT64_MAX, &number);
		else
			ret = record_take_word(&text, i % 2 == 0, word);
		if (text > end || (ret == 0 && text <= before))
			abort();
		if (ret != 0)
			return;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1); /* no longer: ASan sees each byte too far */

	if (text == NULL)
		return -1;
	memcpy(text, data, size);
	text[size] = '\0';
	check_heartbeat(text);
	check_idle(text);
	check_alert(text);
	check_days(text);
	check_counts(text);
	take_items(text, size > 0 ? data[0] : 0);
	free(text);
	return 0;
}
