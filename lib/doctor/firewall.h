/* firewall.h - what this router's packet filter makes of the traffic of a failover. Job: ruleset,
 * nat, nft(8), iptables-save(8). */
#ifndef FO_FIREWALL_H
#define FO_FIREWALL_H

#include <net/if.h>
#include <stddef.h>

#include "addr.h"
#include "compiler.h"
#include "kernel_rule.h"
#include "machine.h"

#define FIREWALL_PEERS_MAX 8

struct firewall_query {
	const char *lan, *uplink;
	struct addr_prefix network; /* of the LAN */
	size_t peer_count;
	struct addr_prefix peers[FIREWALL_PEERS_MAX]; /* the other routers, or the LAN's network */
};

/* Looks. Returns 0 and `*out`, or -errno, logged: without privilege, or without nft(8) where the
 * kernel has tables. */
int firewall_look(struct machine *machine, const struct firewall_query *query,
		  struct firewall *out) FO_MUST_CHECK;

#endif
