#include "uplink.h"

#include <errno.h>

#include "idle.h"
#include "rtnl.h"

/* fe80::/10 is there before the session is, and reaches nobody beyond the peer. */
static bool is_usable(const struct addr *addr)
{
	return addr->family == AF_INET ||
	       !(addr->bytes[0] == 0xfe && (addr->bytes[1] & 0xc0) == 0x80);
}

/* The address at the other end of a point-to-point interface. pppd invents one (10.64.64.64) where
 * the peer names none (ipcp.c): no host need have it, but a packet to it passes the line. */
static void find_peer(const struct rtnl_addrs *addrs, struct addr *out)
{
	for (size_t i = 0; i < addrs->count && !addr_is_set(out); i++) {
		if (addr_is_set(&addrs->items[i].peer) && is_usable(&addrs->items[i].peer))
			*out = addrs->items[i].peer;
	}
}

static void find_source(const struct rtnl_addrs *addrs, struct uplink *out)
{
	sa_family_t family = addr_is_set(&out->target) ? out->target.family : AF_INET;

	for (size_t i = 0; i < addrs->count; i++) {
		const struct addr *local = &addrs->items[i].local;

		if (local->family == family && (is_usable(local) || !is_usable(&out->target)))
			out->address = true;
	}
}

int uplink_look(const struct conf *conf, struct uplink *out)
{
	struct uplink uplink = { .target = conf->keepalive.target };
	struct rtnl_addrs addrs = { .count = 0 };
	struct rtnl_link link = { .index = 0 };
	struct netlink *nl = NULL;
	int ret = rtnl_open(&nl);

	if (ret == 0)
		ret = rtnl_get_link(nl, conf->router.uplink, &link);
	if (ret == 0)
		ret = rtnl_get_addrs(nl, link.index, &addrs);
	netlink_close(nl);
	if (ret != 0 && ret != -ENODEV)
		return ret;
	if (!addr_is_set(&uplink.target))
		find_peer(&addrs, &uplink.target);
	find_source(&addrs, &uplink);
	uplink.up = link.up;
	uplink.index = link.index;
	uplink.rx = (int64_t)(link.rx_packets & IDLE_NUMBER_MAX);
	uplink.tx = (int64_t)(link.tx_packets & IDLE_NUMBER_MAX);
	*out = uplink;
	return 0;
}
