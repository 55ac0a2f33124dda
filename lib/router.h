/* router.h - which VRRP state this router is in. Dialogue: rtnl, store. */
#ifndef FO_ROUTER_H
#define FO_ROUTER_H

#include <stdbool.h>

#include "compiler.h"
#include "conf.h"
#include "rtnl.h"
#include "vrrp.h"

/* Which VRRP addresses the router holds, which is what "master" means. */
struct router_held {
	bool vip;
	bool vip6; /* the same as `vip` where no vip6 is configured */
};

/* Looks at the LAN interface. Returns 0 and `*out`; -ENODEV when it is missing, or another -errno;
 * logged. */
int router_get_held(struct netlink *nl, const struct conf_router *router,
		    struct router_held *out) FO_MUST_CHECK;

/* The true state of the IPv4 address, after `told`: vrrp_true_state. Returns as router_get_held
 * does. */
int router_true_state(const struct conf_router *router, enum vrrp_state told,
		      enum vrrp_state *out) FO_MUST_CHECK;

/* Whether keepalived runs, by its usual process file. A router that holds the address without it is
 * not master: nobody would take the address away from it. */
bool router_has_keepalived(void);

/* Whether any state was ever written down since the boot: keepalived has called. */
bool router_was_told(void);

/* The state written down last (/run/fo/vrrp.state); backup when there is none. */
enum vrrp_state router_last_told(void);

/* Writes a state down. A failure is logged, and costs no more than the memory. */
void router_remember(enum vrrp_state state);

#endif
