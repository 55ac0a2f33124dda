/* event_counts.h - how often each thing has happened, whatever the history still has. Pure. */
#ifndef FO_EVENT_COUNTS_H
#define FO_EVENT_COUNTS_H

#include <stdint.h>

#include "compiler.h"
#include "event.h"

#define EVENT_COUNTS_TEXT_MAX 1024

enum event_count {
	COUNT_MASTER,
	COUNT_BACKUP,
	COUNT_FAULT,
	COUNT_STOP,
	COUNT_LINE_UP,
	COUNT_LINE_DOWN,
	COUNT_CLASS,
	COUNT_CLASS_FAILED,
	COUNT_REDIAL,
	COUNT_REDIAL_FAILED,
	COUNT_SPLIT,
	COUNT_MENDED,
	COUNT_MENDING_FAILED,
	COUNT_DRILL,
	COUNT_DRILL_REFUSED,
	COUNT_ALERT_FAILED,
	COUNT_ALERT_DROPPED,
	COUNTS
};

/* All zero at the start. */
struct event_counts {
	int64_t id; /* the last event that is counted */
	int64_t values[COUNTS];
};

/* Counts an event, unless it was counted before. */
void event_counts_take(struct event_counts *counts, const struct event *event);

/* Writes them as text, which ends with a newline. Returns `buf`. */
const char *event_counts_format(char buf[static EVENT_COUNTS_TEXT_MAX],
				const struct event_counts *counts);

/* Reads them back; what is missing is 0. Returns 0 and `*out`, or -EINVAL for anything that it does
 * not understand. */
int event_counts_parse(const char *text, struct event_counts *out) FO_MUST_CHECK;

#endif
