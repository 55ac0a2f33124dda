/* situation_metrics.h - what is known of this router as metrics. Job: situation, metric. */
#ifndef FO_SITUATION_METRICS_H
#define FO_SITUATION_METRICS_H

#include <stddef.h>
#include <stdint.h>

#include "compiler.h"
#include "event_counts.h"
#include "metric.h"
#include "situation.h"

/* Writes the text. What is not known has no sample. `took_us` is how long it took to find out.
 * Returns 0, or -EFBIG where it does not fit. */
int situation_metrics(const struct situation *s, const struct event_counts *counts, int64_t took_us,
		      char text[static METRIC_TEXT_MAX]) FO_MUST_CHECK;

#endif
