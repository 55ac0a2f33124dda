/* route_plan.h - what fo-route -n prints. Edge: report. */
#ifndef FO_ROUTE_PLAN_H
#define FO_ROUTE_PLAN_H

#include "report.h"
#include "switchover.h"

/* Adds an operation for each step, and for what holds the LAN back from `uplink`. */
void route_plan_add(struct report *report, const char *uplink, const struct switchover *plan);

#endif
