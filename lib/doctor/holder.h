/* holder.h - who has the VRRP address, as the LAN answers. Job: gateway, claim_socket, wire. */
#ifndef FO_HOLDER_H
#define FO_HOLDER_H

#include "compiler.h"
#include "kernel_rule.h"
#include "netlink.h"
#include "settings.h"

/* So long an answer is waited for, by a router that has not the address: at a failover nobody has
 * it for a moment. */
#define HOLDER_WAIT_MS 1500

/* So long one is waited for, twice, by a router that has it. */
#define HOLDER_ANSWER_MS 400

/* Asks by ARP: while this router has the address, whether another machine answers for it, too,
 * twice in a row; otherwise whether any does. Returns 0 and `*holder`, and with KERNEL_HOLDER_TWO
 * `*other`; or -errno, logged: without privilege. */
int holder_find(struct netlink *nl, const struct conf_router *router, enum kernel_holder *holder,
		struct mac *other) FO_MUST_CHECK;

#endif
