#include "flow_scope.h"

#include <assert.h>
#include <string.h>

#include "route.h"
#include "rtnl.h"

static_assert(FLOW_ADDRS_MAX >= RTNL_ADDRS_MAX && FLOW_NETS_MAX >= ROUTE_NETS_MAX,
	      "a scope holds whatever the kernel's lists do");

static int get_addrs(struct netlink *nl, const char *dev, struct rtnl_addrs *out)
{
	struct rtnl_link link;
	int ret = rtnl_get_link(nl, dev, &link);

	return ret == 0 ? rtnl_get_addrs(nl, link.index, out) : ret;
}

/* The router in the networks of the LAN. */
static int fill_lan(struct netlink *nl, const char *lan, struct flow_scope *scope)
{
	struct rtnl_addrs addrs;
	int ret = get_addrs(nl, lan, &addrs);

	if (ret != 0)
		return ret;
	for (size_t i = 0; i < addrs.count && i < FLOW_ADDRS_MAX; i++)
		scope->lan[scope->lan_count++] =
			(struct addr_prefix){ addrs.items[i].local, addrs.items[i].prefix_len };
	return 0;
}

static int fill_egress(struct netlink *nl, const char *dev, struct flow_scope *scope)
{
	struct rtnl_addrs addrs;
	int ret = get_addrs(nl, dev, &addrs);

	if (ret != 0)
		return ret;
	for (size_t i = 0; i < addrs.count && i < FLOW_ADDRS_MAX; i++)
		scope->egress[scope->egress_count++] = addrs.items[i].local;
	return 0;
}

/* Where the list is longer than there is room for, nothing is known. */
static int fill_local(struct netlink *nl, struct flow_scope *scope)
{
	struct rtnl_addrs addrs;
	int ret = rtnl_get_addrs(nl, 0, &addrs);

	if (ret != 0 || addrs.more)
		return ret;
	for (size_t i = 0; i < addrs.count && i < FLOW_ADDRS_MAX; i++)
		scope->local[scope->local_count++] = addrs.items[i].local;
	return 0;
}

static int fill_elsewhere(struct netlink *nl, sa_family_t family, struct flow_scope *scope)
{
	struct route_nets nets;
	int ret = route_get_nets(nl, family, &nets);

	if (ret != 0)
		return ret;
	for (size_t i = 0; i < nets.count && i < FLOW_NETS_MAX; i++)
		scope->elsewhere[scope->elsewhere_count++] = nets.items[i];
	return 0;
}

int flow_scope_find(struct netlink *nl, const char *lan, const struct nexthop *hop,
		    sa_family_t family, struct flow_scope *scope)
{
	int ret;

	scope->family = family;
	scope->egress_is_lan = strcmp(hop->dev, lan) == 0;
	scope->lan_count = 0;
	scope->egress_count = 0;
	scope->local_count = 0;
	scope->elsewhere_count = 0;
	ret = fill_lan(nl, lan, scope);
	if (ret == 0)
		ret = fill_egress(nl, hop->dev, scope);
	if (ret == 0)
		ret = fill_local(nl, scope);
	return ret == 0 ? fill_elsewhere(nl, scope->family, scope) : ret;
}
