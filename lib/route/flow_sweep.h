/* flow_sweep.h - removes the tracked flows that a default route has made stale. Job: conntrack,
 * rtnl, flow_ways, nat, flow. */
#ifndef FO_FLOW_SWEEP_H
#define FO_FLOW_SWEEP_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#include "compiler.h"
#include "netlink.h"
#include "nexthop.h"
#include "settings.h"

/* What flows are judged by. */
struct flow_sweep_order {
	sa_family_t family;
	const struct nexthop *hop; /* the default route, which the kernel has */
	const struct conf_interfaces *lan;
	bool left; /* as in struct flow_scope */
	bool dry_run;
};

/* Deletes the flows that the default route makes stale (flow_judge), and counts them in `*stale`;
 * with `dry_run` only counts. Asks over `nl` (rtnl_open). Returns 0 and `*stale`, also when the
 * kernel has no conntrack at all; -ENODEV, silently, when the interface of `hop` is missing;
 * -EPERM, silently, in a dry run; another -errno, logged. Needs CAP_NET_ADMIN. */
int flow_sweep(struct netlink *nl, const struct flow_sweep_order *order,
	       size_t *stale) FO_MUST_CHECK;

#endif
