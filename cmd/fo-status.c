/* fo-status - what is happening on this router. See fo-status(8). */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "clock.h"
#include "concern.h"
#include "doctor.h"
#include "doctor_report.h"
#include "log.h"
#include "meter.h"
#include "metrics_verb.h"
#include "past.h"
#include "screen.h"
#include "situation.h"
#include "status_alert.h"
#include "status_report.h"

/* From screen to screen. */
#define WATCH_EVERY_US 1000000

struct settings {
	struct past past; /* first, see there */
	bool watch;
	struct doctor_order order;
	bool fix_hints, no_listen;
	const char *output; /* of the metrics; NULL: stdout */
	bool test;
};

/* A terminal that shows colors, whose owner did not ask for none (no-color.org). */
static bool has_color(void)
{
	const char *none = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(STDOUT_FILENO) == 1 && (none == NULL || none[0] == '\0') && term != NULL &&
	       strcmp(term, "dumb") != 0;
}

static int status_of(const struct concerns *concerns)
{
	if (concerns->count > 0)
		return CLI_NO;
	return concerns->cannot_tell ? CLI_CANNOT : CLI_YES;
}

static int show_once(const struct cli *cli, const struct conf *conf, const char *before)
{
	struct report *report;
	struct situation situation;
	struct concerns concerns;

	if (situation_find(conf, &situation) != 0)
		return CLI_CANNOT;
	concerns_find(&situation, &concerns);
	if (!cli->json) {
		fputs(before, stdout);
		return screen_print(&situation, &concerns, has_color()) == 0 ? status_of(&concerns)
									     : CLI_CANNOT;
	}
	report = report_new();
	status_report_fill(report, &situation, &concerns);
	return cli_print(cli, report, status_of(&concerns));
}

/* On a terminal each screen takes the place of the one before. */
static int show(const struct cli *cli, const struct conf *conf, void *settings)
{
	const struct settings *set = settings;
	const char *clear = isatty(STDOUT_FILENO) == 1 ? "\033[H\033[J" : "";
	int status = show_once(cli, conf, set->watch ? clear : "");

	while (set->watch && !ferror(stdout)) {
		clock_sleep_until_us(clock_mono_us() + WATCH_EVERY_US);
		status = show_once(cli, conf, clear);
	}
	return status;
}

static int show_usage(const struct cli *cli, const struct conf *conf, void *settings)
{
	struct report *report;
	struct usage usage;
	int64_t month = 0;
	int ret = meter_show(conf, &usage, &month);

	(void)settings;
	if (!conf->speedclass.present && !conf->keepalive.present)
		log_err(0, "%s has neither [speedclass] nor [keepalive]: no line is metered here",
			cli->config);
	else if (ret == -ENOENT)
		log_err(0, "nothing was counted yet; the next run of fo-keepalive begins with it");
	if (ret != 0)
		return CLI_CANNOT;
	report = report_new();
	status_report_usage(report, &usage, month, USAGE_MONTHS - 1);
	return cli_print(cli, report, CLI_YES);
}

static int examine(const struct cli *cli, const struct conf *conf, void *data)
{
	FO_UNINITIALIZED struct findings findings;
	struct settings *settings = data;
	struct doctor_form form = { .hints = settings->fix_hints, .json = cli->json };
	int status;

	(void)conf;
	settings->order.conf_file = cli->config;
	settings->order.listen = !settings->no_listen;
	status = doctor_examine(&settings->order, &findings) != 0 ? CLI_CANNOT
		 : findings.count > 0				  ? CLI_NO
								  : CLI_YES;
	form.live = settings->order.root[0] == '\0';
	form.complete = status != CLI_CANNOT;
	if (doctor_report_show(&findings, &form) != 0)
		return CLI_CANNOT;
	return status;
}

#define SETTING(member) .offset = offsetof(struct settings, member)

static const struct cli_option options[] = {
	{ 'w', "watch", NULL, "show it again every second, until Ctrl-C", .type = CLI_FLAG,
	  SETTING(watch), .verb = "show" },
	{ 0, "since", "TIME", "show events since then: 2h, 3d, 2026-11-27, '2026-11-27 14:00'",
	  .type = CLI_FILE, SETTING(past.since), .verb = "history" },
	{ 0, "month", "MONTH", "report this month, such as 2026-11, instead of the present one",
	  .type = CLI_FILE, SETTING(past.month_name), .verb = "report" },
	{ 0, "html", NULL, "report as a page for a browser and a printer", .type = CLI_FLAG,
	  SETTING(past.html), .verb = "report" },
	{ 0, "fix-hints", NULL, "print what mends each finding", .type = CLI_FLAG,
	  SETTING(fix_hints), .verb = "doctor" },
	{ 0, "keepalived", "FILE", "keepalived.conf, instead of " DOCTOR_KEEPALIVED_CONF,
	  .type = CLI_FILE, SETTING(order.keepalived_conf), .verb = "doctor" },
	{ 0, "no-listen", NULL, "do not listen to VRRP on the LAN", .type = CLI_FLAG,
	  SETTING(no_listen), .verb = "doctor" },
	{ 0, "root", "DIRECTORY", "look at the files of a router below this, and at nothing else",
	  .type = CLI_FILE, SETTING(order.root), .verb = "doctor" },
	{ 'o', "output", "FILE", "write the metrics into FILE, in place of what it has",
	  .type = CLI_FILE, SETTING(output), .verb = "metrics" },
	{ 0, "test", NULL, "send a test alert at once, and print what came back", .type = CLI_FLAG,
	  SETTING(test), .verb = "alert" },
	{ .name = NULL },
};

static int show_metrics(const struct cli *cli, const struct conf *conf, void *settings)
{
	(void)cli;
	return metrics_verb_run(conf, ((const struct settings *)settings)->output);
}

static int alert(const struct cli *cli, const struct conf *conf, void *settings)
{
	const struct settings *set = settings;

	return status_alert(cli, conf, set->test);
}

static const struct cli_verb verbs[] = {
	{ "show", "show", "the state of the router, its lines and its SIM (the default)", CLI_SHOWS,
	  NULL, show },
	{ "usage", "usage", "the bytes over the metered line, a year back", CLI_SHOWS, NULL,
	  show_usage },
	{ "doctor", "doctor", "what is wrong with this router, and what to do",
	  CLI_SHOWS | CLI_LOADS, NULL, examine },
	{ "history", "history", "what has happened to this router", CLI_SHOWS | CLI_LOADS,
	  past_parse_history, past_show_history },
	{ "report", "report", "a month of this router's line: outages, availability, bytes",
	  CLI_SHOWS, past_parse_report, past_show_report },
	{ "metrics", "metrics", "the same for Prometheus", 0, NULL, show_metrics },
	{ "alert", "alert", "what a person was told, and what waits", CLI_SHOWS, NULL, alert },
	{ .run = NULL },
};

static const struct cli_program program = {
	.name = "fo-status",
	.synopsis = "[VERB]",
	.about = "Show what this router is doing. Changes nothing, and asks nobody but the LAN.\n"
		 "Exit status: 0 the LAN has Internet over the line that it should have;\n"
		 "1 something needs attention; 2 could not tell; 64 usage; 78 configuration.",
	.example = "fo-status history --since 12h",
	.options = options,
	.verbs = verbs,
	.default_verb = "show",
};

int main(int argc, char *argv[])
{
	struct settings settings = {
		.order = { .root = "", .keepalived_conf = DOCTOR_KEEPALIVED_CONF },
	};

	return cli_main(&program, argc, argv, &settings);
}
