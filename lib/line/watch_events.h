/* watch_events.h - what the watchers of a line put into the history. Job: history_aside, heartbeat.
 */
#ifndef FO_WATCH_EVENTS_H
#define FO_WATCH_EVENTS_H

#include <stdbool.h>

#include "history_aside.h"
#include "watch_report.h"

/* The watcher of `iface` begins, with the verdict that `last` has; NULL: with none. */
void watch_events_tell_begin(struct history_aside *aside, const char *iface,
			     const struct heartbeat *last);

void watch_events_tell_end(struct history_aside *aside, const char *iface);

/* The verdict on the line of [check] has changed. */
void watch_events_tell_change(struct history_aside *aside,
			      const struct watch_report_change *change);

/* The configuration was read again, or is faulty and stays as it was. */
void watch_events_tell_config(struct history_aside *aside, const char *iface, bool good);

#endif
