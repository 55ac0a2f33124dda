/* kernel_rule.h - what in the kernel's network keeps a failover from working. Pure. */
#ifndef FO_KERNEL_RULE_H
#define FO_KERNEL_RULE_H

#include "finding.h"
#include "firewall_facts.h"
#include "mac.h"
#include "settings.h"

/* Who answers for the VRRP address on the LAN. */
enum kernel_holder {
	KERNEL_HOLDER_UNKNOWN, /* it could not be asked */
	KERNEL_HOLDER_NOBODY,
	KERNEL_HOLDER_ONE,
	KERNEL_HOLDER_TWO, /* this router, and another machine */
};

struct kernel_lan {
	bool there, up;
	bool forwards, redirects; /* its switches, with that of `all` where that counts */
	int mtu;		  /* 0: not known */
	struct addr second; /* this router's own address, which goes with the VRRP address; or none
			     */
};

struct kernel_uplink {
	bool there, up; /* up: and running */
	bool address;	/* it has an IPv4 address */
	bool address6;	/* it has an IPv6 address that is not link-local */
	bool forwards;
	bool strict; /* reverse path filter */
	bool ignores_ra;
	int mtu;
	char sibling[IFNAMSIZ]; /* another of its kind that is up, where it is gone; else empty */
};

struct kernel_facts {
	struct kernel_lan lans[CONF_LANS_MAX]; /* as in [router] lan */
	struct kernel_uplink uplink;
	bool master;
	enum kernel_holder holder;
	struct mac other; /* of the other machine, with KERNEL_HOLDER_TWO */
	bool own_backup;  /* the gateway of [route] backup is an address of this router, and no VRRP
			     address; the same of master */
	bool own_master;
	struct firewall firewall;
};

/* Adds FO201 and FO202, FO204 to FO216, FO220. */
void kernel_rule_check(const struct conf *conf, const struct kernel_facts *facts,
		       struct findings *out);

#endif
