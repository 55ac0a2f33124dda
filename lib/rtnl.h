/* rtnl.h - links, addresses and default routes, rtnetlink(7). Edge. */
#ifndef FO_RTNL_H
#define FO_RTNL_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addr.h"
#include "compiler.h"
#include "hop.h"
#include "netlink.h"

/* The main table, and the metric of our routes: the one that ip-route(8) uses when none is given
 * (for IPv6 the kernel's IP6_RT_PRIO_USER). */
#define RTNL_METRIC4 0
#define RTNL_METRIC6 1024

/* Opens a socket. Returns 0 and `*out`, owned by the caller (netlink_close), or -errno, logged. */
int rtnl_open(struct netlink **out) FO_MUST_CHECK;

/* A network interface. */
struct rtnl_link {
	int index;
	bool up;	     /* administratively up, and running (IFF_UP, IFF_RUNNING) */
	uint64_t rx_packets; /* since it was created */
	uint64_t tx_packets;
};

/* Looks at interface `name`. Returns 0 and `*out`; -ENODEV, silently, when there is none;
 * another -errno, logged. */
int rtnl_get_link(struct netlink *nl, const char *name, struct rtnl_link *out) FO_MUST_CHECK;

/* Opens a socket that tells of every change of a link (RTNLGRP_LINK). Returns as rtnl_open. */
int rtnl_open_link_monitor(struct netlink **out) FO_MUST_CHECK;

/* What a monitor says of an interface. */
struct rtnl_link_event {
	char name[IFNAMSIZ];
	int index;
	bool up; /* as in struct rtnl_link; false also when it is gone */
};

/* Takes the monitor's next event, never waiting. Returns 0 and `*out`; -EAGAIN when there is none;
 * -ENOBUFS when some were lost, and every link has to be looked at again; another -errno. Not
 * logged. */
int rtnl_next_link_event(struct netlink *nl, struct rtnl_link_event *out) FO_MUST_CHECK;

/* An address on an interface. */
struct rtnl_addr {
	struct addr local;   /* the router's own */
	struct addr peer;    /* of a point-to-point link; none otherwise */
	unsigned prefix_len; /* bits; of the peer on a point-to-point link */
};

#define RTNL_ADDRS_MAX 64

struct rtnl_addrs {
	struct rtnl_addr items[RTNL_ADDRS_MAX];
	size_t count;
	bool more; /* than fit */
};

/* The addresses, of both families, on the interface `index`, or on all of them with 0. Returns 0
 * and `*out`, or -errno, logged. */
int rtnl_get_addrs(struct netlink *nl, int index, struct rtnl_addrs *out) FO_MUST_CHECK;

#define RTNL_NETS_MAX 256

struct rtnl_nets {
	struct addr_prefix items[RTNL_NETS_MAX];
	size_t count;
};

/* The networks of `family` that have a route in the main table, but for the default route; more
 * than RTNL_NETS_MAX are left out. Returns 0 and `*out`, or -errno, logged. */
int rtnl_get_nets(struct netlink *nl, sa_family_t family, struct rtnl_nets *out) FO_MUST_CHECK;

/* The default route of `family` in the main table with our metric. Returns 0 and `*out` (not set
 * where there is none, or one with several next hops; the first where there are several, which is
 * the one that the kernel uses and replaces), or -errno, logged. */
int rtnl_get_default(struct netlink *nl, sa_family_t family, struct hop *out) FO_MUST_CHECK;

/* Makes `hop` the default route of `family`, in the main table, with our metric and keepalived's
 * protocol number: one kernel operation, with no instant between the old and the new. Where
 * somebody (pppd's `defaultroute`) has put another one in front of it, that one is deleted, which
 * uncovers it. Routes of other metrics and tables stay. Returns 0 once the kernel has acknowledged;
 * -ENODEV when the interface is missing; another -errno; all logged, with the kernel's own words
 * where it gives any. Needs CAP_NET_ADMIN. */
int rtnl_replace_default(struct netlink *nl, sa_family_t family,
			 const struct hop *hop) FO_MUST_CHECK;

#endif
