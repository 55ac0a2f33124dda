/* line_rule.h - how a round of echoes over a line goes. Pure: structs only. */
#ifndef FO_LINE_RULE_H
#define FO_LINE_RULE_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addr.h"
#include "quality.h"

#define LINE_TARGETS_MAX QUALITY_HOSTS_MAX

/* What to ask, and how long to wait. */
struct line_rule {
	char iface[IFNAMSIZ];
	struct addr targets[LINE_TARGETS_MAX];
	size_t count;	    /* of targets, 1..LINE_TARGETS_MAX */
	unsigned need;	    /* how many must answer, 1..count */
	int64_t timeout_ms; /* a round ends strictly before this */
	unsigned tries;	    /* echoes to one target in a round at most, 1 or more */
	bool even;	    /* at even intervals (hedge_plan_evenly) */
	/* A round of many without a pause (hedge_plan_steadily): `timeout_ms` is of the silence
	 * that makes it a bad one. */
	bool steady;
	bool dense;	  /* they follow each other more quickly than that */
	int64_t grace_ms; /* that makes it so much longer */
	int64_t late_ms;  /* an answer that takes longer is late, which is told; 0: none is */
	int64_t lost_ms;  /* an echo is lost that is not answered by then; 0: in `timeout_ms` */
};

#endif
