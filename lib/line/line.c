#include "line.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "icmp.h"
#include "log.h"

void line_init(struct line *line, const struct line_rule *rule)
{
	memset(line, 0, sizeof(*line));
	line->rule = *rule;
	line->round.count = rule->count;
	probe_init(&line->probe);
	/* For those who guess, where an ICMP error quotes no more than this number. */
	memcpy(&line->next_seq, line->probe.ours.cookie + 2, sizeof(line->next_seq));
	line->oldest_seq = line->next_seq;
	/* One-shot runs, too, must not all ask the same host first. */
	line->first = line->probe.ours.cookie[0] % rule->count;
}

void line_close(struct line *line)
{
	probe_close(&line->probe, AF_UNSPEC);
	for (; line->oldest_seq != line->next_seq; line->oldest_seq++)
		line->echoes[line->oldest_seq % LINE_ECHOES].open = false;
}

void line_watch_quality(struct line *line, int64_t window_us)
{
	int64_t now_us = clock_mono_us();

	for (size_t i = 0; i < line->rule.count; i++)
		quality_start(&line->qualities[i], window_us, now_us);
}

void line_renew(struct line *line, const struct line_rule *rule, int64_t window_us,
		bool keep_quality)
{
	const struct line old = *line;

	line_close(line);
	line_init(line, rule);
	line_watch_quality(line, window_us);
	if (strcmp(rule->iface, old.rule.iface) != 0)
		return;
	for (size_t i = 0; i < rule->count; i++) {
		for (size_t j = 0; j < old.rule.count; j++) {
			if (!addr_equal(&rule->targets[i], &old.rule.targets[j]))
				continue;
			line->rtts[i] = old.rtts[j];
			if (keep_quality)
				line->qualities[i] = old.qualities[j];
		}
	}
}

struct quality_sum line_quality(struct line *line)
{
	struct quality_sum sums[LINE_TARGETS_MAX];
	int64_t now_us = clock_mono_us();

	for (size_t i = 0; i < line->rule.count; i++)
		sums[i] = quality_sum(&line->qualities[i], now_us);
	return quality_of_line(sums, line->rule.count, line->rule.need);
}

/* The round is over in time for its verdict to be reported within the time-out. */
static int64_t time_of_round_us(const struct line *line)
{
	return line->rule.timeout_ms * (1000 - 20);
}

/* The target that is asked as the `nth` of this round. */
static size_t target_of(const struct line *line, size_t nth)
{
	return (line->first + nth) % line->rule.count;
}

/* How long the answers of those asked first may take: where that is not known, as long as anyone's
 * on this line. */
static int64_t expected_us(const struct line *line)
{
	int64_t first_us = 0, any_us = 0;
	bool all_known = true;

	for (size_t i = 0; i < line->rule.count; i++) {
		const struct rtt *rtt = &line->rtts[target_of(line, i)];
		int64_t rto_us = rtt_timeout_us(rtt);

		if (rto_us > any_us)
			any_us = rto_us;
		if (i >= line->rule.need)
			continue;
		all_known = all_known && rtt_is_known(rtt);
		if (rto_us > first_us)
			first_us = rto_us;
	}
	return all_known ? first_us : any_us;
}

/* Errors of a send that mean: this line is not there. Any other one is this machine's own trouble
 * (no memory, a full queue, a firewall rule), and no evidence about the line. */
static bool is_dead_line(int error)
{
	static const int dead[] = { -ENODEV,	  -ENXIO,	 -ENETDOWN,
				    -ENETUNREACH, -EHOSTUNREACH, -EADDRNOTAVAIL };

	for (size_t i = 0; i < ARRAY_LEN(dead); i++) {
		if (error == dead[i])
			return true;
	}
	return false;
}

/* Puts down an echo that is about to be sent. Returns its sequence number. */
static uint16_t enter_echo(struct line *line, size_t target)
{
	uint16_t seq = line->next_seq;

	line->next_seq = (uint16_t)(seq + 1);
	if ((uint16_t)(line->next_seq - line->oldest_seq) > LINE_ECHOES)
		line->oldest_seq++;
	line->echoes[seq % LINE_ECHOES] = (struct line_echo){ .sent_us = clock_mono_us(),
							      .round = line->number,
							      .target = (uint8_t)target,
							      .open = true };
	return seq;
}

static int send_echo(struct line *line, size_t index)
{
	const struct addr *addr = &line->rule.targets[index];
	int ret = probe_open(&line->probe, line->rule.iface, addr->family);
	uint16_t seq;

	if (ret != 0)
		return ret;
	seq = enter_echo(line, index);
	ret = probe_send(&line->probe, addr, seq);
	if (ret == 0)
		return 0;
	line->echoes[seq % LINE_ECHOES].open = false;
	/* A socket stays bound to an interface that is gone, even when it has come back. */
	if (is_dead_line(ret))
		probe_close(&line->probe, addr->family);
	return ret;
}

static void ask(struct line *line, size_t index)
{
	struct line_target *target = &line->round.targets[index];
	int ret = send_echo(line, index);

	target->answer = ret == 0 ? LINE_SILENT : LINE_UNSENT;
	target->error = ret;
	if (ret != 0)
		line->state.refused++;
}

/* Asks the silent ones once more. When that cannot be sent, the first one still counts. */
static void ask_again(struct line *line)
{
	line->tries++;
	for (size_t i = 0; i < line->rule.count; i++) {
		if (line->round.targets[i].answer == LINE_SILENT)
			(void)send_echo(line, i);
	}
}

static void ask_those_due(struct line *line, int64_t now_us)
{
	unsigned volleys =
		hedge_volleys_due(&line->times, now_us - line->start_us, line->rule.tries);

	/* After a stall, one volley is as good as all that were missed. */
	if (volleys > line->volleys && line->asked == line->rule.count &&
	    line->tries < line->rule.tries)
		ask_again(line);
	line->volleys = volleys;
	while (line->asked < hedge_targets_due(&line->state, volleys > 1)) {
		ask(line, target_of(line, line->asked));
		line->asked++;
	}
}

static void take_reply(struct line *line, const struct line_echo *echo, int64_t now_us)
{
	struct line_target *target = &line->round.targets[echo->target];
	int64_t rtt_us = now_us - echo->sent_us;

	rtt_take(&line->rtts[echo->target], rtt_us);
	quality_take_answer(&line->qualities[echo->target], rtt_us, now_us);
	if (echo->round != line->number || target->answer == LINE_ANSWERED)
		return;
	if (target->answer == LINE_UNREACHABLE)
		line->state.refused--;
	target->answer = LINE_ANSWERED;
	target->rtt_us = rtt_us;
	line->state.answered++;
}

static void take_error(struct line *line, const struct line_echo *echo,
		       const struct probe_event *event, int64_t now_us)
{
	struct line_target *target = &line->round.targets[echo->target];

	quality_take_loss(&line->qualities[echo->target], now_us);
	if (echo->round != line->number || target->answer != LINE_SILENT)
		return;
	target->answer = LINE_UNREACHABLE;
	target->reporter = event->from;
	target->type = event->type;
	target->code = event->code;
	line->state.refused++;
}

/* Counts the first word about each echo; a duplicate, or an answer from anyone but the host that
 * was asked, proves nothing. */
static void take_event(struct line *line, const struct probe_event *event, int64_t now_us)
{
	struct line_echo *echo = &line->echoes[event->seq % LINE_ECHOES];
	uint16_t age = (uint16_t)(line->next_seq - event->seq);
	const struct addr *addr;

	if (age == 0 || age > (uint16_t)(line->next_seq - line->oldest_seq) || !echo->open)
		return;
	addr = &line->rule.targets[echo->target];
	if (event->kind == PROBE_REPLY && addr_equal(&event->from, addr))
		take_reply(line, echo, now_us);
	else if (event->kind == PROBE_ERROR && addr_equal(&event->target, addr))
		take_error(line, echo, event, now_us);
	else
		return;
	echo->open = false;
}

/* Gives up on echoes that were not answered within a round's time. */
static void expire(struct line *line, int64_t now_us)
{
	while (line->oldest_seq != line->next_seq) {
		struct line_echo *echo = &line->echoes[line->oldest_seq % LINE_ECHOES];

		if (echo->open && now_us - echo->sent_us < time_of_round_us(line))
			return;
		if (echo->open)
			quality_take_loss(&line->qualities[echo->target], now_us);
		echo->open = false;
		line->oldest_seq++;
	}
}

void line_begin(struct line *line)
{
	struct line_round *round = &line->round;

	memset(round, 0, sizeof(*round));
	round->count = line->rule.count;
	for (size_t i = 0; i < round->count; i++)
		round->targets[i].addr = line->rule.targets[i];
	line->state = (struct hedge_round){ .targets = (unsigned)line->rule.count,
					    .need = line->rule.need };
	line->number++;
	line->first = line->first + 1 < line->rule.count ? line->first + 1 : 0;
	line->times = line->rule.even ? hedge_plan_evenly(time_of_round_us(line), line->rule.tries)
				      : hedge_plan(time_of_round_us(line), expected_us(line));
	line->volleys = 1;
	line->tries = 1;
	line->asked = 0;
	line->start_us = clock_mono_us();
}

enum verdict line_step(struct line *line)
{
	bool in_progress = line->round.verdict == VERDICT_PENDING && line->number > 0;
	int64_t now_us = clock_mono_us();
	struct probe_event event;

	/* What has come in counts, though this process may have been kept from looking in time. */
	while (probe_next(&line->probe, &event))
		take_event(line, &event, now_us);
	expire(line, now_us);
	if (!in_progress)
		return line->round.verdict;
	line->state.time_over = now_us - line->start_us >= time_of_round_us(line);
	if (hedge_verdict(&line->state) == VERDICT_PENDING)
		ask_those_due(line, now_us);
	line->round.verdict = hedge_verdict(&line->state);
	line->round.answered = line->state.answered;
	line->round.took_us = clock_mono_us() - line->start_us;
	return line->round.verdict;
}

int64_t line_wake_us(const struct line *line)
{
	int64_t next_us = hedge_next_us(&line->times, line->volleys, line->rule.tries);
	int64_t end_us = time_of_round_us(line);

	return line->start_us + (next_us >= 0 && next_us < end_us ? next_us : end_us);
}

/* Only a "down" that rests on nothing but this machine's own trouble is none. */
int line_trouble(const struct line *line)
{
	int error = 0;

	if (line->round.verdict != VERDICT_DOWN)
		return 0;
	for (size_t i = 0; i < line->round.count; i++) {
		const struct line_target *target = &line->round.targets[i];

		if (target->answer == LINE_UNASKED)
			continue;
		if (target->answer != LINE_UNSENT || is_dead_line(target->error))
			return 0;
		error = target->error;
	}
	return error;
}

void line_log_trouble(const struct line *line, int error)
{
	if (error == -EPERM || error == -EACCES)
		log_err(error,
			"may not send ICMP echoes on %s: run as root, or give the program the "
			"capability (setcap cap_net_raw+ep FILE), or allow datagram sockets "
			"(sysctl net.ipv4.ping_group_range='0 2147483647'), and let no firewall "
			"drop them",
			line->rule.iface);
	else
		log_err(error, "cannot send ICMP echoes on %s", line->rule.iface);
}

int line_judge(struct line *line)
{
	line_begin(line);
	while (line_step(line) == VERDICT_PENDING)
		probe_wait(&line->probe, line_wake_us(line));
	return line_trouble(line);
}

const char *line_describe(const struct line_target *target, char *buf, size_t size)
{
	char from[ADDR_TEXT_MAX];

	switch (target->answer) {
	case LINE_UNASKED:
		snprintf(buf, size, "not asked");
		break;
	case LINE_SILENT:
		snprintf(buf, size, "silent");
		break;
	case LINE_ANSWERED:
		snprintf(buf, size, "answered in %" PRId64 ".%03" PRId64 " ms",
			 target->rtt_us / 1000, target->rtt_us % 1000);
		break;
	case LINE_UNREACHABLE:
		snprintf(buf, size, "%s, says %s",
			 icmp_error_text(target->addr.family, target->type, target->code),
			 addr_format(from, &target->reporter));
		break;
	case LINE_UNSENT:
		snprintf(buf, size, "not sent: %s", strerror(-target->error));
		break;
	}
	return buf;
}

const char *line_describe_round(const struct line_round *round,
				char buf[static LINE_ROUND_TEXT_MAX])
{
	char addr[ADDR_TEXT_MAX], text[128];
	size_t used = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < round->count && used < LINE_ROUND_TEXT_MAX; i++) {
		const struct line_target *target = &round->targets[i];

		if (target->answer != LINE_UNASKED)
			used += (size_t)snprintf(buf + used, LINE_ROUND_TEXT_MAX - used, "; %s: %s",
						 addr_format(addr, &target->addr),
						 line_describe(target, text, sizeof(text)));
	}
	return buf;
}

void line_log_quality(struct line *line)
{
	char addr[ADDR_TEXT_MAX], text[QUALITY_TEXT_MAX];

	for (size_t i = 0; i < line->rule.count; i++) {
		struct quality_sum sum = quality_sum(&line->qualities[i], clock_mono_us());

		log_info("%s: %s: %s", line->rule.iface, addr_format(addr, &line->rule.targets[i]),
			 quality_format(text, &sum));
	}
}
