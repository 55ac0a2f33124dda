#include "rtnl.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>

#include "log.h"

/* A list that changes this often while it is read is no use to anybody. */
#define LISTS_MAX 20

/* Nobody puts more default routes in front of ours. */
#define DEFAULTS_MAX 8

static int open_logged(unsigned groups, struct netlink **out)
{
	int ret = netlink_open(NETLINK_ROUTE, groups, out);

	if (ret != 0)
		log_err(ret, "cannot open a netlink socket");
	return ret;
}

int rtnl_open(struct netlink **out)
{
	return open_logged(0, out);
}

int rtnl_open_link_monitor(struct netlink **out)
{
	return open_logged(RTMGRP_LINK, out);
}

static int fail(int ret, const char *words, const char *what)
{
	log_err(ret, "%s%s%s", what, words[0] == '\0' ? "" : ": ", words);
	return ret;
}

/* Asks for a list, again when it has changed while it was handed out. */
static int list(struct netlink *nl, int (*ask)(struct netlink *nl, void *data, const char **words),
		void *data, const char *what)
{
	const char *words = "";
	int ret = -EINTR;

	for (int i = 0; i < LISTS_MAX && ret == -EINTR; i++)
		ret = ask(nl, data, &words);
	/* The kernel's word for "this table is empty", with strict checking. */
	return ret == 0 || ret == -ENOENT ? 0 : fail(ret, words, what);
}

static int take_link_attr(const struct nlattr *attr, void *data)
{
	struct rtnl_link *link = data;
	struct rtnl_link_stats64 stats;

	if (mnl_attr_get_type(attr) != IFLA_STATS64 ||
	    mnl_attr_get_payload_len(attr) < sizeof(stats))
		return MNL_CB_OK;
	memcpy(&stats, mnl_attr_get_payload(attr), sizeof(stats));
	link->rx_packets = stats.rx_packets;
	link->tx_packets = stats.tx_packets;
	return MNL_CB_OK;
}

static bool is_up(const struct ifinfomsg *info)
{
	const unsigned both = IFF_UP | IFF_RUNNING;

	return (info->ifi_flags & both) == both;
}

static int take_link(const struct nlmsghdr *nlh, void *data)
{
	struct rtnl_link *link = data;
	const struct ifinfomsg *info = mnl_nlmsg_get_payload(nlh);

	link->index = info->ifi_index;
	link->up = is_up(info);
	return mnl_attr_parse(nlh, sizeof(*info), take_link_attr, link);
}

int rtnl_get_link(struct netlink *nl, const char *name, struct rtnl_link *out)
{
	struct rtnl_link link = { .index = 0 };
	const char *words;
	struct nlmsghdr *nlh = netlink_request(nl, RTM_GETLINK, NLM_F_ACK);
	struct ifinfomsg *info = mnl_nlmsg_put_extra_header(nlh, sizeof(*info));
	char what[IFNAMSIZ + 32];
	int ret;

	info->ifi_family = AF_UNSPEC;
	mnl_attr_put_strz(nlh, IFLA_IFNAME, name);
	ret = netlink_ask(nl, nlh, take_link, &link, &words);
	if (ret == -ENODEV)
		return ret;
	if (ret != 0) {
		snprintf(what, sizeof(what), "cannot look at interface %s", name);
		return fail(ret, words, what);
	}
	*out = link;
	return 0;
}

struct addr_query {
	int index;
	struct rtnl_addrs *addrs;
};

/* The two addresses of a message, before it is known what the second one means. */
struct addr_attrs {
	sa_family_t family;
	struct addr local, address;
};

static int take_addr_attr(const struct nlattr *attr, void *data)
{
	struct addr_attrs *attrs = data;
	struct addr *field = NULL;

	if (mnl_attr_get_type(attr) == IFA_LOCAL)
		field = &attrs->local;
	else if (mnl_attr_get_type(attr) == IFA_ADDRESS)
		field = &attrs->address;
	if (field != NULL && addr_from_bytes(attrs->family, mnl_attr_get_payload(attr),
					     mnl_attr_get_payload_len(attr), field) != 0)
		field->family = AF_UNSPEC;
	return MNL_CB_OK;
}

/* IFA_LOCAL is this end and IFA_ADDRESS the peer where they differ; IPv6 has IFA_ADDRESS only,
 * but on point-to-point links. (ip-address(8) prints them so, too.) */
static int take_addr(const struct nlmsghdr *nlh, void *data)
{
	const struct addr_query *query = data;
	const struct ifaddrmsg *info = mnl_nlmsg_get_payload(nlh);
	struct addr_attrs attrs = { .family = info->ifa_family };
	struct rtnl_addr addr = { .prefix_len = info->ifa_prefixlen };

	if (query->index != 0 && (int)info->ifa_index != query->index)
		return MNL_CB_OK;
	query->addrs->more = query->addrs->count == RTNL_ADDRS_MAX;
	if (query->addrs->more)
		return MNL_CB_OK;
	mnl_attr_parse(nlh, sizeof(*info), take_addr_attr, &attrs);
	addr.local = addr_is_set(&attrs.local) ? attrs.local : attrs.address;
	if (!addr_equal(&addr.local, &attrs.address))
		addr.peer = attrs.address;
	if (addr_is_set(&addr.local))
		query->addrs->items[query->addrs->count++] = addr;
	return MNL_CB_OK;
}

static int list_addrs(struct netlink *nl, void *data, const char **words)
{
	struct addr_query *query = data;
	struct nlmsghdr *nlh = netlink_request(nl, RTM_GETADDR, NLM_F_DUMP);
	struct ifaddrmsg *info = mnl_nlmsg_put_extra_header(nlh, sizeof(*info));

	query->addrs->count = 0;
	query->addrs->more = false;
	info->ifa_family = AF_UNSPEC;
	info->ifa_index = (unsigned)query->index;
	return netlink_ask(nl, nlh, take_addr, query, words);
}

int rtnl_get_addrs(struct netlink *nl, int index, struct rtnl_addrs *out)
{
	struct addr_query query = { .index = index, .addrs = out };

	return list(nl, list_addrs, &query, "cannot list addresses");
}

struct route_query {
	sa_family_t family;
	struct hop hop;
};

static uint32_t metric_of(sa_family_t family)
{
	return family == AF_INET6 ? RTNL_METRIC6 : RTNL_METRIC4;
}

/* What a route of a dump says, as far as it matters here. */
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

static int take_route(const struct nlmsghdr *nlh, void *data)
{
	struct route_query *query = data;
	const struct rtmsg *info = mnl_nlmsg_get_payload(nlh);
	struct route_attrs route = { .family = info->rtm_family, .table = info->rtm_table };
	struct hop hop = { .dev = "" };

	if (info->rtm_family != query->family || info->rtm_dst_len != 0 || info->rtm_tos != 0 ||
	    info->rtm_type != RTN_UNICAST || (info->rtm_flags & RTM_F_CLONED) != 0)
		return MNL_CB_OK;
	mnl_attr_parse(nlh, sizeof(*info), take_route_attr, &route);
	if (route.table != RT_TABLE_MAIN || route.metric != metric_of(query->family) ||
	    if_indextoname(route.out_index, hop.dev) == NULL)
		return MNL_CB_OK;
	hop.via = route.gateway;
	if (!hop_is_set(&query->hop)) /* of several, the kernel uses the first */
		query->hop = hop;
	return MNL_CB_OK;
}

static int list_routes(struct netlink *nl, sa_family_t family, mnl_cb_t take, void *data,
		       const char **words)
{
	struct nlmsghdr *nlh = netlink_request(nl, RTM_GETROUTE, NLM_F_DUMP);
	struct rtmsg *info = mnl_nlmsg_put_extra_header(nlh, sizeof(*info));

	info->rtm_family = (unsigned char)family;
	mnl_attr_put_u32(nlh, RTA_TABLE, RT_TABLE_MAIN);
	return netlink_ask(nl, nlh, take, data, words);
}

static int list_defaults(struct netlink *nl, void *data, const char **words)
{
	struct route_query *query = data;

	memset(&query->hop, 0, sizeof(query->hop));
	return list_routes(nl, query->family, take_route, query, words);
}

int rtnl_get_default(struct netlink *nl, sa_family_t family, struct hop *out)
{
	struct route_query query = { .family = family };
	int ret = list(nl, list_defaults, &query, "cannot list routes");

	if (ret == 0)
		*out = query.hop;
	return ret;
}

struct net_query {
	sa_family_t family;
	struct rtnl_nets *nets;
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
	    (info->rtm_flags & RTM_F_CLONED) != 0 || query->nets->count == RTNL_NETS_MAX)
		return MNL_CB_OK;
	mnl_attr_parse(nlh, sizeof(*info), take_net_attr, &attrs);
	if (attrs.table == RT_TABLE_MAIN && addr_is_set(&attrs.net))
		query->nets->items[query->nets->count++] =
			(struct addr_prefix){ attrs.net, info->rtm_dst_len };
	return MNL_CB_OK;
}

static int list_nets(struct netlink *nl, void *data, const char **words)
{
	struct net_query *query = data;

	query->nets->count = 0;
	return list_routes(nl, query->family, take_net, query, words);
}

int rtnl_get_nets(struct netlink *nl, sa_family_t family, struct rtnl_nets *out)
{
	struct net_query query = { .family = family, .nets = out };

	return list(nl, list_nets, &query, "cannot list routes");
}

/* Puts the default route `hop` into a request. Returns the fixed part of it, or NULL with errno
 * when there is no such interface. */
static struct rtmsg *put_default(struct nlmsghdr *nlh, sa_family_t family, const struct hop *hop)
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

static int delete_default(struct netlink *nl, sa_family_t family, const struct hop *hop,
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
static int uncover_default(struct netlink *nl, sa_family_t family, const struct hop *hop,
			   const char **words)
{
	struct hop first;

	for (int i = 0; i < DEFAULTS_MAX; i++) {
		int ret = rtnl_get_default(nl, family, &first);

		if (ret != 0 || hop_equal(&first, hop))
			return ret;
		ret = delete_default(nl, family, &first, words);
		if (ret != 0 && ret != -ESRCH)
			return ret;
	}
	return -EEXIST;
}

static int put_first(struct netlink *nl, sa_family_t family, const struct hop *hop,
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

int rtnl_replace_default(struct netlink *nl, sa_family_t family, const struct hop *hop)
{
	char text[HOP_TEXT_MAX], what[HOP_TEXT_MAX + 32];
	const char *words = "";
	int ret = put_first(nl, family, hop, &words);

	if (ret == -EEXIST)
		ret = uncover_default(nl, family, hop, &words);
	if (ret == 0)
		return 0;
	snprintf(what, sizeof(what), "cannot set default route %s", hop_format(text, hop));
	return fail(ret, words, what);
}

static int save_link_name(const struct nlattr *attr, void *data)
{
	struct rtnl_link_event *event = data;

	if (mnl_attr_get_type(attr) == IFLA_IFNAME &&
	    mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) == 0)
		snprintf(event->name, sizeof(event->name), "%s", mnl_attr_get_str(attr));
	return MNL_CB_OK;
}

static int take_link_event(const struct nlmsghdr *nlh, void *data)
{
	struct rtnl_link_event *event = data;
	const struct ifinfomsg *info = mnl_nlmsg_get_payload(nlh);

	/* Of another family is what a bridge says of its ports. */
	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*info) || info->ifi_family != AF_UNSPEC)
		return MNL_CB_OK;
	event->index = info->ifi_index;
	event->up = nlh->nlmsg_type == RTM_NEWLINK && is_up(info);
	return mnl_attr_parse(nlh, sizeof(*info), save_link_name, event);
}

int rtnl_next_link_event(struct netlink *nl, struct rtnl_link_event *out)
{
	struct rtnl_link_event event = { .index = 0 };
	/* A datagram is one event: the kernel does not put several links into one. */
	int ret = netlink_hear(nl, take_link_event, &event);

	if (ret == 0)
		*out = event;
	return ret;
}
