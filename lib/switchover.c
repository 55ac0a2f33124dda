#include "switchover.h"

#include <errno.h>
#include <string.h>

#include "clock.h"
#include "conntrack.h"
#include "log.h"
#include "router.h"
#include "store.h"
#include "sysctl.h"

#define LOCK_NAME "route.lock"

/* One switch takes milliseconds; whoever holds the lock this long is stuck. */
#define LOCK_WAIT_MS 5000

/* A state that changes this often while it is applied will bring another notification. */
#define ROUNDS_MAX 5

static int true_state(struct rtnl *nl, const struct conf *conf, enum vrrp_state told, bool force,
		      struct switchover *out)
{
	int ret = router_holds_vip(nl, &conf->router, &out->holds_vip);

	if (ret == 0)
		out->state = force ? told : vrrp_true_state(told, out->holds_vip);
	return ret;
}

static int scope_of(struct rtnl *nl, const struct conf *conf, const struct switchover_item *item,
		    struct flow_scope *scope)
{
	struct rtnl_link link;
	struct rtnl_addrs addrs;
	int ret = rtnl_get_link(nl, conf->router.lan, &link);

	if (ret == 0)
		ret = rtnl_get_addrs(nl, link.index, &addrs);
	if (ret != 0)
		return ret;
	memset(scope, 0, sizeof(*scope));
	scope->family = item->want.family;
	scope->egress_is_lan = strcmp(item->want.hop.dev, conf->router.lan) == 0;
	for (size_t i = 0; i < addrs.count && scope->lan_count < FLOW_ADDRS_MAX; i++) {
		scope->lan[scope->lan_count].addr = addrs.items[i].local;
		scope->lan[scope->lan_count++].len = addrs.items[i].prefix_len;
	}
	ret = rtnl_get_link(nl, item->want.hop.dev, &link);
	if (ret == 0)
		ret = rtnl_get_addrs(nl, link.index, &addrs);
	if (ret != 0)
		return ret;
	for (size_t i = 0; i < addrs.count && scope->egress_count < FLOW_ADDRS_MAX; i++)
		scope->egress[scope->egress_count++] = addrs.items[i].local;
	return 0;
}

static int sweep_flows(struct rtnl *nl, const struct conf *conf, struct switchover_item *item,
		       bool dry_run)
{
	struct flow_scope scope;
	int ret = scope_of(nl, conf, item, &scope);

	/* A missing interface is said where its route is set. */
	if (ret == -ENODEV)
		return dry_run ? 0 : ret;
	if (ret == 0)
		ret = conntrack_delete_stale(&scope, dry_run, &item->stale);
	item->right = ret == 0 && item->stale == 0;
	return ret;
}

/* Only root may see the flows; the rest is worth showing to everybody. */
static int look_at_flows(struct rtnl *nl, const struct conf *conf, struct switchover_item *item)
{
	int ret = sweep_flows(nl, conf, item, true);

	if (ret != -EPERM)
		return ret;
	item->hidden = true;
	item->right = true;
	return 0;
}

static int examine_sysctl(struct switchover_item *item)
{
	int ret = sysctl_get(item->want.sysctl, &item->value);

	item->absent = ret == -ENOENT && item->want.may_be_missing;
	item->right = item->absent || (ret == 0 && item->value == item->want.value);
	if (ret == -ENOENT && !item->absent)
		log_err(ret, "sysctl %s", item->want.sysctl);
	return item->absent ? 0 : ret;
}

static int examine_item(struct rtnl *nl, struct switchover_item *item)
{
	int ret = 0;

	if (item->want.kind == PLAN_SYSCTL)
		return examine_sysctl(item);
	if (item->want.kind == PLAN_ROUTE) {
		ret = rtnl_get_default(nl, item->want.family, &item->hop);
		item->right = ret == 0 && hop_equal(&item->hop, &item->want.hop);
	}
	return ret;
}

static void plan_items(const struct conf *conf, struct switchover *out)
{
	struct plan plan;

	plan_make(&conf->route.policy, conf->router.lan, conf->router.uplink, out->state, &plan);
	memset(out->items, 0, sizeof(out->items));
	for (size_t i = 0; i < plan.count; i++)
		out->items[i].want = plan.items[i];
	out->count = plan.count;
}

int switchover_examine(const struct conf *conf, enum vrrp_state told, bool force,
		       struct switchover *out)
{
	struct rtnl *nl = NULL;
	int64_t start_us = clock_mono_us();
	int ret = rtnl_open(&nl);

	memset(out, 0, sizeof(*out));
	if (ret == 0)
		ret = true_state(nl, conf, told, force, out);
	if (ret != 0)
		goto out;
	plan_items(conf, out);
	for (size_t i = 0; i < out->count && ret == 0; i++) {
		struct switchover_item *item = &out->items[i];

		if (item->want.kind == PLAN_FLOWS)
			ret = look_at_flows(nl, conf, item);
		else
			ret = examine_item(nl, item);
	}
out:
	rtnl_close(nl);
	out->took_us = clock_mono_us() - start_us;
	return ret;
}

static int make_right(struct rtnl *nl, const struct conf *conf, struct switchover_item *item)
{
	int ret;

	if (item->want.kind == PLAN_FLOWS)
		return sweep_flows(nl, conf, item, false);
	ret = examine_item(nl, item);
	if (ret != 0 || item->right)
		return ret;
	if (item->want.kind == PLAN_ROUTE)
		return rtnl_replace_default(nl, item->want.family, &item->want.hop);
	return sysctl_set(item->want.sysctl, item->want.value);
}

/* Once a route could not be set, what comes after it would be wrong: flows would be judged by a
 * route that is not there, and packets forwarded to where they are not translated. The route of
 * the other family, and switching off, go on. */
static bool is_held_back(const struct plan_item *want, bool route_failed)
{
	return route_failed &&
	       (want->kind == PLAN_FLOWS || (want->kind == PLAN_SYSCTL && want->value == 1));
}

static int apply_once(struct rtnl *nl, const struct conf *conf, struct switchover *out)
{
	bool route_failed = false;
	int first = 0;

	plan_items(conf, out);
	for (size_t i = 0; i < out->count; i++) {
		struct switchover_item *item = &out->items[i];

		if (is_held_back(&item->want, route_failed))
			continue;
		item->error = make_right(nl, conf, item);
		route_failed |= item->error != 0 && item->want.kind == PLAN_ROUTE;
		if (first == 0)
			first = item->error;
	}
	return first;
}

/* The state may change while it is applied, and keepalived may have told so to a copy of us that
 * waits for the lock, or to one that was killed: look again before letting go. */
static int apply_until_still(struct rtnl *nl, const struct conf *conf, enum vrrp_state told,
			     bool force, struct switchover *out)
{
	int ret = true_state(nl, conf, told, force, out);
	enum vrrp_state applied;

	if (ret != 0)
		return ret;
	router_remember(out->state);
	for (int round = 0; round < ROUNDS_MAX; round++) {
		applied = out->state;
		ret = apply_once(nl, conf, out);
		if (true_state(nl, conf, told, force, out) != 0 || out->state == applied)
			return ret;
		router_remember(out->state);
	}
	log_warn(0, "the VRRP address comes and goes; leaving the rest to the next notification");
	return -EAGAIN;
}

int switchover_apply(const struct conf *conf, enum vrrp_state told, bool force,
		     struct switchover *out)
{
	struct rtnl *nl = NULL;
	int64_t start_us = clock_mono_us();
	int lock = -1;
	int ret = store_lock(LOCK_NAME, LOCK_WAIT_MS, &lock);

	memset(out, 0, sizeof(*out));
	if (ret == -EWOULDBLOCK) {
		log_err(0, "another fo-route has been at work for %d s; giving up",
			LOCK_WAIT_MS / 1000);
		return ret;
	}
	if (ret != 0) /* logged; a full disk must not keep the LAN off line */
		log_warn(0, "going on without the lock %s", LOCK_NAME);
	ret = rtnl_open(&nl);
	if (ret == 0)
		ret = apply_until_still(nl, conf, told, force, out);
	rtnl_close(nl);
	store_unlock(lock);
	out->took_us = clock_mono_us() - start_us;
	return ret;
}
