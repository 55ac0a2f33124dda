/* vrrp_role.h - which VRRP state this router is in. Job: rtnl, store. */
#ifndef FO_VRRP_ROLE_H
#define FO_VRRP_ROLE_H

#include <stdbool.h>

#include "compiler.h"
#include "rtnl.h"
#include "settings.h"
#include "vrrp.h"

/* Which VRRP addresses the router holds, which is what "master" means. */
struct vrrp_role_held {
	bool vip;
	bool vip6; /* the same as `vip` where no vip6 is configured */
};

/* Looks for the addresses on every interface: keepalived may put them on one of its own (use_vmac),
 * a bridge or a VLAN. Returns 0 and `*out`; -ENODEV when the LAN's is missing, or another -errno;
 * logged. */
int vrrp_role_get_held(struct netlink *nl, const struct conf_router *router,
		       struct vrrp_role_held *out) FO_MUST_CHECK;

/* The true state of the IPv4 address, after `reported`: vrrp_true_state. Returns as
 * vrrp_role_get_held does. */
int vrrp_role_true_state(const struct conf_router *router, enum vrrp_state reported,
			 enum vrrp_state *out) FO_MUST_CHECK;

/* Whether keepalived runs, by its usual process file. A router that holds the address without it is
 * not master: no program would take the address away from it. */
bool vrrp_role_has_keepalived(void);

/* Whether any state was ever written down since the boot: keepalived has called. */
bool vrrp_role_was_reported(void);

/* The state written down last (/run/fo/vrrp.state); backup when there is none. */
enum vrrp_state vrrp_role_reported(void);

/* Writes a state down. A failure is logged, and costs no more than the memory. */
void vrrp_role_remember(enum vrrp_state state);

#endif
