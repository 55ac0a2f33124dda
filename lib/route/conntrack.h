/* conntrack.h - the kernel's table of flows, ctnetlink. Edge.
 *
 * By libmnl alone: libnetfilter_conntrack takes each entry apart into a hundred attributes, of
 * which six are used here, and costs each start of a program a quarter of its instructions. */
#ifndef FO_CONNTRACK_H
#define FO_CONNTRACK_H

#include <stdbool.h>
#include <stddef.h>

#include "compiler.h"
#include "flow.h"

/* Whether a flow is to be deleted. */
typedef bool conntrack_choose(const struct flow *flow, void *data);

/* Deletes every flow of `family` that `choose` chooses, and counts them in `*count`; with `dry_run`
 * only counts. Returns 0 and `*count`, also when the kernel has no conntrack at all; otherwise
 * -errno, logged but for the -EPERM of a dry run. Needs CAP_NET_ADMIN. */
int conntrack_delete_if(sa_family_t family, conntrack_choose *choose, void *data, bool dry_run,
			size_t *count) FO_MUST_CHECK;

#endif
