/* route.h - default routes, and the networks of the main table, rtnetlink(7). Edge.
 *
 * Over a socket of rtnl_open. Messages about a route of IPv6 name the family. */
#ifndef FO_ROUTE_H
#define FO_ROUTE_H

#include <stddef.h>
#include <sys/socket.h>

#include "addr.h"
#include "compiler.h"
#include "netlink.h"
#include "nexthop.h"

/* The main table, and the metric of our routes: the one that ip-route(8) uses when none is given
 * (for IPv6 the kernel's IP6_RT_PRIO_USER). */
#define ROUTE_METRIC4 0
#define ROUTE_METRIC6 1024

#define ROUTE_NETS_MAX 256

struct route_nets {
	struct addr_prefix items[ROUTE_NETS_MAX];
	size_t count;
};

/* The networks of `family` that have a route in the main table, but for the default route; more
 * than ROUTE_NETS_MAX are left out. Returns 0 and `*out`, or -errno, logged. */
int route_get_nets(struct netlink *nl, sa_family_t family, struct route_nets *out) FO_MUST_CHECK;

/* The default route of `family` in the main table with our metric. Returns 0 and `*out` (not set
 * where there is none, or one with several next hops; the first where there are several, which is
 * the one that the kernel uses and replaces), or -errno, logged. */
int route_get_default(struct netlink *nl, sa_family_t family, struct nexthop *out) FO_MUST_CHECK;

/* Makes `hop` the default route of `family`, in the main table, with our metric and keepalived's
 * protocol number: one kernel operation, with no instant between the old and the new. Where
 * another program (pppd's `defaultroute`) has put one in front of it, that one is deleted, which
 * uncovers it. Routes of other metrics and tables stay. Returns 0 once the kernel has acknowledged;
 * -ENODEV when the interface is missing; another -errno; all logged, with the kernel's own words
 * where it gives any. Needs CAP_NET_ADMIN. */
int route_replace_default(struct netlink *nl, sa_family_t family,
			  const struct nexthop *hop) FO_MUST_CHECK;

#endif
