/* incoming.h - how much comes in over a line. Edge: rtnl. */
#ifndef FO_INCOMING_H
#define FO_INCOMING_H

#include <stdint.h>

struct netlink;

/* All zero at first. */
struct incoming {
	struct netlink *nl; /* owned; NULL: not open */
};

/* Packets that interface `iface` has received so far, multicast left out where its driver counts
 * that (struct rtnl_link_stats64); -1: not known, which is logged unless there is no such
 * interface. Opens what it asks with, which stays open: it is called while a line is silent, when
 * a machine may have run out of descriptors. */
int64_t incoming_packets(struct incoming *incoming, const char *iface);

void incoming_close(struct incoming *incoming);

#endif
