/* flow.h - which tracked flows a change of the default route has made useless. Pure.
 *
 * Linux chooses the translation of a flow once, with its first packet. A flow that began while
 * the router sent everything to its neighbour (no translation) keeps leaving untranslated when
 * the route points at the line again, for as long as it is used; one that began on the line keeps
 * the line's old address. Deleting the entry makes the next packet choose again.
 *
 * Only the kernel knows where it sends a flow: rules, marks and other tables decide that, too. It
 * is asked about those flows alone whose translation does not fit. */
#ifndef FO_FLOW_H
#define FO_FLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addr.h"

/* A flow as conntrack holds it: the first packet's addresses, and those of its answer. */
struct flow {
	struct addr src, dst;		  /* original direction */
	struct addr reply_src, reply_dst; /* reply direction; reply_dst is the translated source */
	uint32_t mark;
};

#define FLOW_ADDRS_MAX 64

/* The default route that flows are judged by. */
struct flow_scope {
	sa_family_t family; /* flows of the other one are never stale */
	int index;	    /* interface of the route, the egress */
	struct addr via;    /* gateway of the route; none on a point-to-point link */
	bool egress_is_lan; /* it leads back into the LAN, to the other router */
	bool left; /* and the LAN goes to that one itself: what came here late, and was sent on
		    * untranslated, would be so again when this router is master */
	struct addr egress[FLOW_ADDRS_MAX]; /* addresses of the egress */
	size_t egress_count;
	bool egress_more; /* there are more: no translation is known not to fit */
};

enum flow_way_kind {
	FLOW_WAY_UNKNOWN, /* not asked yet */
	FLOW_WAY_NOWHERE, /* no route, or one that refuses */
	FLOW_WAY_LOCAL,	  /* the router itself */
	FLOW_WAY_OUT
};

/* Where the kernel sends a packet. */
struct flow_way {
	enum flow_way_kind kind;
	int index;	 /* FLOW_WAY_OUT: the interface */
	struct addr via; /* FLOW_WAY_OUT: the gateway, or none */
};

enum flow_nat { FLOW_NAT_UNKNOWN, FLOW_NAT_NONE, FLOW_NAT_SOME };

/* What is known so far. */
struct flow_facts {
	enum flow_nat nat;    /* does this router translate any source of the family? */
	struct flow_way dst;  /* to the original destination */
	struct flow_way src;  /* to the source, and so the interface that the flow comes in by */
	struct flow_way flow; /* of the flow itself, to where it goes after translation */
};

enum flow_verdict {
	FLOW_FITS,
	FLOW_STALE,
	/* Not known without this fact: */
	FLOW_ASK_NAT,
	FLOW_ASK_DST,
	FLOW_ASK_SRC,
	FLOW_ASK_FLOW
};

/* Whether the default route of `scope` makes `flow` useless:
 * - it comes from a network behind this router, the kernel sends it by that route, and its source
 *   translation (or none) does not fit. On the uplink a private source needs one, if this router
 *   translates at all; and it must be to an address of the egress. The router's own flows are never
 *   stale: the kernel gives them a fitting source, or resets them, without help;
 * - or it was let in from outside (destination translation, a forwarded port) by an address that
 *   the router has no more.
 * Asks for what is not in `facts` yet, one by one, the cheapest and the most decisive first. */
enum flow_verdict flow_judge(const struct flow *flow, const struct flow_scope *scope,
			     const struct flow_facts *facts);

/* Whether `addr` is of a network that the Internet does not route: RFC 1918, RFC 6598,
 * RFC 3927, RFC 4193. */
bool flow_is_private(const struct addr *addr);

#endif
