/* rtnl.h - links and addresses, rtnetlink(7). Edge. */
#ifndef FO_RTNL_H
#define FO_RTNL_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addr.h"
#include "compiler.h"
#include "netlink.h"

/* Opens a socket. Returns 0 and `*out`, owned by the caller (netlink_close), or -errno, logged. */
int rtnl_open(struct netlink **out) FO_MUST_CHECK;

/* A network interface. */
struct rtnl_link {
	int index;
	bool up;	       /* administratively up, and running (IFF_UP, IFF_RUNNING) */
	bool has_neighbours;   /* ARP or ND finds them: neither IFF_NOARP nor IFF_POINTOPOINT */
	uint64_t rx_packets;   /* since it was created */
	uint64_t rx_multicast; /* of these, where the driver counts them */
	uint64_t tx_packets;
	uint64_t rx_bytes; /* what the driver counts: of ppp and raw IP the IP packets, of an
			    * Ethernet their headers, too */
	uint64_t tx_bytes;
};

/* Reads what a message of the kernel, RTM_NEWLINK or RTM_DELLINK with a whole header, tells of an
 * interface. */
void rtnl_read_link(const struct nlmsghdr *nlh, struct rtnl_link *out);

/* Looks at interface `name`. Returns 0 and `*out`; -ENODEV, silently, when there is none;
 * another -errno, logged. */
int rtnl_get_link(struct netlink *nl, const char *name, struct rtnl_link *out) FO_MUST_CHECK;

/* The index of interface `name`; 0: there is none. */
int rtnl_get_index(const char *name);

/* Whether two interfaces are pppd's, such as ppp0 and ppp1, which may be one line: pppd takes ppp1
 * while an old one still holds ppp0. eth1 never becomes eth0. */
bool rtnl_is_sibling(const char *a, const char *b);

/* Looks for a sibling of `name` that is up and has an address. Returns 0 and `out`, empty: there is
 * none; or -errno, logged. */
int rtnl_find_sibling(struct netlink *nl, const char *name,
		      char out[static IFNAMSIZ]) FO_MUST_CHECK;

/* Where pppd has brought the line up under another name: uplink, the other one, uplink. */
#define RTNL_SIBLING "%s is gone, but %s is up: put `ifname %s` into the peers file of pppd"

/* What a monitor receives, a bit mask: RTMGRP_ of rtnetlink(7), and netconf for the switches of
 * net.ipv4.conf. */
enum rtnl_topic {
	RTNL_LINKS = 0x1,
	RTNL_ADDRS = 0x10 | 0x100,
	RTNL_ROUTES = 0x40 | 0x400,
	RTNL_RULES = 1 << 7 | 1 << 18,
	RTNL_SWITCHES = 1 << 23,
};

/* Opens a socket that receives every change of `topics`. Returns as rtnl_open. */
int rtnl_open_monitor(unsigned topics, struct netlink **out) FO_MUST_CHECK;

/* Waits for something to receive, until `end_us` (CLOCK_MONOTONIC) at most, and drops all of it:
 * for who looks at the whole then. */
void rtnl_wait(struct netlink *monitor, int64_t end_us);

/* An event about an interface, or about an address of it. */
struct rtnl_link_event {
	char name[IFNAMSIZ];
	int index;
	bool up;   /* as in struct rtnl_link; false also when it is gone */
	bool addr; /* about an address: then only the index is known */
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
	bool tentative;	     /* not to be used yet, or never (RFC 4862) */
	bool secondary;	     /* of IPv4: in the network of another one, with which it goes */
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

/* The network of the first IPv4 address on the interface `name` that is not `except`. Returns 0 and
 * `*out`, not set where there is none; or -errno, logged. */
int rtnl_find_network(struct netlink *nl, const char *name, const struct addr *except,
		      struct addr_prefix *out) FO_MUST_CHECK;

/* The index of the interface that has `addr`, however many addresses there are; the loopback only
 * where no other one has it. Returns 0 and `*index`, 0: none has it; or -errno, logged. */
int rtnl_find_addr(struct netlink *nl, const struct addr *addr, int *index) FO_MUST_CHECK;

/* The loopback interface has this index in each network namespace (LOOPBACK_IFINDEX, net/flow.h).
 */
#define RTNL_LOOPBACK 1

#endif
