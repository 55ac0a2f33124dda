/* print-metrics - the table of fo-status metrics, for test/cli/metrics.bats. A row of each: name,
 * type, labels (with commas, or -), help; by tabs. */
#include <stdio.h>

#include "metric.h"

int main(void)
{
	for (size_t i = 0; i < METRICS; i++) {
		const struct metric *metric = &metrics[i];

		printf("%s\t%s\t", metric->name, metric->is_counter ? "counter" : "gauge");
		for (size_t j = 0; metric->labels[j] != NULL; j++)
			printf("%s%s", j == 0 ? "" : ",", metric->labels[j]);
		printf("%s\t%s\n", metric->labels[0] == NULL ? "-" : "", metric->help);
	}
	return 0;
}
