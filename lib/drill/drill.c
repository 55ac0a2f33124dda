#include "drill.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "clock.h"
#include "drill_check.h"
#include "drill_rule.h"
#include "gateway.h"
#include "history.h"
#include "log.h"
#include "num.h"
#include "rtnl.h"
#include "signals.h"
#include "store_lock.h"
#include "vrrp_role.h"
#include "watch_lock.h"
#include "watch_report.h"
#include "watch_request.h"

#define PROGRAM	  "fo-route"
#define LOCK_NAME "drill.lock"

#define LOOK_US	   100000
#define RENEW_US   1000000
#define ANSWER_MS  300
#define TELL_EVERY 10000 /* ms: how long it still takes */

struct run {
	const struct conf *conf;
	char vip[ADDR_TEXT_MAX];
	struct netlink *nl, *monitor;
	int signals; /* signalfd */
	int signal;
	struct drill drill;
	struct mac other; /* who has the address; none: not known */
	bool begun;	  /* the watcher has taken part */
	bool held;	  /* at the last look */
	int64_t renewed_us, told_ms;
};

/* What is seen */

static void look_for_other(struct run *r, struct drill_look *out)
{
	struct gateway gateway;

	if (gateway_find(r->nl, &r->conf->router.vip, ANSWER_MS, &gateway) != 0)
		return;
	/* A LAN that cannot be asked is no proof that nobody has it. */
	out->other = gateway.holder == GATEWAY_OTHER || gateway.holder == GATEWAY_UNKNOWN;
	if (gateway.holder == GATEWAY_OTHER)
		r->other = gateway.mac;
}

static void look_at_watcher(struct run *r, struct drill_look *out)
{
	struct heartbeat beat;

	if (watch_report_read(&beat) != 0)
		return;
	out->watched = heartbeat_is_fresh(&beat, r->conf->router.uplink, clock_mono_us());
	out->up = beat.state.verdict == VERDICT_UP;
	r->begun = r->begun || beat.drill_us > 0;
}

static bool is_held(struct run *r, bool before)
{
	struct vrrp_role_held held;

	return vrrp_role_get_held(r->nl, r->conf, &held) == 0 ? held.vip : before;
}

static void take_signals(struct run *r)
{
	for (int signal = signals_next(r->signals); signal != 0; signal = signals_next(r->signals))
		r->signal = signal;
}

/* The request is renewed in time; who was stopped (SIGSTOP) finds the drill ended by its age. */
static bool renew(struct run *r)
{
	int64_t now_us = clock_mono_us();

	if (r->renewed_us > 0 && now_us - r->renewed_us >= WATCH_REQUEST_DRILL_US)
		return false;
	if (now_us - r->renewed_us < RENEW_US)
		return true;
	r->renewed_us = now_us;
	return watch_request_drill(now_us) == 0;
}

static enum drill_end step(struct run *r)
{
	struct drill_look look = { .held = is_held(r, r->held) };

	r->held = look.held;
	take_signals(r);
	look.stopped = r->signal != 0 || !renew(r);
	look_at_watcher(r, &look);
	if (!look.held)
		look_for_other(r, &look);
	look.now_ms = clock_mono_us() / 1000;
	return drill_take(&r->drill, &look);
}

/* What is told */

static void tell_taken(const struct run *r)
{
	char mac[MAC_TEXT_MAX], time[NUM_TEXT_MAX];

	log_info("drill: MAC %s has %s, and the LAN its line, for %s; it had no gateway for "
		 "%" PRId64 " ms at most",
		 mac_format(mac, &r->other), r->vip, num_format_ms(time, r->drill.for_ms),
		 drill_gap_ms(&r->drill));
}

static void tell_progress(struct run *r)
{
	int64_t now_ms = clock_mono_us() / 1000;
	char time[NUM_TEXT_MAX];

	if (r->drill.taken_ms == 0)
		return;
	if (r->told_ms == 0) {
		tell_taken(r);
		r->told_ms = now_ms;
	} else if (now_ms - r->told_ms >= TELL_EVERY) {
		r->told_ms += TELL_EVERY;
		log_info("drill: %s to go",
			 num_format_ms(time, (r->drill.for_ms - (now_ms - r->drill.taken_ms)) /
						     1000 * 1000));
	}
}

/* Returns whether the address came back; at once where the drill has ended because it did. */
static bool wait_for_address(struct run *r)
{
	int64_t end_us = clock_mono_us() + DRILL_BACK_MS * INT64_C(1000);
	int before = r->signal;

	while (!is_held(r, false)) {
		int64_t now_us = clock_mono_us();

		take_signals(r);
		if (now_us >= end_us || r->signal != before)
			return false;
		rtnl_wait(r->monitor, now_us + LOOK_US);
	}
	return true;
}

/* What the drill has cost. */
static void describe_end(const struct run *r, const char *why, int64_t away_ms, bool back,
			 char text[static DRILL_TEXT_MAX])
{
	const char *has = back ? "has" : "does not have";

	if (r->drill.taken_ms == 0)
		snprintf(text, DRILL_TEXT_MAX, "%s; this router %s %s", why, has, r->vip);
	else
		snprintf(text, DRILL_TEXT_MAX,
			 "%s; the LAN was on the other line for %" PRId64 ".%" PRId64
			 " s and had no gateway for %" PRId64 " ms at most; this router %s %s",
			 why, away_ms / 1000, away_ms % 1000 / 100, drill_gap_ms(&r->drill), has,
			 r->vip);
}

static enum drill_result tell_end(const struct run *r, enum drill_end end, bool back)
{
	int64_t now_ms = clock_mono_us() / 1000, away_ms = drill_away_ms(&r->drill, now_ms);
	bool well = end == DRILL_OVER && back;
	/* A person who has seen enough is no failure of the other router. */
	bool cut = end == DRILL_STOPPED && r->signal != 0 && back;
	const char *why = drill_end_text(end);
	char text[DRILL_TEXT_MAX];

	if (end == DRILL_NOT_TAKEN && !r->begun)
		why = "fo-watch takes no part: restart it, for it is of an older version";
	describe_end(r, why, away_ms, back, text);
	if (well)
		log_info("drill: %s again, %" PRId64 " ms after the end", text,
			 now_ms - r->drill.ended_ms);
	else if (cut)
		log_info("drill: cut short: %s", text);
	else
		log_warn(0, "drill: %s", text);
	history_add(&(struct history_news){ PROGRAM, EVENT_DRILL, well || cut ? "end" : "failed",
					    away_ms },
		    "drill%s: %s",
		    well  ? ""
		    : cut ? " cut short"
			  : " failed",
		    text);
	return well ? DRILL_WELL : DRILL_FAILED;
}

/* The course */

/* Where an address has come or gone, the VRRP address was here until then. */
static void wait_for_change(struct run *r)
{
	int64_t end_us = clock_mono_us() + LOOK_US, now_us;

	rtnl_wait(r->monitor, end_us);
	now_us = clock_mono_us();
	if (r->held && now_us < end_us)
		r->drill.held_ms = now_us / 1000;
}

static enum drill_result run_begun(struct run *r)
{
	enum drill_end end = step(r);

	while (end == DRILL_GOES_ON) {
		tell_progress(r);
		wait_for_change(r);
		end = step(r);
	}
	watch_request_end_drill();
	/* Where a watcher was killed that has told keepalived about the drill. */
	if (end == DRILL_NO_WATCHER)
		watch_withdraw(r->conf->check.track_file);
	if (end == DRILL_OVER)
		log_info("drill: its time is over; waiting for %s", r->vip);
	return tell_end(r, end, wait_for_address(r));
}

static enum drill_result refuse(const char *why)
{
	log_err(0, "no drill: %s", why);
	history_add(&(struct history_news){ PROGRAM, EVENT_DRILL, "refused", 0 }, "no drill: %s",
		    why);
	return DRILL_REFUSED;
}

static enum drill_result run_locked(struct run *r)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	char why[DRILL_TEXT_MAX], time[NUM_TEXT_MAX];

	if (rtnl_open(&r->nl) != 0 || rtnl_open_monitor(RTNL_ADDRS, &r->monitor) != 0 ||
	    signals_open(signals, ARRAY_LEN(signals), &r->signals) != 0)
		return DRILL_REFUSED;
	if (!drill_check(r->nl, r->conf, why))
		return refuse(why);
	num_format_ms(time, r->drill.for_ms);
	log_info("drill: asking keepalived to hand %s over for %s; Ctrl-C ends it", r->vip, time);
	history_add(&(struct history_news){ PROGRAM, EVENT_DRILL, "begin", 0 },
		    "a drill of %s begins: %s is to go to the other router", time, r->vip);
	r->drill.begun_ms = clock_mono_us() / 1000;
	return run_begun(r);
}

enum drill_result drill_run(const struct conf *conf, int64_t for_ms, int *signal)
{
	struct run r = { .conf = conf, .signals = -1, .drill = { .for_ms = for_ms } };
	enum drill_result result;
	int lock = -1;
	int ret = store_lock(LOCK_NAME, 0, &lock);

	*signal = 0;
	if (ret == -EWOULDBLOCK)
		log_err(0, "no drill: another one is running");
	if (ret != 0)
		return DRILL_REFUSED;
	addr_format(r.vip, &conf->router.vip);
	result = run_locked(&r);
	netlink_close(r.nl);
	netlink_close(r.monitor);
	if (r.signals >= 0)
		close(r.signals);
	store_unlock(lock);
	*signal = r.signal;
	return result;
}
