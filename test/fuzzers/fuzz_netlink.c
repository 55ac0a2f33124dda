/* What a kernel answers: libmnl's sockets are replaced by ones that receive the input, cut into
 * messages as the kernel would, with the sequence number of the request. The first byte says who
 * asks. */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "change.h"
#include "conntrack.h"
#include "log.h"
#include "lookup.h"
#include "nat.h"
#include "nft.h"
#include "route.h"
#include "rtnl.h"
#include "rule.h"
#include "wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The socket */
static struct {
	const uint8_t *data;
	size_t size;
	uint32_t seq;
} answer;

struct mnl_socket *mnl_socket_open2(int bus, int flags)
{
	(void)bus;
	(void)flags;
	return (struct mnl_socket *)(void *)&answer;
}

int mnl_socket_bind(struct mnl_socket *nl, unsigned int groups, pid_t pid)
{
	(void)nl;
	(void)groups;
	(void)pid;
	return 0;
}

int mnl_socket_setsockopt(const struct mnl_socket *nl, int type, void *buf, socklen_t len)
{
	(void)nl;
	(void)type;
	(void)buf;
	(void)len;
	return 0;
}

int mnl_socket_close(struct mnl_socket *nl)
{
	(void)nl;
	return 0;
}

int mnl_socket_get_fd(const struct mnl_socket *nl)
{
	(void)nl;
	return -1;
}

unsigned int mnl_socket_get_portid(const struct mnl_socket *nl)
{
	(void)nl;
	return 1;
}

ssize_t mnl_socket_sendto(const struct mnl_socket *nl, const void *buf, size_t len)
{
	(void)nl;
	answer.seq = ((const struct nlmsghdr *)buf)->nlmsg_seq;
	return (ssize_t)len;
}

/* The kernel's messages fill their datagram, each with a length of its own, and answer the request.
 */
static void make_whole(uint8_t *buf, size_t len)
{
	while (len >= sizeof(struct nlmsghdr)) {
		struct nlmsghdr *nlh = (void *)buf;
		size_t size;

		if (nlh->nlmsg_len < sizeof(*nlh) || nlh->nlmsg_len > len)
			nlh->nlmsg_len = (uint32_t)len;
		nlh->nlmsg_seq = answer.seq;
		nlh->nlmsg_pid = 1;
		if (nlh->nlmsg_type == NLMSG_ERROR &&
		    nlh->nlmsg_len >= mnl_nlmsg_size(sizeof(int))) {
			int *error = mnl_nlmsg_get_payload(nlh);

			*error = -(int)((unsigned)*error % 4096);
		}
		size = MNL_ALIGN(nlh->nlmsg_len);
		if (size >= len)
			return;
		buf += size;
		len -= size;
	}
}

/* A datagram is of 2 bytes for its length and so many, or of all that is left. */
static ssize_t next_datagram(void *buf, size_t len)
{
	uint16_t want;

	if (answer.size < sizeof(want) + sizeof(struct nlmsghdr)) {
		errno = EAGAIN;
		return -1;
	}
	memcpy(&want, answer.data, sizeof(want));
	answer.data += sizeof(want);
	answer.size -= sizeof(want);
	if (want < sizeof(struct nlmsghdr))
		want = sizeof(struct nlmsghdr);
	len = want < len ? want : len;
	len = len < answer.size ? len : answer.size;
	memcpy(buf, answer.data, len);
	answer.data += len;
	answer.size -= len;
	make_whole(buf, len);
	return (ssize_t)len;
}

ssize_t mnl_socket_recvfrom(const struct mnl_socket *nl, void *buf, size_t bufsiz)
{
	(void)nl;
	return next_datagram(buf, bufsiz);
}

/* Of a group: from the kernel. */
ssize_t __wrap_recvfrom(int fd, void *buf, size_t len, int flags, struct sockaddr *from,
			socklen_t *from_len);

ssize_t __wrap_recvfrom(int fd, void *buf, size_t len, int flags, struct sockaddr *from,
			socklen_t *from_len)
{
	ssize_t got = next_datagram(buf, len);

	(void)fd;
	(void)flags;
	(void)from;
	(void)from_len;
	if (got >= (ssize_t)sizeof(struct nlmsghdr))
		((struct nlmsghdr *)buf)->nlmsg_pid = 0;
	return got;
}

/* Who asks */
static const struct route_table main_table = { .family = AF_INET, .number = RT_TABLE_MAIN };

static bool may_be(const struct flow *flow, void *data)
{
	(void)data;
	return flow->src.bytes[0] != 1;
}

static void choose(const struct flow *flows, unsigned count, bool *chosen, void *data)
{
	(void)data;
	for (unsigned i = 0; i < count; i++)
		chosen[i] = flows[i].dst.bytes[0] % 2 == 0;
}

static void ask_conntrack(struct netlink *nl)
{
	const struct conntrack_choice choice = { .may_be = may_be, .choose = choose };
	size_t count = 0;

	(void)nl;
	if (conntrack_delete(AF_INET, &choice, true, &count) == 0)
		(void)!conntrack_delete(AF_INET6, &choice, false, &count);
}

static void ask_changes(struct netlink *nl)
{
	struct change change;
	char text[CHANGE_TEXT_MAX];

	while (change_next(nl, &change) == 0)
		change_describe(&change, text);
}

static void ask_links(struct netlink *nl)
{
	struct rtnl_link link;
	struct rtnl_link_event event;
	char name[IFNAMSIZ];

	(void)!rtnl_get_link(nl, "ppp0", &link);
	(void)!rtnl_find_sibling(nl, "ppp0", name);
	(void)!rtnl_next_link_event(nl, &event);
}

static void ask_addrs(struct netlink *nl)
{
	const struct addr address = { AF_INET, { 192, 168, 0, 254 } };
	struct rtnl_addrs addrs;
	struct addr_prefix network;
	struct wire ethernet;
	bool own;
	int index;

	(void)!rtnl_get_addrs(nl, 2, &addrs);
	(void)!rtnl_find_network(nl, "eth0", &address, &network);
	(void)!rtnl_find_addr(nl, &address, &index);
	if (wire_find(nl, &address, &ethernet) == 0)
		(void)!wire_is_own(nl, &ethernet.mac, &own);
}

static void ask_routes(struct netlink *nl)
{
	struct nexthop hop = { .dev = "" };
	struct addr gateway;
	bool yes;

	(void)!route_get_default(nl, main_table, &hop);
	(void)!route_is_shared(nl, main_table, &hop, &yes);
	(void)!route_has_other_default(nl, AF_INET6, &yes);
	(void)!route_find_gateway(nl, AF_INET, "eth1", &gateway);
}

static void ask_way(struct netlink *nl)
{
	const struct lookup_query query = { .dst = lookup_internet(AF_INET), .match = true };
	struct lookup_answer way;

	(void)!lookup_route(nl, &query, &way);
}

static void ask_rules(struct netlink *nl)
{
	struct rule_set rules;
	uint32_t priority;

	(void)!rule_get_ours(nl, AF_INET, &rules);
	(void)!rule_find_table(nl, AF_INET, 87, &priority);
}

static void ask_nftables(struct netlink *nl)
{
	struct nft_interface interface;
	bool there, ours;

	(void)!nft_find_table(nl, "fo_hold", &there, &ours);
	(void)!nft_find_interface(nl, "fo_hold", "held", &interface);
	(void)!nat_has_source(AF_INET, &there);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const askers[])(struct netlink * nl) = {
		ask_conntrack, ask_changes, ask_links, ask_addrs,
		ask_routes,    ask_way,	    ask_rules, ask_nftables,
	};
	struct netlink *nl = NULL;

	if (size == 0 || netlink_open(NETLINK_ROUTE, 0, &nl) != 0)
		return 0;
	log_set_level(LOG_LEVEL_ERROR);
	answer.data = data + 1;
	answer.size = size - 1;
	askers[data[0] % ARRAY_LEN(askers)](nl);
	netlink_close(nl);
	return 0;
}
