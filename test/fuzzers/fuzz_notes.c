/* What programs leave for each other below /run/fo and /var/lib/fo: what is read and written again
 * is read as the same. The first byte says which. */
#include <stdlib.h>
#include <string.h>

#include "alert_state.h"
#include "event_counts.h"
#include "heartbeat.h"
#include "watch_days.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_same(const char *once, const char *twice)
{
	if (strcmp(once, twice) != 0)
		abort();
}

static void read_heartbeat(const char *text)
{
	char once[HEARTBEAT_TEXT_MAX], twice[HEARTBEAT_TEXT_MAX];
	struct heartbeat beat;

	if (heartbeat_parse(text, &beat) != 0)
		return;
	heartbeat_format(once, &beat);
	if (heartbeat_parse(once, &beat) != 0)
		abort();
	check_same(once, heartbeat_format(twice, &beat));
	(void)heartbeat_is_fresh(&beat, beat.iface, HEARTBEAT_NUMBER_MAX);
	(void)heartbeat_has_verdict(&beat, beat.iface, 0);
}

static void read_days(const char *text)
{
	static char once[WATCH_DAYS_TEXT_MAX], twice[WATCH_DAYS_TEXT_MAX];
	static struct watch_days days;

	if (watch_days_parse(text, &days) != 0)
		return;
	watch_days_format(once, &days);
	if (watch_days_parse(once, &days) != 0)
		abort();
	check_same(once, watch_days_format(twice, &days));
}

static void read_counts(const char *text)
{
	char once[EVENT_COUNTS_TEXT_MAX], twice[EVENT_COUNTS_TEXT_MAX];
	struct event_counts counts;

	if (event_counts_parse(text, &counts) != 0)
		return;
	event_counts_format(once, &counts);
	if (event_counts_parse(once, &counts) != 0)
		abort();
	check_same(once, event_counts_format(twice, &counts));
}

static void read_alert_state(const char *text)
{
	char once[ALERT_STATE_TEXT_MAX], twice[ALERT_STATE_TEXT_MAX];
	struct alert_state state;

	if (alert_state_parse(text, "boot-1", &state) != 0)
		return;
	alert_state_format(&state, "boot-1", once);
	if (alert_state_parse(once, "boot-1", &state) != 0)
		abort();
	check_same(once, alert_state_format(&state, "boot-1", twice));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const readers[])(const char *text) = { read_heartbeat, read_days, read_counts,
							     read_alert_state };
	char *text;

	if (size == 0)
		return 0;
	text = strndup((const char *)data + 1, size - 1);
	if (text != NULL)
		readers[data[0] % ARRAY_LEN(readers)](text);
	free(text);
	return 0;
}
