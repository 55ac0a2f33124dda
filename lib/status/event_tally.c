#include "event_tally.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "history.h"
#include "log.h"
#include "store.h"
#include "store_room.h"

#define FILE_NAME "counts"

/* The events that were looked at. */
struct seen {
	struct event_counts counts;
	int64_t first, last; /* their numbers; 0: there are none */
};

static bool take(const struct event *event, void *data)
{
	struct seen *seen = data;

	if (seen->first == 0)
		seen->first = event->id;
	seen->last = event->id;
	event_counts_take(&seen->counts, event);
	return true;
}

static bool read_counts(struct event_counts *out)
{
	char text[EVENT_COUNTS_TEXT_MAX];
	int ret = store_read(STORE_LIB, FILE_NAME, text, sizeof(text));

	if (ret == 0)
		ret = event_counts_parse(text, out);
	if (ret == 0)
		return true;
	memset(out, 0, sizeof(*out));
	if (ret == -EINVAL)
		log_warn(0,
			 "the counts of events are corrupt; counting again what the history has");
	return false;
}

/* Reads on from the last event that is counted: mostly that is among the newest. */
static int read_on(const struct event_counts *counts, struct seen *seen)
{
	int ret;

	*seen = (struct seen){ .counts = *counts };
	ret = history_read_recent(take, seen);
	if (ret != 0)
		return ret;
	if (seen->last < counts->id) /* the history was removed, and has begun again */
		seen->counts.id = 0;
	else if (seen->first <= counts->id + 1)
		return 0;
	else
		seen->counts = *counts;
	seen->first = 0;
	return history_read(take, seen);
}

void event_tally_find(struct event_counts *out)
{
	char text[EVENT_COUNTS_TEXT_MAX];
	struct event_counts before;
	bool known = read_counts(&before);
	struct seen seen;

	if (read_on(&before, &seen) != 0)
		seen.counts = before;
	*out = seen.counts;
	if (store_room_check(STORE_LIB) == 0 &&
	    (!known || memcmp(out, &before, sizeof(before)) != 0))
		store_note(STORE_LIB, FILE_NAME, event_counts_format(text, out), 0644);
}
