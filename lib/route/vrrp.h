/* vrrp.h - VRRP states (RFC 9568, section 6.4) as keepalived names them. Pure. */
#ifndef FO_VRRP_H
#define FO_VRRP_H

#include <stdbool.h>

#include "compiler.h"

enum vrrp_state {
	VRRP_MASTER,
	VRRP_BACKUP,
	VRRP_FAULT, /* keepalived's own: a tracked interface or script has failed */
	VRRP_STOP   /* keepalived's own: the daemon ends, or the instance was deleted */
};

/* `master`, `backup`, `fault`, `stop`. */
const char *vrrp_state_name(enum vrrp_state state);

/* Reads a state from arguments: one word (`master`), or the four that keepalived's generic
 * `notify` appends: INSTANCE|GROUP NAME STATE PRIORITY. Upper and lower case alike; DELETED
 * counts as stop. `*is_state` is false for a notification that does not change the state
 * (MASTER_RX_LOWER_PRI, MASTER_PRIORITY, BACKUP_PRIORITY: keepalived.conf(5), notify FIFO); then
 * `*out` is not set. Returns 0, or -EINVAL when it is neither form. */
int vrrp_parse_args(int argc, char *const argv[], enum vrrp_state *out,
		    bool *is_state) FO_MUST_CHECK;

/* The state that is true: holding the VRRP address is what "master" means, whatever was reported.
 * Without it, what was reported, or backup when that was master: the message is stale. */
enum vrrp_state vrrp_true_state(enum vrrp_state reported, bool holds_vip);

#endif
