/* conntrack.h - the kernel's table of flows, ctnetlink. Edge.
 *
 * By libmnl alone: libnetfilter_conntrack takes each entry apart into a hundred attributes, of
 * which five are used here, and costs each start of a program a quarter of its instructions. */
#ifndef FO_CONNTRACK_H
#define FO_CONNTRACK_H

#include <stddef.h>

#include "compiler.h"
#include "flow.h"

/* Deletes every flow that `scope` makes stale (flow_is_stale), and counts them in `*stale`; with
 * `dry_run` only counts. Returns 0 and `*stale`, also when the kernel has no conntrack at all;
 * otherwise -errno, logged but for the -EPERM of a dry run. Needs CAP_NET_ADMIN. */
int conntrack_delete_stale(const struct flow_scope *scope, bool dry_run,
			   size_t *stale) FO_MUST_CHECK;

#endif
