/* fo-route - make routes, forwarding and flows fit the VRRP state. See fo-route(8). */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "loader.h"
#include "log.h"
#include "report.h"
#include "switchover.h"
#include "vrrp_role.h"

struct settings {
	bool force;
};

static const struct cli_option options[] = {
	{ 'f', "force", NULL, "obey the word, whatever the VRRP address says" },
	{ .name = NULL },
};

static const struct cli_verb verbs[] = {
	{ "master|backup|fault|stop", "this state was reached: make true what is true now" },
	{ "TYPE NAME STATE PRIORITY", "the same, as keepalived's generic notify says it" },
	{ "apply", "again whatever is true now (for pppd's ip-up)" },
	{ "show", "the state, and what differs from what it wants" },
	{ .form = NULL },
};

static int take(size_t index, const char *arg, void *data)
{
	struct settings *set = data;

	(void)index;
	(void)arg;
	set->force = true;
	return CLI_GO_ON;
}

static const struct cli_program program = {
	.name = "fo-route",
	.synopsis = "VERB",
	.about = "Make the default route, forwarding and tracked flows fit the VRRP state.\n"
		 "Exit status: 0 done, 2 could not, 64 usage, 78 configuration; of show:\n"
		 "0 all is as wanted, 1 something differs.",
	.options = options,
	.verbs = verbs,
	.shows = true,
	.take = take,
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
		snprintf(buf, size, "not to be seen without root");
	else if (item->as_wanted)
		snprintf(buf, size, "%s", item->absent ? "no such interface now" : "as wanted");
	else if (item->want.kind == PLAN_SYSCTL)
		snprintf(buf, size, "is %d", item->value);
	else if (item->want.kind == PLAN_ROUTE)
		snprintf(buf, size, "is %s", nexthop_format(hop, &item->hop));
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
			 ret == 0 ? "already as wanted" : "nothing changed");
	log_info("%s: %s%s, %" PRId64 ".%" PRId64 " ms", vrrp_state_name(done->state), line + 2,
		 ret == 0 ? "" : ", NOT all of it", done->took_us / 1000,
		 done->took_us % 1000 / 100);
}

static int apply(const struct conf *conf, const enum vrrp_state *reported, bool force)
{
	struct switchover done;
	int ret = switchover_apply(conf, reported, force, &done);

	if (done.count > 0 || ret == 0)
		log_done(&done, ret);
	return ret == 0 ? CLI_YES : CLI_CANNOT;
}

static int print_plan(const struct conf *conf, enum vrrp_state reported, bool force)
{
	char want[128], present[128];
	struct switchover plan;

	if (switchover_examine(conf, reported, force, &plan) != 0)
		return CLI_CANNOT;
	for (size_t i = 0; i < plan.count; i++) {
		const struct switchover_item *item = &plan.items[i];

		printf("%s %s (%s)\n", item->as_wanted ? "keep" : "make",
		       describe_want(item, want, sizeof(want)),
		       describe_present(item, present, sizeof(present)));
	}
	return CLI_YES;
}

static int report_switchover(const struct conf *conf, const struct switchover *now, bool json)
{
	struct report *report = report_new();
	char text[128];
	bool all_right = true;
	int ret;

	report_text(report, "state", vrrp_state_name(now->state));
	report_text(report, "vip", addr_format(text, &conf->router.vip));
	report_flag(report, "vip_held", now->held.vip);
	if (addr_is_set(&conf->router.vip6)) {
		report_text(report, "state6", vrrp_state_name(now->state6));
		report_text(report, "vip6", addr_format(text, &conf->router.vip6));
		report_flag(report, "vip6_held", now->held.vip6);
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
	ret = report_print(report, json);
	report_free(report);
	if (ret != 0)
		return CLI_CANNOT;
	return all_right ? CLI_YES : CLI_NO;
}

static int show(const struct cli *cli, const struct conf *conf, bool force)
{
	struct switchover now;

	if (switchover_examine(conf, vrrp_role_reported(), force, &now) != 0)
		return CLI_CANNOT;
	return report_switchover(conf, &now, cli->json);
}

/* pppd may come before keepalived. Without the address, and before anybody has said which state
 * this is, `backup` would be a guess, and could send the router to a neighbour who is not there.
 * Returns CLI_GO_ON when the router is master all the same; otherwise the exit status. */
static int apply_early(const struct conf *conf)
{
	enum vrrp_state state;

	if (vrrp_role_true_state(&conf->router, VRRP_BACKUP, &state) != 0)
		return CLI_CANNOT;
	if (state == VRRP_MASTER)
		return CLI_GO_ON;
	log_info("apply: no state is known yet, so everything stays as it is");
	return CLI_YES;
}

/* What was told last may change until the lock is held: then it is read. */
static int run_apply(const struct cli *cli, const struct conf *conf, bool force)
{
	bool early = !force && !vrrp_role_was_reported();
	int ret = early ? apply_early(conf) : CLI_GO_ON;

	if (ret != CLI_GO_ON)
		return ret;
	if (!cli->dry_run)
		return apply(conf, NULL, force);
	return print_plan(conf, early ? VRRP_BACKUP : vrrp_role_reported(), force);
}

static int run_state(const struct cli *cli, const struct conf *conf, int argc, char *argv[],
		     bool force)
{
	enum vrrp_state reported = VRRP_BACKUP;
	bool is_state = true;

	if (vrrp_parse_args(argc, argv, &reported, &is_state) != 0)
		return cli_misused(&program, "`%s'%s is not a state or a verb", argv[0],
				   argc > 1 ? " with these operands" : "");
	if (!is_state) {
		log_debug("%s is not a change of state", argv[2]);
		return CLI_YES;
	}
	return cli->dry_run ? print_plan(conf, reported, force) : apply(conf, &reported, force);
}

static int run(const struct cli *cli, const struct conf *conf, int argc, char *argv[], bool force)
{
	if (argc == 1 && strcmp(argv[0], "show") == 0)
		return show(cli, conf, force);
	if (argc == 1 && strcmp(argv[0], "apply") == 0)
		return run_apply(cli, conf, force);
	return run_state(cli, conf, argc, argv, force);
}

int main(int argc, char *argv[])
{
	struct settings set = { .force = false };
	struct conf conf;
	struct cli cli;
	int ret = cli_parse(&program, argc, argv, &set, &cli);

	if (ret == CLI_GO_ON && argc == cli.operands)
		ret = cli_misused(&program, "say which state was reached, or what to do");
	if (ret == CLI_GO_ON)
		ret = cli_load(&cli, &conf);
	if (ret != CLI_GO_ON)
		return ret;
	if (!conf.route.present) {
		log_err(0, "%s: [route] is missing; it needs at least `master` and `backup`",
			cli.config);
		return CLI_CONFIG;
	}
	return run(&cli, &conf, argc - cli.operands, argv + cli.operands, set.force);
}
