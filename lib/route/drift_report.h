/* drift_report.h - what somebody else has changed, and whether it is right again: the log, and the
 * history. Job: drift, history. */
#ifndef FO_DRIFT_REPORT_H
#define FO_DRIFT_REPORT_H

#include <stdbool.h>

#include "change.h"
#include "drift.h"
#include "history_aside.h"

/* Notes in `drift` that what `cause` has changed was `corrected`, or cannot be, and tells it: who
 * goes on is told of once, and the history has one event for all of so long a time. */
void drift_report(struct drift *drift, const struct change *cause, bool corrected,
		  struct history_aside *aside);

#endif
