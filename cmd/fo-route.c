/* fo-route - make routes, forwarding and flows fit the VRRP state. See fo-route(8). */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "drill_verb.h"
#include "history_aside.h"
#include "lan_hold.h"
#include "line_dns.h"
#include "log.h"
#include "meter.h"
#include "notification.h"
#include "num.h"
#include "report.h"
#include "route_plan.h"
#include "route_watch.h"
#include "rp_filter.h"
#include "rtnl.h"
#include "signals.h"
#include "speedclass.h"
#include "split_report.h"
#include "switchover.h"
#include "vrrp_role.h"

struct settings {
	bool force;
	int64_t drill_ms;
	struct notification notified;
};

/* How long after a report of master the address may take to be there. */
#define HELD_WITHIN_MS 1000

static void log_too_early(void)
{
	log_info("apply: no state was reported yet; leaving everything as it is, but for the "
		 "line's own table");
}

/* A message that came late is no mistake; one that is still contradicted after a second is. */
static void warn_unheld(const struct conf *conf)
{
	char text[VRRP_ROLE_TEXT_MAX], vip[ADDR_TEXT_MAX];
	struct netlink *nl = NULL;

	if (!vrrp_role_stays_unheld(conf, HELD_WITHIN_MS))
		return;
	text[0] = '\0';
	if (rtnl_open(&nl) == 0 && vrrp_role_find_mismatch(nl, conf, text) == 0)
		log_warn(0,
			 text[0] == '\0' ? "keepalived says master, but %s is on no interface"
					 : "%s",
			 text[0] == '\0' ? addr_format(vip, &conf->router.vip) : text);
	netlink_close(nl);
}

static bool read_meter(const struct conf *conf, const struct rtnl_link *gone, bool last)
{
	const struct meter_order order = {
		.conf = conf, .program = "fo-route", .gone = gone, .last = last
	};

	return meter_read(&order);
}

/* What only this program brings together: the class of the SIM, and the LAN that is held back. */
static bool is_raised(const struct conf_speedclass *conf)
{
	struct speedclass now;

	speedclass_load(&now);
	return strcmp(now.known, speedclass_due(conf, true, false)) == 0;
}

static int apply_logged(const struct conf *conf, const struct switchover_order *order,
			struct switchover *done, struct history_aside *aside)
{
	int ret = switchover_apply(conf, order, done);

	switchover_tell(done, aside);
	if (ret == 0 && !done->facts.known)
		log_too_early();
	if (done->count > 0 || ret == 0)
		switchover_log(done, order, ret);
	(void)read_meter(conf, NULL, done->count > 0 && done->facts.state == VRRP_STOP);
	return ret;
}

static int apply(const struct conf *conf, const struct switchover_order *order)
{
	struct switchover_order rest = { .force = order->force,
					 .resident = true,
					 .is_raised = order->is_raised };
	FO_UNINITIALIZED struct switchover done; /* clearing it is a twentieth of the run */
	FO_UNINITIALIZED struct history_aside aside;
	int ret;

	history_aside_init(&aside);
	ret = apply_logged(conf, order, &done, &aside);

	/* Also after a step that fails: what goes on meanwhile has its end. */
	while (done.port != 0 && switchover_pause_ms(&done) > 0) {
		switchover_wait(conf, switchover_pause_ms(&done));
		rest.reported = order->force ? order->reported : NULL;
		ret = apply_logged(conf, &rest, &done, &aside);
	}
	history_aside_end(&aside);
	if (ret == 0 && !order->force && !done.facts.held.vip && order->reported != NULL &&
	    *order->reported == VRRP_MASTER)
		warn_unheld(conf);
	return ret == 0 ? CLI_YES : CLI_CANNOT;
}

static int print_plan(const struct cli *cli, const struct conf *conf,
		      const struct switchover_order *order)
{
	struct report *report;
	struct switchover plan;

	if (switchover_examine(conf, order, &plan) != 0)
		return CLI_CANNOT;
	if (!plan.facts.known)
		log_too_early();
	report = report_new();
	route_plan_add(report, conf->router.uplink, &plan);
	return cli_print(cli, report, CLI_YES);
}

static bool report_steps(struct report *report, const struct switchover *now)
{
	bool all_right = true;
	char text[STEP_TEXT_MAX];

	for (size_t i = 0; i < now->count; i++) {
		const struct step *step = &now->steps[i];

		report_row(report, "wanted");
		report_text(report, "what", step_describe_want(step, text));
		report_flag(report, "right", step->as_wanted);
		report_text(report, "present", step_describe_present(step, text));
		report_end_row(report);
		all_right = all_right && step->as_wanted;
	}
	return all_right;
}

static int report_switchover(const struct cli *cli, const struct conf *conf,
			     const struct switchover *now, const char *mismatch)
{
	struct report *report = report_new();
	const struct facts *facts = &now->facts;
	char text[STEP_TEXT_MAX];
	bool all_right = mismatch[0] == '\0';

	report_text(report, "state", vrrp_state_name(facts->state));
	report_text(report, "vip", addr_format(text, &conf->router.vip));
	report_flag(report, "vip_held", facts->held.vip);
	if (mismatch[0] != '\0')
		report_text(report, "mistake", mismatch);
	if (addr_is_set(&conf->router.vip6)) {
		report_text(report, "state6", vrrp_state_name(facts->state6));
		report_text(report, "vip6", addr_format(text, &conf->router.vip6));
		report_flag(report, "vip6_held", facts->held.vip6);
	}
	if (facts->sibling[0] != '\0') {
		snprintf(text, sizeof(text), RTNL_SIBLING, conf->router.uplink, facts->sibling,
			 conf->router.uplink);
		report_text(report, "uplink", text);
		all_right = false;
	}
	if (conf->route.table == 0 && facts->line.up && rp_filter_is_strict(facts->line.hop.dev)) {
		snprintf(text, sizeof(text),
			 "rp_filter = 1 drops what comes in on %s while it has no default route: "
			 "set [route] table",
			 facts->line.hop.dev);
		report_text(report, "dropped", text);
		all_right = false;
	}
	if (conf->speedclass.present && conf->speedclass.hold_lan_ms > 0)
		lan_hold_show(report);
	if (facts->held.vip || facts->held.vip6)
		all_right = split_report_show(report) && all_right;
	all_right = report_steps(report, now) && all_right;
	report_flag(report, "all_right", all_right);
	if (mismatch[0] != '\0')
		return cli_print(cli, report, CLI_CANNOT);
	return cli_print(cli, report, all_right ? CLI_YES : CLI_NO);
}

static bool has_section(const struct cli *cli, const struct conf *conf)
{
	if (!conf->route.present)
		log_err(0, "%s: [route] is missing; it needs at least `master` and `backup`",
			cli->config);
	return conf->route.present;
}

/* What keepalived.conf and fo.conf disagree about, once the address had time to be there. */
static int find_mistake(const struct conf *conf, char text[static VRRP_ROLE_TEXT_MAX])
{
	struct netlink *nl = NULL;
	int ret = 0;

	text[0] = '\0';
	if (!vrrp_role_stays_unheld(conf, HELD_WITHIN_MS))
		return 0;
	ret = rtnl_open(&nl);
	if (ret == 0)
		ret = vrrp_role_find_mismatch(nl, conf, text);
	netlink_close(nl);
	return ret;
}

static int run_show(const struct cli *cli, const struct conf *conf, void *settings)
{
	const struct settings *set = settings;
	const enum vrrp_state reported = vrrp_role_reported();
	const struct switchover_order order = { .reported = &reported, .force = set->force };
	char mistake[VRRP_ROLE_TEXT_MAX];
	struct switchover now;

	if (!has_section(cli, conf))
		return CLI_CONFIG;
	if (find_mistake(conf, mistake) != 0 || switchover_examine(conf, &order, &now) != 0)
		return CLI_CANNOT;
	return report_switchover(cli, conf, &now, mistake);
}

/* What the resident would undo a moment later is not done. */
static bool is_forced_in_vain(const struct settings *set)
{
	if (!set->force || !route_watch_is_running())
		return false;
	log_err(0, "fo-route watch is running, and would undo it: first systemctl stop fo-route");
	return true;
}

static int run_apply(const struct cli *cli, const struct conf *conf, void *settings)
{
	const struct settings *set = settings;
	const struct switchover_order order = { .force = set->force, .is_raised = is_raised };

	if (!has_section(cli, conf))
		return CLI_CONFIG;
	if (cli->dry_run)
		return print_plan(cli, conf, &order);
	if (is_forced_in_vain(set))
		return CLI_CANNOT;
	line_dns_note();
	return apply(conf, &order);
}

static int load(const struct cli *cli, struct conf *conf)
{
	int ret = cli_load(cli, conf);

	if (ret != CLI_GO_ON)
		return ret;
	return has_section(cli, conf) ? CLI_GO_ON : CLI_CONFIG;
}

static int reload(const void *data, struct conf *out)
{
	return load(data, out) == CLI_GO_ON ? 0 : -EINVAL;
}

static int run_watch(const struct cli *cli, const struct conf *unused, void *settings)
{
	const struct route_watch_hooks hooks = {
		.reload = reload, .data = cli, .meter = read_meter, .is_raised = is_raised
	};
	struct conf conf;
	int ret = load(cli, &conf);

	(void)unused;
	(void)settings;
	if (ret != CLI_GO_ON)
		return ret;
	ret = route_watch_run(&conf, &hooks);
	if (ret > 0)
		signals_die(ret);
	return CLI_CANNOT;
}

static int run_clear(const struct cli *cli, const struct conf *conf, void *settings)
{
	(void)settings;
	if (!has_section(cli, conf))
		return CLI_CONFIG;
	if (route_watch_is_running()) {
		log_err(0, "fo-route watch is running, and would put all back: end it first");
		return CLI_CANNOT;
	}
	if (switchover_clear(conf) != 0)
		return CLI_CANNOT;
	log_info("clear: no rule, route of the line's table or switch of ours is left");
	return CLI_YES;
}

static int parse_drill(const struct cli *cli, int count, char *operands[], void *settings)
{
	return drill_verb_parse(cli, count, operands, &((struct settings *)settings)->drill_ms);
}

static int run_drill(const struct cli *cli, const struct conf *conf, void *settings)
{
	return drill_verb_run(cli, conf, ((const struct settings *)settings)->drill_ms);
}

static int parse_state(const struct cli *cli, int count, char *operands[], void *settings)
{
	struct settings *set = settings;

	return notification_parse(cli, count, operands, &set->notified);
}

static int run_state(const struct cli *cli, const struct conf *conf, void *settings)
{
	const struct settings *set = settings;
	const struct switchover_order order = { .reported = &set->notified.state,
						.force = set->force,
						.is_raised = is_raised };

	if (!has_section(cli, conf))
		return CLI_CONFIG;
	if (!set->notified.is_state) {
		log_debug("not a change of state: nothing to do");
		return CLI_YES;
	}
	if (cli->dry_run)
		return print_plan(cli, conf, &order);
	return is_forced_in_vain(set) ? CLI_CANNOT : apply(conf, &order);
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
	{ "watch", "watch", "stay, and apply it whenever a route, rule, address or link changes",
	  CLI_LOADS, NULL, run_watch },
	{ "clear", "clear", "remove the rules, the line's table, and what else is ours", 0, NULL,
	  run_clear },
	{ "drill", "drill TIME",
	  "a failover for practice: to the other router now, and back after TIME", 0, parse_drill,
	  run_drill },
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
		 "0 nothing differs, 1 something differs, or another machine is master, too.",
	.example = "fo-route drill 60s",
	.options = options,
	.verbs = verbs,
	.sections = CONF_ROUTE,
};

int main(int argc, char *argv[])
{
	struct settings set = { .force = false };

	return cli_main(&program, argc, argv, &set);
}
