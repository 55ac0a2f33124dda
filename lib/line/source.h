/* source.h - the address from which a line sends. Edge: sockets, rtnl. */
#ifndef FO_SOURCE_H
#define FO_SOURCE_H

#include "addr.h"
#include "compiler.h"
#include "rtnl.h"

/* Whether an address of an interface is one to send from to `target`: of its family, and for IPv6
 * not a link-local one, unless the target is. */
bool source_fits(const struct addr *source, const struct addr *target);

/* Whether one of `addrs` is one to send from to one of the `count` targets. */
bool source_is_for_any(const struct rtnl_addrs *addrs, const struct addr *targets, size_t count);

/* Whether `addr` is one of `addrs`. */
bool source_is_there(const struct rtnl_addrs *addrs, const struct addr *addr);

/* The address of interface `iface` that the kernel sends from to `target`. Where the kernel would
 * take one of another interface, as it does while this one has none, it is the first that fits.
 * Returns 0 and `*out`; -ENODEV when there is no such interface; -EADDRNOTAVAIL when it has no
 * address that fits; another -errno, logged. */
int source_find(const char *iface, const struct addr *target, struct addr *out) FO_MUST_CHECK;

#endif
