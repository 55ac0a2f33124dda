#include "route_plan.h"

#include <stdio.h>

#include "cli.h"
#include "num.h"

/* The kind of an operation, with a 6 behind it where it is about IPv6. */
static const char *kind_of(const struct plan_item *want)
{
	static const char *const kinds[][2] = {
		[PLAN_SYSCTL] = { "sysctl", "sysctl" }, [PLAN_TABLE] = { "table", "table6" },
		[PLAN_RULES] = { "rules", "rules6" },	[PLAN_ROUTE] = { "route", "route6" },
		[PLAN_LAN] = { "lan", "lan6" },		[PLAN_FLOWS] = { "flows", "flows6" },
	};

	return kinds[want->kind][want->family == AF_INET6];
}

/* A step as an operation: bare values, for a program to read. */
static void plan_step(struct report *plan, const struct step *step)
{
	const struct plan_item *want = &step->want;
	char to[128] = "none stale", from[128] = "";
	bool unknown = step->absent || step->hidden;

	switch (want->kind) {
	case PLAN_SYSCTL:
		snprintf(to, sizeof(to), "%s = %d", want->sysctl, want->value);
		snprintf(from, sizeof(from), "%d", step->value);
		break;
	case PLAN_TABLE:
	case PLAN_ROUTE:
		nexthop_format(to, &want->hop);
		nexthop_format(from, &step->hop);
		break;
	case PLAN_RULES:
		snprintf(to, sizeof(to), "to the line's table");
		snprintf(from, sizeof(from), "%zu missing, %zu too many", step->missing,
			 step->extra);
		break;
	case PLAN_LAN: /* nothing that is done */
		return;
	case PLAN_FLOWS:
		snprintf(from, sizeof(from), "%zu stale", step->stale);
		break;
	}
	cli_plan_add(plan, kind_of(want), to, unknown ? NULL : from, step->as_wanted);
}

static void plan_hold(struct report *plan, const char *uplink, int64_t ms)
{
	char to[64], time[NUM_TEXT_MAX];

	if (ms == 0)
		return;
	snprintf(to, sizeof(to), "%s for the LAN, at most %s", uplink, num_format_ms(time, ms));
	cli_plan_add(plan, "hold", to, NULL, false);
}

void route_plan_add(struct report *report, const char *uplink, const struct switchover *plan)
{
	plan_hold(report, uplink, plan->hold_ms);
	for (size_t i = 0; i < plan->count; i++)
		plan_step(report, &plan->steps[i]);
}
