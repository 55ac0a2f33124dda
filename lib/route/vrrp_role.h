/* vrrp_role.h - which VRRP state this router is in. Job: rtnl, store. */
#ifndef FO_VRRP_ROLE_H
#define FO_VRRP_ROLE_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "compiler.h"
#include "rtnl.h"
#include "settings.h"
#include "vrrp.h"

/* Which VRRP addresses the router holds, which is what "master" means. */
struct vrrp_role_held {
	bool vip;
	char dev[IFNAMSIZ]; /* which has that; empty: none, or the loopback interface */
	bool vip6;	    /* the same as `vip` where no vip6 is configured */
	bool gateway;	    /* the gateway of [route] backup is an address of this router itself */
};

/* Looks for the addresses on every interface: keepalived may put them on one of its own (use_vmac),
 * a bridge or a VLAN. Returns 0 and `*out`; -ENODEV when the LAN's is missing, or another -errno;
 * logged. */
int vrrp_role_get_held(struct netlink *nl, const struct conf *conf,
		       struct vrrp_role_held *out) FO_MUST_CHECK;

/* The true state, after `reported`: vrrp_true_state. Where keepalived has reported master, and the
 * way of a backup would lead to this router itself, fo.conf has another address than
 * keepalived.conf, and keepalived is believed. */
enum vrrp_state vrrp_role_state(enum vrrp_state reported, const struct vrrp_role_held *held);

/* The same, of the IPv4 address, for who needs nothing else. Returns as vrrp_role_get_held does. */
int vrrp_role_true_state(const struct conf *conf, enum vrrp_state reported,
			 enum vrrp_state *out) FO_MUST_CHECK;

/* Room for a complaint. */
#define VRRP_ROLE_TEXT_MAX 256

/* Whether keepalived has reported master, this router does not hold the address that fo.conf has,
 * but holds another one in the network of a LAN: `out` is then a sentence that names both; else it
 * is empty. Returns 0 or -errno, logged. */
int vrrp_role_find_mismatch(struct netlink *nl, const struct conf *conf,
			    char out[static VRRP_ROLE_TEXT_MAX]) FO_MUST_CHECK;

/* Waits up to `wait_ms` until the address is held, while the state written down is master. Returns
 * whether keepalived is still contradicted after that. */
bool vrrp_role_stays_unheld(const struct conf *conf, int64_t wait_ms);

/* Whether keepalived runs. A router that holds the address without it is
 * not master: no program would take the address away from it. */
bool vrrp_role_has_keepalived(void);

/* Whether any state was ever written down since the boot: keepalived has called. */
bool vrrp_role_was_reported(void);

/* The state written down last (/run/fo/vrrp.state), which is the true one, but for a report of
 * master while the address is not held; backup when there is none. */
enum vrrp_state vrrp_role_reported(void);

/* Whether this router was truly master when the state was written down last. */
bool vrrp_role_was_master(void);

/* Writes the true state down; a report of master that it contradicts, as such: it is a mistake in
 * one of two files, which `show` names. A failure is logged, and costs no more than the memory.
 * Returns whether the true state is another one than before, or the first one since the boot. */
bool vrrp_role_remember(enum vrrp_state reported, enum vrrp_state state);

#endif
