/* status_report.h - a situation as data: what `fo-status --json` prints. Job: situation, report.
 *
 * The names are part of the interface: etc/fo-status.schema.json describes them. */
#ifndef FO_STATUS_REPORT_H
#define FO_STATUS_REPORT_H

#include "concern.h"
#include "report.h"
#include "situation.h"

/* Adds everything, the sentence first. */
void status_report_fill(struct report *report, const struct situation *s,
			const struct concerns *concerns);

/* A row `usage` for this month, and for up to `before` of those before it, as far as there was
 * anything; and for what cannot be dated yet. */
void status_report_usage(struct report *report, const struct usage *usage, int64_t month,
			 int before);

#endif
