/* flow_sweep.h - removes the tracked flows that a default route has made stale. Job: conntrack,
 * rtnl, flow_ways, nat, flow. */
#ifndef FO_FLOW_SWEEP_H
#define FO_FLOW_SWEEP_H

#include "compiler.h"
#include "netlink.h"
#include "nexthop.h"
#include "settings.h"

/* Deletes the flows of `family` that the default route `hop`, which the kernel has, makes stale
 * (flow_judge), and counts them in `*stale`; with `dry_run` only counts. `lan` are the interfaces
 * of the LANs; asks over `nl` (rtnl_open). Returns 0 and `*stale`, also when the kernel has no
 * conntrack at all; -ENODEV, silently, when the interface of `hop` is missing; -EPERM, silently, in
 * a dry run; another -errno, logged. Needs CAP_NET_ADMIN. */
int flow_sweep(struct netlink *nl, const struct conf_interfaces *lan, const struct nexthop *hop,
	       sa_family_t family, bool dry_run, size_t *stale) FO_MUST_CHECK;

#endif
