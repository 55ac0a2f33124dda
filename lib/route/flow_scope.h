/* flow_scope.h - what the kernel knows that decides whether a flow is stale. Job: rtnl, route,
 * flow. */
#ifndef FO_FLOW_SCOPE_H
#define FO_FLOW_SCOPE_H

#include "compiler.h"
#include "flow.h"
#include "netlink.h"
#include "nexthop.h"

/* Fills in the scope of the flows of `family` that the default route `hop` concerns, seen from the
 * interface `lan`. Returns 0 and `*scope`; -ENODEV, silently, when one of the interfaces is
 * missing; another -errno, logged. */
int flow_scope_find(struct netlink *nl, const char *lan, const struct nexthop *hop,
		    sa_family_t family, struct flow_scope *scope) FO_MUST_CHECK;

#endif
