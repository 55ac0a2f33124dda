/* speedclass.h - the class that is wanted, and the one that the SIM is known to have. Edge: store.
 *
 * What is wanted is written down before anything is sent, so that what cannot be done now is done
 * later, also after a loss of power: /var/lib/fo/speedclass.wanted, or below /run/fo where that
 * cannot be written. What is known is in /run/fo, so that nothing is sent when nothing is wanted;
 * it is unknown from before a request until its answer, and after a boot. */
#ifndef FO_SPEEDCLASS_H
#define FO_SPEEDCLASS_H

#include <stdbool.h>
#include <stdint.h>

#include "compiler.h"
#include "settings.h"
#include "sim.h"

/* Both classes; empty: none wanted yet, or unknown. */
struct speedclass {
	char wanted[SIM_CLASS_MAX];
	char known[SIM_CLASS_MAX];
	bool refused; /* SORACOM has refused for good what was asked last */
};

/* Reads what is written down; what is no class is taken for nothing. */
void speedclass_load(struct speedclass *out);

/* Reads only what is wanted; empty: nothing yet. */
void speedclass_load_wanted(char out[static SIM_CLASS_MAX]);

/* Writes down that `speed_class` is wanted. Returns 0 or -errno, logged. */
int speedclass_want(const char *speed_class) FO_MUST_CHECK;

/* Records that the SIM has `speed_class`, as SORACOM has just answered; "": unknown. A failure
 * is logged, and costs one request more. */
void speedclass_learn(const char *speed_class);

/* Notes that SORACOM refuses `what` for good: a class, or "login"; NULL: that it refuses nothing.
 * Returns whether that is new. */
bool speedclass_note_refusal(const char *what);

/* The same for a class that could not be set for a reason of this router. */
bool speedclass_note_failure(const char *speed_class);

/* Notes that the router is master, which raises the class, or that it is not. A failure is logged,
 * and the time then restarts. */
void speedclass_note_raised(bool raised);

/* Whether that has been so, without a break, for `max_raised_ms`; never with 0. */
bool speedclass_is_capped(int64_t max_raised_ms);

/* The class that is due for a master, or another: the raised one no longer than `max-raised`, and
 * not while another machine is master, too (`split`), where `conf` wants it lowered then. Points
 * into `conf`. */
const char *speedclass_due(const struct conf_speedclass *conf, bool master, bool split);

/* Records that SORACOM has just answered which class the SIM has. */
void speedclass_note_look(void);

/* Forgets it: what SORACOM has been asked since may have changed the class, or may yet. The next
 * look is due. */
void speedclass_forget_look(void);

/* How many seconds ago that was, INT64_MAX: never, or not known. */
int64_t speedclass_looked_ago_s(void);

#endif
