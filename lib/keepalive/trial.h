/* trial.h - the metered line tried from end to end: a name, and a connection. Job: dns_packet,
 * line_dns, source, rtnl, history. */
#ifndef FO_TRIAL_H
#define FO_TRIAL_H

#include <stdbool.h>
#include <stdint.h>

#include "addr.h"
#include "compiler.h"
#include "settings.h"

/* The port that is connected to: HTTPS. */
#define TRIAL_PORT 443

struct trial {
	struct addr server; /* that was asked for the name last */
	struct addr host;   /* what the name is; none: not known */
	int64_t name_us;    /* from the question to its answer */
	int64_t connect_us; /* from the first packet of the connection to the answer to it */
	int64_t bytes;	    /* that the line has carried meanwhile, both ways */
	int error;	    /* -errno of what failed; 0: nothing did */
};

/* Asks the servers of the line for `name`, and connects to what they answer, all of it out of the
 * uplink of `conf` with an address of its own, whichever way the default route leads; then closes
 * the connection. Sends nothing through it. The outcome is logged, and is in the history. Returns
 * 0 and `*out`; or -errno, logged, where it could not be tried for a reason of this machine. */
int trial_run(const struct conf *conf, const char *name, struct trial *out) FO_MUST_CHECK;

#endif
