#include "switchover.h"

#include <errno.h>
#include <string.h>

#include "clock.h"
#include "conntrack.h"
#include "flow_scope.h"
#include "log.h"
#include "route.h"
#include "rtnl.h"
#include "store.h"
#include "sysctl.h"
#include "vrrp_role.h"

#define LOCK_NAME "route.lock"

/* One switch takes milliseconds; whoever holds the lock this long is stuck. */
#define LOCK_WAIT_MS 5000

/* A state that changes this often while it is applied will bring another notification. */
#define ROUNDS_MAX 5

static int true_state(struct netlink *nl, const struct conf *conf, enum vrrp_state reported,
		      bool force, struct switchover *out)
{
	int ret = vrrp_role_get_held(nl, &conf->router, &out->held);

	if (ret != 0)
		return ret;
	out->state = force ? reported : vrrp_true_state(reported, out->held.vip);
	out->state6 = force ? reported : vrrp_true_state(reported, out->held.vip6);
	return 0;
}

/* The same, after the state that was reported last where `reported` is NULL, which is left in
 * `*last`. It may change until the lock is held. */
static int find_state(struct netlink *nl, const struct conf *conf, const enum vrrp_state *reported,
		      bool force, enum vrrp_state *last, struct switchover *out)
{
	bool unreported = reported == NULL && !force && !vrrp_role_was_reported();
	int ret;

	*last = VRRP_BACKUP;
	if (!unreported)
		*last = reported != NULL ? *reported : vrrp_role_reported();
	ret = true_state(nl, conf, *last, force, out);
	out->too_early = ret == 0 && unreported && out->state != VRRP_MASTER;
	return ret;
}

/* A line that came back under another name is of no use to anyone until a person knows. */
static int look_for_sibling(struct netlink *nl, const char *uplink, struct switchover *out)
{
	struct rtnl_link link;
	int ret = rtnl_get_link(nl, uplink, &link);

	out->sibling[0] = '\0';
	return ret == -ENODEV ? rtnl_find_sibling(nl, uplink, out->sibling) : ret;
}

static int sweep_flows(struct netlink *nl, const struct conf *conf, struct switchover_item *item,
		       bool dry_run)
{
	struct flow_scope scope;
	int ret = flow_scope_find(nl, conf->router.lan.items[0], &item->want.hop, item->want.family, &scope);

	/* A missing interface is logged where its route is set. */
	if (ret == -ENODEV)
		return dry_run ? 0 : ret;
	if (ret == 0)
		ret = conntrack_delete_stale(&scope, dry_run, &item->stale);
	item->as_wanted = ret == 0 && item->stale == 0;
	return ret;
}

/* Only root may see the flows; the rest is worth showing to everybody. */
static int look_at_flows(struct netlink *nl, const struct conf *conf, struct switchover_item *item)
{
	int ret = sweep_flows(nl, conf, item, true);

	if (ret != -EPERM)
		return ret;
	item->hidden = true;
	item->as_wanted = true;
	return 0;
}

static int examine_sysctl(struct switchover_item *item)
{
	int ret = sysctl_get(item->want.sysctl, &item->value);

	item->absent = ret == -ENOENT && item->want.may_be_missing;
	item->as_wanted = item->absent || (ret == 0 && item->value == item->want.value);
	if (ret == -ENOENT && !item->absent)
		log_err(ret, "sysctl %s", item->want.sysctl);
	return item->absent ? 0 : ret;
}

/* Whether a route leads to this router itself: a loop, where fo.conf and keepalived.conf have
 * different VRRP addresses. Returns 0 and `*loops`, or -errno, logged. */
static int is_loop(struct netlink *nl, const struct nexthop *hop, bool *loops)
{
	int index = 0;
	int ret = addr_is_set(&hop->via) ? rtnl_find_addr(nl, &hop->via, &index) : 0;

	*loops = index != 0;
	return ret;
}

static int examine_item(struct netlink *nl, struct switchover_item *item)
{
	int ret = 0;

	if (item->want.kind == PLAN_SYSCTL)
		return examine_sysctl(item);
	if (item->want.kind == PLAN_ROUTE) {
		ret = route_get_default(nl, item->want.family, &item->hop);
		if (ret == 0)
			ret = is_loop(nl, &item->want.hop, &item->loops);
		item->as_wanted =
			ret == 0 && !item->loops && nexthop_equal(&item->hop, &item->want.hop);
	}
	return ret;
}

static void plan_items(const struct conf *conf, struct switchover *out)
{
	struct plan_saved saved = { .count = 0 };
	struct plan_facts facts = { .lan = conf->router.lan.items[0],
				    .uplink = conf->router.uplink,
				    .state = out->state,
				    .state6 = out->state6,
				    .saved = &saved };
	struct plan plan;

	if (out->state == VRRP_STOP)
		sysctl_load_saved(&saved);
	plan_make(&conf->route, &facts, &plan);
	if (plan.overflow)
		log_err(0, "more than %d operations; the last ones are left out", PLAN_ITEMS_MAX);
	memset(out->items, 0, sizeof(out->items));
	for (size_t i = 0; i < plan.count; i++)
		out->items[i].want = plan.items[i];
	out->count = plan.count;
}

int switchover_examine(const struct conf *conf, const enum vrrp_state *reported, bool force,
		       struct switchover *out)
{
	struct netlink *nl = NULL;
	int64_t start_us = clock_mono_us();
	enum vrrp_state last;
	int ret = rtnl_open(&nl);

	memset(out, 0, sizeof(*out));
	if (ret == 0)
		ret = find_state(nl, conf, reported, force, &last, out);
	if (ret != 0 || out->too_early)
		goto out;
	ret = look_for_sibling(nl, conf->router.uplink, out);
	plan_items(conf, out);
	for (size_t i = 0; i < out->count && ret == 0; i++) {
		struct switchover_item *item = &out->items[i];

		if (item->want.kind == PLAN_FLOWS)
			ret = look_at_flows(nl, conf, item);
		else
			ret = examine_item(nl, item);
	}
out:
	netlink_close(nl);
	out->took_us = clock_mono_us() - start_us;
	return ret;
}

static int refuse_loop(const struct conf_router *router, const struct nexthop *hop)
{
	const struct addr *vip = hop->via.family == AF_INET6 ? &router->vip6 : &router->vip;
	char text[ADDR_TEXT_MAX], vip_text[ADDR_TEXT_MAX];

	addr_format(text, &hop->via);
	if (addr_equal(vip, &hop->via))
		log_err(0, "no default route via %s: it is on the loopback of this router", text);
	else
		log_err(0,
			"no default route via %s: it is an address of this router itself, and not "
			"the %s that [router] vip has",
			text, addr_format(vip_text, vip));
	return -ELOOP;
}

/* One without a gateway into a network of many hosts leads to none of them. Returns 0; or
 * -EDESTADDRREQ, or another -errno; logged. */
static int check_gateway(struct netlink *nl, const struct nexthop *hop)
{
	struct rtnl_link link;
	int ret = addr_is_set(&hop->via) ? -ENODEV : rtnl_get_link(nl, hop->dev, &link);

	if (ret == -ENODEV) /* or logged where the route is set */
		return 0;
	if (ret != 0 || !link.has_neighbours)
		return ret;
	log_err(0,
		"no default route dev %s: a network of many hosts needs a gateway, write via "
		"ADDRESS dev %s",
		hop->dev, hop->dev);
	return -EDESTADDRREQ;
}

static int set_route(struct netlink *nl, const struct conf_router *router,
		     const struct switchover_item *item, bool force)
{
	const struct nexthop *hop = &item->want.hop;
	int ret = 0;

	if (item->loops && !force)
		return refuse_loop(router, hop);
	if (!force)
		ret = check_gateway(nl, hop);
	return ret == 0 ? route_replace_default(nl, item->want.family, hop) : ret;
}

static int make_right(struct netlink *nl, const struct conf *conf, enum vrrp_state state,
		      bool force, struct switchover_item *item)
{
	int ret;

	if (item->want.kind == PLAN_FLOWS)
		return sweep_flows(nl, conf, item, false);
	ret = examine_item(nl, item);
	if (ret != 0 || item->as_wanted)
		return ret;
	if (item->want.kind == PLAN_ROUTE)
		return set_route(nl, &conf->router, item, force);
	/* First: a run that is killed in between has remembered too much, not too little. */
	if (state != VRRP_STOP)
		sysctl_save(item->want.sysctl, item->value);
	return sysctl_set(item->want.sysctl, item->want.value);
}

/* Once a route could not be set, what comes after it would be wrong: flows would be judged by a
 * route that is not there, and packets forwarded to where they are not translated. The route of
 * the other family, and switching off, go on. */
static bool must_wait(const struct plan_item *want, bool failed4, bool failed6)
{
	if (want->kind == PLAN_FLOWS)
		return want->family == AF_INET6 ? failed6 : failed4;
	return failed4 && want->kind == PLAN_SYSCTL && want->value == 1;
}

static int apply_once(struct netlink *nl, const struct conf *conf, bool force,
		      struct switchover *out)
{
	bool failed4 = false, failed6 = false;
	int first = 0;

	plan_items(conf, out);
	for (size_t i = 0; i < out->count; i++) {
		struct switchover_item *item = &out->items[i];

		if (must_wait(&item->want, failed4, failed6)) {
			item->error = -ECANCELED;
			continue;
		}
		item->error = make_right(nl, conf, out->state, force, item);
		if (item->error != 0 && item->want.kind == PLAN_ROUTE)
			*(item->want.family == AF_INET6 ? &failed6 : &failed4) = true;
		if (first == 0)
			first = item->error;
	}
	if (out->state == VRRP_STOP && first == 0 && conf->route.stop != CONF_STOP_KEEP)
		sysctl_forget_saved();
	return first;
}

/* The state may change while it is applied, and keepalived may have reported that to a copy of us
 * that waits for the lock, or to one that was killed: look again before letting go. */
static int apply_until_still(struct netlink *nl, const struct conf *conf, enum vrrp_state reported,
			     bool force, struct switchover *out)
{
	for (int round = 0; round < ROUNDS_MAX; round++) {
		enum vrrp_state applied = out->state, applied6 = out->state6;
		int ret;

		vrrp_role_remember(out->state);
		ret = apply_once(nl, conf, force, out);
		if (true_state(nl, conf, reported, force, out) != 0 ||
		    (out->state == applied && out->state6 == applied6))
			return ret;
	}
	vrrp_role_remember(out->state);
	log_warn(0, "the VRRP address comes and goes; leaving the rest to the next notification");
	return -EAGAIN;
}

static int apply_locked(struct netlink *nl, const struct conf *conf,
			const enum vrrp_state *reported, bool force, struct switchover *out)
{
	enum vrrp_state last;
	int ret = find_state(nl, conf, reported, force, &last, out);

	return ret != 0 || out->too_early ? ret : apply_until_still(nl, conf, last, force, out);
}

int switchover_apply(const struct conf *conf, const enum vrrp_state *reported, bool force,
		     struct switchover *out)
{
	struct netlink *nl = NULL;
	int64_t start_us = clock_mono_us();
	int lock = -1;
	int ret = store_lock(LOCK_NAME, LOCK_WAIT_MS, &lock);

	memset(out, 0, sizeof(*out));
	if (ret == -EWOULDBLOCK) {
		log_err(0, "another fo-route has been running for %d s; giving up",
			LOCK_WAIT_MS / 1000);
		return ret;
	}
	if (ret != 0) /* logged; a full disk must not keep the LAN off line */
		log_warn(0, "going on without the lock %s", LOCK_NAME);
	ret = rtnl_open(&nl);
	if (ret == 0)
		ret = apply_locked(nl, conf, reported, force, out);
	if (ret == -ENODEV && look_for_sibling(nl, conf->router.uplink, out) == 0 &&
	    out->sibling[0] != '\0')
		log_err(0, RTNL_SIBLING, conf->router.uplink, out->sibling, conf->router.uplink);
	netlink_close(nl);
	store_unlock(lock);
	out->took_us = clock_mono_us() - start_us;
	return ret;
}
