#include "plan.h"

#include <stdio.h>
#include <string.h>

static void add(struct plan *plan, const struct plan_item *item)
{
	if (plan->count < PLAN_ITEMS_MAX)
		plan->items[plan->count++] = *item;
	else
		plan->overflow = true;
}

static void add_sysctl(struct plan *plan, const char *name, int value, bool may_be_missing)
{
	struct plan_item item = { .kind = PLAN_SYSCTL,
				  .value = value,
				  .may_be_missing = may_be_missing };

	snprintf(item.sysctl, sizeof(item.sysctl), "%s", name);
	add(plan, &item);
}

static void add_interface_sysctl(struct plan *plan, const char *dev, const char *leaf, int value)
{
	char name[PLAN_SYSCTL_MAX];

	snprintf(name, sizeof(name), "net/ipv4/conf/%s/%s", dev, leaf);
	add_sysctl(plan, name, value, true);
}

static void add_lan_sysctls(struct plan *plan, const struct conf_interfaces *lan, const char *leaf,
			    int value)
{
	for (size_t i = 0; i < lan->count; i++)
		add_interface_sysctl(plan, lan->items[i], leaf, value);
}

static void add_redirects(struct plan *plan, const struct conf_route *policy,
			  const struct conf_interfaces *lan)
{
	if (policy->redirects == CONF_REDIRECTS_KEEP)
		return;
	/* The kernel sends redirects when either switch is on. */
	add_sysctl(plan, "net/ipv4/conf/all/send_redirects", 0, false);
	add_lan_sysctls(plan, lan, "send_redirects", 0);
}

static void add_forwarding(struct plan *plan, const struct conf_route *policy,
			   const struct plan_facts *facts, int value)
{
	if (policy->forwarding == CONF_FORWARDING_GLOBAL)
		add_sysctl(plan, "net/ipv4/ip_forward", value, false);
	if (policy->forwarding != CONF_FORWARDING_LAN)
		return;
	if (value == 1) /* a re-created ppp0 has come up with the default's value */
		add_interface_sysctl(plan, facts->uplink, "forwarding", value);
	add_lan_sysctls(plan, facts->lan, "forwarding", value);
}

/* Restores the switches saved as `value`; that of an interface only while that is there. */
static void add_saved(struct plan *plan, const struct plan_saved *saved, int value)
{
	for (size_t i = 0; i < saved->count; i++) {
		if (saved->items[i].value == value)
			add_sysctl(plan, saved->items[i].name, value, true);
	}
}

static struct plan_item route_item(enum plan_kind kind, sa_family_t family,
				   const struct nexthop *hop)
{
	return (struct plan_item){ .kind = kind, .family = family, .hop = *hop };
}

static void add_line(struct plan *plan, const struct conf_route *policy,
		     const struct plan_facts *facts, sa_family_t family)
{
	bool six = family == AF_INET6;
	struct plan_item table = route_item(PLAN_TABLE, family, six ? &facts->line6 : &facts->line);
	struct plan_item rules = { .kind = PLAN_RULES, .family = family };

	if (policy->table == 0 || (six && !nexthop_is_set(&policy->master6)))
		return;
	if (six ? facts->line6_up : facts->line_up)
		add(plan, &table);
	add(plan, &rules);
}

static void add_lines(struct plan *plan, const struct conf_route *policy,
		      const struct plan_facts *facts)
{
	add_line(plan, policy, facts, AF_INET);
	add_line(plan, policy, facts, AF_INET6);
}

static void add_route(struct plan *plan, const struct conf_route *policy,
		      const struct plan_facts *facts, sa_family_t family)
{
	struct nexthop hop = plan_hop(policy, facts, family);
	struct plan_item item = route_item(PLAN_ROUTE, family, &hop);

	if (nexthop_is_set(&hop))
		add(plan, &item);
}

/* What comes after the routes and forwarding. */
static void add_traffic(struct plan *plan, const struct conf_route *policy,
			const struct plan_facts *facts, sa_family_t family)
{
	enum vrrp_state state = family == AF_INET6 ? facts->state6 : facts->state;
	struct nexthop hop = plan_hop(policy, facts, family);
	struct plan_item flows = route_item(PLAN_FLOWS, family, &hop);
	struct plan_item lan = route_item(PLAN_LAN, family, &hop);

	if (!nexthop_is_set(&hop))
		return;
	for (size_t i = 0; state == VRRP_MASTER && i < facts->lan->count; i++) {
		memcpy(lan.dev, facts->lan->items[i], sizeof(lan.dev));
		add(plan, &lan);
	}
	if (policy->conntrack == CONF_CONNTRACK_STALE && !facts->lingers)
		add(plan, &flows);
}

struct nexthop plan_hop(const struct conf_route *policy, const struct plan_facts *facts,
			sa_family_t family)
{
	if (family == AF_INET6)
		return facts->state6 == VRRP_MASTER ? facts->line6 : policy->backup6;
	return facts->state == VRRP_MASTER ? facts->line : policy->backup;
}

static void add_state(struct plan *plan, const struct conf_route *policy,
		      const struct plan_facts *facts)
{
	bool stop = facts->state == VRRP_STOP;
	bool master = facts->state == VRRP_MASTER;

	if (stop && !facts->lingers)
		add_saved(plan, facts->saved, 0);
	if (!stop)
		add_redirects(plan, policy, facts->lan);
	if (!stop && !master && !facts->lingers)
		add_forwarding(plan, policy, facts, 0);
	add_route(plan, policy, facts, AF_INET);
	add_route(plan, policy, facts, AF_INET6);
	if (master)
		add_forwarding(plan, policy, facts, 1);
	if (stop && !facts->lingers)
		add_saved(plan, facts->saved, 1);
}

void plan_make(const struct conf_route *policy, const struct plan_facts *facts, struct plan *out)
{
	bool wanted =
		facts->known && !(facts->state == VRRP_STOP && policy->stop == CONF_STOP_KEEP);

	out->count = 0;
	out->overflow = false;
	if (facts->lingers)
		add_lines(out, policy, facts);
	if (wanted)
		add_state(out, policy, facts);
	if (!facts->lingers)
		add_lines(out, policy, facts);
	if (!wanted)
		return;
	add_traffic(out, policy, facts, AF_INET);
	add_traffic(out, policy, facts, AF_INET6);
}
