/* meter.h - readings of the metered line, for the account of its bytes. Job: usage, kept, rtnl,
 * vrrp_role, history.
 *
 * Whoever runs anyway takes one: fo-route after a switch, fo-speedclass sync, fo-keepalive. A line
 * counts as metered where fo.conf has [speedclass] or [keepalive]; elsewhere nothing is done. */
#ifndef FO_METER_H
#define FO_METER_H

#include <stdbool.h>
#include <stdint.h>

#include "compiler.h"
#include "rtnl.h"
#include "settings.h"
#include "usage.h"

struct meter_order {
	const struct conf *conf;
	const char *program;	      /* whose name an event gets */
	const struct rtnl_link *gone; /* the last counters of an uplink that is no more; NULL: those
				       * of now */
	bool last; /* to the disk, for this program ends, and perhaps the machine */
};

/* Takes a reading, and tells once a month when `warn-bytes` is passed. Returns whether it is
 * written down; why not is logged. Another one that holds the lock reads the same: it is waited for
 * a moment only. */
bool meter_read(const struct meter_order *order);

/* The account as a reading now would make it, and the present month: the newest one, where the
 * clock is in one that is over. Changes nothing. Returns 0 and
 * `*out`; -ENOENT, silently, where there is none; another -errno, logged. */
int meter_show(const struct conf *conf, struct usage *out, int64_t *month) FO_MUST_CHECK;

#endif
