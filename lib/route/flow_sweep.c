#include "flow_sweep.h"

#include <assert.h>
#include <string.h>

#include "conntrack.h"
#include "flow.h"
#include "flow_ways.h"
#include "log.h"
#include "nat.h"
#include "rtnl.h"

static_assert(FLOW_ADDRS_MAX >= RTNL_ADDRS_MAX, "a scope holds whatever the kernel's list does");

struct sweep {
	struct netlink *nl;
	struct flow_scope scope;
	enum flow_nat nat;
	struct flow_ways *ways; /* NULL until the first question */
	int error;
};

static int fill_scope(struct netlink *nl, const struct conf_interfaces *lan,
		      const struct nexthop *hop, struct flow_scope *scope)
{
	struct rtnl_addrs addrs;
	struct rtnl_link link;
	int ret = rtnl_get_link(nl, hop->dev, &link);

	if (ret == 0)
		ret = rtnl_get_addrs(nl, link.index, &addrs);
	if (ret != 0)
		return ret;
	scope->index = link.index;
	scope->via = hop->via;
	for (size_t i = 0; i < lan->count; i++)
		scope->egress_is_lan = scope->egress_is_lan || strcmp(lan->items[i], hop->dev) == 0;
	for (; scope->egress_count < addrs.count; scope->egress_count++)
		scope->egress[scope->egress_count] = addrs.items[scope->egress_count].local;
	scope->egress_more = addrs.more;
	return 0;
}

static int find_nat(struct sweep *sweep)
{
	bool has = false;
	int ret = nat_has_source(sweep->scope.family, &has);

	sweep->nat = has ? FLOW_NAT_SOME : FLOW_NAT_NONE;
	return ret;
}

/* Logged. */
static int find_way(struct sweep *sweep, const struct flow *flow, enum flow_verdict question,
		    struct flow_facts *facts)
{
	int ret = sweep->ways == NULL ? flow_ways_open(sweep->nl, &sweep->ways) : 0;

	if (ret == 0 && question == FLOW_ASK_DST)
		ret = flow_ways_find(sweep->ways, &flow->dst, &facts->dst);
	else if (ret == 0 && question == FLOW_ASK_SRC)
		ret = flow_ways_find(sweep->ways, &flow->src, &facts->src);
	else if (ret == 0)
		ret = flow_ways_find_flow(sweep->ways, flow, &facts->flow);
	if (ret != 0)
		log_err(ret, "cannot ask the kernel for the route of a flow");
	return ret;
}

/* A flow of which the kernel cannot be asked stays, and so do all after it. */
static bool is_stale(const struct flow *flow, void *data)
{
	struct sweep *sweep = data;
	struct flow_facts facts = { .nat = sweep->nat };
	enum flow_verdict verdict = FLOW_FITS;

	while (sweep->error == 0) {
		verdict = flow_judge(flow, &sweep->scope, &facts);
		if (verdict == FLOW_FITS || verdict == FLOW_STALE)
			break;
		if (verdict == FLOW_ASK_NAT)
			sweep->error = find_nat(sweep);
		else
			sweep->error = find_way(sweep, flow, verdict, &facts);
		facts.nat = sweep->nat;
	}
	return sweep->error == 0 && verdict == FLOW_STALE;
}

int flow_sweep(struct netlink *nl, const struct conf_interfaces *lan, const struct nexthop *hop,
	       sa_family_t family, bool dry_run, size_t *stale)
{
	struct sweep sweep = { .nl = nl, .scope.family = family };
	int ret = fill_scope(nl, lan, hop, &sweep.scope);

	if (ret == 0)
		ret = conntrack_delete_if(family, is_stale, &sweep, dry_run, stale);
	flow_ways_close(sweep.ways);
	return ret == 0 ? sweep.error : ret;
}
