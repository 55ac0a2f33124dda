/* firewall_facts.h - what a router's packet filter makes of the traffic of a failover. Pure. */
#ifndef FO_FIREWALL_FACTS_H
#define FO_FIREWALL_FACTS_H

#include <net/if.h>
#include <stdbool.h>

#define FIREWALL_CHAIN_MAX 96

struct firewall {
	bool known;	    /* else nothing but `any_nat` is */
	bool any_nat;	    /* there is some translation of sources, on whatever interface */
	bool translates;    /* sources of each LAN that has private addresses, on the uplink */
	bool clamps;	    /* the largest segment of TCP */
	char lan[IFNAMSIZ]; /* which LAN has a fault; the first one where none has */
	/* Which chain is sure to drop it; empty: none is. */
	char drops_vrrp[FIREWALL_CHAIN_MAX];	/* adverts of the other router */
	char drops_forward[FIREWALL_CHAIN_MAX]; /* what the LAN sends to the Internet */
	char drops_answers[FIREWALL_CHAIN_MAX]; /* what comes back */
};

#endif
