/* fo-keepalive - a little traffic over the idle LTE line. See fo-keepalive(8). */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "conf.h"
#include "line.h"
#include "log.h"
#include "report.h"
#include "rtnl.h"

static const struct cli_program program = {
	.name = "fo-keepalive",
	.synopsis = "",
	.about = "Send an ICMP echo over [router] uplink, so that the carrier does not cut the "
		 "session.\n"
		 "Exit status: 0 alive, or sent and no reply required; 1 silent; 2 not sent;\n"
		 "64 usage; 78 configuration.",
	.shows = true,
};

/* What a run has found. */
struct outcome {
	struct addr target;
	struct line_target echo; /* the last one */
	int64_t tries;
};

/* The address at the other end of a point-to-point interface. pppd invents one (10.64.64.64) where
 * the peer names none (ipcp.c): nobody need have it, but a packet to it passes the line. */
static int find_peer(const char *iface, struct addr *out)
{
	struct netlink *nl = NULL;
	struct rtnl_link link;
	struct rtnl_addrs addrs = { .count = 0 };
	int ret = rtnl_open(&nl);

	if (ret == 0)
		ret = rtnl_get_link(nl, iface, &link);
	if (ret == -ENODEV)
		log_err(0, "[router] uplink = %s: there is no such interface", iface);
	if (ret == 0)
		ret = rtnl_get_addrs(nl, link.index, &addrs);
	netlink_close(nl);
	if (ret != 0)
		return ret;
	for (size_t i = 0; i < addrs.count; i++) {
		if (addr_is_set(&addrs.items[i].peer)) {
			*out = addrs.items[i].peer;
			return 0;
		}
	}
	log_err(0, "%s has no peer address; is the line dialled? Otherwise set [keepalive] target",
		iface);
	return -EADDRNOTAVAIL;
}

/* Echoes until one is answered or the tries are used up. */
static int send_echoes(const struct conf *conf, struct outcome *out)
{
	const struct conf_keepalive *set = &conf->keepalive;
	struct line_rule rule = { .count = 1, .need = 1, .timeout_ms = set->wait_ms, .tries = 1 };
	struct line line;
	int ret = 0;

	memcpy(rule.iface, conf->router.uplink, sizeof(rule.iface));
	rule.targets[0] = out->target;
	line_init(&line, &rule);
	for (out->tries = 0; out->tries < set->tries && line.round.answered == 0 && ret == 0;
	     out->tries++)
		ret = line_judge(&line);
	if (ret != 0)
		line_log_trouble(&line, ret);
	out->echo = line.round.targets[0];
	line_close(&line);
	return ret;
}

static const char *verdict_of(const struct outcome *outcome)
{
	switch (outcome->echo.answer) {
	case LINE_ANSWERED:
		return "alive";
	case LINE_SILENT:
	case LINE_UNREACHABLE: /* somebody on the other side has received it */
		return "sent";
	default:
		return "not sent";
	}
}

static int print_outcome(const struct conf *conf, const struct outcome *outcome)
{
	struct report *report = report_new();
	char text[128];
	int ret;

	report_text(report, "interface", conf->router.uplink);
	report_text(report, "target", addr_format(text, &outcome->target));
	report_text(report, "verdict", verdict_of(outcome));
	report_text(report, "answer", line_describe(&outcome->echo, text, sizeof(text)));
	report_number(report, "echoes", outcome->tries);
	if (outcome->echo.answer == LINE_ANSWERED)
		report_thousandths(report, "rtt_ms", outcome->echo.rtt_us);
	ret = report_print(report, true);
	report_free(report);
	return ret;
}

static int run(const struct cli *cli, const struct conf *conf)
{
	struct outcome outcome = { .target = conf->keepalive.target };
	char addr[ADDR_TEXT_MAX], text[128];
	bool is_alive;

	if (!addr_is_set(&outcome.target) && find_peer(conf->router.uplink, &outcome.target) != 0)
		return CLI_CANNOT;
	addr_format(addr, &outcome.target);
	if (cli->dry_run) {
		printf("up to %" PRId64 " ICMP echoes on %s to %s\n", conf->keepalive.tries,
		       conf->router.uplink, addr);
		return CLI_YES;
	}
	if (send_echoes(conf, &outcome) != 0)
		return CLI_CANNOT;
	is_alive = outcome.echo.answer == LINE_ANSWERED;
	if (cli->json && print_outcome(conf, &outcome) != 0)
		return CLI_CANNOT;
	line_describe(&outcome.echo, text, sizeof(text));
	if (outcome.echo.answer == LINE_UNSENT) {
		log_err(0, "%s: %s: %s", conf->router.uplink, addr, text);
		return CLI_CANNOT;
	}
	if (!is_alive && conf->keepalive.require_reply) {
		log_warn(0, "%s: %s: %s after %" PRId64 " echoes", conf->router.uplink, addr, text,
			 outcome.tries);
		return CLI_NO;
	}
	log_info("%s: %s: %s", conf->router.uplink, addr, text);
	return CLI_YES;
}

int main(int argc, char *argv[])
{
	struct conf conf;
	struct cli cli;
	int ret = cli_parse(&program, argc, argv, NULL, &cli);

	if (ret == CLI_GO_ON && argc != cli.operands)
		ret = cli_misused(&program, "`%s': there are no operands", argv[cli.operands]);
	if (ret == CLI_GO_ON)
		ret = cli_load(&cli, &conf);
	return ret == CLI_GO_ON ? run(&cli, &conf) : ret;
}
