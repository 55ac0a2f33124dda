/* gateway.h - whether the LAN has a gateway: who answers for the VRRP address. Job: claim, wire. */
#ifndef FO_GATEWAY_H
#define FO_GATEWAY_H

#include <stddef.h>
#include <stdint.h>

#include "addr.h"
#include "compiler.h"
#include "mac.h"
#include "netlink.h"

enum gateway_holder {
	GATEWAY_UNKNOWN, /* could not ask: no privilege, or the LAN is no Ethernet, or down */
	GATEWAY_OURS,	 /* this router has the address */
	GATEWAY_OTHER,	 /* another machine has it */
	GATEWAY_NOBODY	 /* nobody has: the LAN has no gateway */
};

struct gateway {
	enum gateway_holder holder;
	struct mac mac; /* with GATEWAY_OTHER */
	int error;	/* with GATEWAY_UNKNOWN: -errno */
};

/* How long an answer is waited for; a LAN that works gives it within a millisecond. */
#define GATEWAY_WAIT_MS 500

/* Asks on the LAN by ARP (RFC 5227, a probe: it leaves no trace in the memory of others) who
 * has the IPv4 address `address`, three times within `wait_ms`, unless this router has it. Returns
 * 0 and
 * `*out`, or -errno, logged, where the kernel could not be asked about ourselves. */
int gateway_find(struct netlink *nl, const struct addr *address, int64_t wait_ms,
		 struct gateway *out) FO_MUST_CHECK;

/* The same of `count` addresses, 1 or more, into as many `out`. */
int gateway_find_all(struct netlink *nl, const struct addr *addresses, size_t count,
		     int64_t wait_ms, struct gateway *out) FO_MUST_CHECK;

#endif
