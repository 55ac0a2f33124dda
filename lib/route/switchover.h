/* switchover.h - routes, rules, forwarding and flows as the VRRP state wants them. Job. */
#ifndef FO_SWITCHOVER_H
#define FO_SWITCHOVER_H

#include <stdbool.h>
#include <stdint.h>

#include "compiler.h"
#include "facts.h"
#include "history_aside.h"
#include "plan.h"
#include "settings.h"
#include "step.h"
#include "vrrp.h"

/* Whether the SIM is known to have the class of a master, so that the LAN need not be held back. */
typedef bool switchover_is_raised(const struct conf_speedclass *conf);

/* What is asked for. */
struct switchover_order {
	const enum vrrp_state *reported; /* NULL: what was reported last, as it is known once the
					  * lock is held */
	bool force;			 /* `reported` counts, whatever the VRRP address says */
	bool drifted;  /* nothing but our own routes and rules may have changed: flows are looked at
			* where one of them was not right */
	bool resident; /* says nothing where nothing was to be done */
	switchover_is_raised *is_raised; /* NULL: the LAN is not held back */
};

/* A state that changes this often while it is applied will bring another notification. */
#define SWITCHOVER_ROUNDS_MAX 5

struct switchover {
	struct facts facts;
	/* The states that were reached, each another one than before: an event each. */
	enum vrrp_state reached[SWITCHOVER_ROUNDS_MAX + 1];
	size_t reached_count;
	struct step steps[PLAN_ITEMS_MAX];
	size_t count;
	int64_t took_us;
	const char *hold_dev; /* into which the LAN is held back; of the configuration */
	int64_t hold_ms; /* the LAN is held back from now on, or would be, for so long; 0: no more
			  * than it was */
	uint32_t port; /* by which the kernel names us as the maker of the changes; 0: none were */
};

/* Looks at everything that the true state wants, and changes nothing. Returns 0 and `*out`, or
 * -errno, logged. */
int switchover_examine(const struct conf *conf, const struct switchover_order *order,
		       struct switchover *out) FO_MUST_CHECK;

/* Makes it so: under a lock, and again until the state that was applied is still the true one.
 * Before anything was reported since the boot, and without the address, only the line's own table
 * is made right. `*out` has what was there before, and what failed; and in `facts.linger_ms` how
 * long forwarding and flows have to wait: the caller comes again after switchover_pause_ms. Returns
 * 0 when all is right now; otherwise the first -errno; all logged. */
int switchover_apply(const struct conf *conf, const struct switchover_order *order,
		     struct switchover *out) FO_MUST_CHECK;

/* How long it is until something has to be done again that still waits; 0: nothing waits. */
int64_t switchover_pause_ms(const struct switchover *done);

/* Waits so long, or until this router holds the address again. Holds no lock. */
void switchover_wait(const struct conf *conf, int64_t pause_ms);

/* Removes what is ours: rules, the routes of the line's table, and, where another default route is
 * there, our own default route; the switches get back what they had. Returns 0 or -errno, logged.
 */
int switchover_clear(const struct conf *conf) FO_MUST_CHECK;

/* Adds an event for each state that was reached. */
void switchover_tell(const struct switchover *done, struct history_aside *aside);

/* One line of log for what was done. */
void switchover_log(const struct switchover *done, const struct switchover_order *order, int ret);

#endif
