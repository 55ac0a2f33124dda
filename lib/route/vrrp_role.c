#include "vrrp_role.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>

#include "log.h"
#include "num.h"
#include "store.h"

#define STATE_NAME "vrrp.state"

#define KEEPALIVED_PID_FILE "/run/keepalived.pid"

/* An address of the loopback interface is not one that keepalived has put on the LAN, unless that
 * is the LAN. */
static int is_held(struct netlink *nl, const struct addr *vip, int lan, bool *held)
{
	int index = 0;
	int ret = rtnl_find_addr(nl, vip, &index);

	if (ret == 0)
		*held = index != 0 && (index != RTNL_LOOPBACK || lan == RTNL_LOOPBACK);
	return ret;
}

int vrrp_role_get_held(struct netlink *nl, const struct conf_router *router,
		       struct vrrp_role_held *out)
{
	struct vrrp_role_held held = { .vip = false };
	struct rtnl_link link;
	int ret = rtnl_get_link(nl, router->lan.items[0], &link);

	if (ret == -ENODEV)
		log_err(0, "[router] lan = %s: there is no such interface",
			router->lan.items[0]);
	if (ret == 0)
		ret = is_held(nl, &router->vip, link.index, &held.vip);
	held.vip6 = held.vip;
	if (ret == 0 && addr_is_set(&router->vip6))
		ret = is_held(nl, &router->vip6, link.index, &held.vip6);
	if (ret == 0)
		*out = held;
	return ret;
}

int vrrp_role_true_state(const struct conf_router *router, enum vrrp_state reported,
			 enum vrrp_state *out)
{
	struct netlink *nl = NULL;
	struct vrrp_role_held held;
	int ret = rtnl_open(&nl);

	if (ret == 0)
		ret = vrrp_role_get_held(nl, router, &held);
	netlink_close(nl);
	if (ret == 0)
		*out = vrrp_true_state(reported, held.vip);
	return ret;
}

bool vrrp_role_has_keepalived(void)
{
	char text[32];
	int64_t pid = 0;

	return store_read_path(KEEPALIVED_PID_FILE, text, sizeof(text)) == 0 &&
	       num_parse(text, 1, INT32_MAX, &pid) == 0 &&
	       (kill((pid_t)pid, 0) == 0 || errno == EPERM);
}

bool vrrp_role_was_reported(void)
{
	char word[16];

	return store_read(STORE_RUN, STATE_NAME, word, sizeof(word)) == 0;
}

enum vrrp_state vrrp_role_reported(void)
{
	enum vrrp_state state = VRRP_BACKUP;
	bool is_state;
	char word[16];
	char *args[] = { word };

	if (store_read(STORE_RUN, STATE_NAME, word, sizeof(word)) != 0 ||
	    vrrp_parse_args(1, args, &state, &is_state) != 0)
		return VRRP_BACKUP;
	return state;
}

void vrrp_role_remember(enum vrrp_state state)
{
	char text[16];

	if (vrrp_role_was_reported() && vrrp_role_reported() == state)
		return;
	snprintf(text, sizeof(text), "%s\n", vrrp_state_name(state));
	store_note(STORE_RUN, STATE_NAME, text, 0644);
}
