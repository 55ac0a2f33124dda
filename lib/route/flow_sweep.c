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
static_assert(FLOW_WAYS_MAX >= CONNTRACK_BATCH_MAX, "a batch is asked about at once");

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

static int open_ways(struct sweep *sweep)
{
	return sweep->ways == NULL ? flow_ways_open(sweep->nl, &sweep->ways) : 0;
}

static int fail(int ret)
{
	log_err(ret, "cannot ask the kernel for the route of a flow");
	return ret;
}

/* Answers all questions but the last, which is asked for many flows at once. */
static enum flow_verdict judge_until_flow(struct sweep *sweep, const struct flow *flow,
					  struct flow_facts *facts)
{
	enum flow_verdict verdict = FLOW_FITS;
	int ret = open_ways(sweep);

	while (ret == 0 && sweep->error == 0) {
		facts->nat = sweep->nat;
		verdict = flow_judge(flow, &sweep->scope, facts);
		if (verdict == FLOW_ASK_NAT)
			sweep->error = find_nat(sweep);
		else if (verdict == FLOW_ASK_DST)
			ret = flow_ways_find(sweep->ways, &flow->dst, &facts->dst);
		else if (verdict == FLOW_ASK_SRC)
			ret = flow_ways_find(sweep->ways, &flow->src, &facts->src);
		else
			return verdict;
	}
	if (ret != 0)
		sweep->error = fail(ret);
	return FLOW_FITS;
}

/* Where the kernel cannot be asked, this flow stays, and all after it. */
static void choose(const struct flow *flows, unsigned count, bool *chosen, void *data)
{
	struct sweep *sweep = data;
	struct flow_facts facts[CONNTRACK_BATCH_MAX] = { 0 };
	const struct flow *asked[CONNTRACK_BATCH_MAX];
	unsigned numbers[CONNTRACK_BATCH_MAX], waiting = 0;
	struct flow_way ways[CONNTRACK_BATCH_MAX];
	int ret;

	for (unsigned i = 0; i < count; i++) {
		if (judge_until_flow(sweep, &flows[i], &facts[i]) != FLOW_ASK_FLOW)
			continue;
		numbers[waiting] = i;
		asked[waiting++] = &flows[i];
	}
	if (waiting == 0 || sweep->error != 0)
		return;
	ret = flow_ways_find_flows(sweep->ways, asked, waiting, ways);
	if (ret != 0)
		sweep->error = fail(ret);
	for (unsigned i = 0; i < waiting && ret == 0; i++) {
		unsigned number = numbers[i];

		facts[number].flow = ways[i];
		chosen[number] = flow_judge(asked[i], &sweep->scope, &facts[number]) == FLOW_STALE;
	}
}

static bool may_be_stale(const struct flow *flow, void *data)
{
	const struct sweep *sweep = data;
	struct flow_facts facts = { .nat = sweep->nat };

	return flow_judge(flow, &sweep->scope, &facts) != FLOW_FITS;
}

int flow_sweep(struct netlink *nl, const struct flow_sweep_order *order, size_t *stale)
{
	struct sweep sweep = { .nl = nl,
			       .scope = { .family = order->family, .left = order->left } };
	struct conntrack_choice choice = { may_be_stale, choose, &sweep };
	int ret = fill_scope(nl, order->lan, order->hop, &sweep.scope);

	if (ret == 0)
		ret = conntrack_delete(order->family, &choice, order->dry_run, stale);
	flow_ways_close(sweep.ways);
	return ret == 0 ? sweep.error : ret;
}
