#include "plan.h"

#include <stdio.h>

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

static void add_redirects(struct plan *plan, const struct conf_route *policy, const char *lan)
{
	if (policy->redirects == CONF_REDIRECTS_KEEP)
		return;
	/* The kernel sends redirects when either switch is on. */
	add_sysctl(plan, "net/ipv4/conf/all/send_redirects", 0, false);
	add_interface_sysctl(plan, lan, "send_redirects", 0);
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
	add_interface_sysctl(plan, facts->lan, "forwarding", value);
}

/* Restores the switches saved as `value`; that of an interface only while that is there. */
static void add_saved(struct plan *plan, const struct plan_saved *saved, int value)
{
	for (size_t i = 0; i < saved->count; i++) {
		if (saved->items[i].value == value)
			add_sysctl(plan, saved->items[i].name, value, true);
	}
}

static void add_route(struct plan *plan, const struct conf_route *policy, enum vrrp_state state,
		      sa_family_t family)
{
	struct plan_item item = { .kind = PLAN_ROUTE,
				  .family = family,
				  .hop = plan_hop(policy, state, family) };

	if (!nexthop_is_set(&item.hop))
		return;
	add(plan, &item);
	item.kind = PLAN_FLOWS;
	if (policy->conntrack == CONF_CONNTRACK_STALE)
		add(plan, &item);
}

struct nexthop plan_hop(const struct conf_route *policy, enum vrrp_state state, sa_family_t family)
{
	bool master = state == VRRP_MASTER;

	if (family == AF_INET6)
		return master ? policy->master6 : policy->backup6;
	return master ? policy->master : policy->backup;
}

void plan_make(const struct conf_route *policy, const struct plan_facts *facts, struct plan *out)
{
	bool stop = facts->state == VRRP_STOP;
	bool master = facts->state == VRRP_MASTER;

	out->count = 0;
	out->overflow = false;
	if (stop && policy->stop == CONF_STOP_KEEP)
		return;
	if (stop)
		add_saved(out, facts->saved, 0);
	else
		add_redirects(out, policy, facts->lan);
	if (!stop && !master)
		add_forwarding(out, policy, facts, 0);
	add_route(out, policy, facts->state, AF_INET);
	add_route(out, policy, facts->state6, AF_INET6);
	if (master)
		add_forwarding(out, policy, facts, 1);
	if (stop)
		add_saved(out, facts->saved, 1);
}
