/* plan_rule.h - what differs from the plan of the VRRP state, as findings. Job: step.
 *
 * While the line is dead, its routes cannot be as they should be. */
#ifndef FO_PLAN_RULE_H
#define FO_PLAN_RULE_H

#include <stdbool.h>

#include "finding.h"
#include "settings.h"
#include "switchover.h"

/* Whether anything does. */
bool plan_rule_differs(const struct conf *conf, const struct switchover *found);

/* Adds FO203, FO205, FO207, FO217 to FO219. Returns 0, or -EPERM, logged, where some of it can be
 * seen by root only. */
int plan_rule_check(const struct conf *conf, const struct switchover *found,
		    struct findings *out) FO_MUST_CHECK;

#endif
