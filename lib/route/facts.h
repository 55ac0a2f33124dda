/* facts.h - what is true of this router now: what a plan is made from. Job. */
#ifndef FO_FACTS_H
#define FO_FACTS_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "compiler.h"
#include "plan.h"
#include "rtnl.h"
#include "rule_set.h"
#include "settings.h"
#include "vrrp.h"
#include "vrrp_role.h"

/* More than an uplink has. */
#define FACTS_ADDRS_MAX 16

/* The line, as one family sees it. */
struct facts_line {
	struct nexthop hop; /* of `master`, with its gateway where that is known */
	bool up;	    /* the interface is up, has an address, and the gateway is known */
	struct addr addrs[FACTS_ADDRS_MAX]; /* its addresses, but for link-local ones */
	size_t count;
};

struct facts {
	enum vrrp_state state, state6; /* the true ones, of the IPv4 and the IPv6 address */
	struct vrrp_role_held held;
	struct conf_interfaces
		lan;		/* as configured, and what the address is on, such as the macvlan
				 * of keepalived's use_vmac: packets for it come in there */
	bool known;		/* a state was reported since the boot, or the address is held */
	char sibling[IFNAMSIZ]; /* up where the uplink is gone, such as ppp1; else empty */
	struct facts_line line, line6; /* the second one is empty where no master6 is set */
	bool was_master;	       /* it was the last time, and is no longer */
	bool has_lingered;	       /* answers were, until now */
	int64_t linger_ms;	       /* how long answers are still forwarded; 0: they are not */
	int64_t late_ms;	       /* how long what the LAN still sends here goes by the line */
	struct plan_saved saved;       /* with VRRP_STOP only */
};

/* Finds out. `reported` is what keepalived says, and decides alone with `force`; NULL: what it said
 * last. Returns 0 and `*out`, or -errno, logged. */
int facts_find(struct netlink *nl, const struct conf *conf, const enum vrrp_state *reported,
	       bool force, struct facts *out) FO_MUST_CHECK;

/* The part of it that may change at any moment: who holds the addresses. */
int facts_look_again(struct netlink *nl, const struct conf *conf, enum vrrp_state reported,
		     bool force, struct facts *out) FO_MUST_CHECK;

/* Where this router has just given up the address, and answers are on their way over its line, lets
 * them linger; a stop shortens that, and a master ends it. `facts` is then as it is. */
void facts_begin_linger(const struct conf *conf, struct facts *facts);

/* What keepalived says, as facts_find took it. */
enum vrrp_state facts_reported(const enum vrrp_state *reported);

/* What the plan is made from, and the rules; both refer to `facts`. */
struct plan_facts facts_for_plan(const struct facts *facts, const struct conf *conf);
void facts_make_rules(const struct facts *facts, const struct conf *conf, sa_family_t family,
		      struct rule_set *out);

#endif
