/* firewall.h - what this router's packet filter makes of the traffic of a failover. Job: ruleset,
 * ruleset_note, nft(8), iptables-save(8). */
#ifndef FO_FIREWALL_H
#define FO_FIREWALL_H

#include <stddef.h>

#include "addr.h"
#include "compiler.h"
#include "firewall_facts.h"

#define FIREWALL_PEERS_MAX 8
#define FIREWALL_LANS_MAX  8

struct firewall_lan {
	const char *name;
	struct addr_prefix network; /* not set: not known */
};

struct firewall_query {
	struct firewall_lan lans[FIREWALL_LANS_MAX]; /* VRRP is on the first one */
	size_t lan_count;
	const char *uplink;
	struct addr_prefix internet; /* a host that stands for all of it */
	bool any_nat;		     /* as the kernel says */
	size_t peer_count;
	struct addr_prefix peers[FIREWALL_PEERS_MAX]; /* the other routers, or the LAN's network;
						       * none: adverts are not looked at */
};

struct firewall_look;

/* Starts nft(8), unless the rules are those that it printed before, and iptables-legacy-save(8)
 * where the kernel has such tables: they run while other things are looked at, which take as long.
 * Returns what has to be given to firewall_end or firewall_drop; NULL: no memory. */
struct firewall_look *firewall_begin(void);

/* Waits for them, and judges what they show. Returns 0 and `*out`; -ENOENT, not logged, where the
 * kernel translates and the program that shows its rules is not there; or -errno, logged: without
 * privilege. `look` may be NULL. */
int firewall_end(struct firewall_look *look, const struct firewall_query *query,
		 struct firewall *out) FO_MUST_CHECK;

/* Waits for them, for nothing. `look` may be NULL. */
void firewall_drop(struct firewall_look *look);

#endif
