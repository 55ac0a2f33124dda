/* plan.h - what a VRRP state asks of the kernel. Pure. */
#ifndef FO_PLAN_H
#define FO_PLAN_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>

#include "settings.h"
#include "vrrp.h"

/* Room for a name below /proc/sys. */
#define PLAN_SYSCTL_MAX (48 + IFNAMSIZ)
#define PLAN_SAVED_MAX	16
/* What a state asks for, besides the switches whose original values are restored. */
#define PLAN_OWN_MAX   12
#define PLAN_ITEMS_MAX (PLAN_SAVED_MAX + PLAN_OWN_MAX)

/* What switches had before they were changed, for the time when keepalived has stopped. */
struct plan_saved {
	size_t count;
	struct plan_switch {
		char name[PLAN_SYSCTL_MAX];
		int value;
	} items[PLAN_SAVED_MAX];
};

/* What a plan is made from. */
struct plan_facts {
	const char *lan, *uplink;	/* interfaces */
	enum vrrp_state state;		/* of the IPv4 address */
	enum vrrp_state state6;		/* of the IPv6 address; the same where there is none */
	const struct plan_saved *saved; /* never NULL */
};

enum plan_kind {
	PLAN_SYSCTL, /* set `sysctl` to `value` */
	PLAN_ROUTE,  /* make `hop` the default route */
	PLAN_FLOWS   /* remove flows of the LAN whose translation does not match that route */
};

struct plan_item {
	enum plan_kind kind;
	char sysctl[PLAN_SYSCTL_MAX]; /* such as net/ipv4/ip_forward */
	int value;		      /* 0 or 1 */
	bool may_be_missing;	      /* a sysctl of an interface that comes and goes */
	sa_family_t family;	      /* of the route, and of the flows */
	struct nexthop hop;	      /* the route */
};

/* The items in the order in which they are to be made true. */
struct plan {
	struct plan_item items[PLAN_ITEMS_MAX];
	size_t count;
	bool overflow; /* something did not fit */
};

/* What the facts ask for. With VRRP_STOP the switches get back what they had. The order never lets
 * a packet of the LAN out untranslated: forwarding is switched on last and off first, and flows are
 * looked at once the route is right. Empty when nothing is wanted (stop = keep). */
void plan_make(const struct conf_route *policy, const struct plan_facts *facts, struct plan *out);

/* The default route that `state` asks for, of AF_INET or AF_INET6; not set: none is asked for. */
struct nexthop plan_hop(const struct conf_route *policy, enum vrrp_state state, sa_family_t family);

#endif
