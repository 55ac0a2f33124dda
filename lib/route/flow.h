/* flow.h - which tracked flows a change of the default route has made useless. Pure.
 *
 * Linux chooses the translation of a flow once, with its first packet. A flow that began while
 * the router sent everything to its neighbour (no translation) keeps leaving untranslated when
 * the route points at the line again, for as long as it is used; one that began on the line keeps
 * the line's old address. Deleting the entry makes the next packet choose again. */
#ifndef FO_FLOW_H
#define FO_FLOW_H

#include <stdbool.h>
#include <stddef.h>

#include "addr.h"

/* A flow as conntrack holds it: the first packet's addresses, and those of its answer. */
struct flow {
	struct addr src, dst;		  /* original direction */
	struct addr reply_src, reply_dst; /* reply direction; reply_dst is the translated source */
};

#define FLOW_ADDRS_MAX 64
#define FLOW_NETS_MAX  256

/* What a flow is judged by. */
struct flow_scope {
	sa_family_t family;			/* flows of the other one are never stale */
	struct addr_prefix lan[FLOW_ADDRS_MAX]; /* the router in the networks of the LAN */
	size_t lan_count;
	struct addr egress[FLOW_ADDRS_MAX]; /* addresses of the interface of the default route */
	size_t egress_count;
	bool egress_is_lan; /* the default route leads back into the LAN, to the other router */
	/* What has a route of its own, and does not take the default route. */
	struct addr_prefix elsewhere[FLOW_NETS_MAX];
	size_t elsewhere_count;
	struct addr local[FLOW_ADDRS_MAX]; /* every address of the router; none: not known */
	size_t local_count;
};

/* Whether the present default route makes `flow` useless:
 * - it comes from a host of the LAN, leaves it by that route, and has a source translation (or
 *   none) that does not fit; the router's own flows are never stale, because the kernel gives them
 *   a fitting source, or resets them, without help;
 * - or it was let in to a host of the LAN (destination translation, a forwarded port) by an address
 *   that the router has no more. */
bool flow_is_stale(const struct flow *flow, const struct flow_scope *scope);

/* Whether `addr` is of a network that the Internet does not route: RFC 1918, RFC 6598,
 * RFC 3927, RFC 4193. */
bool flow_is_private(const struct addr *addr);

#endif
