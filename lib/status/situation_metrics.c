#include "situation_metrics.h"

#include <errno.h>
#include <string.h>

#include "clock.h"
#include "schema.h"
#include "version.h"

static void put(struct metric_writer *w, enum metric_id id, int64_t value)
{
	metric_put(w, id, NULL, value, 1);
}

static void put_one(struct metric_writer *w, enum metric_id id, const char *label, int64_t value)
{
	metric_put(w, id, (const char *const[]){ label }, value, 1);
}

static void put_answer(struct metric_writer *w, enum metric_id id, enum situation_answer answer)
{
	if (answer != SITUATION_UNKNOWN)
		put(w, id, answer == SITUATION_YES);
}

/* Seconds since 1970 of something that was `ago_ms` ago. */
static void put_ago(struct metric_writer *w, enum metric_id id, const struct situation *s,
		    int64_t ago_ms)
{
	metric_put(w, id, NULL, s->wall_s * 1000 - ago_ms, 1000);
}

static void put_programs(struct metric_writer *w, const struct situation *s, int64_t took_us)
{
	const struct conf *conf = s->conf;

	metric_put(w, METRIC_INFO,
		   (const char *const[]){ FO_VERSION, conf->router.uplink,
					  s->metered ? "metered" : "main" },
		   1, 1);
	put(w, METRIC_TIMESTAMP, s->wall_s);
	metric_put(w, METRIC_DURATION, NULL, took_us, 1000000);
	put(w, METRIC_CLOCK, clock_is_plausible(s->wall_s, FO_MADE_S));
	for (size_t i = 0; i < conf_sections_len; i++) {
		if (conf_sections[i].bit != 0)
			put_one(w, METRIC_FAULTY, conf_sections[i].name,
				(conf->faulty & conf_sections[i].bit) != 0);
	}
}

static bool is_dropped(const struct situation *s)
{
	return s->firewall.drops_forward[0] != '\0' || s->firewall.drops_answers[0] != '\0';
}

static void put_role(struct metric_writer *w, const struct situation *s)
{
	static const char *const holders[] = { [GATEWAY_UNKNOWN] = "unknown",
					       [GATEWAY_OURS] = "this",
					       [GATEWAY_OTHER] = "other",
					       [GATEWAY_NOBODY] = "nobody" };

	put(w, METRIC_KEEPALIVED, s->keepalived);
	for (enum vrrp_state i = VRRP_MASTER; i <= VRRP_STOP; i++)
		put_one(w, METRIC_STATE, vrrp_state_name(i), s->state == i);
	if (s->state_since_ms > 0)
		metric_put(w, METRIC_STATE_SINCE, NULL, s->state_since_ms, 1000);
	for (size_t i = 0; i < ARRAY_LEN(holders); i++)
		put_one(w, METRIC_HOLDER, holders[i], s->gateway.holder == i);
	if (s->split_known)
		put(w, METRIC_SPLIT, s->split.count > 0);
	put(w, METRIC_MISMATCH, s->mistake[0] != '\0');
	if (s->conf->route.present)
		put(w, METRIC_ROUTE_RIGHT, situation_route_is_right(s));
	put_answer(w, METRIC_FORWARDS, is_dropped(s) ? SITUATION_NO : s->forwards);
	put_answer(w, METRIC_TRANSLATES, s->translates);
}

static void put_targets(struct metric_writer *w, const struct heartbeat *beat)
{
	char addr[ADDR_TEXT_MAX];

	for (size_t i = 0; i < beat->count; i++) {
		const char *label = addr_format(addr, &beat->targets[i].addr);

		if (beat->targets[i].quality.answered > 0)
			metric_put(w, METRIC_RTT, &label, beat->targets[i].quality.rtt_us, 1000000);
	}
	for (size_t i = 0; i < beat->count; i++) {
		const struct quality_sum *quality = &beat->targets[i].quality;
		const char *label = addr_format(addr, &beat->targets[i].addr);

		if (quality->answered + quality->lost > 0)
			metric_put(w, METRIC_LOSS, &label, quality_loss_permille(quality), 1000);
	}
}

static void put_verdict(struct metric_writer *w, const struct situation *s)
{
	static const char *const reasons[] = { [VERDICT_SILENT] = "silent",
					       [VERDICT_NO_LINK] = "no_link",
					       [VERDICT_LOSS] = "loss",
					       [VERDICT_SLOW] = "slow",
					       [VERDICT_NO_ADDRESS] = "no_address" };
	const struct verdict_state *state = &s->heartbeat.state;
	bool down = state->verdict == VERDICT_DOWN;

	for (size_t i = VERDICT_SILENT; i < ARRAY_LEN(reasons); i++)
		put_one(w, METRIC_LINE_REASON, reasons[i], down && state->reason == i);
	if (state->since_us > 0)
		put_ago(w, METRIC_LINE_SINCE, s, (s->mono_us - state->since_us) / 1000);
	metric_put(w, METRIC_HOLD_LEFT, NULL, verdict_hold_left_us(state, s->mono_us), 1000000);
	put(w, METRIC_DRILL, s->heartbeat.drill_us > 0);
	put_targets(w, &s->heartbeat);
}

static void put_line(struct metric_writer *w, const struct situation *s)
{
	put(w, METRIC_UPLINK_UP, s->uplink_there && s->uplink.up);
	put(w, METRIC_UPLINK_ADDRESS, s->has_address);
	put(w, METRIC_WATCHER, s->is_watched);
	if (situation_line_is_dead(s) || situation_line_is_good(s))
		put(w, METRIC_LINE_UP, !situation_line_is_dead(s));
	if (s->is_watched)
		put_verdict(w, s);
}

static void put_class(struct metric_writer *w, const struct situation *s)
{
	const char *known = s->speedclass.known;
	const struct conf_speedclass *conf = &s->conf->speedclass;

	put(w, METRIC_CLASS_KNOWN, known[0] != '\0');
	put(w, METRIC_CLASS_RIGHT, strcmp(known, s->class_due) == 0);
	put(w, METRIC_CLASS_RAISED, strcmp(known, conf->master) == 0);
	metric_put(w, METRIC_CLASS_INFO,
		   (const char *const[]){ s->class_due, known[0] == '\0' ? "unknown" : known }, 1,
		   1);
	if (s->hold_known)
		put(w, METRIC_LAN_HELD, s->hold.dev[0] != '\0');
}

static void put_session(struct metric_writer *w, const struct situation *s)
{
	for (enum idle_verdict i = IDLE_UNKNOWN; i <= IDLE_NO_ADDRESS; i++)
		put_one(w, METRIC_SESSION, idle_verdict_name(i), s->idle.verdict == (int64_t)i);
	put(w, METRIC_SESSION_DEAD, s->idle.dead);
	if (s->idle_ago_ms >= 0)
		put_ago(w, METRIC_SESSION_RUN, s, s->idle_ago_ms);
}

static void put_bytes(struct metric_writer *w, const struct situation *s)
{
	const struct usage_bytes bytes = usage_of(&s->usage, s->month);
	const struct {
		const char *labels[2];
		int64_t value;
	} samples[] = {
		{ { "master", "receive" }, bytes.master_rx },
		{ { "master", "transmit" }, bytes.master_tx },
		{ { "backup", "receive" }, bytes.backup_rx },
		{ { "backup", "transmit" }, bytes.backup_tx },
	};

	for (size_t i = 0; i < ARRAY_LEN(samples); i++)
		metric_put(w, METRIC_BYTES, samples[i].labels, samples[i].value, 1);
}

/* What has happened, by the metric and the value of its label. */
static void put_counts(struct metric_writer *w, const struct event_counts *counts)
{
	static const struct {
		enum metric_id id;
		enum event_count count;
		const char *label;
	} samples[] = {
		{ METRIC_STATE_CHANGES, COUNT_MASTER, "master" },
		{ METRIC_STATE_CHANGES, COUNT_BACKUP, "backup" },
		{ METRIC_STATE_CHANGES, COUNT_FAULT, "fault" },
		{ METRIC_STATE_CHANGES, COUNT_STOP, "stop" },
		{ METRIC_LINE_CHANGES, COUNT_LINE_UP, "up" },
		{ METRIC_LINE_CHANGES, COUNT_LINE_DOWN, "down" },
		{ METRIC_CLASS_CHANGES, COUNT_CLASS, NULL },
		{ METRIC_CLASS_FAILURES, COUNT_CLASS_FAILED, NULL },
		{ METRIC_REDIALS, COUNT_REDIAL, NULL },
		{ METRIC_REDIAL_FAILURES, COUNT_REDIAL_FAILED, NULL },
		{ METRIC_SPLITS, COUNT_SPLIT, NULL },
		{ METRIC_DRIFTS, COUNT_MENDED, "mended" },
		{ METRIC_DRIFTS, COUNT_MENDING_FAILED, "failed" },
		{ METRIC_DRILLS, COUNT_DRILL, "begun" },
		{ METRIC_DRILLS, COUNT_DRILL_REFUSED, "refused" },
		{ METRIC_ALERTS_UNSENT, COUNT_ALERT_FAILED, "failed" },
		{ METRIC_ALERTS_UNSENT, COUNT_ALERT_DROPPED, "dropped" },
	};

	for (size_t i = 0; i < ARRAY_LEN(samples); i++)
		metric_put(w, samples[i].id, &samples[i].label, counts->values[samples[i].count],
			   1);
}

int situation_metrics(const struct situation *s, const struct event_counts *counts, int64_t took_us,
		      char text[static METRIC_TEXT_MAX])
{
	struct metric_writer w = { .buf = text, .size = METRIC_TEXT_MAX };

	text[0] = '\0';
	put_programs(&w, s, took_us);
	put_role(&w, s);
	put_line(&w, s);
	if (s->class_due != NULL)
		put_class(&w, s);
	if (s->conf->keepalive.present)
		put_session(&w, s);
	if (s->is_metering)
		put_bytes(&w, s);
	if (s->metered)
		put(&w, METRIC_BYTES_LIMIT, s->conf->speedclass.warn_bytes);
	put_counts(&w, counts);
	return w.used < w.size ? 0 : -EFBIG;
}
