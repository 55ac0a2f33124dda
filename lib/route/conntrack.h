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

/* As many flows are chosen from at a time, at most. The answers to more deletions would not fit
 * into a socket's buffer. */
#define CONNTRACK_BATCH_MAX 64

/* Which flows are to be deleted. */
struct conntrack_choice {
	/* Whether a flow may have to be: called for each, and so cheap. */
	bool (*may_be)(const struct flow *flow, void *data);
	/* Which of those have to be: sets `chosen` of each of the `count`. */
	void (*choose)(const struct flow *flows, unsigned count, bool *chosen, void *data);
	void *data;
};

/* Deletes the flows of `family` that `choice` is for, and counts them in `*count`; with `dry_run`
 * only counts. Returns 0 and `*count`, also when the kernel has no conntrack at all; otherwise
 * -errno, logged but for the -EPERM of a dry run. Needs CAP_NET_ADMIN. */
int conntrack_delete(sa_family_t family, const struct conntrack_choice *choice, bool dry_run,
		     size_t *count) FO_MUST_CHECK;

#endif
