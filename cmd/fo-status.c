/* fo-status - what is happening on this router. See fo-status(8). */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "clock.h"
#include "history.h"
#include "log.h"
#include "report.h"
#include "route.h"
#include "rtnl.h"
#include "schema.h"
#include "session.h"
#include "speedclass.h"
#include "switchover.h"
#include "vrrp_role.h"
#include "watch_report.h"

/* What is shown, gathered before anything is printed. */
struct status {
	struct switchover route; /* when [route] is there */
	enum vrrp_state state;
	enum vrrp_state reported;
	struct nexthop hop;
	bool uplink_there;
	struct rtnl_link uplink;
	struct speedclass speedclass;
	bool keepalived; /* is running */
	bool watched;	 /* there is, or was, a watcher */
	struct heartbeat heartbeat;
	char mistake[VRRP_ROLE_TEXT_MAX]; /* keepalived.conf against fo.conf; else empty */
	struct idle_memory keepalive;	  /* all zero where fo-keepalive has left nothing */
};

static int gather_kernel(const struct conf *conf, struct status *out)
{
	struct netlink *nl = NULL;
	int ret = rtnl_open(&nl);

	if (ret == 0)
		ret = route_get_default(nl, (struct route_table){ AF_INET, ROUTE_MAIN }, &out->hop);
	if (ret == 0)
		ret = vrrp_role_find_mismatch(nl, conf, out->mistake);
	if (ret == 0) {
		ret = rtnl_get_link(nl, conf->router.uplink, &out->uplink);
		out->uplink_there = ret == 0;
		ret = ret == -ENODEV ? 0 : ret;
	}
	netlink_close(nl);
	return ret;
}

static int gather(const struct conf *conf, struct status *out)
{
	const struct switchover_order order = { .reported = &out->reported };
	int ret;

	memset(out, 0, sizeof(*out));
	out->reported = vrrp_role_reported();
	ret = vrrp_role_true_state(conf, out->reported, &out->state);
	if (ret == 0)
		ret = gather_kernel(conf, out);
	if (ret == 0 && conf->route.present)
		ret = switchover_examine(conf, &order, &out->route);
	speedclass_load(&out->speedclass);
	out->keepalived = vrrp_role_has_keepalived();
	out->watched = watch_report_read(&out->heartbeat) == 0;
	if (session_load(&out->keepalive) != 0)
		memset(&out->keepalive, 0, sizeof(out->keepalive));
	return ret;
}

static const char *uplink_text(const struct status *status)
{
	if (!status->uplink_there)
		return "gone";
	return status->uplink.up ? "up" : "down";
}

static const char *or_unknown(const char *text)
{
	return text[0] == '\0' ? "unknown" : text;
}

/* Returns whether the watcher is running, or there never was one. */
static bool fill_line(struct report *report, const struct conf *conf, const struct status *status)
{
	int64_t now_us = clock_mono_us();

	if (!status->watched) {
		report_text(report, "watcher", "never started");
		return true;
	}
	if (!heartbeat_is_fresh(&status->heartbeat, conf->router.uplink, now_us)) {
		bool mute = heartbeat_is_mute(&status->heartbeat, conf->router.uplink, now_us);

		report_text(report, "watcher", mute ? "cannot send" : "silent");
		return false;
	}
	report_text(report, "watcher", "running");
	watch_report_show(report, &status->heartbeat, now_us);
	return true;
}

/* Returns whether the class is the one that is due. */
static bool fill_speedclass(struct report *report, const struct conf *conf,
			    const struct status *status)
{
	const char *due = speedclass_due(&conf->speedclass, status->state == VRRP_MASTER);

	report_text(report, "sim", conf->speedclass.sim.id);
	report_text(report, "speed_class_due", due);
	report_text(report, "speed_class_wanted", or_unknown(status->speedclass.wanted));
	report_text(report, "speed_class_known", or_unknown(status->speedclass.known));
	return strcmp(status->speedclass.known, due) == 0;
}

/* A line that was not checked for so long may be dead: the timer is not enabled. */
#define KEEPALIVE_LATE_MS INT64_C(7200000)

/* Returns whether the session is looked after, and not known to be dead. The bytes are those of
 * echoes and answers.
 */
static bool fill_keepalive(struct report *report, const struct conf *conf,
			   const struct status *status)
{
	const struct idle_memory *memory = &status->keepalive;
	enum idle_verdict verdict = (enum idle_verdict)memory->verdict;
	char boot[CLOCK_BOOT_MAX];
	bool of_this_boot = memory->run_ms > 0 && strcmp(memory->boot, clock_boot(boot)) == 0;
	int64_t ago_ms = clock_boottime_ms() - (of_this_boot ? memory->run_ms : 0);

	report_text(report, "keepalive", idle_verdict_name(verdict));
	if (of_this_boot)
		report_number(report, "keepalive_ago_s", ago_ms / 1000);
	else
		report_unknown(report, "keepalive_ago_s");
	report_number(report, "keepalive_dead_runs", memory->dead);
	report_number(report, "keepalive_month_bytes", memory->bytes);
	report_number(report, "keepalive_last_month_bytes", memory->bytes_before);
	report_number(report, "keepalive_month_bytes_due",
		      session_month_bytes(&conf->keepalive, memory));
	return memory->dead == 0 && ago_ms < KEEPALIVE_LATE_MS;
}

static bool route_right(const struct status *status)
{
	bool right = true;

	for (size_t i = 0; i < status->route.count; i++)
		right = right && status->route.steps[i].as_wanted;
	return right;
}

/* A section with a fault is not used: no row below is about it. Returns whether there is none. */
static bool fill_faults(struct report *report, const struct conf *conf)
{
	for (size_t i = 0; i < conf_sections_len; i++) {
		if ((conf->faulty & conf_sections[i].bit) == 0)
			continue;
		report_row(report, "faulty");
		report_text(report, "section", conf_sections[i].name);
		report_end_row(report);
	}
	return conf->faulty == 0;
}

/* Returns whether nothing differs. */
static bool fill(struct report *report, const struct conf *conf, const struct status *status)
{
	char text[NEXTHOP_TEXT_MAX], hint[160];
	bool right = fill_faults(report, conf);

	report_text(report, "keepalived", status->keepalived ? "running" : "not running");
	report_text(report, "state", vrrp_state_name(status->state));
	report_text(report, "vip", addr_format(text, &conf->router.vip));
	report_flag(report, "vip_held", status->state == VRRP_MASTER);
	if (status->mistake[0] != '\0')
		report_text(report, "mistake", status->mistake);
	report_text(report, "default_route", nexthop_format(text, &status->hop));
	right = route_right(status) && status->mistake[0] == '\0' && right;
	if (conf->route.present)
		report_flag(report, "route_right", route_right(status));
	report_text(report, "uplink", conf->router.uplink);
	report_text(report, "uplink_interface", uplink_text(status));
	if (status->route.facts.sibling[0] != '\0') {
		snprintf(hint, sizeof(hint), RTNL_SIBLING, conf->router.uplink,
			 status->route.facts.sibling, conf->router.uplink);
		report_text(report, "uplink_hint", hint);
		right = false;
	}
	right = right && status->keepalived;
	if (conf->speedclass.present)
		right = fill_speedclass(report, conf, status) && right;
	if (conf->keepalive.present)
		right = fill_keepalive(report, conf, status) && right;
	if (conf->check.present)
		right = fill_line(report, conf, status) && right;
	return right;
}

static int show(const struct cli *cli, const struct conf *conf, void *settings)
{
	struct report *report = report_new();
	struct status status;
	bool right = false;

	(void)settings;
	if (gather(conf, &status) != 0) {
		report_free(report);
		return CLI_CANNOT;
	}
	right = fill(report, conf, &status);
	return cli_print(cli, report, right ? CLI_YES : CLI_NO);
}

/* The events, a row each. Cuts `text` up. */
static void fill_history(struct report *report, char *text)
{
	char *rest = text;

	for (char *line = strsep(&rest, "\n"); line != NULL; line = strsep(&rest, "\n")) {
		const char *time = strsep(&line, " ");
		const char *who = line == NULL ? NULL : strsep(&line, ":");

		if (line == NULL)
			continue;
		report_row(report, "events");
		report_text(report, "time", time);
		report_text(report, "program", who);
		report_text(report, "event", line + strspn(line, " "));
		report_end_row(report);
	}
}

static int history(const struct cli *cli, const struct conf *conf, void *settings)
{
	char text[HISTORY_BYTES_MAX];
	struct report *report;

	(void)conf;
	(void)settings;
	if (history_read(text) != 0)
		return CLI_CANNOT;
	report = report_new();
	fill_history(report, text);
	return cli_print(cli, report, CLI_YES);
}

static const struct cli_verb verbs[] = {
	{ "show", "show", "the state of the router, its lines and its SIM (the default)", CLI_SHOWS,
	  NULL, show },
	{ "history", "history", "what has happened to the metered line", CLI_SHOWS, NULL, history },
	{ .run = NULL },
};

static const struct cli_program program = {
	.name = "fo-status",
	.synopsis = "[VERB]",
	.about = "Show what this router is doing. Sends nothing and changes nothing.\n"
		 "Exit status: 0 nothing differs; 1 something differs; 2 could not tell;\n"
		 "64 usage; 78 configuration.",
	.verbs = verbs,
	.default_verb = "show",
};

int main(int argc, char *argv[])
{
	return cli_main(&program, argc, argv, NULL);
}
