/* line_plan.h - when the echoes of a round over a line are due. Pure. */
#ifndef FO_LINE_PLAN_H
#define FO_LINE_PLAN_H

#include <stddef.h>
#include <stdint.h>

#include "hedge.h"
#include "line_rule.h"
#include "rtt.h"

/* What a round is planned by. */
struct line_plan {
	const struct line_rule *rule;
	const struct rtt *rtts; /* of its targets */
	size_t first;		/* the target asked first */
	int64_t last_rtt_us;	/* of the last answer; 0: not known */
	int64_t waiting_us;	/* for so long the first echo that the line owes an answer is out */
};

/* How long a round may last, in microseconds: a little less than the rule's time-out, for its
 * verdict to be reported within that. */
int64_t line_plan_time_us(const struct line_rule *rule);

/* The target that is asked as the `nth` of a round that begins with `first`. */
size_t line_plan_target(const struct line_rule *rule, size_t first, size_t nth);

/* Plans the round. Sets `*due_us`: so long after its start an answer is due. */
struct hedge_times line_plan_round(const struct line_plan *plan, int64_t *due_us);

#endif
