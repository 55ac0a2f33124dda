/* fo-keepalive - a little traffic over the idle LTE line. See fo-keepalive(8). */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "cli.h"
#include "loader.h"
#include "log.h"
#include "report.h"
#include "session.h"

struct settings {
	bool probe;
};

static const struct cli_option options[] = {
	{ 0, "probe", NULL, "send an echo even if there has been traffic" },
	{ .name = NULL },
};

static int take(size_t index, const char *arg, void *data)
{
	struct settings *set = data;

	(void)index;
	(void)arg;
	set->probe = true;
	return CLI_GO_ON;
}

static const struct cli_program program = {
	.name = "fo-keepalive",
	.synopsis = "",
	.about = "Send an ICMP echo over [router] uplink when that has been idle, so that the "
		 "carrier "
		 "does not\n"
		 "cut the session; notice when it is dead, and dial anew.\n"
		 "Exit status: 0 alive, or sent and no reply required; 1 silent; 2 no interface, "
		 "or\n"
		 "could not tell; 64 usage; 78 configuration.",
	.options = options,
	.shows = true,
	.take = take,
};

static int print_run(const struct conf *conf, const struct session_run *run)
{
	struct report *report = report_new();
	char text[SESSION_TEXT_MAX];
	int ret;

	report_text(report, "interface", conf->router.uplink);
	report_text(report, "verdict", idle_verdict_name(run->verdict));
	report_text(report, "described", session_describe(run, text));
	report_number(report, "dead_runs", run->dead);
	report_number(report, "echoes", run->echoes);
	if (addr_is_set(&run->target))
		report_text(report, "target", addr_format(text, &run->target));
	if (run->echoes > 0 && run->echo.answer == LINE_ANSWERED)
		report_thousandths(report, "rtt_ms", run->echo.rtt_us);
	report_flag(report, "redialled", run->redialled);
	ret = report_print(report, true);
	report_free(report);
	return ret;
}

static int exit_of(const struct session_run *run)
{
	if (run->verdict == IDLE_ALIVE || run->verdict == IDLE_SENT)
		return CLI_YES;
	return run->verdict == IDLE_SILENT ? CLI_NO : CLI_CANNOT;
}

static int print_plan(const struct session_order *order)
{
	char addr[ADDR_TEXT_MAX], text[SESSION_TEXT_MAX];
	const char *uplink = order->conf->router.uplink;
	struct session_run run;

	if (session_plan(order, &run) != 0 || session_check_redial(&order->conf->keepalive) != 0)
		return CLI_CANNOT;
	if (run.gone)
		printf("nothing to send: there is no %s\n", uplink);
	else if (run.echoes > 0)
		printf("up to %u ICMP echoes on %s to %s\n", run.echoes, uplink,
		       addr_format(addr, &run.target));
	else
		printf("nothing to send on %s: %s\n", uplink, session_describe(&run, text));
	return CLI_YES;
}

static int run(const struct cli *cli, const struct session_order *order)
{
	struct session_run run;
	int ret;

	if (cli->dry_run)
		return print_plan(order);
	if (order->probe)
		(void)!session_check_redial(&order->conf->keepalive);
	ret = session_keep(order, &run);
	if (ret != 0) /* what it has found so far is half the truth */
		run = (struct session_run){ .verdict = IDLE_UNKNOWN, .quiet_ms = -1 };
	if (cli->json && print_run(order->conf, &run) != 0)
		return CLI_CANNOT;
	if (ret == -EWOULDBLOCK) {
		log_info("left to the fo-keepalive that is at work");
		return CLI_YES;
	}
	return ret == 0 ? exit_of(&run) : CLI_CANNOT;
}

int main(int argc, char *argv[])
{
	struct conf conf;
	struct cli cli;
	struct settings set = { .probe = false };
	struct session_order order = { .conf = &conf, .tell = isatty(STDERR_FILENO) == 1 };
	int ret = cli_parse(&program, argc, argv, &set, &cli);

	if (ret == CLI_GO_ON && argc != cli.operands)
		ret = cli_misused(&program, "`%s': there are no operands", argv[cli.operands]);
	if (ret == CLI_GO_ON)
		ret = cli_load(&cli, &conf);
	order.probe = set.probe;
	order.tell = order.tell || set.probe;
	return ret == CLI_GO_ON ? run(&cli, &order) : ret;
}
