#include "plan_rule.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "log.h"
#include "lookup.h"
#include "route.h"

static bool is_of_dead_line(const struct conf *conf, const struct switchover *found,
			    const struct plan_item *want)
{
	const struct facts_line *line =
		want->family == AF_INET6 ? &found->facts.line6 : &found->facts.line;

	return want->kind != PLAN_SYSCTL && want->kind != PLAN_RULES && !line->up &&
	       strcmp(want->hop.dev, conf->router.uplink) == 0;
}

/* Flows that do not fit end by themselves. */
static bool counts(const struct conf *conf, const struct switchover *found, const struct step *step)
{
	return !step->as_wanted && !step->absent && !step->hidden &&
	       step->want.kind != PLAN_FLOWS && !is_of_dead_line(conf, found, &step->want);
}

bool plan_rule_differs(const struct conf *conf, const struct switchover *found)
{
	for (size_t i = 0; i < found->count; i++) {
		if (counts(conf, found, &found->steps[i]))
			return true;
	}
	return false;
}

static unsigned code_of(const struct step *step)
{
	const struct plan_item *want = &step->want;

	switch (want->kind) {
	case PLAN_ROUTE:
		return 203;
	case PLAN_TABLE:
	case PLAN_RULES:
		return 217;
	case PLAN_LAN:
		return 218;
	case PLAN_SYSCTL:
	case PLAN_FLOWS:
		break;
	}
	if (strstr(want->sysctl, "send_redirects") != NULL)
		return 207;
	return strstr(want->sysctl, "forward") != NULL ? 205 : 219;
}

/* By interface, as kernel_rule names it. */
static void find_place(const struct conf *conf, const struct step *step,
		       char place[static FINDING_PLACE_MAX])
{
	const char *name = "routing";

	if (step->want.kind == PLAN_SYSCTL)
		name = step->want.sysctl;
	else if (step->want.kind == PLAN_LAN)
		name = step->want.dev;
	for (size_t i = 0; i < conf->router.lan.count && step->want.kind == PLAN_SYSCTL; i++) {
		if (strstr(step->want.sysctl, conf->router.lan.items[i]) != NULL)
			name = conf->router.lan.items[i];
	}
	snprintf(place, FINDING_PLACE_MAX, "%s", name);
}

/* What comes of it. */
static const char *result_of(unsigned code)
{
	switch (code) {
	case 203:
		return "what this router and the LAN send leaves by the wrong line, or not at all";
	case 205:
		return "the LAN has no Internet over this line";
	case 207:
		return "hosts of the LAN are sent around this router";
	case 217:
		return "echoes over the line, and answers to what came in by it, leave by another";
	case 218:
		return "the LAN has no Internet, or has it by the wrong line";
	default:
		return "fo-route had changed it, and did not change it back";
	}
}

/* fo-route sets what it wants, and leaves what others have set beside it. */
static const char *fix_of(const struct step *step, char buf[static FINDING_FIX_MAX])
{
	const struct lookup_answer *answer = &step->answer;
	const struct addr internet = lookup_internet(step->want.family);
	const struct addr base = addr_network(&internet, answer->prefix_len);
	const char *six = step->want.family == AF_INET6 ? " -6" : "";
	bool other = step->overruled && answer->reachable;
	char hop[NEXTHOP_TEXT_MAX], net[ADDR_TEXT_MAX];

	if (other && answer->table == ROUTE_MAIN && answer->prefix_len > 0)
		snprintf(buf, FINDING_FIX_MAX,
			 "ip%s route del %s/%u %s\n"
			 "or keep who has set it from that: in WireGuard by AllowedIPs, in OpenVPN "
			 "by `pull-filter ignore redirect-gateway`",
			 six, addr_format(net, &base), answer->prefix_len,
			 nexthop_format(hop, &answer->hop));
	else if (other && answer->table != ROUTE_MAIN && step->priority != 0)
		snprintf(buf, FINDING_FIX_MAX,
			 "ip%s rule show priority %u; ip%s route show table %u\n"
			 "ip%s rule del priority %u      # or keep who has set it from that",
			 six, step->priority, six, answer->table, six, step->priority);
	else
		snprintf(buf, FINDING_FIX_MAX,
			 "fo-route apply\n"
			 "systemctl enable --now fo-route     # which keeps it so");
	return buf;
}

static void add(const struct conf *conf, const struct step *step, struct findings *out)
{
	char place[FINDING_PLACE_MAX], text[STEP_TEXT_MAX], want[STEP_TEXT_MAX];
	char fix[FINDING_FIX_MAX];
	const unsigned code = code_of(step);

	fix_of(step, fix);
	find_place(conf, step, place);
	step_describe_present(step, text);
	step_describe_want(step, want);
	if (step->overruled)
		findings_add(out, code, place, fix, "%s: %s", text, result_of(code));
	else
		findings_add(out, code, place, fix, "%s%s (wanted: %s): %s",
			     step->want.kind == PLAN_RULES ? "" : "it ", text, want,
			     result_of(code));
}

/* Whether a finding says it already: what keeps a route from being used keeps the LAN's packets
 * from it, too, and over an interface that is down there is none. */
static bool is_said_by(const struct step *step, const struct finding *finding)
{
	const unsigned code = code_of(step), known = finding->code;

	if (known == 212) /* there is no such line */
		return code == 203 || code == 217 || code == 218;
	if (known == 215)
		return code == 203 && step->loops;
	if (code == 218)
		return known == 203 || (known == 205 && !step->answer.reachable);
	if (known == 211)
		return step->want.kind == PLAN_ROUTE &&
		       strcmp(step->want.hop.dev, finding->place) == 0;
	return code == known && (code == 205 || code == 207);
}

static bool repeats(const struct step *step, const struct findings *out)
{
	for (size_t i = 0; i < out->count; i++) {
		if (is_said_by(step, &out->items[i]))
			return true;
	}
	return false;
}

int plan_rule_check(const struct conf *conf, const struct switchover *found, struct findings *out)
{
	bool hidden = false;

	for (size_t i = 0; i < found->count; i++) {
		const struct step *step = &found->steps[i];

		hidden = hidden || step->hidden;
		if (counts(conf, found, step) && !repeats(step, out))
			add(conf, step, out);
	}
	if (hidden)
		log_err(EPERM, "cannot look at all that fo-route answers for");
	return hidden ? -EPERM : 0;
}
