#include "facts.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "linger.h"
#include "log.h"
#include "route.h"
#include "sysctl.h"

/* At a stop keepalived waits 1 s for its scripts. */
#define LINGER_STOP_MS 700

static void find_lan(const struct conf_interfaces *lan, const char *holder,
		     struct conf_interfaces *out)
{
	*out = *lan;
	for (size_t i = 0; i < lan->count; i++) {
		if (strcmp(lan->items[i], holder) == 0)
			return;
	}
	if (holder[0] != '\0' && out->count < CONF_LANS_MAX)
		snprintf(out->items[out->count++], IFNAMSIZ, "%s", holder);
}

int facts_look_again(struct netlink *nl, const struct conf *conf, enum vrrp_state reported,
		     bool force, struct facts *out)
{
	int ret = vrrp_role_get_held(nl, conf, &out->held);

	if (ret != 0)
		return ret;
	find_lan(&conf->router.lan, out->held.dev, &out->lan);
	out->state = force ? reported : vrrp_role_state(reported, &out->held);
	out->state6 = out->state;
	if (!force && addr_is_set(&conf->router.vip6))
		out->state6 = vrrp_true_state(reported, out->held.vip6);
	if (out->state == VRRP_STOP)
		sysctl_load_saved(&out->saved);
	return 0;
}

enum vrrp_state facts_reported(const enum vrrp_state *reported)
{
	return reported != NULL ? *reported : vrrp_role_reported();
}

/* pppd may come before keepalived: without any report since the boot, and without the address,
 * `backup` would be a guess that could send the router to a neighbour who is not there. */
static int find_state(struct netlink *nl, const struct conf *conf, const enum vrrp_state *reported,
		      bool force, struct facts *out)
{
	bool unreported = reported == NULL && !force && !vrrp_role_was_reported();
	enum vrrp_state last = unreported ? VRRP_BACKUP : facts_reported(reported);
	int ret = facts_look_again(nl, conf, last, force, out);

	out->known = !unreported || out->state == VRRP_MASTER;
	return ret;
}

/* The gateway of a hop that is learned: that of another program's route; else the one that the
 * line's own table still has, or ours. */
static int find_gateway(struct netlink *nl, const struct conf *conf, sa_family_t family,
			struct nexthop *hop)
{
	const uint32_t tables[] = { (uint32_t)conf->route.table, ROUTE_MAIN };
	int ret = route_find_gateway(nl, family, hop->dev, &hop->via);

	for (size_t i = 0; i < ARRAY_LEN(tables) && ret == 0 && !addr_is_set(&hop->via); i++) {
		struct nexthop ours;

		ret = route_get_default(nl, (struct route_table){ family, tables[i] }, &ours);
		if (ret == 0 && strcmp(ours.dev, hop->dev) == 0)
			hop->via = ours.via;
	}
	return ret;
}

static bool is_link_local(const struct addr *addr)
{
	static const struct addr net = { AF_INET6, { 0xfe, 0x80 } };

	return addr_in_prefix(addr, &net, 10);
}

static int find_addrs(struct netlink *nl, int index, sa_family_t family, struct facts_line *line)
{
	struct rtnl_addrs addrs = { .more = false };
	size_t left_out = 0;
	int ret = rtnl_get_addrs(nl, index, &addrs);

	for (size_t i = 0; ret == 0 && i < addrs.count; i++) {
		const struct addr *addr = &addrs.items[i].local;

		if (addr->family != family)
			continue;
		line->up = true;
		if (!is_link_local(addr) && line->count < FACTS_ADDRS_MAX)
			line->addrs[line->count++] = *addr;
		else if (!is_link_local(addr))
			left_out++;
	}
	if (left_out > 0 || addrs.more)
		log_warn(0,
			 "the line has more than %d addresses: what leaves from the others takes "
			 "the default route",
			 FACTS_ADDRS_MAX);
	return ret;
}

static int find_line(struct netlink *nl, const struct conf *conf, sa_family_t family,
		     const struct nexthop *wanted, struct facts_line *line)
{
	struct rtnl_link link;
	int ret;

	line->hop = *wanted;
	if (!nexthop_is_set(wanted))
		return 0;
	ret = rtnl_get_link(nl, wanted->dev, &link);
	if (ret != 0)
		return ret == -ENODEV ? 0 : ret;
	if (wanted->learned)
		ret = find_gateway(nl, conf, family, &line->hop);
	if (ret == 0)
		ret = find_addrs(nl, link.index, family, line);
	if (!link.up || (wanted->learned && !addr_is_set(&line->hop.via)))
		line->up = false;
	return ret;
}

/* A line that came back under another name is of no use to anyone until a person knows. */
static int find_sibling(struct netlink *nl, const char *uplink, struct facts *out)
{
	struct rtnl_link link;
	int ret;

	if (out->line.up)
		return 0;
	ret = rtnl_get_link(nl, uplink, &link);
	return ret == -ENODEV ? rtnl_find_sibling(nl, uplink, out->sibling) : ret;
}

/* Whether the kernel forwards for the LAN, so that anything would wait. */
static bool forwards(const struct conf_interfaces *lan)
{
	char name[PLAN_SYSCTL_MAX];
	int value = 0;

	snprintf(name, sizeof(name), "net/ipv4/conf/%s/forwarding", lan->items[0]);
	return sysctl_get(name, &value) == 0 && value != 0;
}

static bool may_linger(const struct conf *conf, const struct facts *facts)
{
	const struct conf_route *route = &conf->route;

	return facts->was_master && route->linger_ms > 0 && forwards(&conf->router.lan) &&
	       (route->conntrack == CONF_CONNTRACK_STALE ||
		route->forwarding != CONF_FORWARDING_KEEP) &&
	       !(facts->state == VRRP_STOP && route->stop == CONF_STOP_KEEP);
}

static void take_linger(struct facts *facts)
{
	const struct linger_left left = linger_left();

	facts->linger_ms = left.ms;
	facts->late_ms = left.late_ms;
}

void facts_begin_linger(const struct conf *conf, struct facts *facts)
{
	const char *dev = facts->line.hop.dev;
	int64_t ms = facts->linger_ms;

	if (ms == 0)
		facts->has_lingered = linger_end() && facts->state != VRRP_MASTER;
	if (!facts->known || facts->state == VRRP_MASTER)
		return;
	if (ms == 0 && may_linger(conf, facts))
		ms = conf->route.linger_ms;
	if (facts->state == VRRP_STOP && ms > LINGER_STOP_MS)
		ms = LINGER_STOP_MS;
	if (ms > 0)
		linger_begin(dev, ms);
	facts->was_master = false;
	if (ms > 0)
		take_linger(facts);
}

int facts_find(struct netlink *nl, const struct conf *conf, const enum vrrp_state *reported,
	       bool force, struct facts *out)
{
	int ret;

	memset(out, 0, sizeof(*out));
	ret = find_state(nl, conf, reported, force, out);
	if (ret == 0)
		ret = find_line(nl, conf, AF_INET, &conf->route.master, &out->line);
	if (ret == 0)
		ret = find_line(nl, conf, AF_INET6, &conf->route.master6, &out->line6);
	if (ret == 0)
		ret = find_sibling(nl, conf->router.uplink, out);
	if (ret == 0 && out->known && out->state != VRRP_MASTER) {
		take_linger(out);
		out->was_master = vrrp_role_was_master();
	}
	return ret;
}

struct plan_facts facts_for_plan(const struct facts *facts, const struct conf *conf)
{
	return (struct plan_facts){ .lan = &facts->lan,
				    .uplink = conf->router.uplink,
				    .state = facts->state,
				    .state6 = facts->state6,
				    .known = facts->known,
				    .lingers = facts->linger_ms > 0,
				    .line = facts->line.hop,
				    .line6 = facts->line6.hop,
				    .line_up = facts->line.up,
				    .line6_up = facts->line6.up,
				    .saved = &facts->saved };
}

void facts_make_rules(const struct facts *facts, const struct conf *conf, sa_family_t family,
		      struct rule_set *out)
{
	const struct facts_line *line = family == AF_INET6 ? &facts->line6 : &facts->line;
	const struct rule_set_facts rules = { .table = (uint32_t)conf->route.table,
					      .family = family,
					      .uplink = line->hop.dev,
					      .addrs = line->addrs,
					      .addr_count = line->count,
					      .late = facts->late_ms > 0 ? &conf->router.lan
									 : NULL };

	rule_set_make(&rules, out);
}
