#include "vrrp_role.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "log.h"
#include "process.h"
#include "store.h"

#define STATE_NAME "vrrp.state"
#define UNHELD	   " unheld" /* after `master`, as keepalived has reported it */

/* An address of the loopback interface is not one that keepalived has put on the LAN, unless that
 * is the LAN. */
static int is_held(struct netlink *nl, const struct addr *vip, int lan, bool *held, int *index)
{
	int ret;

	*index = 0;
	ret = rtnl_find_addr(nl, vip, index);
	if (ret == 0)
		*held = *index != 0 && (*index != RTNL_LOOPBACK || lan == RTNL_LOOPBACK);
	return ret;
}

/* Whether the way of a backup leads to this router. */
static int is_gateway_own(struct netlink *nl, const struct nexthop *backup, bool *own)
{
	int index = 0;
	int ret = addr_is_set(&backup->via) ? rtnl_find_addr(nl, &backup->via, &index) : 0;

	if (ret == 0)
		*own = index != 0 && index != RTNL_LOOPBACK;
	return ret;
}

int vrrp_role_get_held(struct netlink *nl, const struct conf *conf, struct vrrp_role_held *out)
{
	const struct conf_router *router = &conf->router;
	struct vrrp_role_held held = { .vip = false };
	int lan = rtnl_get_index(router->lan.items[0]);
	int ret, index, index6;

	if (lan == 0) {
		log_err(0, "[router] lan = %s: there is no such interface", router->lan.items[0]);
		return -ENODEV;
	}
	ret = is_held(nl, &router->vip, lan, &held.vip, &index);
	if (ret == 0 && held.vip && index != RTNL_LOOPBACK &&
	    if_indextoname((unsigned)index, held.dev) == NULL)
		held.dev[0] = '\0'; /* gone by now */
	held.vip6 = held.vip;
	if (ret == 0 && addr_is_set(&router->vip6))
		ret = is_held(nl, &router->vip6, lan, &held.vip6, &index6);
	if (ret == 0 && !held.vip)
		ret = is_gateway_own(nl, &conf->route.backup, &held.gateway);
	if (ret == 0)
		*out = held;
	return ret;
}

enum vrrp_state vrrp_role_state(enum vrrp_state reported, const struct vrrp_role_held *held)
{
	return vrrp_true_state(reported, held->vip || (reported == VRRP_MASTER && held->gateway));
}

int vrrp_role_true_state(const struct conf *conf, enum vrrp_state reported, enum vrrp_state *out)
{
	struct netlink *nl = NULL;
	struct vrrp_role_held held;
	int ret = rtnl_open(&nl);

	if (ret == 0)
		ret = vrrp_role_get_held(nl, conf, &held);
	netlink_close(nl);
	if (ret == 0)
		*out = vrrp_role_state(reported, &held);
	return ret;
}

/* Adds to `text` the addresses of `addrs`, but for the first, in its network. */
static void add_others(const struct rtnl_addrs *addrs, char *text, size_t size)
{
	const struct rtnl_addr *first = NULL;
	char one[ADDR_TEXT_MAX];

	for (size_t i = 0; i < addrs->count; i++) {
		const struct addr *addr = &addrs->items[i].local;
		size_t used = strlen(text);

		if (addr->family != AF_INET)
			continue;
		if (first == NULL)
			first = &addrs->items[i];
		else if (addr_in_prefix(addr, &first->local, first->prefix_len))
			snprintf(text + used, size - used, "%s%s", used == 0 ? "" : ", ",
				 addr_format(one, addr));
	}
}

/* What keepalived may have taken for the VRRP address. */
static int find_others(struct netlink *nl, const struct conf *conf, char *text, size_t size)
{
	const struct conf_interfaces *lan = &conf->router.lan;
	const struct addr *gateway = &conf->route.backup.via;
	bool own = false;
	int ret = 0;

	text[0] = '\0';
	for (size_t i = 0; i < lan->count && ret == 0; i++) {
		struct rtnl_addrs addrs = { .count = 0 };
		int index = rtnl_get_index(lan->items[i]);

		if (index != 0)
			ret = rtnl_get_addrs(nl, index, &addrs);
		add_others(&addrs, text, size);
	}
	if (ret == 0 && text[0] == '\0')
		ret = is_gateway_own(nl, &conf->route.backup, &own);
	if (own)
		addr_format(text, gateway);
	return ret;
}

int vrrp_role_find_mismatch(struct netlink *nl, const struct conf *conf,
			    char out[static VRRP_ROLE_TEXT_MAX])
{
	struct vrrp_role_held held;
	char vip[ADDR_TEXT_MAX], others[VRRP_ROLE_TEXT_MAX / 2];
	int ret = vrrp_role_get_held(nl, conf, &held);

	out[0] = '\0';
	if (ret != 0 || held.vip || held.vip6 || vrrp_role_reported() != VRRP_MASTER)
		return ret;
	ret = find_others(nl, conf, others, sizeof(others));
	if (ret == 0 && others[0] != '\0')
		snprintf(out, VRRP_ROLE_TEXT_MAX,
			 "keepalived says master, but %s of fo.conf is on no interface; this "
			 "router has %s",
			 addr_format(vip, &conf->router.vip), others);
	return ret;
}

bool vrrp_role_stays_unheld(const struct conf *conf, int64_t wait_ms)
{
	struct netlink *nl = NULL, *monitor = NULL;
	int64_t end_us = clock_mono_us() + wait_ms * 1000;
	bool unheld = true;
	struct vrrp_role_held held;

	if (rtnl_open(&nl) != 0 || rtnl_open_monitor(RTNL_ADDRS, &monitor) != 0)
		unheld = false;
	while (unheld && vrrp_role_reported() == VRRP_MASTER) {
		if (vrrp_role_get_held(nl, conf, &held) != 0 || held.vip || held.vip6) {
			unheld = false;
			break;
		}
		if (clock_mono_us() >= end_us)
			break;
		rtnl_wait(monitor, end_us);
	}
	unheld = unheld && vrrp_role_reported() == VRRP_MASTER;
	netlink_close(nl);
	netlink_close(monitor);
	return unheld;
}

bool vrrp_role_has_keepalived(void)
{
	return process_runs("keepalived");
}

/* What was written down. */
struct noted {
	bool there;
	enum vrrp_state state; /* as it was reported; backup where nothing is there */
	bool held;	       /* it was true */
};

static struct noted read_noted(void)
{
	struct noted noted = { .state = VRRP_BACKUP };
	char text[24], *unheld;
	bool is_state;
	char *args[] = { text };

	noted.there = store_read(STORE_RUN, STATE_NAME, text, sizeof(text)) == 0;
	if (!noted.there)
		return noted;
	unheld = strstr(text, UNHELD);
	if (unheld != NULL)
		*unheld = '\0';
	if (vrrp_parse_args(1, args, &noted.state, &is_state) != 0)
		noted.state = VRRP_BACKUP;
	noted.held = unheld == NULL;
	return noted;
}

bool vrrp_role_was_reported(void)
{
	return read_noted().there;
}

enum vrrp_state vrrp_role_reported(void)
{
	return read_noted().state;
}

bool vrrp_role_was_master(void)
{
	const struct noted noted = read_noted();

	return noted.state == VRRP_MASTER && noted.held;
}

bool vrrp_role_remember(enum vrrp_state reported, enum vrrp_state state)
{
	bool held = reported != VRRP_MASTER || state == VRRP_MASTER;
	enum vrrp_state word = held ? state : VRRP_MASTER;
	const struct noted last = read_noted();
	enum vrrp_state before =
		vrrp_true_state(last.state, last.held && last.state == VRRP_MASTER);
	char text[24];

	if (last.there && last.state == word && last.held == held)
		return false;
	snprintf(text, sizeof(text), "%s%s\n", vrrp_state_name(word), held ? "" : UNHELD);
	store_note(STORE_RUN, STATE_NAME, text, 0644);
	return !last.there || before != state;
}
