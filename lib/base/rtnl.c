#include "rtnl.h"

#include <assert.h>
#include <errno.h>
#include <linux/rtnetlink.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "log.h"

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

static_assert(RTNL_LINKS == RTMGRP_LINK &&
		      RTNL_ADDRS == (RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR) &&
		      RTNL_ROUTES == (RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE) &&
		      RTNL_RULES == (1 << (RTNLGRP_IPV4_RULE - 1) | 1 << (RTNLGRP_IPV6_RULE - 1)) &&
		      RTNL_SWITCHES == 1 << (RTNLGRP_IPV4_NETCONF - 1),
	      "a topic is a group of the kernel's");

int rtnl_open_monitor(unsigned topics, struct netlink **out)
{
	return open_logged(topics, out);
}

static int drop(const struct nlmsghdr *nlh, void *data)
{
	(void)nlh;
	(void)data;
	return MNL_CB_OK;
}

void rtnl_wait(struct netlink *monitor, int64_t end_us)
{
	struct pollfd fd = { .fd = netlink_fd(monitor), .events = POLLIN };
	const struct timespec left = clock_left(end_us);

	if (ppoll(&fd, 1, &left, NULL) <= 0)
		return;
	for (int ret = 0; ret == 0 || ret == -ENOBUFS;)
		ret = netlink_receive(monitor, drop, NULL);
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
	link->rx_multicast = stats.multicast;
	link->tx_packets = stats.tx_packets;
	link->rx_bytes = stats.rx_bytes;
	link->tx_bytes = stats.tx_bytes;
	return MNL_CB_OK;
}

static bool is_up(const struct ifinfomsg *info)
{
	const unsigned both = IFF_UP | IFF_RUNNING;

	return (info->ifi_flags & both) == both;
}

void rtnl_read_link(const struct nlmsghdr *nlh, struct rtnl_link *out)
{
	const struct ifinfomsg *info = mnl_nlmsg_get_payload(nlh);

	*out = (struct rtnl_link){ .index = info->ifi_index, .up = is_up(info) };
	out->has_neighbours = (info->ifi_flags & (IFF_NOARP | IFF_POINTOPOINT)) == 0;
	(void)mnl_attr_parse(nlh, sizeof(*info), take_link_attr, out);
}

static int take_link(const struct nlmsghdr *nlh, void *data)
{
	rtnl_read_link(nlh, data);
	return MNL_CB_OK;
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
		return netlink_log_failure(ret, words, what);
	}
	*out = link;
	return 0;
}

int rtnl_get_index(const char *name)
{
	return (int)if_nametoindex(name);
}

/* What is looked for: a list, or one address. */
struct addr_query {
	int index;
	struct rtnl_addrs *addrs; /* or NULL */
	const struct addr *wanted;
	int found; /* the interface that has it, 0: none */
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

static void add_addr(struct rtnl_addrs *addrs, const struct rtnl_addr *addr)
{
	addrs->more = addrs->count == RTNL_ADDRS_MAX;
	if (!addrs->more)
		addrs->items[addrs->count++] = *addr;
}

/* IFA_LOCAL is this end and IFA_ADDRESS the peer where they differ; IPv6 has IFA_ADDRESS only,
 * but on point-to-point links. (ip-address(8) prints them so, too.) */
static int take_addr(const struct nlmsghdr *nlh, void *data)
{
	struct addr_query *query = data;
	const struct ifaddrmsg *info = mnl_nlmsg_get_payload(nlh);
	struct addr_attrs attrs = { .family = info->ifa_family };
	struct rtnl_addr addr = { .prefix_len = info->ifa_prefixlen,
				  .tentative = (info->ifa_flags & IFA_F_TENTATIVE) != 0,
				  .secondary = info->ifa_family == AF_INET &&
					       (info->ifa_flags & IFA_F_SECONDARY) != 0 };

	if (query->index != 0 && (int)info->ifa_index != query->index)
		return MNL_CB_OK;
	mnl_attr_parse(nlh, sizeof(*info), take_addr_attr, &attrs);
	addr.local = addr_is_set(&attrs.local) ? attrs.local : attrs.address;
	if (!addr_equal(&addr.local, &attrs.address))
		addr.peer = attrs.address;
	if (query->addrs != NULL && addr_is_set(&addr.local))
		add_addr(query->addrs, &addr);
	if (query->wanted != NULL && addr_equal(&addr.local, query->wanted) &&
	    (query->found == 0 || query->found == RTNL_LOOPBACK))
		query->found = (int)info->ifa_index;
	return MNL_CB_OK;
}

static struct nlmsghdr *begin_addrs(struct netlink *nl, void *data)
{
	struct addr_query *query = data;
	struct nlmsghdr *nlh = netlink_request(nl, RTM_GETADDR, NLM_F_DUMP);
	struct ifaddrmsg *info = mnl_nlmsg_put_extra_header(nlh, sizeof(*info));

	query->found = 0;
	if (query->addrs != NULL) {
		query->addrs->count = 0;
		query->addrs->more = false;
	}
	info->ifa_family = AF_UNSPEC;
	info->ifa_index = (unsigned)query->index;
	return nlh;
}

int rtnl_get_addrs(struct netlink *nl, int index, struct rtnl_addrs *out)
{
	struct addr_query query = { .index = index, .addrs = out };
	const char *words;
	int ret = netlink_list(nl, begin_addrs, take_addr, &query, &words);

	return ret == 0 ? 0 : netlink_log_failure(ret, words, "cannot list addresses");
}

int rtnl_find_network(struct netlink *nl, const char *name, const struct addr *except,
		      struct addr_prefix *out)
{
	struct rtnl_addrs addrs = { .count = 0 };
	int index = rtnl_get_index(name);
	int ret = index == 0 ? 0 : rtnl_get_addrs(nl, index, &addrs);

	if (ret != 0)
		return ret;
	*out = (struct addr_prefix){ .len = 0 };
	for (size_t i = 0; i < addrs.count && !addr_is_set(&out->addr); i++) {
		const struct rtnl_addr *addr = &addrs.items[i];

		if (addr->local.family == AF_INET && !addr_equal(&addr->local, except))
			*out = (struct addr_prefix){ addr->local, addr->prefix_len };
	}
	return 0;
}

int rtnl_find_addr(struct netlink *nl, const struct addr *addr, int *index)
{
	struct addr_query query = { .wanted = addr };
	const char *words;
	int ret = netlink_list(nl, begin_addrs, take_addr, &query, &words);

	if (ret != 0)
		return netlink_log_failure(ret, words, "cannot list addresses");
	*index = query.found;
	return 0;
}

static int save_link_name(const struct nlattr *attr, void *data)
{
	struct rtnl_link_event *event = data;

	if (mnl_attr_get_type(attr) == IFLA_IFNAME &&
	    mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) == 0)
		snprintf(event->name, sizeof(event->name), "%s", mnl_attr_get_str(attr));
	return MNL_CB_OK;
}

static int take_addr_event(const struct nlmsghdr *nlh, struct rtnl_link_event *event)
{
	const struct ifaddrmsg *info = mnl_nlmsg_get_payload(nlh);

	if (mnl_nlmsg_get_payload_len(nlh) >= sizeof(*info)) {
		event->index = (int)info->ifa_index;
		event->addr = true;
	}
	return MNL_CB_OK;
}

static int take_link_event(const struct nlmsghdr *nlh, void *data)
{
	struct rtnl_link_event *event = data;
	const struct ifinfomsg *info = mnl_nlmsg_get_payload(nlh);

	if (nlh->nlmsg_type == RTM_NEWADDR || nlh->nlmsg_type == RTM_DELADDR)
		return take_addr_event(nlh, event);
	/* Events of another family are about the ports of a bridge. */
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
	int ret = netlink_receive(nl, take_link_event, &event);

	if (ret == 0)
		*out = event;
	return ret;
}

static bool is_of_pppd(const char *name)
{
	static const char prefix[] = "ppp";
	size_t len = sizeof(prefix) - 1;

	return strncmp(name, prefix, len) == 0 && name[len] != '\0' &&
	       name[len + strspn(name + len, "0123456789")] == '\0';
}

bool rtnl_is_sibling(const char *a, const char *b)
{
	return is_of_pppd(a) && is_of_pppd(b) && strcmp(a, b) != 0;
}

struct sibling_query {
	const char *name;
	struct rtnl_link_event found; /* the index is 0: none yet */
};

static int take_sibling(const struct nlmsghdr *nlh, void *data)
{
	struct sibling_query *query = data;
	struct rtnl_link_event link = { .index = 0 };

	if (take_link_event(nlh, &link) < MNL_CB_STOP)
		return MNL_CB_ERROR;
	if (query->found.index == 0 && link.up && rtnl_is_sibling(query->name, link.name))
		query->found = link;
	return MNL_CB_OK;
}

static struct nlmsghdr *begin_links(struct netlink *nl, void *data)
{
	struct sibling_query *query = data;
	struct nlmsghdr *nlh = netlink_request(nl, RTM_GETLINK, NLM_F_DUMP);
	struct ifinfomsg *info = mnl_nlmsg_put_extra_header(nlh, sizeof(*info));

	query->found.index = 0;
	info->ifi_family = AF_UNSPEC;
	return nlh;
}

int rtnl_find_sibling(struct netlink *nl, const char *name, char out[static IFNAMSIZ])
{
	struct sibling_query query = { .name = name };
	struct rtnl_addrs addrs;
	const char *words;
	int ret = netlink_list(nl, begin_links, take_sibling, &query, &words);

	out[0] = '\0';
	if (ret != 0)
		return netlink_log_failure(ret, words, "cannot list interfaces");
	if (query.found.index == 0)
		return 0;
	ret = rtnl_get_addrs(nl, query.found.index, &addrs);
	if (ret == 0 && addrs.count > 0)
		memcpy(out, query.found.name, IFNAMSIZ);
	return ret;
}
