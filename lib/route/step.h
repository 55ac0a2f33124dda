/* step.h - one step of a plan: what is wanted, what is there, and both in words. Job: plan, lookup.
 */
#ifndef FO_STEP_H
#define FO_STEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lookup.h"
#include "plan.h"

struct step {
	struct plan_item want;
	bool absent;		     /* the interface is gone: nothing to do */
	bool hidden;		     /* it cannot be looked at without privilege */
	bool as_wanted;		     /* nothing differs, as far as can be seen */
	int value;		     /* of a sysctl, at present */
	struct nexthop hop;	     /* the present route of that table */
	bool loops;		     /* the wanted route leads to this router itself */
	bool shared;		     /* it is there with others of its metric: route_is_shared */
	bool overruled;		     /* the route is there, but the kernel's `answer` is another */
	struct lookup_answer answer; /* where a packet to the Internet goes */
	uint32_t priority;	     /* of the rule that leads to the table of the answer */
	size_t missing, extra;	     /* rules */
	size_t stale;		     /* flows that do not fit */
	int error;		     /* why it could not be made right, -errno */
};

/* Room for any of the texts. */
#define STEP_TEXT_MAX 400

/* What is wanted: `default route dev ppp0`. Returns `buf`, as all do. */
const char *step_describe_want(const struct step *step, char buf[static STEP_TEXT_MAX]);

/* What is there: `is via 192.168.0.254 dev eth0`. */
const char *step_describe_present(const struct step *step, char buf[static STEP_TEXT_MAX]);

/* What was done, `default route dev ppp0 (was via 192.168.0.254 dev eth0)`; empty where it was
 * right already. */
const char *step_describe_done(const struct step *step, char buf[static STEP_TEXT_MAX]);

/* What the kernel does although the route is set, and what to do about it. */
const char *step_describe_overruled(const struct step *step, char buf[static STEP_TEXT_MAX]);

#endif
