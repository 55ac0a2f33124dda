/* change.h - what the kernel tells of a change that may concern the routes. Edge: rtnetlink(7). */
#ifndef FO_CHANGE_H
#define FO_CHANGE_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "compiler.h"
#include "netlink.h"
#include "nexthop.h"
#include "rtnl.h"

enum change_kind {
	CHANGE_NONE, /* of no concern here, such as a route to some network */
	CHANGE_LOST, /* more than the kernel keeps; change_next gives none of this kind */
	CHANGE_LINK,
	CHANGE_ADDR,
	CHANGE_ROUTE, /* a default route, or one to half of the Internet */
	CHANGE_RULE,
	CHANGE_SWITCH, /* net.ipv4.conf: forwarding, rp_filter */
};

struct change {
	enum change_kind kind;
	bool gone;	       /* taken away; else made or changed */
	char dev[IFNAMSIZ];    /* CHANGE_LINK */
	struct rtnl_link link; /* CHANGE_LINK; the last counters of one that is gone */
	struct nexthop hop;    /* CHANGE_ROUTE */
	uint32_t table;	       /* CHANGE_ROUTE, CHANGE_RULE */
	uint32_t priority;     /* CHANGE_RULE */
	uint8_t protocol;      /* CHANGE_ROUTE: RTPROT_ */
	uint32_t port; /* who asked the kernel for it; mostly its process number; 0: none did */
};

/* Opens a socket that receives them. Returns as rtnl_open. */
int change_open(struct netlink **out) FO_MUST_CHECK;

/* Takes the next one, never waiting. Returns 0 and `*out`; -EAGAIN when there is none; -ENOBUFS
 * when some were lost; another -errno. Not logged. */
int change_next(struct netlink *nl, struct change *out) FO_MUST_CHECK;

/* Whether what a route or rule has taken, such as a VPN's for half of the Internet, goes by another
 * one now. Pure. */
bool change_uncovers(const struct change *change);

/* Whether it takes away a route that this program makes, or keepalived. Pure. */
bool change_takes_ours(const struct change *change);

/* Whether `change` tells more of who has made a fault than the one `before` it: of a switch the
 * kernel names nobody, not even this program. Pure. */
bool change_says_more(const struct change *before, const struct change *change);

/* Room for a sentence. */
#define CHANGE_TEXT_MAX 192

/* `default route via 192.168.0.9 dev eth0 (boot) was made by ip, process 4711`, as far as that can
 * still be known. Returns `buf`. */
const char *change_describe(const struct change *change, char buf[static CHANGE_TEXT_MAX]);

#endif
