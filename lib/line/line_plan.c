#include "line_plan.h"

int64_t line_plan_time_us(const struct line_rule *rule)
{
	return rule->timeout_ms * (1000 - 20);
}

size_t line_plan_target(const struct line_rule *rule, size_t first, size_t nth)
{
	return (first + nth) % rule->count;
}

/* How long the answers of those asked first may take: where that is not known, as long as anyone's
 * on this line. */
static int64_t expected_us(const struct line_plan *plan)
{
	int64_t first_us = 0, any_us = 0;
	bool all_known = true;

	for (size_t i = 0; i < plan->rule->count; i++) {
		const struct rtt *rtt = &plan->rtts[line_plan_target(plan->rule, plan->first, i)];
		int64_t rto_us = rtt_timeout_us(rtt);

		if (rto_us > any_us)
			any_us = rto_us;
		if (i >= plan->rule->need)
			continue;
		all_known = all_known && rtt_is_known(rtt);
		if (rto_us > first_us)
			first_us = rto_us;
	}
	return all_known ? first_us : any_us;
}

static struct hedge_times plan_steadily(const struct line_plan *plan, int64_t *due_us)
{
	const struct line_rule *rule = plan->rule;
	const struct hedge_steady steady = {
		.silence_us = line_plan_time_us(rule),
		.grace_us = rule->grace_ms * 1000,
		.pace_us = rule->late_ms * 1000 / HEDGE_TRIES_MAX,
		.rtt_us = plan->last_rtt_us,
		.dense = rule->dense,
		.rto_us = expected_us(plan),
		.waiting_us = plan->waiting_us,
	};

	return hedge_plan_steadily(&steady, due_us);
}

struct hedge_times line_plan_round(const struct line_plan *plan, int64_t *due_us)
{
	const struct line_rule *rule = plan->rule;

	*due_us = 0;
	if (rule->steady)
		return plan_steadily(plan, due_us);
	if (rule->even)
		return hedge_plan_evenly(line_plan_time_us(rule), rule->tries);
	return hedge_plan(line_plan_time_us(rule), expected_us(plan));
}
