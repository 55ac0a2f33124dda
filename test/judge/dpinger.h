/* dpinger.h - dpinger's rule, and what pfSense and OPNsense make of it. */
#ifndef FO_JUDGE_DPINGER_H
#define FO_JUDGE_DPINGER_H

#include "rule.h"

/* Times are microseconds. */
struct dpinger_settings {
	int64_t send_us;   /* dpinger -s: between two echoes */
	int64_t loss_us;   /* -l: unanswered for longer, an echo is lost */
	int64_t period_us; /* -t: of the mean */
	int64_t look_us;   /* between two looks at loss and latency: -A, or the poll of a watcher */
	int64_t latency_us;	/* -D: a mean above this is an alarm */
	unsigned loss_pct;	/* -L: the same of loss */
	unsigned decay;		/* looks until an alarm ends, counted from the last bad one */
	int64_t after_alarm_us; /* until the look that follows a change */
};

struct rule *dpinger_begin(const struct dpinger_settings *settings, struct network *network);

#endif
