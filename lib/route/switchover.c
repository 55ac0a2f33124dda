#include "switchover.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "lan_hold.h"
#include "line_rules.h"
#include "linger.h"
#include "log.h"
#include "num.h"
#include "route.h"
#include "rtnl.h"
#include "rule.h"
#include "step_run.h"
#include "store_lock.h"
#include "sysctl.h"

#define LOCK_NAME "route.lock"

/* One switch takes milliseconds; whoever holds the lock this long is stuck. */
#define LOCK_WAIT_MS 5000

static void plan_steps(const struct conf *conf, struct switchover *out)
{
	const struct plan_facts facts = facts_for_plan(&out->facts, conf);
	FO_UNINITIALIZED struct plan plan;

	plan_make(&conf->route, &facts, &plan);
	if (plan.overflow)
		log_err(0, "more than %d operations; the last ones are left out", PLAN_ITEMS_MAX);
	for (size_t i = 0; i < plan.count; i++)
		out->steps[i] = (struct step){ .want = plan.items[i] };
	out->count = plan.count;
}

static bool may_hold(const struct conf *conf, const struct switchover_order *order)
{
	return order->is_raised != NULL && conf->speedclass.present &&
	       conf->speedclass.hold_lan_ms > 0;
}

/* How long the LAN is to be held back: once for each arrival of the address. */
static int64_t hold_due_ms(const struct conf *conf, const struct switchover_order *order,
			   const struct facts *facts)
{
	bool arrives = may_hold(conf, order) && facts->state == VRRP_MASTER && !order->force &&
		       !vrrp_role_was_master();

	return arrives && !order->is_raised(&conf->speedclass) ? conf->speedclass.hold_lan_ms : 0;
}

int switchover_examine(const struct conf *conf, const struct switchover_order *order,
		       struct switchover *out)
{
	struct netlink *nl = NULL;
	int64_t start_us = clock_mono_us();
	int ret = rtnl_open(&nl);

	out->count = 0;
	out->hold_ms = 0;
	if (ret == 0)
		ret = facts_find(nl, conf, order->reported, order->force, &out->facts);
	if (ret == 0)
		plan_steps(conf, out);
	if (ret == 0)
		out->hold_ms = hold_due_ms(conf, order, &out->facts);
	for (size_t i = 0; i < out->count && ret == 0; i++) {
		const struct step_context context = { nl, conf, &out->facts, order->force };

		ret = step_examine(&context, &out->steps[i]);
	}
	netlink_close(nl);
	out->took_us = clock_mono_us() - start_us;
	return ret;
}

/* What the steps so far have come to. */
struct progress {
	bool failed4, failed6; /* the route of that family could not be set */
	bool moved;	       /* something was not as wanted */
	int first;	       /* error */
};

/* Once a route could not be set, what comes after it would be wrong: flows would be judged by a
 * route that is not there, and packets forwarded to where they are not translated. The route of
 * the other family, and switching off, go on. */
static bool must_wait(const struct plan_item *want, const struct progress *so_far)
{
	if (want->kind == PLAN_FLOWS || want->kind == PLAN_LAN)
		return want->family == AF_INET6 ? so_far->failed6 : so_far->failed4;
	return so_far->failed4 && want->kind == PLAN_SYSCTL && want->value == 1;
}

static void take_step(const struct step_context *context, const struct switchover_order *order,
		      struct step *step, struct progress *so_far)
{
	enum plan_kind kind = step->want.kind;

	if (must_wait(&step->want, so_far)) {
		step->error = -ECANCELED;
		return;
	}
	if (order->drifted && !so_far->moved && kind == PLAN_FLOWS) {
		step->as_wanted = true;
		return;
	}
	step->error = step_make(context, step);
	if (kind != PLAN_LAN && !step->as_wanted)
		so_far->moved = true;
	if (step->error != 0 && kind == PLAN_ROUTE)
		*(step->want.family == AF_INET6 ? &so_far->failed6 : &so_far->failed4) = true;
	if (so_far->first == 0)
		so_far->first = step->error;
}

static int apply_once(const struct step_context *context, const struct switchover_order *order,
		      struct switchover *out)
{
	struct progress progress = { .first = 0 };

	plan_steps(context->conf, out);
	for (size_t i = 0; i < out->count; i++)
		take_step(context, order, &out->steps[i], &progress);
	if (out->facts.state == VRRP_STOP && progress.first == 0 && out->facts.linger_ms == 0 &&
	    context->conf->route.stop != CONF_STOP_KEEP)
		sysctl_forget_saved();
	return progress.first;
}

/* A report of master about an address that was held, and is gone, is late, and no mistake. */
static void remember(enum vrrp_state reported, struct switchover *out)
{
	const struct facts *facts = &out->facts;

	if (facts->known &&
	    vrrp_role_remember(facts->was_master ? facts->state : reported, facts->state))
		out->reached[out->reached_count++] = facts->state;
}

/* Whether a default route did not count, and rules that carry our protocol were changed after that:
 * one of them may have been in front. */
static bool is_worth_another(const struct switchover *out, int ret)
{
	bool changed = false;

	for (size_t i = 0; i < out->count; i++)
		changed = changed || (out->steps[i].want.kind == PLAN_RULES &&
				      !out->steps[i].as_wanted && out->steps[i].error == 0);
	return ret == -EBUSY && changed;
}

/* Holds the LAN back for `ms`, before anything of it can be forwarded: that line's queue, once it
 * is full, costs seconds. Without a note that this router is master each run would take the address
 * for one that has just arrived. And the class may have been set meanwhile, by who found no hold to
 * end. */
static void hold_lan(const struct conf *conf, const struct switchover_order *order, int64_t ms,
		     struct switchover *out)
{
	struct lan_hold was;

	if (out->facts.state != VRRP_MASTER && may_hold(conf, order)) {
		out->hold_ms = 0;
		(void)lan_hold_end(&was);
	}
	if (ms == 0 || !vrrp_role_was_master() || lan_hold_begin(conf->router.uplink, ms) != 0)
		return;
	out->hold_dev = conf->router.uplink;
	out->hold_ms = ms;
	if (order->is_raised(&conf->speedclass) && lan_hold_end(&was) == 0)
		out->hold_ms = 0;
}

/* The state may change while it is applied, and keepalived may have reported that to a copy of us
 * that waits for the lock, or to one that was killed: look again before letting go. */
static int apply_until_still(struct netlink *nl, const struct conf *conf,
			     const struct switchover_order *order, enum vrrp_state reported,
			     struct switchover *out)
{
	const struct step_context context = { nl, conf, &out->facts, order->force };

	for (int round = 0; round < SWITCHOVER_ROUNDS_MAX; round++) {
		enum vrrp_state applied = out->facts.state, applied6 = out->facts.state6;
		int64_t hold_ms = hold_due_ms(conf, order, &out->facts);
		int ret;

		remember(reported, out);
		hold_lan(conf, order, hold_ms, out);
		facts_begin_linger(conf, &out->facts);
		ret = apply_once(&context, order, out);
		if (facts_look_again(nl, conf, reported, order->force, &out->facts) != 0 ||
		    (out->facts.state == applied && out->facts.state6 == applied6 &&
		     !is_worth_another(out, ret)))
			return ret;
		out->facts.was_master = applied == VRRP_MASTER;
	}
	remember(reported, out);
	log_warn(0, "the VRRP address comes and goes; leaving the rest to the next notification");
	return -EAGAIN;
}

static int apply_locked(struct netlink *nl, const struct conf *conf,
			const struct switchover_order *order, struct switchover *out)
{
	int ret = facts_find(nl, conf, order->reported, order->force, &out->facts);
	enum vrrp_state reported = out->facts.known ? facts_reported(order->reported) : VRRP_BACKUP;

	return ret != 0 ? ret : apply_until_still(nl, conf, order, reported, out);
}

/* Returns 0 and `*lock`, -1 where there is none to be had; or -EWOULDBLOCK, logged. */
static int take_lock(int *lock)
{
	int ret = store_lock(LOCK_NAME, LOCK_WAIT_MS, lock);

	if (ret == -EWOULDBLOCK) {
		log_err(0, "another fo-route has been running for %d s; giving up",
			LOCK_WAIT_MS / 1000);
		return ret;
	}
	if (ret != 0) /* logged; a full disk must not keep the LAN off line */
		log_warn(0, "going on without the lock %s", LOCK_NAME);
	return 0;
}

int switchover_apply(const struct conf *conf, const struct switchover_order *order,
		     struct switchover *out)
{
	const char *uplink = conf->router.uplink;
	struct netlink *nl = NULL;
	int64_t start_us = clock_mono_us();
	int lock = -1;
	int ret = take_lock(&lock);

	out->count = 0;
	out->reached_count = 0;
	out->port = 0;
	out->hold_ms = 0;
	out->facts.known = true;
	out->facts.sibling[0] = '\0';
	if (ret != 0)
		return ret;
	ret = rtnl_open(&nl);
	if (ret == 0) {
		out->port = netlink_port(nl);
		ret = apply_locked(nl, conf, order, out);
	}
	if (ret == -ENODEV && out->facts.sibling[0] != '\0')
		log_err(0, RTNL_SIBLING, uplink, out->facts.sibling, uplink);
	netlink_close(nl);
	store_unlock(lock);
	out->took_us = clock_mono_us() - start_us;
	return ret;
}

int64_t switchover_pause_ms(const struct switchover *done)
{
	return done->facts.late_ms > 0 ? done->facts.late_ms : done->facts.linger_ms;
}

void switchover_wait(const struct conf *conf, int64_t pause_ms)
{
	int64_t end_us = clock_mono_us() + pause_ms * 1000;
	struct netlink *nl = NULL, *monitor = NULL;
	struct vrrp_role_held held = { .vip = false };

	if (rtnl_open(&nl) == 0 && rtnl_open_monitor(RTNL_ADDRS, &monitor) == 0) {
		while (clock_mono_us() < end_us && vrrp_role_get_held(nl, conf, &held) == 0 &&
		       !held.vip)
			rtnl_wait(monitor, end_us);
	}
	netlink_close(monitor);
	netlink_close(nl);
}

static int clear_family(struct netlink *nl, const struct conf *conf, sa_family_t family)
{
	const struct route_table line = { family, (uint32_t)conf->route.table };
	const struct route_table main_table = { family, ROUTE_MAIN };
	const struct rule_set none = { .count = 0 };
	struct rule_set have;
	bool other = false;
	int ret = rule_get_ours(nl, family, &have);

	if (ret == 0)
		ret = line_rules_replace(nl, family, &have, &none);
	if (ret == 0 && line.number != 0)
		ret = route_delete_own_defaults(nl, line);
	/* The last one stays. */
	if (ret == 0)
		ret = route_has_other_default(nl, family, &other);
	if (ret == 0 && other)
		ret = route_delete_own_defaults(nl, main_table);
	return ret;
}

static int restore_switches(void)
{
	struct plan_saved saved;
	int first = 0;

	sysctl_load_saved(&saved);
	for (size_t i = 0; i < saved.count; i++) {
		int ret = sysctl_set(saved.items[i].name, saved.items[i].value);

		if (ret != -ENOENT && first == 0)
			first = ret;
	}
	if (first == 0)
		sysctl_forget_saved();
	return first;
}

int switchover_clear(const struct conf *conf)
{
	struct netlink *nl = NULL;
	struct lan_hold hold;
	int lock = -1;
	int ret = take_lock(&lock);

	if (ret != 0)
		return ret;
	ret = rtnl_open(&nl);
	if (ret == 0)
		ret = clear_family(nl, conf, AF_INET);
	if (ret == 0)
		ret = clear_family(nl, conf, AF_INET6);
	if (ret == 0)
		ret = restore_switches();
	if (ret == 0)
		ret = lan_hold_end(&hold);
	(void)linger_end();
	netlink_close(nl);
	store_unlock(lock);
	return ret;
}

void switchover_tell(const struct switchover *done, struct history_aside *aside)
{
	static const char *const texts[] = {
		[VRRP_MASTER] = "this router carries the LAN",
		[VRRP_BACKUP] = "the LAN is left to the other router",
		[VRRP_FAULT] = "keepalived sees a fault here; the LAN is left to the other router",
		[VRRP_STOP] = "keepalived has ended; the LAN is left to the other router",
	};

	for (size_t i = 0; i < done->reached_count; i++) {
		const char *name = vrrp_state_name(done->reached[i]);

		history_aside_add(aside, &(struct history_news){ "fo-route", EVENT_STATE, name, 0 },
				  "%s: %s", name, texts[done->reached[i]]);
	}
}

void switchover_log(const struct switchover *done, const struct switchover_order *order, int ret)
{
	char line[960] = "", one[STEP_TEXT_MAX], time[NUM_TEXT_MAX];
	const struct facts *facts = &done->facts;
	size_t used = 0;

	for (size_t i = 0; i < done->count && used < sizeof(line); i++) {
		step_describe_done(&done->steps[i], one);
		if (one[0] != '\0')
			used += (size_t)snprintf(line + used, sizeof(line) - used, ", %s", one);
	}
	if (done->hold_ms > 0)
		log_info("LAN held back on %s until the speed class is set, at most %s",
			 done->hold_dev, num_format_ms(time, done->hold_ms));
	if (order->resident && used == 0)
		return;
	if (used == 0)
		snprintf(line, sizeof(line), ", %s",
			 ret == 0 ? "nothing to do" : "nothing changed");
	if (facts->linger_ms > 0)
		snprintf(one, sizeof(one), ", forwarding answers for %" PRId64 " ms",
			 facts->linger_ms);
	else
		one[0] = '\0';
	log_info("%s: %s%s%s, %" PRId64 ".%" PRId64 " ms",
		 facts->known ? vrrp_state_name(facts->state) : "apply",
		 ret == 0 ? "" : "incomplete, ", line + 2, one, done->took_us / 1000,
		 done->took_us % 1000 / 100);
}
