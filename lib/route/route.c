#include "route.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

/* Nobody puts more default routes in front of ours. */
#define DEFAULTS_MAX 8

struct default_query {
	sa_family_t family;
	struct nexthop hop;
};

static uint32_t metric_of(sa_family_t family)
{
	return family == AF_INET6 ? ROUTE_METRIC6 : ROUTE_METRIC4;
}

/* What matters here of a route in a dump. */
struct route_attrs {
	sa_family_t family;
	uint32_t table, metric, out_index;
	struct addr gateway;
};

static int take_route_attr(const struct nlattr *attr, void *data)
{
	struct route_attrs *route = data;
	uint16_t type = mnl_attr_get_type(attr);
	bool is_u32 = mnl_attr_validate(attr, MNL_TYPE_U32) == 0;

	if (type == RTA_TABLE && is_u32)
		route->table = mnl_attr_get_u32(attr);
	else if (type == RTA_PRIORITY && is_u32)
		route->metric = mnl_attr_get_u32(attr);
	else if (type == RTA_OIF && is_u32)
		route->out_index = mnl_attr_get_u32(attr);
	else if (type == RTA_GATEWAY &&
		 addr_from_bytes(route->family, mnl_attr_get_payload(attr),
				 mnl_attr_get_payload_len(attr), &route->gateway) != 0)
		route->gateway.family = AF_UNSPEC;
	return MNL_CB_OK;
}

static int take_default(const struct nlmsghdr *nlh, void *data)
{
	struct default_query *query = data;
	const struct rtmsg *info = mnl_nlmsg_get_payload(nlh);
	struct route_attrs route = { .family = info->rtm_family, .table = info->rtm_table };
	struct nexthop hop = { .dev = "" };

	if (info->rtm_family != query->family || info->rtm_dst_len != 0 || info->rtm_tos != 0 ||
	    info->rtm_type != RTN_UNICAST || (info->rtm_flags & RTM_F_CLONED) != 0)
		return MNL_CB_OK;
	mnl_attr_parse(nlh, sizeof(*info), take_route_attr, &route);
	if (route.table != RT_TABLE_MAIN || route.metric != metric_of(query->family) ||
	    if_indextoname(route.out_index, hop.dev) == NULL)
		return MNL_CB_OK;
	hop.via = route.gateway;
	if (!nexthop_is_set(&query->hop)) /* of several, the kernel uses the first */
		query->hop = hop;
	return MNL_CB_OK;
}

/* Logs a failure that has to do with the routes of `family`. Returns `ret`. */
static int fail(int ret, const char *words, sa_family_t family, const char *verb, const char *what)
{
	char text[NEXTHOP_TEXT_MAX + 64];

	snprintf(text, sizeof(text), "cannot %s %s%s", verb, family == AF_INET6 ? "IPv6 " : "",
		 what);
	return netlink_log_failure(ret, words, text);
}

static struct nlmsghdr *request_routes(struct netlink *nl, sa_family_t family)
{
	struct nlmsghdr *nlh = netlink_request(nl, RTM_GETROUTE, NLM_F_DUMP);
	struct rtmsg *info = mnl_nlmsg_put_extra_header(nlh, sizeof(*info));

	info->rtm_family = (unsigned char)family;
	mnl_attr_put_u32(nlh, RTA_TABLE, RT_TABLE_MAIN);
	return nlh;
}

static int list(struct netlink *nl, netlink_begin *begin, mnl_cb_t take, void *data,
		const char **words)
{
	int ret = netlink_list(nl, begin, take, data, words);

	/* The kernel's word for "this table is empty", with strict checking. */
	return ret == -ENOENT ? 0 : ret;
}

static struct nlmsghdr *begin_defaults(struct netlink *nl, void *data)
{
	struct default_query *query = data;

	memset(&query->hop, 0, sizeof(query->hop));
	return request_routes(nl, query->family);
}

static int find_default(struct netlink *nl, sa_family_t family, struct nexthop *out,
			const char **words)
{
	struct default_query query = { .family = family };
	int ret = list(nl, begin_defaults, take_default, &query, words);

	if (ret == 0)
		*out = query.hop;
	return ret;
}

int route_get_default(struct netlink *nl, sa_family_t family, struct nexthop *out)
{
	const char *words;
	int ret = find_default(nl, family, out, &words);

	return ret == 0 ? 0 : fail(ret, words, family, "list", "routes");
}

struct net_query {
	sa_family_t family;
	struct route_nets *nets;
};

struct net_attrs {
	sa_family_t family;
	uint32_t table;
	struct addr net;
};

static int take_net_attr(const struct nlattr *attr, void *data)
{
	struct net_attrs *attrs = data;

	if (mnl_attr_get_type(attr) == RTA_TABLE && mnl_attr_validate(attr, MNL_TYPE_U32) == 0)
		attrs->table = mnl_attr_get_u32(attr);
	else if (mnl_attr_get_type(attr) == RTA_DST &&
		 addr_from_bytes(attrs->family, mnl_attr_get_payload(attr),
				 mnl_attr_get_payload_len(attr), &attrs->net) != 0)
		attrs->net.family = AF_UNSPEC;
	return MNL_CB_OK;
}

static int take_net(const struct nlmsghdr *nlh, void *data)
{
	const struct net_query *query = data;
	const struct rtmsg *info = mnl_nlmsg_get_payload(nlh);
	struct net_attrs attrs = { .family = info->rtm_family, .table = info->rtm_table };

	if (info->rtm_family != query->family || info->rtm_dst_len == 0 ||
	    (info->rtm_flags & RTM_F_CLONED) != 0 || query->nets->count == ROUTE_NETS_MAX)
		return MNL_CB_OK;
	mnl_attr_parse(nlh, sizeof(*info), take_net_attr, &attrs);
	if (attrs.table == RT_TABLE_MAIN && addr_is_set(&attrs.net))
		query->nets->items[query->nets->count++] =
			(struct addr_prefix){ attrs.net, info->rtm_dst_len };
	return MNL_CB_OK;
}

static struct nlmsghdr *begin_nets(struct netlink *nl, void *data)
{
	struct net_query *query = data;

	query->nets->count = 0;
	return request_routes(nl, query->family);
}

int route_get_nets(struct netlink *nl, sa_family_t family, struct route_nets *out)
{
	struct net_query query = { .family = family, .nets = out };
	const char *words;
	int ret = list(nl, begin_nets, take_net, &query, &words);

	return ret == 0 ? 0 : fail(ret, words, family, "list", "routes");
}

/* Puts the default route `hop` into a request. Returns the fixed part of it, or NULL with errno
 * when there is no such interface. */
static struct rtmsg *put_default(struct nlmsghdr *nlh, sa_family_t family,
				 const struct nexthop *hop)
{
	struct rtmsg *info = mnl_nlmsg_put_extra_header(nlh, sizeof(*info));
	unsigned index = if_nametoindex(hop->dev);

	if (index == 0)
		return NULL;
	info->rtm_family = (unsigned char)family;
	mnl_attr_put_u32(nlh, RTA_TABLE, RT_TABLE_MAIN);
	mnl_attr_put_u32(nlh, RTA_OIF, index);
	if (addr_is_set(&hop->via))
		mnl_attr_put(nlh, RTA_GATEWAY, addr_len(family), hop->via.bytes);
	if (metric_of(family) != 0)
		mnl_attr_put_u32(nlh, RTA_PRIORITY, metric_of(family));
	return info;
}

static int delete_default(struct netlink *nl, sa_family_t family, const struct nexthop *hop,
			  const char **words)
{
	struct nlmsghdr *nlh = netlink_request(nl, RTM_DELROUTE, NLM_F_ACK);
	struct rtmsg *info = put_default(nlh, family, hop);

	if (info == NULL)
		return 0;		    /* the interface has gone, and its routes with it */
	info->rtm_scope = RT_SCOPE_NOWHERE; /* any */
	return netlink_ask(nl, nlh, NULL, NULL, words);
}

/* `hop` is there, but not the first of its metric. */
static int uncover_default(struct netlink *nl, sa_family_t family, const struct nexthop *hop,
			   const char **words)
{
	struct nexthop first;

	for (int i = 0; i < DEFAULTS_MAX; i++) {
		int ret = find_default(nl, family, &first, words);

		if (ret != 0 || nexthop_equal(&first, hop))
			return ret;
		ret = delete_default(nl, family, &first, words);
		if (ret != 0 && ret != -ESRCH)
			return ret;
	}
	return -EEXIST;
}

static int put_first(struct netlink *nl, sa_family_t family, const struct nexthop *hop,
		     const char **words)
{
	struct nlmsghdr *nlh =
		netlink_request(nl, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE | NLM_F_ACK);
	struct rtmsg *info = put_default(nlh, family, hop);

	if (info == NULL)
		return -errno;
	info->rtm_protocol = RTPROT_KEEPALIVED;
	info->rtm_type = RTN_UNICAST;
	info->rtm_scope = addr_is_set(&hop->via) ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK;
	return netlink_ask(nl, nlh, NULL, NULL, words);
}

int route_replace_default(struct netlink *nl, sa_family_t family, const struct nexthop *hop)
{
	char text[NEXTHOP_TEXT_MAX], what[NEXTHOP_TEXT_MAX + 32];
	const char *words = "";
	int ret = put_first(nl, family, hop, &words);

	if (ret == -EEXIST)
		ret = uncover_default(nl, family, hop, &words);
	if (ret == 0)
		return 0;
	snprintf(what, sizeof(what), "default route %s", nexthop_format(text, hop));
	return fail(ret, words, family, "set", what);
}
