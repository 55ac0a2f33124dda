/* fo-keepalive - a little traffic over the idle LTE line. See fo-keepalive(8). */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "cli.h"
#include "dns_packet.h"
#include "log.h"
#include "meter.h"
#include "redial.h"
#include "report.h"
#include "session.h"
#include "trial.h"

struct settings {
	bool probe;
	const char *end_to_end; /* a host; NULL: not */
};

static int print_run(const struct cli *cli, const struct conf *conf, const struct session_run *run,
		     int status)
{
	struct report *report = report_new();
	char text[SESSION_TEXT_MAX];

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
	return cli_print(cli, report, status);
}

static int exit_of(const struct session_run *run)
{
	if (run->verdict == IDLE_ALIVE || run->verdict == IDLE_SENT)
		return CLI_YES;
	return run->verdict == IDLE_SILENT ? CLI_NO : CLI_CANNOT;
}

static int print_plan(const struct cli *cli, const struct session_order *order)
{
	char addr[ADDR_TEXT_MAX], text[SESSION_TEXT_MAX], want[SESSION_TEXT_MAX];
	const char *uplink = order->conf->router.uplink;
	struct report *report;
	struct session_run run;

	if (session_plan(order, &run) != 0 || redial_check(&order->conf->keepalive) != 0)
		return CLI_CANNOT;
	if (run.echoes > 0)
		snprintf(want, sizeof(want), "up to %u on %s to %s", run.echoes, uplink,
			 addr_format(addr, &run.target));
	else
		snprintf(want, sizeof(want), "none on %s", uplink);
	report = report_new();
	cli_plan_add(report, "echo", want,
		     run.gone ? "no such interface" : session_describe(&run, text),
		     run.echoes == 0);
	return cli_print(cli, report, CLI_YES);
}

static int print_trial(const struct cli *cli, const struct conf *conf, const struct trial *trial)
{
	struct report *report = report_new();
	char text[ADDR_TEXT_MAX];

	report_text(report, "interface", conf->router.uplink);
	report_flag(report, "passed", trial->error == 0);
	report_text(report, "name_server", addr_format(text, &trial->server));
	if (addr_is_set(&trial->host)) {
		report_text(report, "host", addr_format(text, &trial->host));
		report_thousandths(report, "name_ms", trial->name_us);
	} else {
		report_unknown(report, "host");
		report_unknown(report, "name_ms");
	}
	if (trial->error == 0)
		report_thousandths(report, "connect_ms", trial->connect_us);
	else
		report_unknown(report, "connect_ms");
	report_number(report, "bytes", trial->bytes);
	return cli_print(cli, report, trial->error == 0 ? CLI_YES : CLI_NO);
}

static int run_trial(const struct cli *cli, const struct conf *conf, const char *host)
{
	struct trial trial;

	if (trial_run(conf, host, &trial) != 0)
		return CLI_CANNOT;
	if (cli->json)
		return print_trial(cli, conf, &trial);
	return trial.error == 0 ? CLI_YES : CLI_NO;
}

static int parse(const struct cli *cli, int count, char *operands[], void *settings)
{
	const struct settings *set = settings;
	uint8_t packet[DNS_PACKET_MAX];
	size_t len;

	if (count > 0)
		return cli_misused(cli, "`%s': fo-keepalive takes no operands", operands[0]);
	if (set->end_to_end == NULL)
		return CLI_GO_ON;
	if (set->probe || cli->dry_run)
		return cli_misused(cli, "--end-to-end goes with neither --probe nor --dry-run");
	if (dns_packet_ask(packet, 0, set->end_to_end, &len) != 0)
		return cli_misused(cli, "--end-to-end: `%s' is not the name of a host",
				   set->end_to_end);
	return CLI_GO_ON;
}

static int run(const struct cli *cli, const struct conf *conf, void *settings)
{
	const struct settings *set = settings;
	const struct session_order order = { .conf = conf,
					     .probe = set->probe,
					     .log_unchanged =
						     set->probe || isatty(STDERR_FILENO) == 1 };
	const struct meter_order meter = { .conf = conf, .program = "fo-keepalive" };
	struct session_run run;
	int ret, status;

	if (set->end_to_end != NULL)
		return run_trial(cli, conf, set->end_to_end);
	if (cli->dry_run)
		return print_plan(cli, &order);
	if (order.probe && redial_check(&conf->keepalive) != 0)
		log_warn(0, "a dead line will not be redialled");
	ret = session_keep(&order, &run);
	(void)meter_read(&meter);
	if (ret != 0) /* what it has found so far is half the truth */
		run = (struct session_run){ .verdict = IDLE_UNKNOWN, .quiet_ms = -1 };
	status = ret == 0 ? exit_of(&run) : CLI_CANNOT;
	if (ret == -EWOULDBLOCK) {
		log_info("another fo-keepalive is already running");
		status = CLI_YES;
	}
	return cli->json ? print_run(cli, conf, &run, status) : status;
}

static const struct cli_option options[] = {
	{ 0, "probe", NULL, "send an echo even if there has been traffic", .type = CLI_FLAG,
	  .offset = offsetof(struct settings, probe) },
	{ 0, "end-to-end", "HOST", "ask the line's name servers for HOST, and connect to it",
	  .type = CLI_FILE, .offset = offsetof(struct settings, end_to_end) },
	{ .name = NULL },
};

static const struct cli_verb verbs[] = {
	{ .traits = CLI_PLANS | CLI_SHOWS, .parse = parse, .run = run },
	{ .run = NULL },
};

static const struct cli_program program = {
	.name = "fo-keepalive",
	.synopsis = "",
	.about = "Send an ICMP echo over [router] uplink when it has been idle, so that the "
		 "carrier\n"
		 "does not cut the session; notice when the session is dead, and redial.\n"
		 "Exit status: 0 alive, or sent and no reply required; 1 silent; 2 no interface,\n"
		 "or could not tell; 64 usage; 78 configuration.",
	.example = "fo-keepalive --probe",
	.options = options,
	.verbs = verbs,
	.sections = CONF_KEEPALIVE,
};

int main(int argc, char *argv[])
{
	struct settings set = { .probe = false };

	return cli_main(&program, argc, argv, &set);
}
