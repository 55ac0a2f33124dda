/* uplink.h - the metered line's interface as it is now. Job: conf, rtnl. */
#ifndef FO_UPLINK_H
#define FO_UPLINK_H

#include <stdbool.h>
#include <stdint.h>

#include "addr.h"
#include "compiler.h"
#include "settings.h"

struct uplink {
	bool up;      /* it is there, and up */
	bool address; /* it has one of the target's family: what is sent has a source of its own */
	int index;    /* 0: there is none */
	int64_t rx, tx;	    /* packets since it was made, modulo 2^62 */
	struct addr target; /* [keepalive] target, or the peer; none: there is no peer address */
};

/* Looks at [router] uplink. Returns 0 and `*out`, also where there is no such interface; or -errno,
 * logged. */
int uplink_look(const struct conf *conf, struct uplink *out) FO_MUST_CHECK;

#endif
