/* watch_drill.h - a failover for practice, as the watcher has a part in it. Job: watch_request,
 * history_aside.
 *
 * keepalived is told that the line is down, as long as fo-route drill asks for it again and again:
 * its weight then makes the other router the better one, if that is any good. */
#ifndef FO_WATCH_DRILL_H
#define FO_WATCH_DRILL_H

#include <stdint.h>

#include "history_aside.h"

/* Looks whether there is a drill at `now_us` (clock_mono_us); `since_us` is what this returned last
 * time, at first 0. What has changed is logged. Returns since when there is one, or 0. */
int64_t watch_drill_since(struct history_aside *aside, const char *iface, int64_t since_us,
			  int64_t now_us);

#endif
