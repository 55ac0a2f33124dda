/* route.h - the default routes of a table, rtnetlink(7). Edge.
 *
 * Over a socket of rtnl_open. Messages about a route of IPv6 name the family. */
#ifndef FO_ROUTE_H
#define FO_ROUTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "addr.h"
#include "compiler.h"
#include "netlink.h"
#include "nexthop.h"
#include "route_message.h"

#define ROUTE_MAIN 254 /* RT_TABLE_MAIN */

/* The metrics of our routes: the lowest, which win. 0 would be 1024 for IPv6, as those have that
 * router advertisements make. */
#define ROUTE_METRIC4 0
#define ROUTE_METRIC6 1

/* The default route of `table` with our metric. Returns 0 and `*out` (not set
 * where there is none, or one with several next hops; the first where there are several, which is
 * the one that the kernel uses and replaces), or -errno, logged. */
int route_get_default(struct netlink *nl, struct route_table table,
		      struct nexthop *out) FO_MUST_CHECK;

/* Makes `hop` the default route of `table`, with our metric: one kernel operation, with no instant
 * between the old and the new. Where another program (pppd's `defaultroute`) has put one in front
 * of it, that one is deleted, which uncovers it; and then those of which route_is_shared tells.
 * Routes of other metrics and tables stay. Returns 0
 * once the kernel has acknowledged; -ENODEV when the interface is missing; another -errno; all
 * logged, with the kernel's own words where it gives any. Needs CAP_NET_ADMIN. */
int route_replace_default(struct netlink *nl, struct route_table table,
			  const struct nexthop *hop) FO_MUST_CHECK;

/* Deletes the default routes of `table` that we have made, and no others. Returns 0 or -errno,
 * logged. */
int route_delete_own_defaults(struct netlink *nl, struct route_table table) FO_MUST_CHECK;

/* Deletes the default route `hop` of `table` that has our metric. That there is none is as good.
 * Returns 0 or -errno, logged. */
int route_delete_default(struct netlink *nl, struct route_table table,
			 const struct nexthop *hop) FO_MUST_CHECK;

/* The gateway that some other program, or a router advertisement, has set for interface `dev`: that
 * of the default route of `family` in the main table, not ours, with the lowest metric. Returns 0
 * and `*out`, not set where there is none; or -errno, logged. */
int route_find_gateway(struct netlink *nl, sa_family_t family, const char *dev,
		       struct addr *out) FO_MUST_CHECK;

/* Whether `table` has a default route of our metric besides `hop` that must not be there: of IPv6
 * any, because the kernel may choose it as well; of IPv4 one of ours, which is left over where
 * another program had put its own in front of it, and which comes to light when `hop` goes with its
 * interface. Returns 0 and `*out`, or -errno, logged. */
int route_is_shared(struct netlink *nl, struct route_table table, const struct nexthop *hop,
		    bool *out) FO_MUST_CHECK;

/* Whether the main table of `family` has a default route that is not ours. Returns as above. */
int route_has_other_default(struct netlink *nl, sa_family_t family, bool *out) FO_MUST_CHECK;

#endif
