/* fo-alert - tell a person what has happened to this router. See fo-alert(8). */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "alert.h"
#include "alert_cli.h"
#include "cli.h"
#include "log.h"
#include "report.h"

/* Less than the time from one run of the timer to the next. */
#define WAIT_DEFAULT_MS INT64_C(240000)
#define WAIT_MAX_MS	INT64_C(3600000)

struct settings {
	bool test;
	int64_t wait_ms;
};

static const char *result_text(enum alert_result result)
{
	static const char *const texts[] = { [ALERT_SENT] = "delivered",
					     [ALERT_OFFLINE] = "not reached",
					     [ALERT_FAILED] = "failed",
					     [ALERT_REFUSED] = "refused" };

	return texts[result];
}

/* By each way that there is. Returns the exit status. */
static int test(const struct cli *cli, const struct alert_order *order)
{
	struct report *report = report_new();
	int status = CLI_YES;

	for (int i = 0; i < ALERT_WAYS; i++) {
		enum alert_way way = (enum alert_way)i;
		struct alert_answer answer;

		if (alert_way_value(order->conf, way)[0] == '\0')
			continue;
		alert_test(order, way, &answer);
		if (answer.result != ALERT_SENT)
			status = CLI_NO;
		report_row(report, "tests");
		report_text(report, "way", alert_way_name(way));
		report_text(report, "result", result_text(answer.result));
		if (answer.why[0] != '\0')
			report_text(report, "why", answer.why);
		else
			report_unknown(report, "why");
		if (answer.excerpt[0] != '\0')
			report_text(report, "answer", answer.excerpt);
		else
			report_unknown(report, "answer");
		report_end_row(report);
	}
	return cli_print(cli, report, status);
}

static void plan_way(const struct alert_view *view, void *report)
{
	const char *name = alert_way_name(view->way);
	struct alert_message message;

	if (view->due.why == ALERT_NOTHING) {
		cli_plan_add(report, name, "no message", alert_rule_text(view->due.why), true);
		return;
	}
	alert_view_message(view, &message);
	for (char *p = strchr(message.text, '\n'); p != NULL; p = strchr(p, '\n'))
		*p = ' ';
	cli_plan_add(report, name, message.text, alert_rule_text(view->due.why),
		     view->due.why != ALERT_NOW);
}

static int print_plan(const struct cli *cli, const struct alert_order *order)
{
	struct report *report = report_new();

	if (alert_cli_each(order, plan_way, report) == 0)
		return cli_print(cli, report, CLI_YES);
	report_free(report);
	return CLI_CANNOT;
}

static int exit_of(int ret)
{
	if (ret == -EWOULDBLOCK)
		log_info("another fo-alert is already running");
	if (ret == 0 || ret == -EWOULDBLOCK)
		return CLI_YES;
	return ret == -ETIMEDOUT ? CLI_NO : CLI_CANNOT;
}

/* Who is told again some day is not told of what was before. */
static void forget_all(void)
{
	for (int i = 0; i < ALERT_WAYS; i++)
		alert_state_forget((enum alert_way)i);
}

static int run(const struct cli *cli, const struct conf *conf, void *settings)
{
	const struct settings *set = settings;
	struct conf copy = *conf;
	const struct alert_order order = alert_cli_order(&copy, set->wait_ms);
	int status;

	if (!alert_cli_has_way(cli, conf)) {
		if (!cli->dry_run && !set->test && (conf->faulty & CONF_ALERT) == 0)
			forget_all();
		return set->test ? CLI_NO : CLI_YES;
	}
	if (cli->dry_run)
		return print_plan(cli, &order);
	if (set->test)
		return test(cli, &order);
	status = exit_of(alert_run(&order));
	return cli->json ? alert_cli_print(cli, &order, status) : status;
}

static const struct cli_option options[] = {
	{ 0, "test", NULL, "send a test at once by each way, and print what came back",
	  .type = CLI_FLAG, .offset = offsetof(struct settings, test) },
	{ 0, "wait", "TIME", "wait so long for what is not due yet (default 4m)", .type = CLI_TIME,
	  .offset = offsetof(struct settings, wait_ms), .min = 0, .max = WAIT_MAX_MS },
	{ .name = NULL },
};

static const struct cli_verb verbs[] = {
	{ .traits = CLI_PLANS | CLI_SHOWS, .run = run },
	{ .run = NULL },
};

static const struct cli_program program = {
	.name = "fo-alert",
	.synopsis = "",
	.about = "Tell a person what has happened to this router: the events of the history that\n"
		 "[alert] wants told, in order, as soon as a line works.\n"
		 "Exit status: 0 nothing waits; 1 not delivered yet, or the test failed; 2 a "
		 "reason\n"
		 "of this machine; 64 usage; 78 configuration.",
	.example = "fo-alert -n",
	.options = options,
	.verbs = verbs,
	.sections = CONF_ALERT,
};

/* The URL is a secret that passes through this process. */
static void forbid_inspection(void)
{
	const struct rlimit none = { 0, 0 };

	(void)prctl(PR_SET_DUMPABLE, 0);
	(void)setrlimit(RLIMIT_CORE, &none);
}

int main(int argc, char *argv[])
{
	struct settings set = { .wait_ms = WAIT_DEFAULT_MS };

	forbid_inspection();
	return cli_main(&program, argc, argv, &set);
}
