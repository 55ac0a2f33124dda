#include "line.h"

#include <errno.h>
#include <string.h>

#include "clock.h"
#include "line_plan.h"

/* Where a queue of this machine is full, it has room again soon. A steady round gives up after
 * STUCK_US of nothing else. */
#define RETRY_US 10000
#define STUCK_US 3000000

/* The few that have left meanwhile may be all that it has dropped: so many must be silent. */
enum { JAM_SENT_MIN = 4 };

enum { EVENTS_MAX = 64 }; /* of one step */

void line_init(struct line *line, const struct line_rule *rule)
{
	uint16_t seq;

	memset(line, 0, sizeof(*line));
	line->rule = *rule;
	line->round.count = rule->count;
	probe_init(&line->probe);
	/* For those who guess, where an ICMP error quotes no more than this number. */
	memcpy(&seq, line->probe.ours.cookie + 2, sizeof(seq));
	flight_begin(&line->flight, seq);
	/* One-shot runs, too, must not all ask the same host first. */
	line->first = line->probe.ours.cookie[0] % rule->count;
}

void line_close(struct line *line)
{
	probe_close(&line->probe, AF_UNSPEC);
	flight_forget(&line->flight);
}

void line_watch_quality(struct line *line, int64_t window_us)
{
	int64_t now_us = clock_mono_us();

	for (size_t i = 0; i < line->rule.count; i++)
		quality_start(&line->qualities[i], window_us, now_us);
	flight_discount(&line->flight);
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
	line->last_rtt_us = old.last_rtt_us;
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

	for (size_t i = 0; i < line->rule.count; i++) {
		sums[i] = quality_sum(&line->qualities[i], now_us);
		sums[i].late = line->flight.late[i];
	}
	return quality_of_line(sums, line->rule.count, line->rule.need);
}

/* Nothing that was not sent can be silent. */
static bool has_sent_enough(const struct line *line)
{
	return line->sent >= (line->was_jammed ? JAM_SENT_MIN : 1);
}

static int64_t end_us(const struct line *line)
{
	int64_t time_us = line_plan_time_us(&line->rule);

	if (!line->rule.steady)
		return line->start_us + time_us;
	if (!has_sent_enough(line))
		return line->start_us + (time_us > STUCK_US ? time_us : STUCK_US);
	return line->silent_us + line->due_us + time_us;
}

/* Errors of a send that mean: this line is not there. (EINVAL: the address is gone to which the
 * socket is bound.) Any other one is this machine's own trouble (no memory, a full queue, a
 * firewall rule), and no evidence about the line. */
static bool is_dead_line(int error)
{
	static const int dead[] = { -ENODEV,	   -ENXIO,	   -ENETDOWN, -ENETUNREACH,
				    -EHOSTUNREACH, -EADDRNOTAVAIL, -EINVAL };

	for (size_t i = 0; i < ARRAY_LEN(dead); i++) {
		if (error == dead[i])
			return true;
	}
	return false;
}

/* This machine's own queue is full, which passes. */
static bool is_jam(int error)
{
	return error == -ENOBUFS || error == -EAGAIN;
}

/* Gives up on echoes that will not be answered any more. */
static void give_up_lost(struct line *line, int64_t now_us)
{
	int64_t lost_us =
		line->rule.lost_ms > 0 ? line->rule.lost_ms * 1000 : line_plan_time_us(&line->rule);
	size_t target;

	while (flight_give_up(&line->flight, now_us, lost_us, &target))
		quality_take_loss(&line->qualities[target], now_us);
}

/* The silence begins with the first echo that counts, unless it is one that has lasted for longer.
 */
static void take_sent(struct line *line, int64_t now_us)
{
	if (!has_sent_enough(line) && line->silent_us >= line->start_us)
		line->silent_us = now_us;
	line->sent++;
}

static int send_echo(struct line *line, size_t index)
{
	const struct addr *addr = &line->rule.targets[index];
	int ret = probe_open(&line->probe, line->rule.iface, addr);
	int64_t now_us = clock_mono_us();
	uint16_t seq;

	if (ret != 0)
		return ret;
	give_up_lost(line, now_us);
	seq = flight_enter(&line->flight, index, line->number, now_us);
	ret = probe_send(&line->probe, addr, seq);
	if (ret == 0) {
		take_sent(line, now_us);
		return 0;
	}
	(void)flight_close(&line->flight, seq);
	/* A socket stays bound to an interface that is gone, even when it has come back. */
	if (is_dead_line(ret))
		probe_close(&line->probe, addr->family);
	return ret;
}

/* Where an earlier echo has left, it still counts. */
static void ask(struct line *line, size_t index)
{
	struct line_target *target = &line->round.targets[index];
	int ret;

	if (target->answer == LINE_ANSWERED)
		return;
	ret = send_echo(line, index);
	if (is_jam(ret)) {
		line->jammed |= UINT32_C(1) << index;
		line->was_jammed = true;
		line->retry_us = clock_mono_us() + RETRY_US;
	}
	if (ret == 0) {
		target->answer = LINE_SILENT;
	} else if (target->answer != LINE_SILENT) {
		target->answer = LINE_UNSENT;
		target->error = ret;
		line->state.refused += !is_jam(ret);
	}
}

static void try_again(struct line *line, int64_t now_us)
{
	uint32_t jammed = line->jammed;

	if (jammed == 0 || now_us < line->retry_us)
		return;
	line->jammed = 0;
	for (size_t i = 0; i < line->rule.count; i++) {
		if ((jammed >> i & 1) != 0)
			ask(line, i);
	}
}

static void ask_again(struct line *line)
{
	line->tries++;
	for (size_t i = 0; i < line->rule.count; i++) {
		if (line->round.targets[i].answer == LINE_SILENT)
			ask(line, i);
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
		ask(line, line_plan_target(&line->rule, line->first, line->asked));
		line->asked++;
	}
}

static bool is_refused(const struct line_target *target)
{
	return target->answer == LINE_UNREACHABLE ||
	       (target->answer == LINE_UNSENT && !is_jam(target->error));
}

static void take_reply(struct line *line, const struct flight_echo *echo, uint16_t seq,
		       int64_t now_us)
{
	struct line_target *target = &line->round.targets[echo->target];
	int64_t rtt_us = now_us - echo->sent_us;

	rtt_take(&line->rtts[echo->target], rtt_us);
	line->last_rtt_us = rtt_us;
	if (flight_answer(&line->flight, seq))
		quality_take_answer(&line->qualities[echo->target], rtt_us, now_us);
	if (target->answer == LINE_ANSWERED)
		return;
	if (is_refused(target))
		line->state.refused--;
	target->answer = LINE_ANSWERED;
	target->rtt_us = rtt_us;
	target->late = line->rule.late_ms > 0 && rtt_us > line->rule.late_ms * 1000;
	line->state.answered++;
}

static void take_error(struct line *line, const struct flight_echo *echo,
		       const struct probe_event *event, int64_t now_us)
{
	struct line_target *target = &line->round.targets[echo->target];

	if (flight_close(&line->flight, event->seq))
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
	const struct flight_echo *echo = flight_find(&line->flight, event->seq);
	const struct addr *addr;

	if (echo == NULL)
		return;
	addr = &line->rule.targets[echo->target];
	if (event->kind == PROBE_REPLY && addr_equal(&event->from, addr))
		take_reply(line, echo, event->seq, now_us);
	else if (event->kind == PROBE_ERROR && addr_equal(&event->target, addr))
		take_error(line, echo, event, now_us);
}

/* Whoever floods us keeps us from nothing else: the rest is for the next step. */
static void take_events(struct line *line, int64_t now_us)
{
	struct probe_event event;

	for (int i = 0; i < EVENTS_MAX && probe_next(&line->probe, &event); i++)
		take_event(line, &event, now_us);
}

static void plan(struct line *line)
{
	int64_t waiting_us = flight_waiting_us(&line->flight);
	const struct line_plan plan = { .rule = &line->rule,
					.rtts = line->rtts,
					.first = line->first,
					.last_rtt_us = line->last_rtt_us,
					.waiting_us =
						waiting_us > 0 ? line->start_us - waiting_us : 0 };

	line->times = line_plan_round(&plan, &line->due_us);
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
	line->start_us = clock_mono_us();
	line->silent_us = line->start_us;
	line->jammed = 0;
	line->was_jammed = false;
	line->volleys = 1;
	line->tries = 1;
	line->asked = 0;
	line->sent = 0;
	plan(line);
}

enum verdict line_step(struct line *line)
{
	bool in_progress = line->round.verdict == VERDICT_PENDING && line->number > 0;
	int64_t now_us = clock_mono_us();

	/* What has come in counts, though this process may have been kept from looking in time. */
	take_events(line, now_us);
	if (line->rule.late_ms > 0)
		flight_mark_late(&line->flight, now_us, line->rule.late_ms * 1000);
	give_up_lost(line, now_us);
	if (!in_progress)
		return line->round.verdict;
	line->state.time_over = now_us >= end_us(line);
	if (hedge_verdict(&line->state) == VERDICT_PENDING) {
		try_again(line, now_us);
		ask_those_due(line, now_us);
	}
	line->round.verdict = hedge_verdict(&line->state);
	line->round.answered = line->state.answered;
	line->round.took_us = clock_mono_us() - line->start_us;
	return line->round.verdict;
}

void line_skip(struct line *line, int64_t gap_us)
{
	line->start_us += gap_us;
	line->silent_us += gap_us;
	flight_shift(&line->flight, gap_us);
}

int64_t line_wake_us(const struct line *line)
{
	int64_t next_us = hedge_next_us(&line->times, line->volleys, line->rule.tries);
	int64_t wake_us = end_us(line);

	if (next_us >= 0 && line->start_us + next_us < wake_us)
		wake_us = line->start_us + next_us;
	if (line->jammed != 0 && line->retry_us < wake_us)
		wake_us = line->retry_us;
	return wake_us;
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

int line_judge(struct line *line)
{
	line_begin(line);
	while (line_step(line) == VERDICT_PENDING)
		probe_wait(&line->probe, line_wake_us(line));
	return line_trouble(line);
}
