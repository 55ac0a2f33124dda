#include "metrics_verb.h"

#include <stdio.h>

#include "cli.h"
#include "clock.h"
#include "event_tally.h"
#include "log.h"
#include "situation_metrics.h"
#include "store.h"

int metrics_verb_run(const struct conf *conf, const char *output)
{
	int64_t begin_us = clock_mono_us();
	char text[METRIC_TEXT_MAX];
	struct event_counts counts;
	struct situation situation;

	if (situation_find(conf, &situation) != 0)
		return CLI_CANNOT;
	event_tally_find(&counts);
	if (situation_metrics(&situation, &counts, clock_mono_us() - begin_us, text) != 0) {
		log_err(0, "the metrics are too long");
		return CLI_CANNOT;
	}
	if (output != NULL)
		return store_write_path(output, text, 0644) == 0 ? CLI_YES : CLI_CANNOT;
	return fputs(text, stdout) < 0 ? CLI_CANNOT : CLI_YES;
}
