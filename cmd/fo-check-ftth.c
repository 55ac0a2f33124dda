/* fo-check-ftth - does the main line carry traffic? See fo-check-ftth(8). */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "clock.h"
#include "line_text.h"
#include "loader.h"
#include "log.h"
#include "report.h"
#include "rtt_file.h"
#include "store.h"
#include "watch_report.h"
#include "watch_rule.h"

/* The answer given last, in STORE_RUN. */
#define VERDICT_NAME "check.verdict"

/* The command line; empty or 0 where nothing is given. */
struct settings {
	const char *iface;
	int64_t timeout_ms, need;
	bool probe;
	struct addr targets[LINE_TARGETS_MAX];
	size_t count; /* of targets */
};

static int parse_targets(const struct cli *cli, int count, char *operands[], void *settings)
{
	struct settings *set = settings;

	if (count > LINE_TARGETS_MAX)
		return cli_misused(cli, "more than %d targets", LINE_TARGETS_MAX);
	for (int i = 0; i < count; i++) {
		if (addr_parse(operands[i], AF_UNSPEC, &set->targets[i]) != 0)
			return cli_misused(cli, "`%s' is not a numeric address", operands[i]);
		for (int j = 0; j < i; j++) {
			if (addr_equal(&set->targets[i], &set->targets[j]))
				return cli_misused(cli, "%s is given twice", operands[i]);
		}
	}
	set->count = (size_t)count;
	if (set->count > 0 && set->need > count)
		return cli_misused(cli, "--need %" PRId64 ", but there are only %d targets",
				   set->need, count);
	return CLI_GO_ON;
}

/* What the command line leaves open comes from the file, which need not be there when it leaves
 * nothing open that has no default. */
static int take_conf(const struct cli *cli, const struct settings *set, struct conf *conf)
{
	bool complete = set->iface != NULL && set->count > 0;
	int ret;

	conf_defaults(conf);
	if (complete && !cli->config_given)
		return CLI_GO_ON;
	ret = cli_load(cli, conf);
	if (ret == CLI_GO_ON && set->count == 0 && !conf->check.present) {
		log_err(0, "%s: [check] is missing, and there is no TARGET", cli->config);
		ret = CLI_CONFIG;
	}
	return ret;
}

static int make_rule(const struct cli *cli, const struct settings *set, struct line_rule *rule)
{
	struct conf conf;
	int ret = take_conf(cli, set, &conf);

	if (ret != CLI_GO_ON)
		return ret;
	watch_rule_take_round(rule, &conf,
			      set->timeout_ms != 0 ? set->timeout_ms : conf.check.timeout_ms);
	/* Without a watcher there is no telling what it would call late. */
	if (!conf.check.present)
		rule->late_ms = 0;
	if (set->iface != NULL)
		snprintf(rule->iface, sizeof(rule->iface), "%s", set->iface);
	if (set->count > 0) {
		memcpy(rule->targets, set->targets, sizeof(rule->targets));
		rule->count = set->count;
	}
	if (set->need != 0)
		rule->need = (unsigned)set->need;
	if (rule->need > rule->count)
		return cli_misused(cli, "%u targets needed, but there are only %zu", rule->need,
				   rule->count);
	return CLI_GO_ON;
}

static int print_round(const struct cli *cli, const struct line_rule *rule,
		       const struct line_round *round, int status)
{
	struct report *report = report_new();
	char text[128];

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
	return cli_print(cli, report, status);
}

/* Notes a verdict, for the case that the next call cannot tell (repeat_verdict). Returns whether it
 * is news, and is to be logged: keepalived asks every second. Without a verdict before, "down" is.
 */
static bool note_verdict(const char *verdict)
{
	char line[16], last[16] = "";
	bool known = store_read(STORE_RUN, VERDICT_NAME, last, sizeof(last)) == 0;

	if (known && strcmp(last, verdict) == 0)
		return false;
	snprintf(line, sizeof(line), "%s\n", verdict);
	store_note(STORE_RUN, VERDICT_NAME, line, 0644);
	return known || strcmp(verdict, "up") != 0;
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
	if (!note_verdict(verdict_name(round->verdict)))
		log_debug("%s", line);
	else if (up)
		log_info("%s", line);
	else
		log_warn(0, "%s", line);
}

static int probe(const struct cli *cli, const struct line_rule *rule)
{
	FO_UNINITIALIZED struct line line;
	int ret, status;

	line_init(&line, rule);
	rtt_file_load(rule->targets, rule->count, line.rtts);
	ret = line_judge(&line);
	line_close(&line);
	if (ret != 0) {
		if (note_verdict("unknown") || isatty(STDOUT_FILENO))
			line_log_trouble(&line, ret);
		return CLI_CANNOT;
	}
	rtt_file_save(rule->targets, rule->count, line.rtts);
	status = line.round.verdict == VERDICT_UP ? CLI_YES : CLI_NO;
	if (cli->json || isatty(STDOUT_FILENO))
		return print_round(cli, rule, &line.round, status);
	log_round(rule, &line.round);
	return status;
}

static int print_watched(const struct cli *cli, const struct heartbeat *beat, int64_t now_us,
			 int status)
{
	struct report *report = report_new();

	report_text(report, "interface", beat->iface);
	watch_report_show(report, beat, now_us);
	return cli_print(cli, report, status);
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

	if (watch_report_read(&beat) != 0 || !heartbeat_has_verdict(&beat, rule->iface, now_us) ||
	    !same_targets(&beat, rule))
		return false;
	(void)note_verdict(verdict_name(beat.state.verdict));
	*status = beat.state.verdict == VERDICT_UP ? CLI_YES : CLI_NO;
	if (cli->json || isatty(STDOUT_FILENO))
		*status = print_watched(cli, &beat, now_us, *status);
	return true;
}

/* The watcher's question is that of the file: it has no answer to any other. */
static bool watcher_may_know(const struct settings *set)
{
	return !set->probe && set->iface == NULL && set->timeout_ms == 0 && set->need == 0 &&
	       set->count == 0;
}

static int print_plan(const struct cli *cli, const struct line_rule *rule)
{
	struct report *report = report_new();
	char addr[ADDR_TEXT_MAX], want[ADDR_TEXT_MAX + 64];

	for (size_t i = 0; i < rule->count; i++) {
		snprintf(want, sizeof(want), "on %s to %s%s", rule->iface,
			 addr_format(addr, &rule->targets[i]),
			 i < rule->need ? "" : ", where others are late");
		cli_plan_add(report, "echo", want, NULL, false);
	}
	report_number(report, "need", rule->need);
	report_number(report, "timeout_ms", rule->timeout_ms);
	return cli_print(cli, report, CLI_YES);
}

static int log_repeated(const char *who, const char *verdict)
{
	/* With a person, each time; else the complaint about the file is in the log. */
	if (!log_is_unattended())
		log_warn(0, "configuration is faulty; %s: %s", who, verdict);
	if (strcmp(verdict, "up") == 0)
		return CLI_YES;
	return strcmp(verdict, "down") == 0 ? CLI_NO : CLI_CANNOT;
}

/* A mistake in the file, which may be half-saved, is no reason to leave a line that was good a
 * moment ago: the verdict is that of the watcher, which still uses the old file, else the last one
 * of this boot. */
static int repeat_verdict(void)
{
	struct heartbeat beat;
	char last[16] = "";

	if (watch_report_read(&beat) == 0 &&
	    heartbeat_has_verdict(&beat, beat.iface, clock_mono_us())) {
		(void)note_verdict(verdict_name(beat.state.verdict));
		return log_repeated("relying on the watcher, which still uses the old one",
				    verdict_name(beat.state.verdict));
	}
	if (store_read(STORE_RUN, VERDICT_NAME, last, sizeof(last)) != 0)
		return log_repeated("no verdict is known since the boot", "unknown");
	return log_repeated("repeating the last verdict", last);
}

static int run(const struct cli *cli, const struct conf *conf, void *settings)
{
	const struct settings *set = settings;
	struct line_rule rule = { .count = 0 };
	int ret = make_rule(cli, set, &rule);

	(void)conf;
	if ((ret == CLI_CONFIG || ret == CLI_CANNOT) && watcher_may_know(set) && !cli->dry_run)
		return repeat_verdict();
	if (ret != CLI_GO_ON)
		return ret;
	if (cli->dry_run)
		return print_plan(cli, &rule);
	if (watcher_may_know(set) && ask_watcher(cli, &rule, &ret))
		return ret;
	return probe(cli, &rule);
}

static const struct cli_option options[] = {
	{ 'i', "interface", "IFACE", "the line; default: [router] uplink", .type = CLI_INTERFACE,
	  .offset = offsetof(struct settings, iface) },
	{ 't', "timeout", "TIME", "of the round, such as 800ms", .type = CLI_TIME,
	  .offset = offsetof(struct settings, timeout_ms), .min = 10, .max = 60000 },
	{ 0, "need", "N", "how many targets must answer", .type = CLI_NUMBER,
	  .offset = offsetof(struct settings, need), .min = 1, .max = LINE_TARGETS_MAX },
	{ 0, "probe", NULL, "send echoes even when a watcher knows the answer", .type = CLI_FLAG,
	  .offset = offsetof(struct settings, probe) },
	{ .name = NULL },
};

static const struct cli_verb verbs[] = {
	{ .traits = CLI_PLANS | CLI_SHOWS | CLI_LOADS, .parse = parse_targets, .run = run },
	{ .run = NULL },
};

static const struct cli_program program = {
	.name = "fo-check-ftth",
	.synopsis = "[TARGET...]",
	.about = "Ask the TARGETs (numeric addresses) by ICMP echo whether the line carries "
		 "traffic.\n"
		 "Exit status: 0 up, 1 down, 2 cannot tell, 64 usage, 78 configuration.",
	.example = "fo-check-ftth -i ppp0 -t 3s --need 3 1.1.1.1 8.8.8.8 9.9.9.9",
	.options = options,
	.verbs = verbs,
	.sections = CONF_CHECK,
	.frequent = true,
};

int main(int argc, char *argv[])
{
	struct settings set = { .iface = NULL };

	return cli_main(&program, argc, argv, &set);
}
