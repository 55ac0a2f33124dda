/* fo-route - make routes, forwarding and flows fit the VRRP state. See fo-route(8). */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "log.h"
#include "notification.h"
#include "report.h"
#include "switchover.h"
#include "vrrp_role.h"

struct settings {
	bool force;
	struct notification notified;
};

/* What an item wants, in words. */
static const char *describe_want(const struct switchover_item *item, char *buf, size_t size)
{
	char hop[NEXTHOP_TEXT_MAX];
	const char *six = item->want.family == AF_INET6 ? "IPv6 " : "";

	switch (item->want.kind) {
	case PLAN_SYSCTL:
		snprintf(buf, size, "%s = %d", item->want.sysctl, item->want.value);
		break;
	case PLAN_ROUTE:
		snprintf(buf, size, "%sdefault route %s", six,
			 nexthop_format(hop, &item->want.hop));
		break;
	case PLAN_FLOWS:
		snprintf(buf, size, "no stale %sflows", six);
		break;
	}
	return buf;
}

static const char *describe_present(const struct switchover_item *item, char *buf, size_t size)
{
	char hop[NEXTHOP_TEXT_MAX];

	if (item->hidden)
		snprintf(buf, size, "only root can see it");
	else if (item->as_wanted)
		snprintf(buf, size, "%s", item->absent ? "no such interface now" : "already right");
	else if (item->want.kind == PLAN_SYSCTL)
		snprintf(buf, size, "is %d", item->value);
	else if (item->want.kind == PLAN_ROUTE)
		snprintf(buf, size, "is %s%s", nexthop_format(hop, &item->hop),
			 item->loops ? "; the wanted one leads to this router itself" : "");
	else
		snprintf(buf, size, "%zu stale", item->stale);
	return buf;
}

/* What was done about an item: `, default route dev ppp0 (was via 192.168.0.254 dev eth0)`; nothing
 * where it was right already. */
static void describe_done(const struct switchover_item *item, char *buf, size_t size)
{
	char want[128], hop[NEXTHOP_TEXT_MAX];

	buf[0] = '\0';
	if (item->as_wanted || item->error != 0)
		return;
	describe_want(item, want, sizeof(want));
	if (item->want.kind == PLAN_ROUTE)
		snprintf(buf, size, ", %s (was %s)", want, nexthop_format(hop, &item->hop));
	else if (item->want.kind == PLAN_SYSCTL)
		snprintf(buf, size, ", %s (was %d)", want, item->value);
	else if (item->stale > 0)
		snprintf(buf, size, ", %zu stale flow%s removed", item->stale,
			 item->stale == 1 ? "" : "s");
}

static void log_done(const struct switchover *done, int ret)
{
	char line[640] = "";
	size_t used = 0;

	for (size_t i = 0; i < done->count; i++) {
		describe_done(&done->items[i], line + used, sizeof(line) - used);
		used += strlen(line + used);
	}
	if (used == 0)
		snprintf(line, sizeof(line), ", %s",
			 ret == 0 ? "nothing to do" : "nothing changed");
	log_info("%s: %s%s, %" PRId64 ".%" PRId64 " ms", vrrp_state_name(done->state),
		 ret == 0 ? "" : "incomplete, ", line + 2, done->took_us / 1000,
		 done->took_us % 1000 / 100);
}

static void log_too_early(void)
{
	log_info("apply: no state was reported yet; leaving everything as it is");
}

static int apply(const struct conf *conf, const enum vrrp_state *reported, bool force)
{
	struct switchover done;
	int ret = switchover_apply(conf, reported, force, &done);

	if (done.too_early)
		log_too_early();
	else if (done.count > 0 || ret == 0)
		log_done(&done, ret);
	return ret == 0 ? CLI_YES : CLI_CANNOT;
}

/* An item as an operation: bare values, for a program to read. */
static void plan_item(struct report *plan, const struct switchover_item *item)
{
	const struct plan_item *want = &item->want;
	char to[128] = "none stale", from[128] = "";

	switch (want->kind) {
	case PLAN_SYSCTL:
		snprintf(to, sizeof(to), "%s = %d", want->sysctl, want->value);
		if (!item->absent)
			snprintf(from, sizeof(from), "%d", item->value);
		cli_plan_add(plan, "sysctl", to, item->absent ? NULL : from, item->as_wanted);
		break;
	case PLAN_ROUTE:
		cli_plan_add(plan, want->family == AF_INET6 ? "route6" : "route",
			     nexthop_format(to, &want->hop), nexthop_format(from, &item->hop),
			     item->as_wanted);
		break;
	case PLAN_FLOWS:
		snprintf(from, sizeof(from), "%zu stale", item->stale);
		cli_plan_add(plan, want->family == AF_INET6 ? "flows6" : "flows", to,
			     item->hidden ? NULL : from, item->as_wanted);
		break;
	}
}

static int print_plan(const struct cli *cli, const struct conf *conf,
		      const enum vrrp_state *reported, bool force)
{
	struct report *report;
	struct switchover plan;

	if (switchover_examine(conf, reported, force, &plan) != 0)
		return CLI_CANNOT;
	if (plan.too_early)
		log_too_early();
	report = report_new();
	for (size_t i = 0; i < plan.count; i++)
		plan_item(report, &plan.items[i]);
	return cli_print(cli, report, CLI_YES);
}

static int report_switchover(const struct cli *cli, const struct conf *conf,
			     const struct switchover *now)
{
	struct report *report = report_new();
	char text[160];
	bool all_right = true;

	report_text(report, "state", vrrp_state_name(now->state));
	report_text(report, "vip", addr_format(text, &conf->router.vip));
	report_flag(report, "vip_held", now->held.vip);
	if (addr_is_set(&conf->router.vip6)) {
		report_text(report, "state6", vrrp_state_name(now->state6));
		report_text(report, "vip6", addr_format(text, &conf->router.vip6));
		report_flag(report, "vip6_held", now->held.vip6);
	}
	if (now->sibling[0] != '\0') {
		snprintf(text, sizeof(text), RTNL_SIBLING, conf->router.uplink, now->sibling,
			 conf->router.uplink);
		report_text(report, "uplink", text);
		all_right = false;
	}
	for (size_t i = 0; i < now->count; i++) {
		const struct switchover_item *item = &now->items[i];

		report_row(report, "wanted");
		report_text(report, "what", describe_want(item, text, sizeof(text)));
		report_flag(report, "right", item->as_wanted);
		report_text(report, "present", describe_present(item, text, sizeof(text)));
		report_end_row(report);
		all_right = all_right && item->as_wanted;
	}
	report_flag(report, "all_right", all_right);
	return cli_print(cli, report, all_right ? CLI_YES : CLI_NO);
}

static bool has_section(const struct cli *cli, const struct conf *conf)
{
	if (!conf->route.present)
		log_err(0, "%s: [route] is missing; it needs at least `master` and `backup`",
			cli->config);
	return conf->route.present;
}

static int run_show(const struct cli *cli, const struct conf *conf, void *settings)
{
	const struct settings *set = settings;
	enum vrrp_state reported;
	struct switchover now;

	if (!has_section(cli, conf))
		return CLI_CONFIG;
	reported = vrrp_role_reported();
	if (switchover_examine(conf, &reported, set->force, &now) != 0)
		return CLI_CANNOT;
	return report_switchover(cli, conf, &now);
}

static int run_apply(const struct cli *cli, const struct conf *conf, void *settings)
{
	const struct settings *set = settings;

	if (!has_section(cli, conf))
		return CLI_CONFIG;
	return cli->dry_run ? print_plan(cli, conf, NULL, set->force)
			    : apply(conf, NULL, set->force);
}

static int parse_state(const struct cli *cli, int count, char *operands[], void *settings)
{
	struct settings *set = settings;

	return notification_parse(cli, count, operands, &set->notified);
}

static int run_state(const struct cli *cli, const struct conf *conf, void *settings)
{
	const struct settings *set = settings;

	if (!has_section(cli, conf))
		return CLI_CONFIG;
	if (!set->notified.is_state) {
		log_debug("not a change of state: nothing to do");
		return CLI_YES;
	}
	return cli->dry_run ? print_plan(cli, conf, &set->notified.state, set->force)
			    : apply(conf, &set->notified.state, set->force);
}

static const struct cli_option options[] = {
	{ 'f', "force", NULL, "apply the given state even if the VRRP address says otherwise",
	  .type = CLI_FLAG, .offset = offsetof(struct settings, force) },
	{ .name = NULL },
};

static const struct cli_verb verbs[] = {
	{ "apply", "apply", "apply the state that is really true (for pppd's ip-up)", CLI_PLANS,
	  NULL, run_apply },
	{ "show", "show", "the state, and what differs from the plan", CLI_SHOWS, NULL, run_show },
	{ NULL, "master|backup|fault|stop",
	  "this state was reported; apply the state that is really true", CLI_PLANS, parse_state,
	  run_state },
	{ NULL, "TYPE NAME STATE PRIORITY", "the same, in keepalived's words (notify)", CLI_PLANS,
	  parse_state, run_state },
	{ .run = NULL },
};

static const struct cli_program program = {
	.name = "fo-route",
	.synopsis = "VERB",
	.about = "Make the default route, forwarding and tracked flows match the VRRP state.\n"
		 "Exit status: 0 done, 2 could not, 64 usage, 78 configuration; of show:\n"
		 "0 nothing differs, 1 something differs.",
	.options = options,
	.verbs = verbs,
	.sections = CONF_ROUTE,
};

int main(int argc, char *argv[])
{
	struct settings set = { .force = false };

	return cli_main(&program, argc, argv, &set);
}
