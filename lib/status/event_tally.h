/* event_tally.h - the counts of what has happened, kept beside the history, which forgets. Job:
 * event_counts, history, store. */
#ifndef FO_EVENT_TALLY_H
#define FO_EVENT_TALLY_H

#include "event_counts.h"

/* Brings the counts up to the last event, and writes them down where that can be. What cannot
 * be read is logged, and counts from 0. */
void event_tally_find(struct event_counts *out);

#endif
