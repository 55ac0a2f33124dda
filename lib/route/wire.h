/* wire.h - the Ethernet on which this machine has an address. Edge: rtnetlink. */
#ifndef FO_WIRE_H
#define FO_WIRE_H

#include <stdbool.h>

#include "addr.h"
#include "compiler.h"
#include "mac.h"
#include "netlink.h"

struct wire {
	int index;		/* of the interface to ask on */
	int holder;		/* of the one that has the address, often the same */
	struct mac mac;		/* its own */
	struct mac virtual;	/* of the macvlan above it that has the address, as keepalived's
				 * use_vmac makes it: who else is a router of that group has it, too;
				 * else none */
	struct addr link_local; /* of the interface; none where it has no IPv6 */
	bool up;
};

/* Finds it. What is sent on a macvlan has its virtual hardware address, to which an answer of
 * another router with the same one could not be delivered: the interface below it is the one to ask
 * on. Returns 0 and `*out`; -ENOENT where this machine has not the address, but perhaps on its
 * loopback; -EMEDIUMTYPE where that is no Ethernet; another -errno, logged. */
int wire_find(struct netlink *nl, const struct addr *address, struct wire *out) FO_MUST_CHECK;

/* Whether an interface of this machine has the hardware address `mac`. Returns 0 and `*own`, or
 * -errno, logged. */
int wire_is_own(struct netlink *nl, const struct mac *mac, bool *own) FO_MUST_CHECK;

#endif
