#include "line.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "icmp.h"
#include "log.h"
#include "probe.h"

/* The others are asked when a quarter of the time is over, so that an answer has the better part
 * of it left; never later than a slow line's usual round trip. */
#define LATE_MAX_US 250000

/* A round in progress. */
struct asking {
	const struct line_rule *rule;
	struct probe probe;
	struct line_round *round;
	struct verdict_round state;
	unsigned asked;
	int64_t start_us, late_us, deadline_us;
};

/* Errors of a send that say: this line is not there. Any other one is this machine's own trouble
 * (no memory, a full queue, a firewall rule), and says nothing about the line. */
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

static void ask(struct asking *a, uint16_t seq)
{
	struct line_target *target = &a->round->targets[seq];
	int ret = probe_open(&a->probe, a->rule->iface, target->addr.family);

	target->sent_us = clock_mono_us();
	if (ret == 0)
		ret = probe_send(&a->probe, &target->addr, seq);
	target->answer = ret == 0 ? LINE_SILENT : LINE_UNSENT;
	target->error = ret;
	if (ret != 0)
		a->state.refused++;
}

static void ask_those_due(struct asking *a, int64_t now_us)
{
	while (a->asked < verdict_targets_due(&a->state, now_us >= a->late_us)) {
		ask(a, (uint16_t)a->asked);
		a->asked++;
	}
}

/* Counts the first word about each echo; a duplicate, or an answer from anyone but the host that
 * was asked, says nothing. */
static void take_event(struct asking *a, const struct probe_event *event, int64_t now_us)
{
	struct line_target *target;

	if (event->seq >= a->asked)
		return;
	target = &a->round->targets[event->seq];
	if (target->answer != LINE_SILENT)
		return;
	if (event->kind == PROBE_REPLY && addr_equal(&event->from, &target->addr)) {
		target->answer = LINE_ANSWERED;
		target->rtt_us = now_us - target->sent_us;
		a->state.answered++;
	} else if (event->kind == PROBE_ERROR && addr_equal(&event->target, &target->addr)) {
		target->answer = LINE_UNREACHABLE;
		target->reporter = event->from;
		target->type = event->type;
		target->code = event->code;
		a->state.refused++;
	}
}

static enum verdict step(struct asking *a)
{
	struct probe_event event;
	int64_t now_us = clock_mono_us();

	while (probe_next(&a->probe, &event))
		take_event(a, &event, now_us);
	a->state.time_over = now_us >= a->deadline_us;
	if (!a->state.time_over && verdict_of_round(&a->state) == VERDICT_PENDING)
		ask_those_due(a, now_us);
	return verdict_of_round(&a->state);
}

/* Whether a "down" rests on nothing but this machine's own trouble. Logs it then. */
static int own_trouble(const struct asking *a)
{
	const char *iface = a->rule->iface;
	int error = 0;

	for (size_t i = 0; i < a->asked; i++) {
		const struct line_target *target = &a->round->targets[i];

		if (target->answer != LINE_UNSENT || is_dead_line(target->error))
			return 0;
		error = target->error;
	}
	if (error == -EPERM || error == -EACCES)
		log_err(error,
			"may not send ICMP echoes on %s: run as root, or give the program the "
			"capability (setcap cap_net_raw+ep FILE), or allow datagram sockets "
			"(sysctl net.ipv4.ping_group_range='0 2147483647'), and let no firewall "
			"drop them",
			iface);
	else
		log_err(error, "cannot send ICMP echoes on %s", iface);
	return error;
}

static void begin(struct asking *a)
{
	int64_t timeout_us = a->rule->timeout_ms * 1000;
	int64_t late_us = timeout_us / 4 < LATE_MAX_US ? timeout_us / 4 : LATE_MAX_US;

	memset(a->round, 0, sizeof(*a->round));
	a->round->count = a->rule->count;
	for (size_t i = 0; i < a->rule->count; i++)
		a->round->targets[i].addr = a->rule->targets[i];
	a->state.targets = (unsigned)a->rule->count;
	a->state.need = a->rule->need;
	a->start_us = clock_mono_us();
	a->late_us = a->start_us + late_us;
	a->deadline_us = a->start_us + timeout_us;
	probe_init(&a->probe);
}

int line_judge(const struct line_rule *rule, struct line_round *out)
{
	struct asking a = { .rule = rule, .round = out };
	enum verdict verdict;
	int ret = 0;

	begin(&a);
	for (verdict = step(&a); verdict == VERDICT_PENDING; verdict = step(&a)) {
		bool all_asked = a.asked == rule->count;

		probe_wait(&a.probe, all_asked ? a.deadline_us : a.late_us);
	}
	if (verdict == VERDICT_DOWN)
		ret = own_trouble(&a);
	out->verdict = verdict;
	out->answered = a.state.answered;
	out->took_us = clock_mono_us() - a.start_us;
	probe_close(&a.probe);
	return ret;
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
