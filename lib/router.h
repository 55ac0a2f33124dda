/* router.h - which VRRP state this router is in. Dialogue: rtnl, store. */
#ifndef FO_ROUTER_H
#define FO_ROUTER_H

#include <stdbool.h>

#include "compiler.h"
#include "conf.h"
#include "rtnl.h"
#include "vrrp.h"

/* Tells whether the router holds the VRRP address, which is what "master" means. Returns 0 and
 * `*out`; -ENODEV when the LAN interface is missing, or another -errno; logged. */
int router_holds_vip(struct rtnl *nl, const struct conf_router *router, bool *out) FO_MUST_CHECK;

/* The true state, after `told`: vrrp_true_state. Returns as router_holds_vip does. */
int router_true_state(const struct conf_router *router, enum vrrp_state told,
		      enum vrrp_state *out) FO_MUST_CHECK;

/* The state written down last (/run/fo/vrrp.state); backup when there is none. */
enum vrrp_state router_last_told(void);

/* Writes a state down. A failure is logged, and costs no more than the memory. */
void router_remember(enum vrrp_state state);

#endif
