#include "incoming.h"

#include <errno.h>

#include "rtnl.h"

void incoming_close(struct incoming *incoming)
{
	netlink_close(incoming->nl);
	incoming->nl = NULL;
}

int64_t incoming_packets(struct incoming *incoming, const char *iface)
{
	struct rtnl_link link;
	int ret = incoming->nl == NULL ? rtnl_open(&incoming->nl) : 0;

	if (ret == 0)
		ret = rtnl_get_link(incoming->nl, iface, &link);
	if (ret != 0 && ret != -ENODEV)
		incoming_close(incoming);
	return ret == 0 ? (int64_t)((link.rx_packets - link.rx_multicast) & INT64_MAX) : -1;
}
