#include "situation.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "firewall.h"
#include "history.h"
#include "lookup.h"
#include "meter.h"
#include "nat.h"
#include "route.h"
#include "route_watch.h"
#include "session.h"
#include "store_room.h"
#include "sysctl.h"
#include "watch_report.h"

static int find_line(struct netlink *nl, const char *uplink, struct situation *out)
{
	struct rtnl_addrs addrs = { .count = 0 };
	int ret = rtnl_get_link(nl, uplink, &out->uplink);

	out->uplink_there = ret == 0;
	if (ret == -ENODEV)
		return 0;
	if (ret == 0)
		ret = rtnl_get_addrs(nl, out->uplink.index, &addrs);
	for (size_t i = 0; i < addrs.count; i++)
		out->has_address = out->has_address || addrs.items[i].local.family == AF_INET;
	return ret;
}

static_assert(CONF_LANS_MAX <= FIREWALL_LANS_MAX, "room for each LAN");

static int find_lans(struct netlink *nl, struct firewall_query *query, struct situation *out)
{
	const struct addr *vip = &out->conf->router.vip;
	int ret = 0;

	for (size_t i = 0; i < query->lan_count && ret == 0; i++) {
		struct firewall_lan *lan = &query->lans[i];
		struct rtnl_link link = { .up = false };

		ret = rtnl_get_link(nl, lan->name, &link);
		if ((ret == 0 || ret == -ENODEV) && !link.up && out->lan_down == NULL)
			out->lan_down = lan->name;
		if (ret == 0)
			ret = rtnl_find_network(nl, lan->name, vip, &lan->network);
		else if (ret == -ENODEV)
			ret = 0;
	}
	return ret;
}

static int ask_kernel(struct netlink *nl, struct firewall_query *query, struct situation *out)
{
	const struct conf *conf = out->conf;
	int ret = route_get_default(nl, (struct route_table){ AF_INET, ROUTE_MAIN }, &out->hop);

	peers_read(&out->peers);
	if (ret == 0)
		ret = vrrp_role_find_mismatch(nl, conf, out->mistake);
	if (ret == 0)
		ret = find_line(nl, conf->router.uplink, out);
	if (ret == 0)
		ret = find_lans(nl, query, out);
	if (ret == 0)
		ret = peers_ask(&out->peers, nl, &conf->router.vip, &out->gateway);
	return ret;
}

static enum situation_answer answer_of(int ret, bool yes)
{
	if (ret != 0)
		return SITUATION_UNKNOWN;
	return yes ? SITUATION_YES : SITUATION_NO;
}

/* By an interface that packets come in by. */
static int look_whether_forwarded(const char *name, struct situation *out)
{
	char path[PLAN_SYSCTL_MAX];
	int value = 0, ret;

	snprintf(path, sizeof(path), "net/ipv4/conf/%s/forwarding", name);
	ret = sysctl_get(path, &value);
	if (ret == 0 && value == 0 && out->blocked == NULL)
		out->blocked = name;
	return ret;
}

/* What the LAN sends, and the answers, while the line is there. */
static void find_forwarding(struct situation *out)
{
	const struct conf_router *router = &out->conf->router;
	int ret = 0;

	for (size_t i = 0; i < router->lan.count && ret == 0; i++)
		ret = look_whether_forwarded(router->lan.items[i], out);
	if (ret == 0 && out->uplink_there && out->uplink.up)
		ret = look_whether_forwarded(router->uplink, out);
	out->forwards = answer_of(ret, out->blocked == NULL);
}

/* Where the rules cannot be shown, a translation of sources stands for the right one. */
static void find_firewall(struct firewall_look *look, struct firewall_query *query,
			  struct situation *out)
{
	int ret = nat_has_source(AF_INET, &query->any_nat);

	if (ret == 0)
		ret = firewall_end(look, query, &out->firewall);
	else
		firewall_drop(look);
	if (ret == -ENOENT) {
		out->firewall.translates = query->any_nat;
		ret = 0;
	}
	out->translates = answer_of(ret, out->firewall.translates);
}

static void find_passage(struct firewall_look *look, struct firewall_query *query,
			 struct situation *out)
{
	find_firewall(look, query, out);
	find_forwarding(out);
	out->hold_known = lan_hold_find(&out->hold) == 0;
}

static void find_line_verdict(struct situation *out)
{
	const char *uplink = out->conf->router.uplink;
	char boot[CLOCK_BOOT_MAX];

	out->was_watched = watch_report_read(&out->heartbeat) == 0;
	/* Behind all that may take time: a beat is not later than now. */
	out->wall_s = clock_wall_s();
	out->mono_us = clock_mono_us();
	out->boot_ms = clock_boottime_ms();
	if (out->was_watched) {
		out->is_watched = heartbeat_is_fresh(&out->heartbeat, uplink, out->mono_us);
		out->is_watcher_mute = heartbeat_is_mute(&out->heartbeat, uplink, out->mono_us);
	}
	if (session_load(&out->idle) != 0)
		memset(&out->idle, 0, sizeof(out->idle));
	out->idle_ago_ms = -1;
	if (out->idle.run_ms > 0 && strcmp(out->idle.boot, clock_boot(boot)) == 0)
		out->idle_ago_ms = out->boot_ms - out->idle.run_ms;
}

static void find_sim(struct situation *out)
{
	const struct conf *conf = out->conf;
	bool split = out->split_known && out->split.count > 0;

	speedclass_load(&out->speedclass);
	if (conf->speedclass.present)
		out->class_due =
			speedclass_due(&conf->speedclass, out->state == VRRP_MASTER, split);
	out->is_metering = meter_show(conf, &out->usage, &out->month) == 0;
}

/* Events come the oldest first. */
static bool take_event(const struct event *event, void *data)
{
	struct situation *out = data;

	memmove(&out->events[1], &out->events[0], (SITUATION_EVENTS - 1) * sizeof(out->events[0]));
	out->events[0] = *event;
	if (out->event_count < SITUATION_EVENTS)
		out->event_count++;
	if (event->kind == EVENT_STATE)
		out->state_since_ms =
			strcmp(event->value, vrrp_state_name(out->state)) == 0 ? event->wall_ms : 0;
	return true;
}

static int find_role(struct firewall_query *query, struct situation *out)
{
	const struct switchover_order order = { .reported = &out->reported };
	const struct conf *conf = out->conf;
	struct netlink *nl = NULL;
	int ret = vrrp_role_true_state(conf, out->reported, &out->state);

	if (ret == 0)
		ret = rtnl_open(&nl);
	if (ret == 0)
		ret = ask_kernel(nl, query, out);
	netlink_close(nl);
	if (ret == 0 && conf->route.present)
		ret = switchover_examine(conf, &order, &out->route);
	return ret;
}

int situation_find(const struct conf *conf, struct situation *out)
{
	struct firewall_look *look = firewall_begin();
	struct firewall_query query = { .uplink = conf->router.uplink,
					.lan_count = conf->router.lan.count,
					.internet = { lookup_internet(AF_INET), 32 } };
	int ret;

	memset(out, 0, sizeof(*out));
	out->conf = conf;
	out->metered = conf->speedclass.present || conf->keepalive.present;
	out->keepalived = vrrp_role_has_keepalived();
	out->was_reported = vrrp_role_was_reported();
	out->reported = vrrp_role_reported();
	out->is_root = geteuid() == 0;
	for (size_t i = 0; i < query.lan_count; i++)
		query.lans[i].name = conf->router.lan.items[i];
	ret = find_role(&query, out);
	find_passage(look, &query, out);
	if (ret != 0)
		return ret;
	out->split_known = split_report_read(&out->split) == 0;
	out->resident = !out->is_root		   ? SITUATION_UNKNOWN
			: route_watch_is_running() ? SITUATION_YES
						   : SITUATION_NO;
	find_line_verdict(out);
	find_sim(out);
	out->store = store_room_check(STORE_LIB);
	if (history_read_recent(take_event, out) != 0)
		out->event_count = 0; /* logged */
	else
		out->running_ms = history_running_ms();
	return 0;
}

bool situation_line_is_dead(const struct situation *s)
{
	if (!s->uplink_there || !s->uplink.up || !s->has_address)
		return true;
	if (s->is_watched)
		return s->heartbeat.state.verdict == VERDICT_DOWN;
	return s->conf->keepalive.present && s->idle_ago_ms >= 0 && s->idle.dead > 0;
}

bool situation_line_is_good(const struct situation *s)
{
	if (situation_line_is_dead(s))
		return false;
	if (s->is_watched)
		return s->heartbeat.state.verdict == VERDICT_UP;
	return s->conf->keepalive.present && s->idle_ago_ms >= 0;
}

bool situation_route_is_right(const struct situation *s)
{
	bool right = true;

	for (size_t i = 0; i < s->route.count; i++)
		right = right && s->route.steps[i].as_wanted;
	return right;
}
