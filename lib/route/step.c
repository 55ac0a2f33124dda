#include "step.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "route.h"

static const char *family_of(const struct step *step)
{
	return step->want.family == AF_INET6 ? "IPv6 " : "";
}

const char *step_describe_want(const struct step *step, char buf[static STEP_TEXT_MAX])
{
	const struct plan_item *want = &step->want;
	const char *six = family_of(step);
	char hop[NEXTHOP_TEXT_MAX];

	nexthop_format(hop, &want->hop);
	switch (want->kind) {
	case PLAN_SYSCTL:
		snprintf(buf, STEP_TEXT_MAX, "%s = %d", want->sysctl, want->value);
		break;
	case PLAN_TABLE:
		snprintf(buf, STEP_TEXT_MAX, "%sroute of the line's table %s", six, hop);
		break;
	case PLAN_RULES:
		snprintf(buf, STEP_TEXT_MAX, "%srules to the line's table", six);
		break;
	case PLAN_ROUTE:
		snprintf(buf, STEP_TEXT_MAX, "%sdefault route %s", six, hop);
		break;
	case PLAN_LAN:
		snprintf(buf, STEP_TEXT_MAX, "%spackets from %s go %s", six, want->dev, hop);
		break;
	case PLAN_FLOWS:
		snprintf(buf, STEP_TEXT_MAX, "no stale %sflows", six);
		break;
	}
	return buf;
}

/* Where the kernel sends packets: `0.0.0.0/1 dev tun0 (table 51820 by rule 32764)`. */
static void describe_answer(const struct step *step, char *buf, size_t size)
{
	const struct lookup_answer *answer = &step->answer;
	char hop[NEXTHOP_TEXT_MAX], who[LOOKUP_PROTOCOL_MAX], prefix[16] = "", table[64] = "";

	if (answer->prefix_len > 0)
		snprintf(prefix, sizeof(prefix), " /%u", answer->prefix_len);
	if (answer->table != ROUTE_MAIN && step->priority != 0)
		snprintf(table, sizeof(table), ", of table %u by rule %u", answer->table,
			 step->priority);
	snprintf(buf, size, "the%s route %s (%s, metric %u%s)", prefix,
		 nexthop_format(hop, &answer->hop), lookup_protocol(answer->protocol, who),
		 answer->metric, table);
}

const char *step_describe_overruled(const struct step *step, char buf[static STEP_TEXT_MAX])
{
	const struct lookup_answer *answer = &step->answer;
	char want[NEXTHOP_TEXT_MAX], other[STEP_TEXT_MAX / 2];

	nexthop_format(want, &step->want.hop);
	describe_answer(step, other, sizeof(other));
	if (step->want.kind == PLAN_LAN && answer->reachable)
		snprintf(buf, STEP_TEXT_MAX, "%spackets from %s do not go %s, because of %s",
			 family_of(step), step->want.dev, want, other);
	else if (step->want.kind == PLAN_LAN)
		snprintf(buf, STEP_TEXT_MAX,
			 "%spackets from %s are not forwarded (%s): look at "
			 "net.ipv4.conf.%s.forwarding",
			 family_of(step), step->want.dev, strerror(-answer->error), step->want.dev);
	else if (answer->reachable)
		snprintf(buf, STEP_TEXT_MAX,
			 "%sdefault route %s is set, but not used, because of %s", family_of(step),
			 want, other);
	else
		snprintf(buf, STEP_TEXT_MAX, "%sdefault route %s is set, but not used: %s",
			 family_of(step), want, strerror(-answer->error));
	return buf;
}

static const char *describe_company(const struct step *step)
{
	return step->shared ? ", with others of its metric" : "";
}

const char *step_describe_present(const struct step *step, char buf[static STEP_TEXT_MAX])
{
	char hop[NEXTHOP_TEXT_MAX];

	if (step->hidden)
		snprintf(buf, STEP_TEXT_MAX, "only root can see it");
	else if (step->as_wanted)
		snprintf(buf, STEP_TEXT_MAX, "%s",
			 step->absent ? "no such interface now" : "already right");
	else if (step->overruled)
		return step_describe_overruled(step, buf);
	else if (step->want.kind == PLAN_SYSCTL)
		snprintf(buf, STEP_TEXT_MAX, "is %d", step->value);
	else if (step->want.kind == PLAN_RULES)
		snprintf(buf, STEP_TEXT_MAX, "%zu missing, %zu too many", step->missing,
			 step->extra);
	else if (step->want.kind == PLAN_FLOWS)
		snprintf(buf, STEP_TEXT_MAX, "%zu stale", step->stale);
	else
		snprintf(buf, STEP_TEXT_MAX, "is %s%s%s", nexthop_format(hop, &step->hop),
			 step->loops ? "; the wanted one leads to this router itself" : "",
			 describe_company(step));
	return buf;
}

/* What is appended to what was wanted. */
static void describe_before(const struct step *step, char *buf, size_t size)
{
	char hop[NEXTHOP_TEXT_MAX];

	if (step->want.kind == PLAN_SYSCTL)
		snprintf(buf, size, " (was %d)", step->value);
	else if (step->want.kind == PLAN_RULES)
		snprintf(buf, size, " (%zu missing, %zu too many)", step->missing, step->extra);
	else
		snprintf(buf, size, " (was %s%s)", nexthop_format(hop, &step->hop),
			 describe_company(step));
}

const char *step_describe_done(const struct step *step, char buf[static STEP_TEXT_MAX])
{
	buf[0] = '\0';
	if (step->as_wanted || step->error != 0 || step->want.kind == PLAN_LAN ||
	    (step->want.kind == PLAN_FLOWS && step->stale == 0))
		return buf;
	if (step->want.kind == PLAN_FLOWS) {
		snprintf(buf, STEP_TEXT_MAX, "%zu stale flow%s removed", step->stale,
			 step->stale == 1 ? "" : "s");
		return buf;
	}
	step_describe_want(step, buf);
	describe_before(step, buf + strlen(buf), STEP_TEXT_MAX - strlen(buf));
	return buf;
}
