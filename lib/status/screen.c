#include "screen.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "headline.h"
#include "num.h"
#include "report.h"
#include "utf8.h"

#define LABEL_WIDTH 13
#define LINE_MAX    640

#define BOLD  "\033[1m"
#define RED   "\033[1;31m"
#define GREEN "\033[32m"
#define PLAIN "\033[0m"

struct screen {
	const struct situation *s;
	const struct concerns *concerns;
	bool color;
	const char *label; /* of the group, until its first row is printed */
};

static void paint(const struct screen *screen, const char *color)
{
	if (screen->color)
		fputs(color, stdout);
}

/* Text of a file, a peer or a kernel must not move a person's cursor. */
static void FO_PRINTF(2, 3) row(struct screen *screen, const char *fmt, ...)
{
	char line[LINE_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	utf8_make_printable(line);
	printf("  %-*s%s\n", LABEL_WIDTH, screen->label, line);
	screen->label = "";
}

/* What is wrong in a group comes before the rest of it. */
static void begin_group(struct screen *screen, const char *label, enum concern_group group)
{
	screen->label = label;
	for (size_t i = 0; i < screen->concerns->count; i++) {
		const struct concern *concern = &screen->concerns->items[i];
		char text[CONCERN_TEXT_MAX];

		if (concern_group_of(concern->kind) != group)
			continue;
		snprintf(text, sizeof(text), "%s", concern->text);
		utf8_make_printable(text);
		paint(screen, RED);
		printf("! %-*s%s", LABEL_WIDTH, screen->label, text);
		paint(screen, PLAIN);
		printf("\n  %*s→ %s\n", LABEL_WIDTH, "", concern->action);
		screen->label = "";
	}
}

static void print_headline(const struct screen *screen)
{
	char text[HEADLINE_MAX];
	bool calm = screen->concerns->count == 0 && !screen->concerns->cannot_tell;

	headline_write(text, screen->s, screen->concerns);
	utf8_make_printable(text);
	paint(screen, calm ? GREEN : BOLD);
	fputs(text, stdout);
	paint(screen, PLAIN);
	fputs("\n\n", stdout);
}

/* This router */

static const char *holder_text(const struct gateway *gateway, char buf[static 64])
{
	char mac[MAC_TEXT_MAX];

	switch (gateway->holder) {
	case GATEWAY_OURS:
		return "is held by this router";
	case GATEWAY_NOBODY:
		return "is held by nobody";
	case GATEWAY_OTHER:
		snprintf(buf, 64, "is held by %s", mac_format(mac, &gateway->mac));
		return buf;
	default:
		snprintf(buf, 64, "cannot be asked for (%s)", strerror(-gateway->error));
		return buf;
	}
}

static void print_router(struct screen *screen)
{
	const struct situation *s = screen->s;
	char since[HEADLINE_TIME_MAX], ago[HEADLINE_TIME_MAX], vip[ADDR_TEXT_MAX], holder[64];

	begin_group(screen, "this router", CONCERN_ROUTER);
	if (s->state_since_ms > 0)
		row(screen, "%s since %s (%s)", vrrp_state_name(s->state),
		    headline_time(since, s->state_since_ms / 1000, s->wall_s),
		    headline_duration(ago, s->wall_s - s->state_since_ms / 1000));
	else
		row(screen, "%s%s", vrrp_state_name(s->state),
		    s->was_reported ? "" : "; keepalived has reported nothing yet");
	row(screen, "%s %s", addr_format(vip, &s->conf->router.vip),
	    holder_text(&s->gateway, holder));
	if (s->keepalived)
		row(screen, "keepalived runs");
	for (size_t i = 0; i < s->peers.count; i++) {
		if (s->peers.items[i].answer == GATEWAY_OTHER)
			row(screen, "the other router %s answers",
			    addr_format(vip, &s->peers.items[i].addr));
	}
}

/* The line */

static void print_targets(struct screen *screen)
{
	const struct heartbeat *beat = &screen->s->heartbeat;

	for (size_t i = 0; i < beat->count; i++) {
		const struct quality_sum *quality = &beat->targets[i].quality;
		char addr[ADDR_TEXT_MAX], rtt[32] = "no answer";

		if (quality->answered + quality->lost == 0)
			continue;
		if (quality->answered > 0)
			snprintf(rtt, sizeof(rtt), "%" PRId64 ".%01" PRId64 " ms",
				 quality->rtt_us / 1000, quality->rtt_us / 100 % 10);
		row(screen, "%-16s %9s, %u %% lost", addr_format(addr, &beat->targets[i].addr), rtt,
		    (quality_loss_permille(quality) + 5) / 10);
	}
}

static void print_verdict(struct screen *screen)
{
	const struct situation *s = screen->s;
	const struct verdict_state *line = &s->heartbeat.state;
	char ago[HEADLINE_TIME_MAX], hold[HEADLINE_TIME_MAX];

	if (line->verdict == VERDICT_PENDING) {
		row(screen, "fo-watch has no verdict yet");
		return;
	}
	row(screen, "judged %s for %s by fo-watch", verdict_name(line->verdict),
	    headline_duration(ago, (s->mono_us - line->since_us) / 1000000));
	if (line->verdict == VERDICT_DOWN && line->good > 0)
		row(screen, "good again; counts as up in %s",
		    headline_duration(hold, verdict_hold_left_us(line, s->mono_us) / 1000000));
	print_targets(screen);
}

static void print_idle(struct screen *screen)
{
	const struct situation *s = screen->s;
	char ago[HEADLINE_TIME_MAX];

	if (s->idle_ago_ms >= 0)
		row(screen, "%s when fo-keepalive looked, %s ago",
		    idle_verdict_name((enum idle_verdict)s->idle.verdict),
		    headline_duration(ago, s->idle_ago_ms / 1000));
}

static void print_line(struct screen *screen)
{
	const struct situation *s = screen->s;

	begin_group(screen, "line", CONCERN_LINE);
	if (s->uplink_there && s->uplink.up && s->has_address)
		row(screen, "%s is connected", s->conf->router.uplink);
	if (s->is_watched)
		print_verdict(screen);
	if (s->conf->keepalive.present)
		print_idle(screen);
}

/* Routes */

static void print_routes(struct screen *screen)
{
	static const char *const forwards[] = { "off", "on", "not known" };
	static const char *const translates[] = { "not translated", "translated",
						  "perhaps translated" };
	const struct situation *s = screen->s;
	char hop[NEXTHOP_TEXT_MAX];

	begin_group(screen, "routes", CONCERN_ROUTES);
	row(screen, "default route %s", nexthop_format(hop, &s->hop));
	row(screen, "forwarding %s; the LAN's addresses are %s", forwards[s->forwards],
	    translates[s->translates]);
	if (s->conf->route.present && situation_route_is_right(s))
		row(screen, "all as the state %s wants it", vrrp_state_name(s->state));
}

/* The SIM */

static void print_bytes(struct screen *screen)
{
	const struct situation *s = screen->s;
	const struct usage_bytes bytes = usage_of(&s->usage, s->month);
	char all[NUM_TEXT_MAX], part[NUM_TEXT_MAX];

	row(screen, "%s this month, %s of it for the LAN",
	    num_format_bytes(all, usage_total(&bytes)),
	    num_format_bytes(part, bytes.master_rx + bytes.master_tx));
}

static void print_sim(struct screen *screen)
{
	const struct situation *s = screen->s;

	if (s->class_due == NULL && !s->is_metering)
		return;
	begin_group(screen, "SIM", CONCERN_SIM);
	if (s->class_due != NULL && strcmp(s->speedclass.known, s->class_due) == 0)
		row(screen, "speed class %s, as it should be", s->speedclass.known);
	if (s->hold_known && s->hold.left_ms > 0)
		row(screen, "the LAN is held back for %" PRId64 " ms more, until the class is set",
		    s->hold.left_ms);
	if (s->is_metering)
		print_bytes(screen);
}

/* The history */

static void print_events(struct screen *screen)
{
	const struct situation *s = screen->s;

	screen->label = "last events";
	for (size_t i = 0; i < s->event_count; i++) {
		char when[CLOCK_TEXT_MAX];

		row(screen, "%s  %s", clock_format_local(s->events[i].wall_ms / 1000, when),
		    s->events[i].text);
	}
}

static void print_end(const struct screen *screen)
{
	size_t count = screen->concerns->count;

	if (screen->concerns->cannot_tell)
		printf("\nNot known: %s%s.\n", screen->concerns->unknown,
		       screen->s->is_root ? "" : "; run this as root");
	if (count > 0)
		printf("\n%zu %s attention. fo-status doctor looks for what is set up wrongly.\n",
		       count, count == 1 ? "thing needs" : "things need");
}

int screen_print(const struct situation *s, const struct concerns *concerns, bool color)
{
	struct screen screen = { .s = s, .concerns = concerns, .color = color, .label = "" };

	print_headline(&screen);
	print_router(&screen);
	print_line(&screen);
	print_routes(&screen);
	print_sim(&screen);
	print_events(&screen);
	print_end(&screen);
	return report_flush();
}
