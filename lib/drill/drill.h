/* drill.h - a failover for practice, and back. Job: drill_rule, drill_check, gateway,
 * watch_request, history.
 *
 * The watcher tells keepalived that the line is down, only as long as it is asked to every second:
 * whatever ends this process, or the machine, ends the drill. */
#ifndef FO_DRILL_H
#define FO_DRILL_H

#include <stdint.h>

#include "compiler.h"
#include "settings.h"

/* How long the other router may have the LAN. */
#define DRILL_MIN_MS 5000
#define DRILL_MAX_MS 3600000

enum drill_result {
	DRILL_WELL, /* the other router had the LAN for the whole time, and this one has it again */
	DRILL_FAILED,  /* not so */
	DRILL_REFUSED, /* it did not begin */
};

/* Lets the other router have the VRRP address for `for_ms`, and waits until it is back; each step
 * is logged, and the history has it. SIGINT, SIGTERM and SIGHUP end it early; `*signal` is then
 * which, otherwise 0. */
enum drill_result drill_run(const struct conf *conf, int64_t for_ms, int *signal) FO_MUST_CHECK;

#endif
