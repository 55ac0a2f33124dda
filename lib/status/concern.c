#include "concern.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* A metered line that was not checked for so long may be dead: the timer is not enabled. */
#define IDLE_LATE_MS INT64_C(7200000)

struct kind {
	const char *name;
	enum concern_group group;
	const char *action;
};

static const struct kind kinds[] = {
	[CONCERN_NO_GATEWAY] = { "no-gateway", CONCERN_ROUTER,
				 "run fo-status on the other router, too; journalctl -b -u "
				 "keepalived" },
	[CONCERN_MISTAKE] = { "vip-mismatch", CONCERN_ROUTER,
			      "make vip in /etc/fo/fo.conf and virtual_ipaddress in "
			      "keepalived.conf "
			      "the same" },
	[CONCERN_KEEPALIVED] = { "keepalived", CONCERN_ROUTER,
				 "journalctl -b -u keepalived; systemctl enable --now keepalived" },
	[CONCERN_SPLIT] = { "split", CONCERN_ROUTER,
			    "look at the firewall of both (protocol 112), at unicast_peer and at "
			    "virtual_router_id; fo-status doctor" },
	[CONCERN_LAN] = { "lan", CONCERN_ROUTER,
			  "look at its cable and at the switch; ip link show" },
	[CONCERN_RESIDENT] = { "resident", CONCERN_ROUTES,
			       "systemctl enable --now fo-route; journalctl -b -u fo-route" },
	[CONCERN_ROUTE] = { "route", CONCERN_ROUTES,
			    "fo-route show; fo-route apply; systemctl enable --now fo-route" },
	[CONCERN_FORWARDING] = { "forwarding", CONCERN_ROUTES,
				 "sysctl -w net.ipv4.ip_forward=1, and keep it in /etc/sysctl.d" },
	[CONCERN_TRANSLATION] = { "translation", CONCERN_ROUTES,
				  "nft list ruleset; systemctl enable --now nftables" },
	[CONCERN_FIREWALL] = { "firewall", CONCERN_ROUTES,
			       "fo-status doctor --fix-hints has the rule that is missing" },
	[CONCERN_UPLINK] = { "uplink", CONCERN_LINE, "look at the log of pppd; pon, or the modem" },
	[CONCERN_LINE_DEAD] = { "line-dead", CONCERN_LINE,
				"fo-check-ftth --probe; the modem, and the provider" },
	[CONCERN_WATCHER] = { "watcher", CONCERN_LINE,
			      "systemctl enable --now fo-watch; fo-status doctor" },
	[CONCERN_WRONG_LINE] = { "wrong-line", CONCERN_ROUTER,
				 "compare priority, weight and nopreempt of both keepalived.conf" },
	[CONCERN_ON_METERED] = { "on-metered", CONCERN_ROUTER,
				 "run fo-status on the main router: why it does not carry the "
				 "LAN" },
	[CONCERN_PEER] = { "peer", CONCERN_ROUTER,
			   "look whether it has power, and is on the LAN; run fo-status there" },
	[CONCERN_IDLE_LATE] = { "keepalive-late", CONCERN_LINE,
				"systemctl enable --now fo-keepalive.timer; fo-keepalive" },
	[CONCERN_CLASS] = { "class", CONCERN_SIM,
			    "fo-speedclass sync; fo-speedclass login; systemctl enable --now "
			    "fo-speedclass.timer" },
	[CONCERN_BYTES] = { "bytes", CONCERN_SIM, "fo-status usage" },
	[CONCERN_CONFIG] = { "config", CONCERN_ROUTER,
			     "correct /etc/fo/fo.conf: fo-status doctor" },
	[CONCERN_STORE] = { "store", CONCERN_ROUTER,
			    "df -h /var/lib/fo; dmesg | tail; an SD card at its end is read-only" },
};

static_assert(ARRAY_LEN(kinds) == CONCERN_KINDS, "a name for each kind");

const char *concern_name(enum concern_kind kind)
{
	return kinds[kind].name;
}

enum concern_group concern_group_of(enum concern_kind kind)
{
	return kinds[kind].group;
}

bool concerns_have(const struct concerns *concerns, enum concern_kind kind)
{
	for (size_t i = 0; i < concerns->count; i++) {
		if (concerns->items[i].kind == kind)
			return true;
	}
	return false;
}

static void FO_PRINTF(3, 4) add(struct concerns *out, enum concern_kind kind, const char *fmt, ...)
{
	struct concern *concern = &out->items[out->count];
	va_list ap;

	if (concerns_have(out, kind))
		return;
	out->count++;
	concern->kind = kind;
	concern->action = kinds[kind].action;
	va_start(ap, fmt);
	vsnprintf(concern->text, sizeof(concern->text), fmt, ap);
	va_end(ap);
}

static void cannot_tell(struct concerns *out, const char *what)
{
	out->cannot_tell = true;
	if (out->unknown == NULL)
		out->unknown = what;
}

/* Who carries the LAN */

static void look_at_gateway(const struct situation *s, struct concerns *out)
{
	char vip[ADDR_TEXT_MAX];

	addr_format(vip, &s->conf->router.vip);
	if (s->lan_down != NULL)
		add(out, CONCERN_LAN, "the LAN's %s is down, or has no cable", s->lan_down);
	if (s->mistake[0] != '\0')
		add(out, CONCERN_MISTAKE, "%s", s->mistake);
	else if (s->gateway.holder == GATEWAY_NOBODY)
		add(out, CONCERN_NO_GATEWAY, "no router answers for %s: the LAN has no gateway",
		    vip);
	if (s->gateway.holder == GATEWAY_UNKNOWN)
		cannot_tell(out, "who has the VRRP address");
	if (!s->keepalived)
		add(out, CONCERN_KEEPALIVED, "keepalived does not run here%s",
		    s->gateway.holder == GATEWAY_OURS
			    ? ", and this router still has the VRRP address"
			    : "");
	if (s->state == VRRP_MASTER && s->split_known && s->split.count > 0) {
		char text[SPLIT_TEXT_MAX];

		add(out, CONCERN_SPLIT, "%s", split_report_describe(text, &s->split.entries[0]));
	}
}

/* That the LAN goes over a line other than the one that it should have. */
static void look_at_choice(const struct situation *s, struct concerns *out)
{
	const struct verdict_state *line = &s->heartbeat.state;

	if (s->metered && s->state == VRRP_MASTER)
		add(out, CONCERN_ON_METERED, "the LAN is on the metered line %s",
		    s->conf->router.uplink);
	if (!s->metered && s->state != VRRP_MASTER && s->gateway.holder == GATEWAY_OTHER &&
	    s->is_watched && line->verdict == VERDICT_UP && s->heartbeat.drill_us == 0 &&
	    s->mono_us - line->since_us > CONCERN_WRONG_LINE_S * INT64_C(1000000))
		add(out, CONCERN_WRONG_LINE,
		    "another router carries the LAN, although the main line %s is good",
		    s->conf->router.uplink);
}

/* Who does not answer would not take over. */
static void look_at_peers(const struct situation *s, struct concerns *out)
{
	char addr[ADDR_TEXT_MAX];

	for (size_t i = 0; i < s->peers.count; i++) {
		if (s->peers.items[i].answer == GATEWAY_NOBODY)
			add(out, CONCERN_PEER, "the other router %s does not answer",
			    addr_format(addr, &s->peers.items[i].addr));
	}
}

/* The line */

static void look_at_uplink(const struct situation *s, struct concerns *out)
{
	const char *uplink = s->conf->router.uplink;

	if (s->route.facts.sibling[0] != '\0')
		add(out, CONCERN_UPLINK, RTNL_SIBLING, uplink, s->route.facts.sibling, uplink);
	else if (!s->uplink_there)
		add(out, CONCERN_UPLINK, "%s is gone: the line is not dialled", uplink);
	else if (!s->uplink.up)
		add(out, CONCERN_UPLINK, "%s is down", uplink);
	else if (!s->has_address)
		add(out, CONCERN_UPLINK, "%s has no address yet", uplink);
}

static void look_at_verdict(const struct situation *s, struct concerns *out)
{
	const char *uplink = s->conf->router.uplink;
	const struct verdict_state *line = &s->heartbeat.state;

	if (s->is_watched && line->verdict == VERDICT_DOWN)
		add(out, CONCERN_LINE_DEAD, "%s is down (%s)", uplink,
		    verdict_reason_text(line->reason));
	else if (s->conf->keepalive.present && s->idle_ago_ms >= 0 && s->idle.dead > 0)
		add(out, CONCERN_LINE_DEAD, "%s is dead (%s in %" PRId64 " %s of fo-keepalive)",
		    uplink, idle_verdict_name((enum idle_verdict)s->idle.verdict), s->idle.dead,
		    s->idle.dead == 1 ? "run" : "runs in a row");
}

static void look_at_watcher(const struct situation *s, struct concerns *out)
{
	const char *uplink = s->conf->router.uplink;

	if (s->is_watcher_mute)
		add(out, CONCERN_WATCHER, "fo-watch cannot send over %s", uplink);
	else if (s->is_watched)
		return;
	else if (s->conf->check.present || s->conf->keepalive.present)
		add(out, CONCERN_WATCHER, "fo-watch %s: nobody watches %s",
		    s->was_watched ? "does not run any more" : "was never started", uplink);
	else
		add(out, CONCERN_WATCHER,
		    "fo.conf has neither [check] nor [keepalive]: nobody watches %s", uplink);
}

static void look_at_line(const struct situation *s, struct concerns *out)
{
	int64_t ago_ms = s->idle_ago_ms < 0 ? s->running_ms : s->idle_ago_ms;

	look_at_uplink(s, out);
	if (!concerns_have(out, CONCERN_UPLINK)) /* from which all else follows */
		look_at_verdict(s, out);
	look_at_watcher(s, out);
	if (s->conf->keepalive.present && ago_ms > IDLE_LATE_MS)
		add(out, CONCERN_IDLE_LATE, "fo-keepalive has not run %s",
		    s->idle_ago_ms < 0 ? "since this router started" : "for two hours");
}

/* What a packet of the LAN meets */

/* Whether it only follows from what is said of forwarding, or of a LAN or line that is not there.
 */
static bool follows(const struct situation *s, const struct step *step, const struct concerns *out)
{
	if (step->want.kind == PLAN_LAN && concerns_have(out, CONCERN_FORWARDING))
		return true;
	if (s->lan_down != NULL && (strcmp(step->want.hop.dev, s->lan_down) == 0 ||
				    strcmp(step->want.dev, s->lan_down) == 0))
		return true;
	return (!s->uplink_there || !s->uplink.up) &&
	       strcmp(step->want.hop.dev, s->conf->router.uplink) == 0;
}

static void look_at_plan(const struct situation *s, struct concerns *out)
{
	for (size_t i = 0; i < s->route.count; i++) {
		const struct step *step = &s->route.steps[i];
		char want[STEP_TEXT_MAX], present[STEP_TEXT_MAX];

		if (step->as_wanted || follows(s, step, out))
			continue;
		step_describe_present(step, present);
		if (step->overruled) /* says what is wanted, too */
			add(out, CONCERN_ROUTE, "%.300s", present);
		else
			add(out, CONCERN_ROUTE, "%.120s: %.160s", step_describe_want(step, want),
			    present);
	}
}

static void look_at_firewall(const struct situation *s, struct concerns *out)
{
	const char *lan = s->firewall.lan, *uplink = s->conf->router.uplink;

	if (s->firewall.drops_forward[0] != '\0')
		add(out, CONCERN_FIREWALL, "the firewall drops what goes from %s to %s (chain %s)",
		    lan, uplink, s->firewall.drops_forward);
	else if (s->firewall.drops_answers[0] != '\0')
		add(out, CONCERN_FIREWALL,
		    "the firewall drops what comes back from %s to %s (chain %s)", uplink, lan,
		    s->firewall.drops_answers);
}

static void look_at_routes(const struct situation *s, struct concerns *out)
{
	bool forwards =
		s->state == VRRP_MASTER || s->conf->route.forwarding == CONF_FORWARDING_KEEP;

	if (forwards && s->forwards == SITUATION_NO)
		add(out, CONCERN_FORWARDING, "this router forwards nothing that comes in by %s",
		    s->blocked);
	if (forwards && s->forwards == SITUATION_UNKNOWN)
		cannot_tell(out, "whether the LAN is forwarded");
	look_at_plan(s, out);
	if (s->conf->route.present && s->resident == SITUATION_NO)
		add(out, CONCERN_RESIDENT,
		    "fo-route watch does not run: what others change stays, and a second master "
		    "is not noticed");
	look_at_firewall(s, out);
	/* A LAN of public addresses needs none. */
	if (!addr_is_private(&s->conf->router.vip))
		return;
	if (s->translates == SITUATION_NO)
		add(out, CONCERN_TRANSLATION,
		    "nothing translates the LAN's addresses on %s (those of %s)",
		    s->conf->router.uplink, s->firewall.lan);
	if (s->translates == SITUATION_UNKNOWN)
		cannot_tell(out, "whether the LAN's addresses are translated");
}

/* The SIM */

static void look_at_sim(const struct situation *s, struct concerns *out)
{
	const struct conf_speedclass *conf = &s->conf->speedclass;
	const struct usage_bytes bytes = usage_of(&s->usage, s->month);

	if (s->class_due != NULL && s->speedclass.refused)
		add(out, CONCERN_CLASS, "SORACOM refuses to change the speed class");
	else if (s->class_due != NULL && strcmp(s->speedclass.known, s->class_due) != 0)
		add(out, CONCERN_CLASS, "the SIM should have speed class %s; known is %s",
		    s->class_due,
		    s->speedclass.known[0] == '\0' ? "nothing yet" : s->speedclass.known);
	if (conf->present && conf->warn_bytes > 0 && s->is_metering &&
	    usage_total(&bytes) > conf->warn_bytes)
		add(out, CONCERN_BYTES, "more bytes than warn-bytes went over %s this month",
		    s->conf->router.uplink);
}

void concerns_find(const struct situation *s, struct concerns *out)
{
	memset(out, 0, sizeof(*out));
	look_at_gateway(s, out);
	look_at_routes(s, out);
	look_at_line(s, out);
	look_at_choice(s, out);
	look_at_peers(s, out);
	look_at_sim(s, out);
	if (s->store == -EROFS || s->store == -ENOSPC)
		add(out, CONCERN_STORE,
		    "/var/lib/fo %s: history, alerts and the speed class that is wanted are lost",
		    s->store == -EROFS ? "is read-only" : "has no room left");
	if (s->conf->faulty != 0)
		add(out, CONCERN_CONFIG, "a section of fo.conf is faulty, and not used");
}

/* Without it a packet of the LAN goes elsewhere; without the rest it is late, or some flow is. */
static bool is_way(enum plan_kind kind)
{
	return kind == PLAN_ROUTE || kind == PLAN_LAN;
}

static bool is_cut_by(const struct situation *s, enum concern_kind kind)
{
	if (kind == CONCERN_NO_GATEWAY || kind == CONCERN_MISTAKE)
		return true;
	if (s->state != VRRP_MASTER)
		return false;
	for (size_t i = 0; i < s->route.count && kind == CONCERN_ROUTE; i++) {
		if (is_way(s->route.steps[i].want.kind) && !s->route.steps[i].as_wanted)
			return true;
	}
	return kind == CONCERN_LAN || kind == CONCERN_FORWARDING || kind == CONCERN_TRANSLATION ||
	       kind == CONCERN_FIREWALL || kind == CONCERN_UPLINK || kind == CONCERN_LINE_DEAD;
}

const struct concern *concerns_find_cut(const struct situation *s, const struct concerns *concerns)
{
	for (size_t i = 0; i < concerns->count; i++) {
		if (is_cut_by(s, concerns->items[i].kind))
			return &concerns->items[i];
	}
	return NULL;
}
