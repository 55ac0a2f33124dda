#include "measure.h"

#include <stdlib.h>
#include <string.h>

#include "rule.h"

/* Until windows are full and a line that is good counts as up, whatever the rule. */
#define WARM_UP_US (150 * NETWORK_SECOND)

/* A black hole comes by chance within this: longer than any rule's interval. */
#define SPREAD_US (60 * NETWORK_SECOND)

#define MISSED_US (600 * NETWORK_SECOND)

static void run_until(struct rule *rule, int64_t until_us)
{
	while (rule->next_us < until_us)
		rule->go_on(rule);
}

int measure_false_alarms(const char *name, const struct condition *condition, uint64_t seed,
			 double years, struct false_alarms *out)
{
	int64_t until_us = (int64_t)(years * NETWORK_YEAR_S * (double)NETWORK_SECOND);
	int64_t up_us = 0, since_us = WARM_UP_US;
	struct network network;
	struct rule *rule;

	network_begin(&network, condition, seed, 0);
	rule = rule_begin(name, &network);
	if (rule == NULL)
		return -1;
	*out = (struct false_alarms){ .years = years };
	run_until(rule, WARM_UP_US);
	while (rule->next_us < until_us) {
		bool was_down = rule->down;
		int64_t now_us = rule->next_us;

		rule->go_on(rule);
		if (!was_down)
			up_us += now_us - since_us;
		since_us = now_us;
		out->count += rule->down && !was_down;
	}
	out->up_years = (double)up_us / (double)NETWORK_SECOND / NETWORK_YEAR_S;
	free(rule);
	return 0;
}

/* When the hole opens. Where the line's fault are ramps, it is while somebody is sending. */
static int64_t dig(struct network *network)
{
	int64_t hole_us = WARM_UP_US;

	if (network->condition->ramps_an_hour <= 0)
		return hole_us + chance_between(&network->chance, 0, SPREAD_US);
	network_force_ramp(network, hole_us);
	return chance_between(&network->chance, network->ramp.begin_us, network->ramp.end_us);
}

/* Returns how long the rule took; -1: it was down already, INT64_MAX: it never saw it. */
static int64_t fall_into(struct rule *rule, struct network *network)
{
	int64_t now_us = 0, hole_us = dig(network);

	network->hole_us = hole_us;
	run_until(rule, hole_us);
	if (rule->down)
		return -1;
	while (!rule->down && now_us < hole_us + MISSED_US) {
		now_us = rule->next_us;
		rule->go_on(rule);
	}
	return rule->down ? now_us - hole_us : INT64_MAX;
}

static int compare(const void *a, const void *b)
{
	int64_t left, right;

	memcpy(&left, a, sizeof(left));
	memcpy(&right, b, sizeof(right));
	return (left > right) - (left < right);
}

static double ms_at(const int64_t *sorted_us, unsigned count, double share)
{
	if (count == 0)
		return 0;
	return (double)sorted_us[(unsigned)(share * (count - 1))] / 1000;
}

int measure_outages(const char *name, const struct condition *condition, uint64_t seed,
		    unsigned holes, struct outages *out)
{
	int64_t *took_us = calloc(holes, sizeof(*took_us));
	unsigned count = 0;

	if (took_us == NULL)
		return -1;
	*out = (struct outages){ .holes = holes };
	for (unsigned i = 0; i < holes; i++) {
		struct network network;
		struct rule *rule;
		int64_t taken_us;

		network_begin(&network, condition, seed, i + 1);
		rule = rule_begin(name, &network);
		if (rule == NULL) {
			free(took_us);
			return -1;
		}
		taken_us = fall_into(rule, &network);
		out->down_already += taken_us < 0;
		out->missed += taken_us == INT64_MAX;
		if (taken_us >= 0 && taken_us < INT64_MAX)
			took_us[count++] = taken_us;
		free(rule);
	}
	qsort(took_us, count, sizeof(*took_us), compare);
	out->median_ms = ms_at(took_us, count, 0.5);
	out->p95_ms = ms_at(took_us, count, 0.95);
	out->worst_ms = ms_at(took_us, count, 1);
	free(took_us);
	return 0;
}
