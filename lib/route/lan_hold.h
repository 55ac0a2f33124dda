/* lan_hold.h - what the LAN sends into the line, held back to a trickle for a time. Job: nft_rule.
 *
 * A speed class is raised by some packets over a line of 32 kbit/s, whose queue a busy LAN fills
 * with seconds of its own. The table `inet fo_hold` lets pass of what is forwarded into the line:
 * first and last packets of TCP, echoes, DNS, and a little small UDP, each with a limit of its own,
 * together less than a third of that line either way. What the router itself sends is not touched.
 * The kernel ends it by itself: the interface is an element with a timeout. */
#ifndef FO_LAN_HOLD_H
#define FO_LAN_HOLD_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "compiler.h"

struct report;

struct lan_hold {
	bool there;	    /* the table is */
	char dev[IFNAMSIZ]; /* the line into which the LAN is held; empty: none, or no longer */
	int64_t for_ms;	    /* for so long altogether */
	int64_t left_ms;
};

/* Holds for `ms` what is forwarded into `dev`; a hold that is in force stays as it is. Returns 0;
 * or -errno, logged: without nf_tables, or where another program has a table of this name, nothing
 * is held. */
int lan_hold_begin(const char *dev, int64_t ms) FO_MUST_CHECK;

/* Ends it and removes the table. Returns 0 and in `*was` what it was; or -errno, logged. */
int lan_hold_end(struct lan_hold *was);

/* Asks the kernel. Returns 0 and `*out`; or -errno, not logged: -EPERM without privilege. */
int lan_hold_find(struct lan_hold *out) FO_MUST_CHECK;

/* Adds to a report how long the LAN is still held back. */
void lan_hold_show(struct report *report);

#endif
