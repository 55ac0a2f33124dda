/* judge-sim - one rule on one kind of line, for years of virtual time. For `test/bench judge`. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "measure.h"

static int fail(const char *what, const char *name)
{
	fprintf(stderr, "judge-sim: %s: %s\n", name, what);
	return 2;
}

int main(int argc, char *argv[])
{
	const struct condition *condition;
	struct false_alarms alarms;
	struct outages outages;
	uint64_t seed;

	if (argc != 6) {
		fprintf(stderr, "usage: judge-sim RULE CONDITION SEED YEARS HOLES\n");
		return 64;
	}
	condition = condition_find(argv[2]);
	if (condition == NULL)
		return fail("no such condition", argv[2]);
	seed = strtoull(argv[3], NULL, 10);
	if (measure_false_alarms(argv[1], condition, seed, strtod(argv[4], NULL), &alarms) != 0 ||
	    measure_outages(argv[1], condition, seed, (unsigned)strtoul(argv[5], NULL, 10),
			    &outages) != 0)
		return fail("no such rule", argv[1]);
	printf("{\"rule\": \"%s\", \"condition\": \"%s\", \"seed\": %" PRIu64
	       ", \"years\": %.6g, \"up_years\": %.6g, \"false\": %" PRIu64
	       ", \"holes\": %u, \"down_already\": %u, \"missed\": %u"
	       ", \"median_ms\": %.3f, \"p95_ms\": %.3f, \"worst_ms\": %.3f}\n",
	       argv[1], argv[2], seed, alarms.years, alarms.up_years, alarms.count, outages.holes,
	       outages.down_already, outages.missed, outages.median_ms, outages.p95_ms,
	       outages.worst_ms);
	return 0;
}
