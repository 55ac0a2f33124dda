/* fo-check-ftth - does the main line carry traffic? See fo-check-ftth(8). */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "clock.h"
#include "line.h"
#include "loader.h"
#include "log.h"
#include "num.h"
#include "report.h"
#include "rtt_file.h"
#include "store.h"
#include "watch.h"
#include "watch_report.h"

/* The answer given last, in STORE_RUN. */
#define VERDICT_NAME "check.verdict"

/* What the command line says; empty or 0 where it says nothing. */
struct settings {
	const char *iface;
	int64_t timeout_ms;
	int64_t need;
	bool probe, watch;
};

enum { OPTION_INTERFACE, OPTION_TIMEOUT, OPTION_NEED, OPTION_PROBE, OPTION_WATCH };

static const struct cli_option options[] = {
	[OPTION_INTERFACE] = { 'i', "interface", "IFACE", "the line; default: [router] uplink" },
	[OPTION_TIMEOUT] = { 't', "timeout", "TIME", "of the round, such as 800ms" },
	[OPTION_NEED] = { 0, "need", "N", "how many targets must answer" },
	[OPTION_PROBE] = { 0, "probe", NULL, "probe even when a watcher knows the answer" },
	[OPTION_WATCH] = { 0, "watch", NULL, "stay, and keep [check] track-file up to date" },
	{ .name = NULL },
};

static int take(size_t index, const char *arg, void *data);

static const struct cli_program program = {
	.name = "fo-check-ftth",
	.synopsis = "[TARGET...]",
	.about = "Ask the TARGETs (numeric addresses) by ICMP echo whether the line carries "
		 "traffic.\n"
		 "Exit status: 0 up, 1 down, 2 cannot tell, 64 usage, 78 configuration.",
	.options = options,
	.shows = true,
	.take = take,
};

static int take(size_t index, const char *arg, void *data)
{
	struct settings *set = data;

	if (index == OPTION_INTERFACE) {
		set->iface = arg;
		if (!nexthop_valid_dev(arg))
			return cli_misused(&program, "`%s' is not the name of an interface", arg);
	} else if (index == OPTION_TIMEOUT) {
		if (num_parse_ms(arg, 10, 60000, &set->timeout_ms) != 0)
			return cli_misused(&program, "`%s' is not a time from 10ms to 1m", arg);
	} else if (index == OPTION_NEED) {
		if (num_parse(arg, 1, LINE_TARGETS_MAX, &set->need) != 0)
			return cli_misused(&program, "`%s' is not a number from 1 to %d", arg,
					   LINE_TARGETS_MAX);
	} else if (index == OPTION_PROBE) {
		set->probe = true;
	} else {
		set->watch = true;
	}
	return CLI_GO_ON;
}

static int take_operands(int count, char *operands[], struct line_rule *rule)
{
	if (count > LINE_TARGETS_MAX)
		return cli_misused(&program, "more than %d targets", LINE_TARGETS_MAX);
	for (int i = 0; i < count; i++) {
		if (addr_parse(operands[i], AF_UNSPEC, &rule->targets[i]) != 0)
			return cli_misused(&program, "`%s' is not a numeric address", operands[i]);
		for (int j = 0; j < i; j++) {
			if (addr_equal(&rule->targets[i], &rule->targets[j]))
				return cli_misused(&program, "%s is there twice", operands[i]);
		}
	}
	rule->count = (size_t)count;
	return CLI_GO_ON;
}

static int no_section(const struct cli *cli)
{
	log_err(0, "%s: [check] is missing, and there is no TARGET", cli->config);
	return CLI_CONFIG;
}

/* What the command line leaves open comes from the file, which need not be there when it leaves
 * nothing open that has no default. */
static int take_conf(const struct cli *cli, const struct settings *set, struct line_rule *rule)
{
	struct conf conf;
	bool complete = set->iface != NULL && rule->count > 0;

	conf_defaults(&conf);
	if (!complete || cli->config_given) {
		int ret = cli_load(cli, &conf);

		if (ret != CLI_GO_ON)
			return ret;
	}
	if (rule->count == 0) {
		if (!conf.check.present)
			return no_section(cli);
		rule->count = conf.check.targets.count;
		memcpy(rule->targets, conf.check.targets.items, sizeof(rule->targets));
	}
	snprintf(rule->iface, sizeof(rule->iface), "%s",
		 set->iface != NULL ? set->iface : conf.router.uplink);
	rule->need = (unsigned)(set->need != 0 ? set->need : conf.check.need);
	rule->timeout_ms = set->timeout_ms != 0 ? set->timeout_ms : conf.check.timeout_ms;
	rule->tries = HEDGE_TRIES_MAX;
	if (rule->need > rule->count)
		return cli_misused(&program, "%u targets needed, but there are only %zu",
				   rule->need, rule->count);
	return CLI_GO_ON;
}

static int print_round(const struct line_rule *rule, const struct line_round *round, bool json)
{
	struct report *report = report_new();
	char text[128];
	int ret;

	report_text(report, "interface", rule->iface);
	report_text(report, "judged_by", "round");
	report_text(report, "line", round->verdict == VERDICT_UP ? "up" : "down");
	report_number(report, "answered", round->answered);
	report_number(report, "need", rule->need);
	report_thousandths(report, "took_ms", round->took_us);
	for (size_t i = 0; i < round->count; i++) {
		const struct line_target *target = &round->targets[i];

		report_row(report, "targets");
		report_text(report, "address", addr_format(text, &target->addr));
		report_text(report, "answer", line_describe(target, text, sizeof(text)));
		if (target->answer == LINE_ANSWERED)
			report_thousandths(report, "rtt_ms", target->rtt_us);
		report_end_row(report);
	}
	ret = report_print(report, json);
	report_free(report);
	return ret;
}

/* keepalived asks every second: a line of the log only when the answer is another one than last
 * time, which is written down for that. Where that fails, every "down" is logged. */
static bool is_news(const char *verdict)
{
	char line[16], last[16] = "up";

	if (store_read(STORE_RUN, VERDICT_NAME, last, sizeof(last)) != 0)
		memcpy(last, "up", 3);
	if (strcmp(last, verdict) == 0)
		return false;
	snprintf(line, sizeof(line), "%s\n", verdict);
	(void)!store_write(STORE_RUN, VERDICT_NAME, line, 0644);
	return true;
}

/* `ppp0: down, 0 answered, 1 needed, 500.2 ms; 1.1.1.1: silent; 8.8.8.8: silent` */
static void log_round(const struct line_rule *rule, const struct line_round *round)
{
	bool up = round->verdict == VERDICT_UP;
	char line[LINE_ROUND_TEXT_MAX + 128], text[LINE_ROUND_TEXT_MAX];

	snprintf(line, sizeof(line), "%s: %s, %u answered, %u needed, %" PRId64 ".%" PRId64 " ms%s",
		 rule->iface, verdict_name(round->verdict), round->answered, rule->need,
		 round->took_us / 1000, round->took_us % 1000 / 100,
		 line_describe_round(round, text));
	if (!is_news(verdict_name(round->verdict)))
		log_debug("%s", line);
	else if (up)
		log_info("%s", line);
	else
		log_warn(0, "%s", line);
}

static int probe(const struct cli *cli, const struct line_rule *rule)
{
	FO_UNINITIALIZED struct line line;
	int ret;

	line_init(&line, rule);
	rtt_file_load(rule->targets, rule->count, line.rtts);
	ret = line_judge(&line);
	line_close(&line);
	if (ret != 0) {
		if (isatty(STDOUT_FILENO) || is_news("unknown"))
			line_log_trouble(&line, ret);
		return CLI_CANNOT;
	}
	rtt_file_save(rule->targets, rule->count, line.rtts);
	if (cli->json || isatty(STDOUT_FILENO)) {
		if (print_round(rule, &line.round, cli->json) != 0)
			return CLI_CANNOT;
	} else {
		log_round(rule, &line.round);
	}
	return line.round.verdict == VERDICT_UP ? CLI_YES : CLI_NO;
}

static int print_watched(const struct heartbeat *beat, int64_t now_us, bool json)
{
	struct report *report = report_new();
	int ret;

	report_text(report, "interface", beat->iface);
	watch_report_show(report, beat, now_us);
	ret = report_print(report, json);
	report_free(report);
	return ret;
}

static bool same_targets(const struct heartbeat *beat, const struct line_rule *rule)
{
	bool same = beat->count == rule->count;

	for (size_t i = 0; same && i < rule->count; i++)
		same = addr_equal(&beat->targets[i].addr, &rule->targets[i]);
	return same;
}

/* Whether a watcher that is alive has answered the question already. */
static bool ask_watcher(const struct cli *cli, const struct line_rule *rule, int *status)
{
	struct heartbeat beat;
	int64_t now_us = clock_mono_us();

	if (watch_report_read(&beat) != 0 || !heartbeat_tells(&beat, rule->iface, now_us) ||
	    !same_targets(&beat, rule))
		return false;
	*status = beat.state.verdict == VERDICT_UP ? CLI_YES : CLI_NO;
	if ((cli->json || isatty(STDOUT_FILENO)) && print_watched(&beat, now_us, cli->json) != 0)
		*status = CLI_CANNOT;
	return true;
}

/* The watcher asks what the file says: any other question is not answered by it. */
static bool watcher_may_know(const struct settings *set, int operands)
{
	return !set->probe && set->iface == NULL && set->timeout_ms == 0 && set->need == 0 &&
	       operands == 0;
}

static int read_conf_again(void *data, struct conf *out)
{
	const struct cli *cli = data;

	if (cli_load(cli, out) != CLI_GO_ON)
		return -EINVAL;
	if (!out->check.present) {
		(void)no_section(cli);
		return -EINVAL;
	}
	return 0;
}

/* A process that was told to end dies of that signal, for those who look at its status. */
static void die_of(int signal)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, signal);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	raise(signal);
}

static int watch(struct cli *cli)
{
	struct conf conf;
	int ret = cli_load(cli, &conf);

	if (ret != CLI_GO_ON)
		return ret;
	if (!conf.check.present)
		return no_section(cli);
	ret = watch_run(&conf, read_conf_again, cli);
	if (ret > 0)
		die_of(ret);
	return CLI_CANNOT;
}

static int print_plan(const struct line_rule *rule)
{
	char text[ADDR_TEXT_MAX];

	for (size_t i = 0; i < rule->count; i++)
		printf("ICMP echo on %s to %s\n", rule->iface,
		       addr_format(text, &rule->targets[i]));
	printf("%u of them at once, the others when those are late; %u must answer within %" PRId64
	       " ms\n",
	       rule->need, rule->need, rule->timeout_ms);
	return CLI_YES;
}

/* A mistake in the file, which may be half-saved, is no reason to leave a line that the watcher,
 * with the configuration that it has read, knows to be good. */
static int repeat_watcher(void)
{
	struct heartbeat beat;

	if (watch_report_read(&beat) != 0 || !heartbeat_tells(&beat, beat.iface, clock_mono_us()))
		return CLI_CONFIG;
	log_warn(0, "%s is %s, says the watcher, which goes by the configuration of before",
		 beat.iface, verdict_name(beat.state.verdict));
	return beat.state.verdict == VERDICT_UP ? CLI_YES : CLI_NO;
}

static int check(const struct cli *cli, const struct settings *set, int count, char *operands[])
{
	struct line_rule rule = { .count = 0 };
	int ret = take_operands(count, operands, &rule);

	if (ret == CLI_GO_ON)
		ret = take_conf(cli, set, &rule);
	if (ret == CLI_CONFIG && watcher_may_know(set, count) && !cli->dry_run)
		return repeat_watcher();
	if (ret != CLI_GO_ON)
		return ret;
	if (cli->dry_run)
		return print_plan(&rule);
	if (watcher_may_know(set, count) && ask_watcher(cli, &rule, &ret))
		return ret;
	return probe(cli, &rule);
}

int main(int argc, char *argv[])
{
	struct settings set = { .iface = NULL };
	struct cli cli;
	int ret = cli_parse(&program, argc, argv, &set, &cli);

	if (ret != CLI_GO_ON)
		return ret;
	argc -= cli.operands;
	argv += cli.operands;
	if (!set.watch)
		return check(&cli, &set, argc, argv);
	if (!watcher_may_know(&set, argc) || cli.json || cli.dry_run)
		return cli_misused(&program,
				   "--watch goes with -c, -v and -q, and with nothing else");
	return watch(&cli);
}
