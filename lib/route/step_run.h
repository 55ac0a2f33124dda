/* step_run.h - looks at a step of a plan, and makes it so. Job. */
#ifndef FO_STEP_RUN_H
#define FO_STEP_RUN_H

#include <stdbool.h>

#include "compiler.h"
#include "facts.h"
#include "netlink.h"
#include "settings.h"
#include "step.h"

/* What a step is taken with. */
struct step_context {
	struct netlink *nl;
	const struct conf *conf;
	const struct facts *facts;
	bool force;
};

/* Looks, and changes nothing. Returns 0 and the fields of `step` after `want`, or -errno, logged.
 */
int step_examine(const struct step_context *context, struct step *step) FO_MUST_CHECK;

/* Makes it so; what is right already is not touched. A route is set, read back, and asked for: it
 * is right when the kernel uses it. Fills in `step`, with what was there before. Returns 0 or
 * -errno, logged. */
int step_make(const struct step_context *context, struct step *step) FO_MUST_CHECK;

#endif
