#include "status_report.h"

#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "headline.h"
#include "name_note.h"
#include "schema.h"
#include "session.h"
#include "watch_report.h"

static const char *or_unknown(const char *text)
{
	return text[0] == '\0' ? "unknown" : text;
}

static void put_answer(struct report *report, const char *name, enum situation_answer answer)
{
	if (answer == SITUATION_UNKNOWN)
		report_unknown(report, name);
	else
		report_flag(report, name, answer == SITUATION_YES);
}

static void fill_headline(struct report *report, const struct situation *s,
			  const struct concerns *concerns)
{
	char text[HEADLINE_MAX];
	const char *status = "ok";

	if (concerns->count > 0)
		status = "attention";
	else if (concerns->cannot_tell)
		status = "unknown";
	report_text(report, "summary", headline_write(text, s, concerns));
	report_text(report, "status", status);
	for (size_t i = 0; i < concerns->count; i++) {
		report_row(report, "attention");
		report_text(report, "name", concern_name(concerns->items[i].kind));
		report_text(report, "text", concerns->items[i].text);
		report_text(report, "action", concerns->items[i].action);
		report_end_row(report);
	}
}

static void fill_gateway(struct report *report, const struct gateway *gateway)
{
	static const char *const holders[] = { [GATEWAY_UNKNOWN] = "unknown",
					       [GATEWAY_OURS] = "this router",
					       [GATEWAY_OTHER] = "another router",
					       [GATEWAY_NOBODY] = "nobody" };
	char mac[MAC_TEXT_MAX];

	report_text(report, "vip_holder", holders[gateway->holder]);
	if (gateway->holder == GATEWAY_OTHER)
		report_text(report, "vip_mac", mac_format(mac, &gateway->mac));
}

static void fill_router(struct report *report, const struct situation *s)
{
	char text[NEXTHOP_TEXT_MAX];

	report_text(report, "keepalived", s->keepalived ? "running" : "not running");
	report_text(report, "state", vrrp_state_name(s->state));
	if (s->state_since_ms > 0)
		report_text(report, "state_since",
			    clock_format_utc(s->state_since_ms / 1000, text));
	report_text(report, "vip", addr_format(text, &s->conf->router.vip));
	report_flag(report, "vip_held", s->state == VRRP_MASTER);
	fill_gateway(report, &s->gateway);
	if (s->state == VRRP_MASTER)
		(void)split_report_show(report);
	if (s->mistake[0] != '\0')
		report_text(report, "mistake", s->mistake);
}

static void fill_peers(struct report *report, const struct peers *peers)
{
	char addr[ADDR_TEXT_MAX];

	for (size_t i = 0; i < peers->count; i++) {
		enum gateway_holder answer = peers->items[i].answer;

		report_row(report, "peers");
		report_text(report, "address", addr_format(addr, &peers->items[i].addr));
		if (answer == GATEWAY_UNKNOWN)
			report_unknown(report, "answers");
		else
			report_flag(report, "answers", answer == GATEWAY_OTHER);
		report_end_row(report);
	}
}

static void fill_routes(struct report *report, const struct situation *s)
{
	char text[NEXTHOP_TEXT_MAX];

	report_text(report, "default_route", nexthop_format(text, &s->hop));
	if (s->conf->route.present)
		report_flag(report, "route_right", situation_route_is_right(s));
	put_answer(report, "forwarding", s->forwards);
	put_answer(report, "translation", s->translates);
}

static const char *uplink_text(const struct situation *s)
{
	if (!s->uplink_there)
		return "gone";
	return s->uplink.up ? "up" : "down";
}

static void fill_uplink(struct report *report, const struct situation *s)
{
	const char *uplink = s->conf->router.uplink;
	const char *sibling = s->route.facts.sibling;
	char hint[160];

	report_text(report, "uplink", uplink);
	report_text(report, "uplink_interface", uplink_text(s));
	if (sibling[0] == '\0')
		return;
	snprintf(hint, sizeof(hint), RTNL_SIBLING, uplink, sibling, uplink);
	report_text(report, "uplink_hint", hint);
}

static void fill_line(struct report *report, const struct situation *s)
{
	if (!s->was_watched) {
		report_text(report, "watcher", "never started");
		return;
	}
	if (!s->is_watched) {
		report_text(report, "watcher", s->is_watcher_mute ? "cannot send" : "silent");
		return;
	}
	report_text(report, "watcher", "running");
	watch_report_show(report, &s->heartbeat, s->mono_us);
}

static void fill_speedclass(struct report *report, const struct situation *s)
{
	char server[ADDR_TEXT_MAX];
	struct name_note note;

	report_text(report, "sim", s->conf->speedclass.sim.id);
	report_text(report, "speed_class_due", s->class_due);
	report_text(report, "speed_class_wanted", or_unknown(s->speedclass.wanted));
	report_text(report, "speed_class_known", or_unknown(s->speedclass.known));
	report_flag(report, "speed_class_refused", s->speedclass.refused);
	if (s->conf->speedclass.hold_lan_ms > 0)
		lan_hold_show(report);
	if (name_note_load(&note) == 0)
		report_text(report, "name_server", addr_format(server, &note.server));
}

/* The bytes are those of echoes and answers. */
static void fill_keepalive(struct report *report, const struct situation *s)
{
	const struct idle_memory *idle = &s->idle;

	report_text(report, "keepalive", idle_verdict_name((enum idle_verdict)idle->verdict));
	if (s->idle_ago_ms >= 0)
		report_number(report, "keepalive_ago_s", s->idle_ago_ms / 1000);
	else
		report_unknown(report, "keepalive_ago_s");
	report_number(report, "keepalive_dead_runs", idle->dead);
	report_number(report, "keepalive_month_bytes", idle->bytes);
	report_number(report, "keepalive_last_month_bytes", idle->bytes_before);
	report_number(report, "keepalive_month_bytes_due",
		      session_month_bytes(&s->conf->keepalive, idle));
}

/* Times and names are those of SORACOM's bill: UTC, and K is 1024. */
static void fill_month(struct report *report, int64_t month, const struct usage_bytes *bytes)
{
	char text[16];

	snprintf(text, sizeof(text), "%04d-%02d", (int)(month / 100), (int)(month % 100));
	report_row(report, "usage");
	if (month == 0)
		report_unknown(report, "month");
	else
		report_text(report, "month", text);
	report_bytes(report, "master_received_bytes", bytes->master_rx);
	report_bytes(report, "master_sent_bytes", bytes->master_tx);
	report_bytes(report, "backup_received_bytes", bytes->backup_rx);
	report_bytes(report, "backup_sent_bytes", bytes->backup_tx);
	report_bytes(report, "total_bytes", usage_total(bytes));
	report_end_row(report);
}

void status_report_usage(struct report *report, const struct usage *usage, int64_t month,
			 int before)
{
	const struct usage_bytes now = usage_of(usage, month);

	fill_month(report, month, &now);
	for (int i = 0; i < before; i++) {
		struct usage_bytes bytes;

		month = usage_month_before(month);
		bytes = usage_of(usage, month);
		if (usage_total(&bytes) > 0)
			fill_month(report, month, &bytes);
	}
	if (usage_total(&usage->pending) > 0)
		fill_month(report, 0, &usage->pending);
}

/* A section with a fault is not used: nothing else is about it. */
static void fill_faults(struct report *report, const struct conf *conf)
{
	for (size_t i = 0; i < conf_sections_len; i++) {
		if ((conf->faulty & conf_sections[i].bit) == 0)
			continue;
		report_row(report, "faulty");
		report_text(report, "section", conf_sections[i].name);
		report_end_row(report);
	}
}

static void fill_events(struct report *report, const struct situation *s)
{
	char when[CLOCK_TEXT_MAX];

	for (size_t i = 0; i < s->event_count; i++) {
		const struct event *event = &s->events[i];

		report_row(report, "events");
		report_text(report, "time", clock_format_utc(event->wall_ms / 1000, when));
		report_text(report, "program", event->program);
		report_text(report, "kind", event_kind_name(event->kind));
		report_text(report, "value", event->value);
		report_text(report, "text", event->text);
		report_end_row(report);
	}
}

void status_report_fill(struct report *report, const struct situation *s,
			const struct concerns *concerns)
{
	fill_headline(report, s, concerns);
	fill_faults(report, s->conf);
	fill_router(report, s);
	fill_peers(report, &s->peers);
	fill_routes(report, s);
	fill_uplink(report, s);
	if (s->conf->speedclass.present)
		fill_speedclass(report, s);
	if (s->conf->keepalive.present)
		fill_keepalive(report, s);
	if (s->conf->check.present || s->conf->keepalive.present)
		fill_line(report, s);
	if (s->is_metering)
		status_report_usage(report, &s->usage, s->month, 1);
	fill_events(report, s);
}
