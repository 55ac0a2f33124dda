#include "headline.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "record.h"

const char *headline_time(char buf[static HEADLINE_TIME_MAX], int64_t wall_s, int64_t now_s)
{
	const time_t then = (time_t)wall_s, now = (time_t)now_s;
	struct tm tm, today;
	size_t len;

	if (localtime_r(&then, &tm) == NULL || localtime_r(&now, &today) == NULL)
		return memcpy(buf, "?", 2);
	if (tm.tm_year == today.tm_year && tm.tm_yday == today.tm_yday)
		len = strftime(buf, HEADLINE_TIME_MAX, "%H:%M", &tm);
	else
		len = strftime(buf, HEADLINE_TIME_MAX, "%Y-%m-%d %H:%M", &tm);
	return len > 0 ? buf : memcpy(buf, "?", 2);
}

const char *headline_duration(char buf[static HEADLINE_TIME_MAX], int64_t seconds)
{
	if (seconds < 120)
		snprintf(buf, HEADLINE_TIME_MAX, "%" PRId64 " s", seconds < 0 ? 0 : seconds);
	else if (seconds < INT64_C(7200))
		snprintf(buf, HEADLINE_TIME_MAX, "%" PRId64 " min", seconds / 60);
	else if (seconds < INT64_C(172800))
		snprintf(buf, HEADLINE_TIME_MAX, "%" PRId64 " h", seconds / 3600);
	else
		snprintf(buf, HEADLINE_TIME_MAX, "%" PRId64 " days", seconds / 86400);
	return buf;
}

/* ` since 14:02 (37 min)`, or nothing where that is not known. */
static void put_since(struct record_writer *text, const struct situation *s, int64_t wall_s)
{
	char when[HEADLINE_TIME_MAX], ago[HEADLINE_TIME_MAX];

	if (wall_s > 0)
		record_put(text, " since %s (%s)", headline_time(when, wall_s, s->wall_s),
			   headline_duration(ago, s->wall_s - wall_s));
}

static void put_state_since(struct record_writer *text, const struct situation *s)
{
	put_since(text, s, s->state_since_ms / 1000);
}

static int64_t line_since_s(const struct situation *s)
{
	return s->is_watched ? s->wall_s - (s->mono_us - s->heartbeat.state.since_us) / 1000000 : 0;
}

/* Why a line that was down is still waited for. */
static void put_way_back(struct record_writer *text, const struct situation *s)
{
	const struct verdict_state *line = &s->heartbeat.state;
	int64_t left_us = verdict_hold_left_us(line, s->mono_us);
	char all[HEADLINE_TIME_MAX];

	if (!s->is_watched || line->verdict != VERDICT_DOWN)
		return;
	headline_duration(all, line->hold_us / 1000000);
	if (line->good > 0 && left_us < line->hold_us)
		record_put(text, " It is good again: %" PRId64 " s of %s held.",
			   (line->hold_us - left_us) / 1000000, all);
	else
		record_put(text, " Back when it has been good for %s.", all);
}

static void put_concern(struct record_writer *text, const struct concerns *concerns,
			enum concern_kind kind)
{
	for (size_t i = 0; i < concerns->count; i++) {
		if (concerns->items[i].kind == kind)
			record_put(text, "%s", concerns->items[i].text);
	}
}

static void put_split(struct record_writer *text, const struct concerns *concerns)
{
	record_put(text, "Two routers carry the LAN at once: ");
	put_concern(text, concerns, CONCERN_SPLIT);
	record_put(text, ".");
}

/* `first` says why. */
static void put_cut(struct record_writer *text, const struct situation *s,
		    const struct concerns *concerns, const struct concern *first)
{

	record_put(text, "No Internet for the LAN");
	if (s->state == VRRP_MASTER && concerns_have(concerns, CONCERN_LINE_DEAD))
		put_since(text, s, line_since_s(s));
	record_put(text, ": %s.", first->text);
	if (first->kind == CONCERN_NO_GATEWAY && !s->keepalived)
		record_put(text, " keepalived does not run here.");
	else if (first->kind == CONCERN_NO_GATEWAY)
		record_put(text, " This router is in state %s.", vrrp_state_name(s->state));
	if (s->state == VRRP_MASTER && concerns_have(concerns, CONCERN_LINE_DEAD))
		record_put(text, " No other router has a better line, or none runs.");
}

static void put_on_metered(struct record_writer *text, const struct situation *s,
			   const struct concerns *concerns)
{
	record_put(text, "On LTE");
	put_state_since(text, s);
	record_put(text, ": this router carries the LAN over %s, for %s.", s->conf->router.uplink,
		   concerns_have(concerns, CONCERN_PEER) ? "the other one does not answer"
							 : "no better one does");
	if (s->class_due != NULL && strcmp(s->speedclass.known, s->class_due) != 0)
		record_put(text, " The SIM does not have its speed class %s yet.", s->class_due);
}

/* Another router carries the LAN, and this one has the main line. */
static void put_main_aside(struct record_writer *text, const struct situation *s,
			   const struct concerns *concerns)
{
	record_put(text, "On the other router");
	put_state_since(text, s);
	if (concerns_have(concerns, CONCERN_UPLINK) || concerns_have(concerns, CONCERN_LINE_DEAD)) {
		record_put(text, ": ");
		put_concern(text, concerns,
			    concerns_have(concerns, CONCERN_UPLINK) ? CONCERN_UPLINK
								    : CONCERN_LINE_DEAD);
		record_put(text, ".");
		put_way_back(text, s);
	} else if (!s->is_watched) {
		record_put(text, ": nobody judges this line.");
	} else if (s->heartbeat.drill_us > 0) {
		record_put(text, " for practice: this line is good, and `fo-route drill` is on.");
	} else if (concerns_have(concerns, CONCERN_KEEPALIVED)) {
		record_put(text, ": this line is good, and keepalived does not run here.");
	} else if (concerns_have(concerns, CONCERN_WRONG_LINE)) {
		record_put(text, ", although this line is good.");
	} else {
		record_put(text, ": this line is good, and takes over in a moment.");
	}
}

/* Another router carries the LAN, as it should. */
static void put_ready(struct record_writer *text, const struct situation *s,
		      const struct concerns *concerns)
{
	const char *uplink = s->conf->router.uplink;

	if (concerns->count == 0) {
		record_put(text, "All well: another router carries the LAN; LTE (%s) is ready.",
			   uplink);
		return;
	}
	record_put(text, "Another router carries the LAN, but ");
	if (situation_line_is_dead(s))
		record_put(text, "LTE would not carry it: ");
	record_put(text, "%s.", concerns->items[0].text);
}

static void put_carrying(struct record_writer *text, const struct situation *s,
			 const struct concerns *concerns)
{
	if (concerns->count == 0) {
		record_put(text, "All well: this router carries the LAN over %s.",
			   s->conf->router.uplink);
		return;
	}
	record_put(text, "This router carries the LAN over %s, but %s.", s->conf->router.uplink,
		   concerns->items[0].text);
}

const char *headline_write(char buf[static HEADLINE_MAX], const struct situation *s,
			   const struct concerns *concerns)
{
	const struct concern *cut = concerns_find_cut(s, concerns);
	struct record_writer text = { .buf = buf, .size = HEADLINE_MAX };

	buf[0] = '\0';
	if (cut != NULL)
		put_cut(&text, s, concerns, cut);
	else if (concerns_have(concerns, CONCERN_SPLIT))
		put_split(&text, concerns);
	else if (concerns->cannot_tell && concerns->count == 0)
		record_put(&text, "Cannot tell %s%s.", concerns->unknown,
			   s->is_root ? "" : ": run this as root");
	else if (s->state != VRRP_MASTER && s->gateway.holder != GATEWAY_OTHER)
		record_put(&text,
			   "This router does not carry the LAN, and who does is not known: %s.",
			   concerns->items[0].text);
	else if (s->state == VRRP_MASTER && s->metered)
		put_on_metered(&text, s, concerns);
	else if (s->state == VRRP_MASTER)
		put_carrying(&text, s, concerns);
	else if (s->metered)
		put_ready(&text, s, concerns);
	else
		put_main_aside(&text, s, concerns);
	return buf;
}
