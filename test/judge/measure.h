/* measure.h - what a rule costs: how long an outage lasts until it sees it, and how often it sees
 * one that is not there. */
#ifndef FO_JUDGE_MEASURE_H
#define FO_JUDGE_MEASURE_H

#include <stdint.h>

#include "network.h"

/* Without any black hole. */
struct false_alarms {
	double years;	 /* watched */
	double up_years; /* of these, those with the verdict "up": only there can one happen */
	uint64_t count;
};

/* Black holes. */
struct outages {
	unsigned holes;	       /* dug */
	unsigned down_already; /* of these, the verdict was "down" before; all below is about the
				  others */
	unsigned missed;       /* no verdict within ten minutes */
	double median_ms, p95_ms, worst_ms;
};

/* For the rule of that name (rule_begin). Return 0, or -1 when there is none, or no memory. The
 * same seed gives the same result. */
int measure_false_alarms(const char *name, const struct condition *condition, uint64_t seed,
			 double years, struct false_alarms *out);
int measure_outages(const char *name, const struct condition *condition, uint64_t seed,
		    unsigned holes, struct outages *out);

#endif
