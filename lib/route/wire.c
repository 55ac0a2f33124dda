#include "wire.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <string.h>

#include "rtnl.h"

/* An interface, as far as it matters. */
struct link {
	bool ethernet, up;
	struct mac mac;
	bool macvlan;
	int below; /* index of the interface that it is made of; 0: none, or in another namespace */
	bool below_elsewhere;
};

static int take_kind(const struct nlattr *attr, void *data)
{
	struct link *link = data;

	if (mnl_attr_get_type(attr) == IFLA_INFO_KIND &&
	    mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) == 0)
		link->macvlan = strcmp(mnl_attr_get_str(attr), "macvlan") == 0;
	return MNL_CB_OK;
}

static int take_attr(const struct nlattr *attr, void *data)
{
	struct link *link = data;

	switch (mnl_attr_get_type(attr)) {
	case IFLA_ADDRESS:
		if (mnl_attr_get_payload_len(attr) == MAC_LEN)
			memcpy(link->mac.bytes, mnl_attr_get_payload(attr), MAC_LEN);
		break;
	case IFLA_LINK:
		if (mnl_attr_validate(attr, MNL_TYPE_U32) == 0)
			link->below = (int)mnl_attr_get_u32(attr);
		break;
	case IFLA_LINK_NETNSID:
		link->below_elsewhere = true;
		break;
	case IFLA_LINKINFO:
		return mnl_attr_parse_nested(attr, take_kind, link);
	default:
		break;
	}
	return MNL_CB_OK;
}

static struct link read_link(const struct nlmsghdr *nlh)
{
	const unsigned running = IFF_UP | IFF_RUNNING;
	const struct ifinfomsg *info = mnl_nlmsg_get_payload(nlh);
	struct link link = { .ethernet = info->ifi_type == ARPHRD_ETHER &&
					 (info->ifi_flags & IFF_NOARP) == 0,
			     .up = (info->ifi_flags & running) == running };

	mnl_attr_parse(nlh, sizeof(*info), take_attr, &link);
	if (link.below_elsewhere)
		link.below = 0;
	return link;
}

static int take_link(const struct nlmsghdr *nlh, void *data)
{
	*(struct link *)data = read_link(nlh);
	return MNL_CB_OK;
}

static int get_link(struct netlink *nl, int index, struct link *out)
{
	struct nlmsghdr *nlh = netlink_request(nl, RTM_GETLINK, NLM_F_ACK);
	struct ifinfomsg *info = mnl_nlmsg_put_extra_header(nlh, sizeof(*info));
	const char *words;
	int ret;

	info->ifi_index = index;
	memset(out, 0, sizeof(*out));
	ret = netlink_ask(nl, nlh, take_link, out, &words);
	if (ret == -ENODEV) /* gone since its address was seen */
		return -ENOENT;
	return ret == 0 ? 0 : netlink_log_failure(ret, words, "cannot look at an interface");
}

/* The VRRP address may be link-local, too: two routers have that one. */
static int find_link_local(struct netlink *nl, int index, const struct addr *except,
			   struct addr *out)
{
	static const struct addr net = { AF_INET6, { 0xfe, 0x80 } };
	struct rtnl_addrs addrs;
	int ret = rtnl_get_addrs(nl, index, &addrs);

	for (size_t i = 0; ret == 0 && i < addrs.count && !addr_is_set(out); i++) {
		const struct addr *addr = &addrs.items[i].local;

		if (addr_in_prefix(addr, &net, 10) && !addr_equal(addr, except))
			*out = *addr;
	}
	return ret;
}

int wire_find(struct netlink *nl, const struct addr *address, struct wire *out)
{
	struct wire wire = { .index = 0 };
	struct link link;
	int ret = rtnl_find_addr(nl, address, &wire.index);

	if (ret == 0 && (wire.index == 0 || wire.index == RTNL_LOOPBACK))
		return -ENOENT;
	wire.holder = wire.index;
	if (ret == 0)
		ret = get_link(nl, wire.index, &link);
	if (ret == 0 && link.macvlan && link.below != 0) {
		wire.virtual = link.mac;
		wire.index = link.below;
		ret = get_link(nl, wire.index, &link);
	}
	if (ret == 0 && !link.ethernet)
		return -EMEDIUMTYPE;
	if (ret == 0 && address->family == AF_INET6)
		ret = find_link_local(nl, wire.index, address, &wire.link_local);
	if (ret != 0)
		return ret;
	wire.mac = link.mac;
	wire.up = link.up;
	*out = wire;
	return 0;
}

struct mac_query {
	const struct mac *mac;
	bool found;
};

static int compare(const struct nlmsghdr *nlh, void *data)
{
	struct mac_query *query = data;
	const struct link link = read_link(nlh);

	query->found = query->found || mac_equal(&link.mac, query->mac);
	return MNL_CB_OK;
}

static struct nlmsghdr *begin_links(struct netlink *nl, void *data)
{
	struct mac_query *query = data;
	struct nlmsghdr *nlh = netlink_request(nl, RTM_GETLINK, NLM_F_DUMP);
	struct ifinfomsg *info = mnl_nlmsg_put_extra_header(nlh, sizeof(*info));

	query->found = false;
	info->ifi_family = AF_UNSPEC;
	return nlh;
}

int wire_is_own(struct netlink *nl, const struct mac *mac, bool *own)
{
	struct mac_query query = { .mac = mac };
	const char *words;
	int ret = netlink_list(nl, begin_links, compare, &query, &words);

	if (ret != 0)
		return netlink_log_failure(ret, words, "cannot list interfaces");
	*own = query.found;
	return 0;
}
