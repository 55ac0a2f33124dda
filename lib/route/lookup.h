/* lookup.h - where the kernel sends a packet, as it would be routed now. Edge: rtnetlink(7).
 *
 * Nothing is sent. What is asked is the whole of it: rules, tables, metrics. */
#ifndef FO_LOOKUP_H
#define FO_LOOKUP_H

#include <stdbool.h>
#include <stdint.h>

#include "addr.h"
#include "compiler.h"
#include "netlink.h"
#include "nexthop.h"

/* A packet. */
struct lookup_query {
	struct addr dst;
	struct addr src; /* none: this router chooses */
	int iif;	 /* the interface that it came in by; 0: it is this router's own */
	uint32_t mark;
	/* Name the route that matched; else the way that the packet takes. They differ where a
	 * route was set while its gateway was an address of this router: the kernel then never uses
	 * the gateway, and shows it all the same. */
	bool match;
};

struct lookup_answer {
	bool reachable;	    /* else all that follows is unset, but for `error` */
	int error;	    /* why not, -errno: -EHOSTUNREACH also where nothing is forwarded */
	struct nexthop hop; /* the first one, where the route has several */
	uint32_t table;
	/* With `match`: */
	unsigned prefix_len; /* 0: a default route */
	uint32_t metric;
	uint8_t protocol; /* who made the route, RTPROT_ of linux/rtnetlink.h */
};

/* Asks. Returns 0 and `*out`; that there is no way is an answer, too. Otherwise -errno, logged. */
int lookup_route(struct netlink *nl, const struct lookup_query *query,
		 struct lookup_answer *out) FO_MUST_CHECK;

/* A host of the Internet that stands for all of it: a root name server (a.root-servers.net), to
 * which no router has a route of its own. */
struct addr lookup_internet(sa_family_t family);

/* `dhcp`, `ra`, `kernel` and the like, as ip-route(8) names them; else `protocol NUMBER`. */
#define LOOKUP_PROTOCOL_MAX 16
const char *lookup_protocol(uint8_t protocol, char buf[static LOOKUP_PROTOCOL_MAX]);

#endif
