/* flow_ways.h - where the kernel sends the packets of flows: RTM_GETROUTE, rtnetlink(7). Edge.
 *
 * Answers are remembered for the length of a sweep: most flows are of few hosts. Leaner than
 * lookup.h, which also says which route it was. */
#ifndef FO_FLOW_WAYS_H
#define FO_FLOW_WAYS_H

#include "compiler.h"
#include "flow.h"
#include "netlink.h"

struct flow_ways;

/* Begins without any answer; asks over `nl` (rtnl_open). Returns 0 and `*out`, owned by the caller
 * (flow_ways_close), or -ENOMEM. */
int flow_ways_open(struct netlink *nl, struct flow_ways **out) FO_MUST_CHECK;

/* Forgets them; NULL is allowed. */
void flow_ways_close(struct flow_ways *ways);

/* Where a packet of this router to `dst` goes. Returns 0 and `*way`, or -errno, not logged. */
int flow_ways_find(struct flow_ways *ways, const struct addr *dst,
		   struct flow_way *way) FO_MUST_CHECK;

/* As many flows are asked about at a time, at most. */
#define FLOW_WAYS_MAX 64

/* Where the packets of `count` flows go, which come in by the interface that their source is
 * reached by. Where nothing is forwarded from there the kernel does not say (IPv4); then it is
 * where a packet of this router with that mark goes: rules that look at the source are not seen.
 * Returns 0 and `out[]`, or -errno, not logged. */
int flow_ways_find_flows(struct flow_ways *ways, const struct flow *const flows[], unsigned count,
			 struct flow_way out[]) FO_MUST_CHECK;

#endif
