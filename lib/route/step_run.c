#include "step_run.h"

#include <errno.h>
#include <string.h>

#include "flow_sweep.h"
#include "line_rules.h"
#include "log.h"
#include "route.h"
#include "rtnl.h"
#include "rule.h"
#include "sysctl.h"

static int sweep_flows(const struct step_context *context, struct step *step, bool dry_run)
{
	const struct plan_item *want = &step->want;
	const struct flow_sweep_order order = { .family = want->family,
						.hop = &want->hop,
						.lan = &context->conf->router.lan,
						.left = context->facts->has_lingered,
						.dry_run = dry_run };
	int ret = flow_sweep(context->nl, &order, &step->stale);

	/* A missing interface is logged where its route is set. */
	if (ret == -ENODEV && !dry_run)
		return ret;
	step->absent = ret == -ENODEV;
	if (step->absent)
		ret = 0;
	step->as_wanted = ret == 0 && step->stale == 0;
	return ret;
}

/* Only root may see the flows; the rest is worth showing to everybody. */
static int examine_flows(const struct step_context *context, struct step *step)
{
	int ret = sweep_flows(context, step, true);

	if (ret != -EPERM)
		return ret;
	step->hidden = true;
	step->as_wanted = true;
	return 0;
}

static int examine_sysctl(struct step *step)
{
	int ret = sysctl_get(step->want.sysctl, &step->value);

	step->absent = ret == -ENOENT && step->want.may_be_missing;
	step->as_wanted = step->absent || (ret == 0 && step->value == step->want.value);
	if (ret == -ENOENT && !step->absent)
		log_err(ret, "sysctl %s", step->want.sysctl);
	return step->absent ? 0 : ret;
}

static struct route_table table_of(const struct step_context *context, const struct step *step)
{
	uint32_t number =
		step->want.kind == PLAN_TABLE ? (uint32_t)context->conf->route.table : ROUTE_MAIN;

	return (struct route_table){ step->want.family, number };
}

/* Where a packet to the Internet goes, which is not known until the kernel is asked: rules, metrics
 * and longer prefixes go before what a table has. */
static int ask(const struct step_context *context, int iif, const struct addr *src,
	       struct step *step)
{
	struct lookup_query query = { .dst = lookup_internet(step->want.family), .iif = iif };
	int ret;

	if (src != NULL)
		query.src = *src;
	ret = lookup_route(context->nl, &query, &step->answer);
	step->overruled = ret == 0 && (!step->answer.reachable ||
				       !nexthop_equal(&step->answer.hop, &step->want.hop));
	if (!step->overruled || !step->answer.reachable)
		return ret;
	query.match = true;
	ret = lookup_route(context->nl, &query, &step->answer);
	if (ret == 0 && step->answer.table != ROUTE_MAIN)
		ret = rule_find_table(context->nl, step->want.family, step->answer.table,
				      &step->priority);
	return ret;
}

/* Whether a route leads to this router itself: a loop, where fo.conf and keepalived.conf have
 * different VRRP addresses. Returns 0 and `*loops`, or -errno, logged. */
static int is_loop(struct netlink *nl, const struct nexthop *hop, bool *loops)
{
	int index = 0;
	int ret = addr_is_set(&hop->via) ? rtnl_find_addr(nl, &hop->via, &index) : 0;

	*loops = index != 0;
	return ret;
}

static int examine_route(const struct step_context *context, struct step *step)
{
	const struct nexthop *want = &step->want.hop;
	int ret = route_get_default(context->nl, table_of(context, step), &step->hop);
	bool is_there = ret == 0 && nexthop_equal(&step->hop, want);

	if (ret == 0)
		ret = is_loop(context->nl, want, &step->loops);
	if (is_there && ret == 0)
		ret = route_is_shared(context->nl, table_of(context, step), want, &step->shared);
	if (is_there && ret == 0 && !step->loops && step->want.kind == PLAN_ROUTE)
		ret = ask(context, 0, NULL, step);
	step->as_wanted = is_there && ret == 0 && !step->loops && !step->overruled && !step->shared;
	return ret;
}

static int examine_rules(const struct step_context *context, struct step *step,
			 struct rule_set *want, struct rule_set *have)
{
	int ret = rule_get_ours(context->nl, step->want.family, have);

	facts_make_rules(context->facts, context->conf, step->want.family, want);
	for (size_t i = 0; i < want->count; i++)
		step->missing += !rule_set_has(have, &want->items[i]);
	for (size_t i = 0; i < have->count; i++)
		step->extra += !rule_set_has(want, &have->items[i]);
	step->as_wanted = ret == 0 && step->missing == 0 && step->extra == 0;
	return ret;
}

/* Not the address of the network, nor its broadcast: the kernel takes no packet from there. */
static bool may_send(const struct addr *addr, unsigned prefix_len)
{
	bool zeros = true, ones = true;

	for (unsigned i = prefix_len; i < 8 * addr_len(addr->family); i++) {
		bool bit = (addr->bytes[i / 8] >> (7 - i % 8)) & 1;

		zeros = zeros && !bit;
		ones = ones && bit;
	}
	return !zeros && !ones;
}

/* An address that a host of the LAN may have: a neighbour of the router's own one. */
static bool find_host(const struct rtnl_addrs *addrs, sa_family_t family, struct addr *host)
{
	for (size_t i = 0; i < addrs->count; i++) {
		const struct rtnl_addr *own = &addrs->items[i];
		size_t last = addr_len(own->local.family) - 1;

		if (own->local.family != family || own->prefix_len + 2 > 8 * addr_len(family))
			continue;
		for (unsigned bits = 1; bits <= 3; bits++) {
			bool taken;

			*host = own->local;
			host->bytes[last] = (uint8_t)(host->bytes[last] ^ bits);
			taken = !may_send(host, own->prefix_len);
			for (size_t j = 0; j < addrs->count; j++)
				taken = taken || addr_equal(host, &addrs->items[j].local);
			if (!taken)
				return true;
		}
	}
	return false;
}

static int examine_lan(const struct step_context *context, struct step *step)
{
	struct rtnl_addrs addrs = { .count = 0 };
	int index = rtnl_get_index(step->want.dev);
	struct addr host;
	int ret = index == 0 ? 0 : rtnl_get_addrs(context->nl, index, &addrs);

	step->absent = ret == 0 && !find_host(&addrs, step->want.family, &host);
	if (ret == 0 && !step->absent)
		ret = ask(context, index, &host, step);
	step->as_wanted = step->absent || (ret == 0 && !step->overruled);
	return ret;
}

int step_examine(const struct step_context *context, struct step *step)
{
	struct rule_set want, have;

	switch (step->want.kind) {
	case PLAN_SYSCTL:
		return examine_sysctl(step);
	case PLAN_TABLE:
	case PLAN_ROUTE:
		return examine_route(context, step);
	case PLAN_RULES:
		return examine_rules(context, step, &want, &have);
	case PLAN_LAN:
		return examine_lan(context, step);
	case PLAN_FLOWS:
		return examine_flows(context, step);
	}
	return 0;
}

static int refuse_loop(const struct conf_router *router, const struct nexthop *hop)
{
	const struct addr *vip = hop->via.family == AF_INET6 ? &router->vip6 : &router->vip;
	char text[ADDR_TEXT_MAX], vip_text[ADDR_TEXT_MAX];

	addr_format(text, &hop->via);
	if (addr_equal(vip, &hop->via))
		log_err(0, "no default route via %s: it is on the loopback of this router", text);
	else
		log_err(0,
			"no default route via %s: it is an address of this router itself, and not "
			"the %s that [router] vip has",
			text, addr_format(vip_text, vip));
	return -ELOOP;
}

static int refuse_unknown(const struct nexthop *hop)
{
	char text[NEXTHOP_TEXT_MAX];

	if (rtnl_get_index(hop->dev) == 0) {
		log_err(-ENODEV, "cannot set default route %s", nexthop_format(text, hop));
		return -ENODEV;
	}
	log_err(0,
		"no gateway is known for %s: no DHCP client or router advertisement has set a "
		"default route there yet",
		hop->dev);
	return -ENETUNREACH;
}

/* One without a gateway into a network of many hosts leads to none of them. Returns 0; or
 * -EDESTADDRREQ, or another -errno; logged. */
static int check_gateway(struct netlink *nl, const struct nexthop *hop)
{
	struct rtnl_link link;
	int ret = addr_is_set(&hop->via) ? -ENODEV : rtnl_get_link(nl, hop->dev, &link);

	if (ret == -ENODEV) /* or logged where the route is set */
		return 0;
	if (ret != 0 || !link.has_neighbours)
		return ret;
	log_err(0,
		"no default route dev %s: a network of many hosts needs a gateway, write via "
		"ADDRESS dev %s, or dhcp dev %s",
		hop->dev, hop->dev, hop->dev);
	return -EDESTADDRREQ;
}

/* The route is in its table, and the kernel sends packets elsewhere. */
static int complain(const struct step *step)
{
	char text[STEP_TEXT_MAX];

	log_err(0, "%s", step_describe_overruled(step, text));
	return -EBUSY;
}

/* Whether the kernel finds the route, and does not use its gateway: see `match` in lookup.h. */
static bool is_mute(const struct step *step)
{
	return step->overruled && step->answer.reachable &&
	       nexthop_equal(&step->answer.hop, &step->want.hop);
}

/* Where the line of a new master is gone, the route that it had as backup is still there, and leads
 * to this router itself: none is better. */
static void drop_loop(const struct step_context *context, const struct step *step)
{
	char text[NEXTHOP_TEXT_MAX];
	bool loops = false;

	if (step->want.kind != PLAN_ROUTE || !nexthop_is_set(&step->hop) ||
	    is_loop(context->nl, &step->hop, &loops) != 0 || !loops)
		return;
	if (route_delete_default(context->nl, table_of(context, step), &step->hop) == 0)
		log_warn(0, "removed default route %s: it leads to this router itself",
			 nexthop_format(text, &step->hop));
}

static int try_route(const struct step_context *context, struct step *step)
{
	const struct nexthop *hop = &step->want.hop;
	int ret = 0;

	if (hop->learned && !addr_is_set(&hop->via))
		return refuse_unknown(hop);
	if (step->loops && !context->force)
		return refuse_loop(&context->conf->router, hop);
	if (!context->force)
		ret = check_gateway(context->nl, hop);
	if (ret == 0 && (!nexthop_equal(&step->hop, hop) || is_mute(step) || step->shared))
		ret = route_replace_default(context->nl, table_of(context, step), hop);
	/* Who forces a loop gets one. */
	if (ret == 0 && step->want.kind == PLAN_ROUTE && !step->loops)
		ret = ask(context, 0, NULL, step);
	return ret == 0 && step->overruled ? complain(step) : ret;
}

static int set_route(const struct step_context *context, struct step *step)
{
	int ret = try_route(context, step);

	if (ret == -ENODEV || ret == -ENETDOWN || ret == -ENETUNREACH)
		drop_loop(context, step);
	return ret;
}

static int set_rules(const struct step_context *context, struct step *step)
{
	struct rule_set want, have;
	int ret = examine_rules(context, step, &want, &have);

	if (ret != 0 || step->as_wanted)
		return ret;
	return line_rules_replace(context->nl, step->want.family, &have, &want);
}

/* What could not be had by making the steps before is a person's. */
static int check_lan(const struct step_context *context, struct step *step)
{
	char text[STEP_TEXT_MAX];
	int ret = examine_lan(context, step);

	if (ret != 0 || step->as_wanted)
		return ret;
	if (step->answer.reachable)
		return complain(step);
	log_warn(0, "%s", step_describe_overruled(step, text));
	return 0;
}

static int set_sysctl(const struct step_context *context, struct step *step)
{
	int ret = examine_sysctl(step);

	if (ret != 0 || step->as_wanted)
		return ret;
	/* First: a run that is killed in between has remembered too much, not too little. */
	if (context->facts->state != VRRP_STOP)
		sysctl_save(step->want.sysctl, step->value);
	return sysctl_set(step->want.sysctl, step->want.value);
}

int step_make(const struct step_context *context, struct step *step)
{
	int ret;

	switch (step->want.kind) {
	case PLAN_SYSCTL:
		return set_sysctl(context, step);
	case PLAN_TABLE:
	case PLAN_ROUTE:
		ret = examine_route(context, step);
		return ret != 0 || step->as_wanted ? ret : set_route(context, step);
	case PLAN_RULES:
		return set_rules(context, step);
	case PLAN_LAN:
		return check_lan(context, step);
	case PLAN_FLOWS:
		return sweep_flows(context, step, false);
	}
	return 0;
}
