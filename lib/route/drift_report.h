/* drift_report.h - what somebody else has changed, and whether it is right again: the log, and the
 * history. Job: drift, history. */
#ifndef FO_DRIFT_REPORT_H
#define FO_DRIFT_REPORT_H

#include <stdbool.h>

#include "change.h"
#include "drift.h"
#include "history_aside.h"
#include "switchover.h"

/* Whether something was wrong, and is right now. Pure. */
bool drift_was_corrected(const struct switchover *done);

/* What could not be put right: 0, or -errno of the first. What is in front of a route, and not
 * ours, is left where it is. Pure. */
int drift_failure(const struct switchover *done);

/* Notes in `drift` that what `cause` has changed was `corrected`, or cannot be, and tells it: who
 * goes on is told of once, and the history has one event for all of so long a time. */
void drift_report(struct drift *drift, const struct change *cause, bool corrected,
		  struct history_aside *aside);

#endif
