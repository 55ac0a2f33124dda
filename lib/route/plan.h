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
#define PLAN_SAVED_MAX	32
/* What a state asks for, besides the switches whose original values are restored. */
#define PLAN_OWN_MAX   48
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
	const struct conf_interfaces *lan;
	const char *uplink;
	enum vrrp_state state;		/* of the IPv4 address */
	enum vrrp_state state6;		/* of the IPv6 address; the same where there is none */
	bool known;			/* else no state was reported yet: only the line counts */
	bool lingers;			/* answers over the line are still forwarded */
	struct nexthop line, line6;	/* the default route of the line, with its gateway */
	bool line_up, line6_up;		/* it can be set: the uplink is up and has an address */
	const struct plan_saved *saved; /* never NULL */
};

enum plan_kind {
	PLAN_SYSCTL, /* set `sysctl` to `value` */
	PLAN_TABLE,  /* make `hop` the default route of the line's own table */
	PLAN_RULES,  /* have the rules that lead there, and no others of ours */
	PLAN_ROUTE,  /* make `hop` the default route */
	PLAN_LAN,    /* see that packets from `dev`, a LAN, take `hop` */
	PLAN_FLOWS   /* remove flows whose translation does not match that route */
};

struct plan_item {
	enum plan_kind kind;
	char sysctl[PLAN_SYSCTL_MAX]; /* such as net/ipv4/ip_forward */
	int value;		      /* 0 or 1 */
	bool may_be_missing;	      /* of an interface that comes and goes */
	sa_family_t family;	      /* of the route, the rules and the flows */
	struct nexthop hop;	      /* the route */
	char dev[IFNAMSIZ];	      /* the LAN */
};

/* The items in the order in which they are to be made true. */
struct plan {
	struct plan_item items[PLAN_ITEMS_MAX];
	size_t count;
	bool overflow; /* something did not fit */
};

/* What the facts ask for. The line's table and its rules are right in every state. The route goes
 * first, because the LAN waits for it, but for when what comes late from the LAN needs its rules;
 * forwarding is switched on after it, so that no packet of the LAN gets out where it is not
 * translated; flows are looked at when packets can pass, because the kernel is asked where. While
 * answers linger, forwarding and flows stay as they are. With VRRP_STOP the switches get back what
 * they had; with stop = keep nothing but the line is asked for. */
void plan_make(const struct conf_route *policy, const struct plan_facts *facts, struct plan *out);

/* The default route that `state` asks for, of AF_INET or AF_INET6; not set: none is asked for. */
struct nexthop plan_hop(const struct conf_route *policy, const struct plan_facts *facts,
			sa_family_t family);

#endif
