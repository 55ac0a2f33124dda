#include "rtnl.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include "log.h"

/* Enough for any message we send, and for the kernel's largest batch of a dump. */
#define BUFFER_LEN 16384

/* The kernel answers at once; a socket that is silent this long is broken. */
#define ANSWER_TIMEOUT_S 2

struct rtnl {
	struct mnl_socket *socket;
	uint32_t seq;
	alignas(struct nlmsghdr) char buf[BUFFER_LEN];
};

static int open_socket(unsigned groups, struct rtnl **out)
{
	struct rtnl *nl = calloc(1, sizeof(*nl));
	int ret;

	if (nl == NULL) {
		log_err(ENOMEM, "cannot open a netlink socket");
		return -ENOMEM;
	}
	nl->socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	if (nl->socket == NULL || mnl_socket_bind(nl->socket, groups, MNL_SOCKET_AUTOPID) != 0) {
		ret = -errno;
		log_err(ret, "cannot open a netlink socket");
		rtnl_close(nl);
		return ret;
	}
	*out = nl;
	return 0;
}

int rtnl_open(struct rtnl **out)
{
	struct timeval timeout = { .tv_sec = ANSWER_TIMEOUT_S };
	struct rtnl *nl = NULL;
	int on = 1;
	int ret = open_socket(0, &nl);

	if (ret != 0)
		return ret;
	/* Kernels before 4.12 and 4.20 do without; they then give no words, and dump more. */
	mnl_socket_setsockopt(nl->socket, NETLINK_EXT_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(nl->socket, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
	setsockopt(mnl_socket_get_fd(nl->socket), SOL_SOCKET, SO_RCVTIMEO, &timeout,
		   sizeof(timeout));
	*out = nl;
	return 0;
}

void rtnl_close(struct rtnl *nl)
{
	if (nl == NULL)
		return;
	if (nl->socket != NULL)
		mnl_socket_close(nl->socket);
	free(nl);
}

/* Starts a message in the socket's buffer. */
static struct nlmsghdr *start(struct rtnl *nl, uint16_t type, uint16_t flags)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(nl->buf);

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	nlh->nlmsg_seq = ++nl->seq;
	return nlh;
}

static int save_string(const struct nlattr *attr, void *data)
{
	const char **text = data;

	if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_MSG &&
	    mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) == 0)
		*text = mnl_attr_get_str(attr);
	return MNL_CB_OK;
}

/* The kernel's own words about a refusal (extended ack), or "" when it gave none. */
static const char *kernel_words(const void *buf, size_t len)
{
	const struct nlmsghdr *nlh = buf;
	const struct nlmsgerr *error;
	size_t skip = sizeof(*error);
	const char *text = "";

	if (len < mnl_nlmsg_size(sizeof(*error)) || nlh->nlmsg_type != NLMSG_ERROR ||
	    (nlh->nlmsg_flags & NLM_F_ACK_TLVS) == 0)
		return text;
	error = mnl_nlmsg_get_payload(nlh);
	if ((nlh->nlmsg_flags & NLM_F_CAPPED) == 0)
		skip += mnl_nlmsg_get_payload_len(&error->msg);
	mnl_attr_parse(nlh, (unsigned)skip, save_string, &text);
	return text;
}

/* Sends the message and hands every part of the answer to `cb`. Returns 0, or -errno with the
 * kernel's words in `*words`, valid until the next call. */
static int talk(struct rtnl *nl, const struct nlmsghdr *nlh, mnl_cb_t cb, void *data,
		const char **words)
{
	uint32_t seq = nlh->nlmsg_seq;
	unsigned port = mnl_socket_get_portid(nl->socket);
	int more = MNL_CB_OK;

	*words = "";
	if (mnl_socket_sendto(nl->socket, nlh, nlh->nlmsg_len) < 0)
		return -errno;
	while (more > MNL_CB_STOP) {
		ssize_t got = mnl_socket_recvfrom(nl->socket, nl->buf, sizeof(nl->buf));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return errno == EAGAIN ? -ETIMEDOUT : -errno;
		more = mnl_cb_run(nl->buf, (size_t)got, seq, port, cb, data);
		if (more < 0) {
			int ret = -errno;

			*words = kernel_words(nl->buf, (size_t)got);
			return ret;
		}
	}
	return 0;
}

static int fail(int ret, const char *words, const char *what)
{
	log_err(ret, "%s%s%s", what, words[0] == '\0' ? "" : ": ", words);
	return ret;
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

int rtnl_get_link(struct rtnl *nl, const char *name, struct rtnl_link *out)
{
	struct rtnl_link link = { .index = 0 };
	const char *words;
	struct nlmsghdr *nlh = start(nl, RTM_GETLINK, NLM_F_ACK);
	struct ifinfomsg *info = mnl_nlmsg_put_extra_header(nlh, sizeof(*info));
	char what[IFNAMSIZ + 32];
	int ret;

	info->ifi_family = AF_UNSPEC;
	mnl_attr_put_strz(nlh, IFLA_IFNAME, name);
	ret = talk(nl, nlh, take_link, &link, &words);
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

	if ((int)info->ifa_index != query->index || query->addrs->count == RTNL_ADDRS_MAX)
		return MNL_CB_OK;
	mnl_attr_parse(nlh, sizeof(*info), take_addr_attr, &attrs);
	addr.local = addr_is_set(&attrs.local) ? attrs.local : attrs.address;
	if (!addr_equal(&addr.local, &attrs.address))
		addr.peer = attrs.address;
	if (addr_is_set(&addr.local))
		query->addrs->items[query->addrs->count++] = addr;
	return MNL_CB_OK;
}

int rtnl_get_addrs(struct rtnl *nl, int index, struct rtnl_addrs *out)
{
	struct addr_query query = { .index = index, .addrs = out };
	const char *words;
	struct nlmsghdr *nlh = start(nl, RTM_GETADDR, NLM_F_DUMP);
	struct ifaddrmsg *info = mnl_nlmsg_put_extra_header(nlh, sizeof(*info));
	int ret;

	out->count = 0;
	info->ifa_family = AF_UNSPEC;
	info->ifa_index = (unsigned)index;
	ret = talk(nl, nlh, take_addr, &query, &words);
	return ret == 0 ? 0 : fail(ret, words, "cannot list addresses");
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

int rtnl_get_default(struct rtnl *nl, sa_family_t family, struct hop *out)
{
	struct route_query query = { .family = family };
	const char *words;
	struct nlmsghdr *nlh = start(nl, RTM_GETROUTE, NLM_F_DUMP);
	struct rtmsg *info = mnl_nlmsg_put_extra_header(nlh, sizeof(*info));
	int ret;

	info->rtm_family = (unsigned char)family;
	mnl_attr_put_u32(nlh, RTA_TABLE, RT_TABLE_MAIN);
	ret = talk(nl, nlh, take_route, &query, &words);
	/* The kernel's word for "this table is empty", with strict checking. */
	if (ret != 0 && ret != -ENOENT)
		return fail(ret, words, "cannot list routes");
	*out = query.hop;
	return 0;
}

int rtnl_replace_default(struct rtnl *nl, sa_family_t family, const struct hop *hop)
{
	char text[HOP_TEXT_MAX], what[HOP_TEXT_MAX + 32];
	const char *words;
	struct nlmsghdr *nlh = start(nl, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE | NLM_F_ACK);
	struct rtmsg *info = mnl_nlmsg_put_extra_header(nlh, sizeof(*info));
	unsigned index = if_nametoindex(hop->dev);
	int ret;

	snprintf(what, sizeof(what), "cannot set default route %s", hop_format(text, hop));
	if (index == 0) {
		ret = -errno;
		log_err(ret, "%s", what);
		return ret;
	}
	info->rtm_family = (unsigned char)family;
	info->rtm_protocol = RTPROT_KEEPALIVED;
	info->rtm_type = RTN_UNICAST;
	info->rtm_scope = addr_is_set(&hop->via) ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK;
	mnl_attr_put_u32(nlh, RTA_TABLE, RT_TABLE_MAIN);
	mnl_attr_put_u32(nlh, RTA_OIF, index);
	if (addr_is_set(&hop->via))
		mnl_attr_put(nlh, RTA_GATEWAY, addr_len(family), hop->via.bytes);
	if (metric_of(family) != 0)
		mnl_attr_put_u32(nlh, RTA_PRIORITY, metric_of(family));
	ret = talk(nl, nlh, NULL, NULL, &words);
	return ret == 0 ? 0 : fail(ret, words, what);
}

int rtnl_open_link_monitor(struct rtnl **out)
{
	return open_socket(RTMGRP_LINK, out);
}

int rtnl_fd(const struct rtnl *nl)
{
	return mnl_socket_get_fd(nl->socket);
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

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*info))
		return MNL_CB_OK;
	event->index = info->ifi_index;
	event->up = nlh->nlmsg_type == RTM_NEWLINK && is_up(info);
	return mnl_attr_parse(nlh, sizeof(*info), save_link_name, event);
}

int rtnl_next_link_event(struct rtnl *nl, struct rtnl_link_event *out)
{
	struct rtnl_link_event event = { .index = 0 };
	struct sockaddr_nl from = { .nl_pid = 0 };
	socklen_t from_len = sizeof(from);
	ssize_t got;

	/* One message is one event: the kernel does not put several links into one. Only the kernel
	 * may send to this group, but anyone may send to this socket. */
	do {
		got = recvfrom(rtnl_fd(nl), nl->buf, sizeof(nl->buf), MSG_DONTWAIT,
			       (struct sockaddr *)&from, &from_len);
		if (got < 0)
			return -errno;
	} while (from.nl_pid != 0);
	if (mnl_cb_run(nl->buf, (size_t)got, 0, 0, take_link_event, &event) < 0)
		return -errno;
	*out = event;
	return 0;
}
