/* switchover.h - routes, forwarding and flows as the VRRP state wants them. Job. */
#ifndef FO_SWITCHOVER_H
#define FO_SWITCHOVER_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "compiler.h"
#include "plan.h"
#include "settings.h"
#include "vrrp.h"
#include "vrrp_role.h"

/* One thing that the plan wants, and what is there. */
struct switchover_item {
	struct plan_item want;
	bool absent;	    /* the switch of an interface that is gone: nothing to do */
	bool hidden;	    /* it cannot be looked at without privilege */
	bool as_wanted;	    /* nothing differs, as far as can be seen */
	int value;	    /* of a sysctl, at present */
	struct nexthop hop; /* the present route */
	bool loops;	    /* the wanted route leads to this router itself */
	size_t stale;	    /* flows that do not fit */
	int error;	    /* why it could not be made right, -errno */
};

struct switchover {
	enum vrrp_state state, state6; /* the true ones, of the IPv4 and the IPv6 address */
	struct vrrp_role_held held;
	char sibling[IFNAMSIZ]; /* up where the uplink is gone, such as ppp1; else empty */
	bool too_early;		/* no state was reported since the boot: nothing is done */
	struct switchover_item items[PLAN_ITEMS_MAX];
	size_t count;
	int64_t took_us;
};

/* Looks at everything that the true state wants (or `reported` itself, with `force`), and changes
 * nothing; `reported` is as in switchover_apply. Returns 0 and `*out`, or -errno, logged. */
int switchover_examine(const struct conf *conf, const enum vrrp_state *reported, bool force,
		       struct switchover *out) FO_MUST_CHECK;

/* Makes it so: under a lock, and again until the state that was applied is still the true one.
 * `reported` NULL: what was reported last, as it is known once the lock is held. pppd may come
 * before keepalived: without any report since the boot, and without the address, `backup` would be
 * a guess that could send the router to a neighbour who is not there; then nothing is done
 * (`too_early`). What is right already is not touched. `*out` has what was there before, and what
 * failed. Returns 0 when all is right now; otherwise the first -errno; all logged. */
int switchover_apply(const struct conf *conf, const enum vrrp_state *reported, bool force,
		     struct switchover *out) FO_MUST_CHECK;

#endif
