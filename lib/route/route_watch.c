#include "route_watch.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "change.h"
#include "clock.h"
#include "drift.h"
#include "drift_report.h"
#include "history_aside.h"
#include "log.h"
#include "rtnl.h"
#include "sd_notify.h"
#include "signals.h"
#include "split_watch.h"
#include "store_lock.h"
#include "vrrp_role.h"

#define PROGRAM	  "fo-route"
#define LOCK_NAME "route-watch.lock"

/* One that is just ending is waited for. */
#define LOCK_WAIT_MS 2000

/* Who changes one thing mostly changes several: pppd, keepalived, a DHCP client. */
#define SETTLE_US 20000

/* A third of the unit's WatchdogSec. */
#define BEAT_EVERY_US 20000000

#define LOCKED_AGAIN_US 1000000

/* keepalived's first report takes a fraction of this. */
#define SILENT_US 5000000

/* What cannot be put right is looked at again this late, when what has changed is of no concern to
 * the line. */
#define STUCK_US 1000000

/* keepalived's word that it stops comes within that time after its address has gone. */
#define STOP_US 300000

/* How often flows are looked at for nothing but another's route that has gone. */
#define FLOWS_EVERY_US 1000000

#define NEVER INT64_MAX

struct route_watch {
	struct conf conf;
	struct netlink *monitor;
	int signals;  /* signalfd */
	int ended_by; /* signal, or 0 */

	int64_t due_us; /* when to apply; NEVER: nothing has changed */
	int64_t next_beat_us;
	bool uncovered;	     /* flows may go by our default route that did not */
	int64_t flows_us;    /* not looked at before this */
	bool taken;	     /* a route of ours was taken away, since the last look */
	bool moved;	     /* an interface or an address has changed, too: no drift */
	bool lingers;	     /* forwarding and flows have still to be seen to */
	bool known;	     /* the state was, when it was applied last */
	int64_t silent_us;   /* since when keepalived runs without a word; 0: it does not */
	struct change cause; /* the last change that counts, of what is not right yet */
	uint32_t own_port;   /* that made our last changes: they are nobody's drift */
	int failure;	     /* of the last time, -errno */
	int64_t stop_us;     /* until when keepalived may just be stopping, with `stop = keep` */
	int64_t patient_us;  /* until when a failure that stays is not looked at again */
	struct drift drift;
	struct history_aside aside;
	enum vrrp_state state; /* that was applied last */
	struct split_watch split;

	bool metered; /* the counters could be read and written down */
	const struct route_watch_hooks *hooks;
};

/* What has changed */

static bool is_ours(const struct route_watch *w, const char *dev)
{
	const struct conf_interfaces *lan = &w->conf.router.lan;
	bool ours = strcmp(dev, w->conf.router.uplink) == 0 ||
		    strcmp(dev, w->conf.route.master.dev) == 0 ||
		    strcmp(dev, w->conf.route.master6.dev) == 0 ||
		    rtnl_is_sibling(w->conf.router.uplink, dev);

	for (size_t i = 0; i < lan->count; i++)
		ours = ours || strcmp(dev, lan->items[i]) == 0;
	return ours;
}

static void want_apply(struct route_watch *w, int64_t when_us)
{
	if (when_us < w->due_us)
		w->due_us = when_us;
}

/* Whether packets of the LAN may be lost from now on, or the line may be there again. */
static bool is_move(const struct change *change)
{
	return change->kind == CHANGE_LINK || change->kind == CHANGE_ADDR;
}

/* Whether it may help where no gateway was known, or the interface was gone. */
static bool concerns_line(const struct route_watch *w, const struct change *change)
{
	return is_move(change) || (change->kind == CHANGE_ROUTE && is_ours(w, change->hop.dev));
}

/* The VRRP address goes first, then keepalived says that it stops: with `stop = keep` all stays. */
static bool may_be_stop(const struct route_watch *w, const struct change *change)
{
	return change->kind == CHANGE_ADDR && w->conf.route.stop == CONF_STOP_KEEP &&
	       w->state == VRRP_MASTER;
}

static void note_change(struct route_watch *w, const struct change *change)
{
	bool by_us = w->own_port != 0 && change->port == w->own_port;

	w->moved = w->moved || is_move(change);
	w->uncovered = w->uncovered || (!by_us && change_uncovers(change));
	w->taken = w->taken || (!by_us && change_takes_ours(change));
	/* What a session has carried goes with its interface. */
	if (change->kind == CHANGE_LINK && change->gone &&
	    strcmp(change->dev, w->conf.router.uplink) == 0)
		w->metered = w->hooks->meter(&w->conf, &change->link, false);
	if (!by_us && change_says_more(&w->cause, change))
		w->cause = *change;
}

static void take_change(struct route_watch *w, const struct change *change)
{
	int64_t now_us = clock_mono_us();
	int64_t when_us = now_us + (change->kind == CHANGE_ADDR ? 0 : SETTLE_US);

	if (may_be_stop(w, change) && now_us - w->stop_us > STOP_US)
		w->stop_us = now_us + STOP_US;
	if (change->kind == CHANGE_NONE ||
	    (change->kind == CHANGE_LINK && !is_ours(w, change->dev)))
		return;
	note_change(w, change);
	if (when_us < w->patient_us && !concerns_line(w, change))
		when_us = w->patient_us;
	if (!is_move(change))
		when_us = drift_due(&w->drift, when_us);
	want_apply(w, when_us);
}

static int take_changes(struct route_watch *w)
{
	struct change change;

	for (;;) {
		int ret = change_next(w->monitor, &change);

		if (ret == -EAGAIN)
			return 0;
		if (ret == -ENOBUFS) {
			w->uncovered = true;
			w->cause = (struct change){ .kind = CHANGE_LOST };
			want_apply(w, drift_due(&w->drift, clock_mono_us()));
		} else if (ret == 0)
			take_change(w, &change);
		else if (ret != -EINTR) {
			log_err(ret, "cannot receive changes of routes");
			return ret;
		}
	}
}

/* What is done about it */

/* Whether something was wrong that was right before. A failure that stays, such as a gateway that
 * is not known yet, is nobody's fault, unless who took a route away left no time to look at it. */
static bool has_drifted(struct route_watch *w, const struct switchover *done)
{
	bool corrected = drift_was_corrected(done);
	int failure = drift_failure(done), before = w->failure;
	bool stays = failure != 0 && failure == before && !corrected;

	w->failure = failure;
	w->patient_us = stays ? clock_mono_us() + STUCK_US : 0;
	return corrected || (failure != 0 && (!stays || w->taken));
}

/* keepalived reports its first state within moments. Where nothing came, the report was lost: a
 * router that does not hold the address is backup then. */
static const enum vrrp_state *guess_state(struct route_watch *w)
{
	static const enum vrrp_state backup = VRRP_BACKUP;
	int64_t now_us = clock_mono_us();

	if (vrrp_role_was_reported() || !vrrp_role_has_keepalived()) {
		w->silent_us = 0;
		return NULL;
	}
	if (w->silent_us == 0)
		w->silent_us = now_us;
	return now_us - w->silent_us >= SILENT_US ? &backup : NULL;
}

/* Whether flows that went another way may go by our default route now, and are to be looked at:
 * once in a while only, because the kernel has nothing but a list of all. */
static bool must_look_at_flows(struct route_watch *w)
{
	bool is_early = clock_mono_us() < w->flows_us;

	if (w->uncovered && is_early)
		want_apply(w, w->flows_us);
	return w->uncovered && !is_early;
}

/* Tells of what was wrong. Whoever is to blame may have changed it after the last look at changes;
 * what came with a change of interfaces or addresses is nobody's drift. */
static int report(struct route_watch *w, const struct switchover *done, bool expected)
{
	bool was_lost = w->cause.kind == CHANGE_LOST;
	int ret;

	w->own_port = done->port;
	ret = take_changes(w);
	if (has_drifted(w, done) && !expected && !w->moved && done->facts.state == w->state)
		drift_report(&w->drift, &w->cause, w->failure == 0, &w->aside);
	w->taken = false;
	/* What came late is looked at again. */
	if (was_lost || (w->due_us == NEVER && w->failure == 0))
		w->cause = (struct change){ .kind = CHANGE_NONE };
	if (w->due_us != NEVER && !w->moved)
		w->due_us = drift_due(&w->drift, w->due_us);
	return ret;
}

static int apply(struct route_watch *w, bool first)
{
	struct switchover_order order = { .reported = guess_state(w),
					  .resident = true,
					  .is_raised = w->hooks->is_raised };
	bool expected = w->moved || w->lingers || !w->known;
	bool may_have_moved = w->moved || first;
	struct switchover done = { .count = 0 };
	int ret;

	w->due_us = NEVER;
	if (clock_mono_us() < w->stop_us) {
		want_apply(w, w->stop_us);
		return 0;
	}
	order.drifted = !must_look_at_flows(w) && !expected;
	w->moved = false;
	ret = switchover_apply(&w->conf, &order, &done);
	switchover_log(&done, &order, ret);
	switchover_tell(&done, &w->aside);
	if (done.port == 0) { /* whoever holds the lock is stuck: nothing was looked at */
		w->moved = may_have_moved;
		want_apply(w, clock_mono_us() + LOCKED_AGAIN_US);
		return 0;
	}
	if (!order.drifted) {
		w->uncovered = false;
		w->flows_us = clock_mono_us() + FLOWS_EVERY_US;
	}
	ret = report(w, &done, expected);
	w->known = done.facts.known;
	if (!w->known)
		want_apply(w, clock_mono_us() + SILENT_US);
	w->state = done.facts.state;
	if (switchover_pause_ms(&done) > 0)
		want_apply(w, clock_mono_us() + switchover_pause_ms(&done) * 1000);
	w->lingers = done.facts.linger_ms > 0;
	if (may_have_moved || w->moved)
		split_watch_look(&w->split);
	w->metered = w->hooks->meter(&w->conf, NULL, false);
	return ret;
}

/* Settings and signals */

static void read_again(struct route_watch *w)
{
	struct conf conf;

	if (w->hooks->reload(w->hooks->data, &conf) != 0) {
		log_err(0, "keeping the old configuration");
		history_aside_add(&w->aside,
				  &(struct history_news){ PROGRAM, EVENT_CONFIG, "faulty", 0 },
				  "the configuration is faulty; keeping the old one");
		return;
	}
	w->conf = conf;
	w->moved = true;
	split_watch_configure(&w->split, &conf.router);
	log_info("the configuration was read again");
	history_aside_add(&w->aside, &(struct history_news){ PROGRAM, EVENT_CONFIG, "read", 0 },
			  "the configuration was read again");
	want_apply(w, clock_mono_us());
}

static void take_signals(struct route_watch *w)
{
	for (int signal = signals_next(w->signals); signal != 0;
	     signal = signals_next(w->signals)) {
		if (signal == SIGHUP)
			read_again(w);
		else
			w->ended_by = signal;
	}
}

/* The loop */

static void wait_for_something(const struct route_watch *w)
{
	struct pollfd fds[2 + SPLIT_FDS] = { { .fd = netlink_fd(w->monitor), .events = POLLIN },
					     { .fd = w->signals, .events = POLLIN } };
	int64_t until_us = w->due_us < w->next_beat_us ? w->due_us : w->next_beat_us;
	int64_t split_us = split_watch_due_us(&w->split);
	const struct timespec left = clock_left(split_us < until_us ? split_us : until_us);

	split_watch_poll(&w->split, fds + 2);
	(void)ppoll(fds, ARRAY_LEN(fds), &left, NULL);
}

static int loop(struct route_watch *w)
{
	int ret = 0;

	while (ret == 0 && w->ended_by == 0) {
		int64_t now_us = clock_mono_us();

		if (now_us >= w->next_beat_us) {
			sd_notify_send("WATCHDOG=1");
			w->next_beat_us = now_us + BEAT_EVERY_US;
			/* The kernel tells of no change of send_redirects. */
			want_apply(w, now_us);
			w->metered = w->metered && w->hooks->meter(&w->conf, NULL, false);
		}
		history_aside_turn(&w->aside);
		if (now_us >= w->due_us)
			ret = apply(w, false);
		if (ret != 0)
			break;
		split_watch_turn(&w->split);
		wait_for_something(w);
		take_signals(w);
		ret = take_changes(w);
	}
	return ret;
}

static int run_locked(struct route_watch *w)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGHUP };
	int ret = signals_open(signals, ARRAY_LEN(signals), &w->signals);

	if (ret == 0)
		ret = change_open(&w->monitor);
	if (ret == 0) {
		split_watch_init(&w->split, &w->conf.router, &w->aside);
		w->next_beat_us = clock_mono_us() + BEAT_EVERY_US;
		ret = apply(w, true);
		sd_notify_send("READY=1");
		if (ret == 0)
			ret = loop(w);
		(void)w->hooks->meter(&w->conf, NULL, true);
	}
	split_watch_close(&w->split);
	netlink_close(w->monitor);
	if (w->signals >= 0)
		close(w->signals);
	return ret;
}

bool route_watch_is_running(void)
{
	return store_lock_is_taken(LOCK_NAME);
}

int route_watch_run(const struct conf *conf, const struct route_watch_hooks *hooks)
{
	struct route_watch w = { .conf = *conf, .signals = -1, .due_us = NEVER, .hooks = hooks };
	int lock = -1;
	int ret = store_lock(LOCK_NAME, LOCK_WAIT_MS, &lock);

	if (ret == -EWOULDBLOCK)
		log_err(0, "another fo-route watch is already running");
	if (ret != 0)
		return ret;
	ret = run_locked(&w);
	store_unlock(lock);
	history_aside_end(&w.aside);
	return ret == 0 ? w.ended_by : ret;
}
