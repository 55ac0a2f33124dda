#include "watch.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "line.h"
#include "log.h"
#include "rtnl.h"
#include "sd_notify.h"
#include "signals.h"
#include "store.h"
#include "watch_report.h"
#include "watch_rule.h"

#define LOCK_NAME "watch.lock"

/* A watcher that is just ending is waited for. */
#define LOCK_WAIT_MS 2000

/* Files that could not be written are tried again after this: each time is a line in the log. */
#define FILES_AGAIN_US 10000000

struct watch {
	struct watch_rule rule;
	struct line line;
	struct verdict_state state;
	bool in_round;
	int trouble; /* -errno of this machine's own trouble since the last sound round, or 0 */
	int64_t next_round_us, next_beat_us, next_files_us;

	struct netlink *links; /* monitor */
	int link;	       /* index of the interface while it is up, otherwise 0 */

	int signals;  /* signalfd */
	int ended_by; /* signal, or 0 */
	watch_reload *reload;
	const void *reload_data;
};

/* Reports */

/* A watcher that cannot send knows nothing, and does not beat: the one-shot runs then see for
 * themselves, and log what is wrong. */
static void fill_heartbeat(struct watch *w, int64_t now_us, struct heartbeat *out)
{
	memset(out, 0, sizeof(*out));
	memcpy(out->iface, w->rule.line.iface, sizeof(out->iface));
	out->written_us = now_us;
	out->beat_us = w->trouble == 0 ? now_us : 0;
	out->state = w->state;
	out->count = w->rule.line.count;
	for (size_t i = 0; i < w->rule.line.count; i++) {
		out->targets[i].addr = w->rule.line.targets[i];
		out->targets[i].quality = quality_sum(&w->line.qualities[i], now_us);
	}
}

static void beat(struct watch *w, int64_t now_us)
{
	struct heartbeat heartbeat;

	fill_heartbeat(w, now_us, &heartbeat);
	if (now_us >= w->next_files_us && watch_report_line(&heartbeat, w->rule.track_file) != 0)
		w->next_files_us = now_us + FILES_AGAIN_US;
	watch_report_life(&heartbeat);
	w->next_beat_us = now_us + HEARTBEAT_EVERY_US;
}

static void report_end(struct watch *w)
{
	struct heartbeat heartbeat;

	fill_heartbeat(w, clock_mono_us(), &heartbeat);
	watch_report_end(&heartbeat, w->rule.track_file);
}

static void announce(struct watch *w, const struct verdict_state *before, int64_t now_us)
{
	const struct quality_sum quality = line_quality(&w->line);
	char round[LINE_ROUND_TEXT_MAX];
	const struct watch_report_change change = { .iface = w->rule.line.iface,
						    .before = before,
						    .now = &w->state,
						    .quality = &quality,
						    .round = round,
						    .now_us = now_us };

	line_describe_round(&w->line.round, round);
	watch_report_change(&change);
}

/* After every turn of events that may have changed the verdict: keepalived first. The quality is
 * measured from the last fault on; otherwise the time of the fault would hold the line down
 * for a whole window. */
static void report(struct watch *w, const struct verdict_state *before, bool changed,
		   int64_t now_us)
{
	/* A change is logged even where the files could not be written last time. */
	if (changed) {
		w->next_files_us = now_us;
		beat(w, now_us);
		announce(w, before, now_us);
	}
	if (w->state.verdict == VERDICT_DOWN && w->state.last_bad_us == now_us)
		line_watch_quality(&w->line, w->rule.window_us);
}

/* Rounds */

static void finish_round(struct watch *w)
{
	const struct verdict_state before = w->state;
	bool good = w->line.round.verdict == VERDICT_UP;
	int trouble = line_trouble(&w->line);
	int64_t now_us = clock_mono_us();
	struct quality_sum quality;
	bool changed;

	w->in_round = false;
	w->next_round_us = w->line.start_us + w->rule.interval_us;
	if (trouble != 0 && w->trouble == 0)
		line_log_trouble(&w->line, trouble);
	else if (trouble == 0 && w->trouble != 0)
		log_info("%s: echoes can be sent again", w->rule.line.iface);
	w->trouble = trouble;
	if (trouble != 0) {
		verdict_take_gap(&w->state, now_us);
		return;
	}
	quality = line_quality(&w->line);
	changed = verdict_take_round(&w->state, &w->rule.levels, good, &quality, now_us);
	report(w, &before, changed, now_us);
	/* The next one at once; but refusals that come at once are not several rounds of badness.
	 */
	if (!good && w->state.verdict != VERDICT_DOWN)
		w->next_round_us = w->line.start_us + w->rule.line.timeout_ms * 1000;
}

static void begin_round(struct watch *w)
{
	/* While the line is down, a lost echo only puts off the way back. */
	w->line.rule.tries = w->state.verdict == VERDICT_DOWN ? 1 : w->rule.line.tries;
	line_begin(&w->line);
	w->in_round = true;
}

static void probe(struct watch *w)
{
	if (w->link == 0)
		return;
	if (!w->in_round && clock_mono_us() >= w->next_round_us)
		begin_round(w);
	if (line_step(&w->line) != VERDICT_PENDING && w->in_round)
		finish_round(w);
}

/* The link */

static void lose_link(struct watch *w)
{
	const struct verdict_state before = w->state;
	int64_t now_us = clock_mono_us();
	bool changed;

	w->link = 0;
	w->in_round = false;
	w->trouble = 0;
	line_close(&w->line);
	changed = verdict_take_link_loss(&w->state, &w->rule.levels, now_us);
	report(w, &before, changed, now_us);
}

/* Judged from nothing, with new sockets: the old ones belong to an interface that may be another
 * one. */
static void have_link(struct watch *w, int index)
{
	if (w->link == index)
		return;
	if (w->link != 0)
		lose_link(w);
	log_info("%s: the link is there", w->rule.line.iface);
	verdict_take_gap(&w->state, clock_mono_us());
	w->link = index;
	line_close(&w->line);
	line_watch_quality(&w->line, w->rule.window_us);
	w->next_round_us = clock_mono_us();
}

static int look_at_link(struct watch *w)
{
	struct netlink *nl = NULL;
	struct rtnl_link link;
	int ret = rtnl_open(&nl);

	if (ret == 0)
		ret = rtnl_get_link(nl, w->rule.line.iface, &link);
	netlink_close(nl);
	if (ret == 0 && link.up)
		have_link(w, link.index);
	else if (ret == 0 || ret == -ENODEV)
		lose_link(w);
	return ret == -ENODEV ? 0 : ret;
}

static void take_link_event(struct watch *w, const struct rtnl_link_event *event)
{
	bool ours = strcmp(event->name, w->rule.line.iface) == 0;

	if (ours && event->up)
		have_link(w, event->index);
	else if (w->link != 0 && event->index == w->link)
		lose_link(w); /* gone, down, or called something else now */
	else if (!ours && w->link == 0 && event->up &&
		 rtnl_is_sibling(w->rule.line.iface, event->name))
		log_warn(0, RTNL_SIBLING, w->rule.line.iface, event->name, w->rule.line.iface);
}

static int take_link_events(struct watch *w)
{
	struct rtnl_link_event event;

	for (;;) {
		int ret = rtnl_next_link_event(w->links, &event);

		if (ret == -EAGAIN)
			return 0;
		if (ret == -ENOBUFS)
			ret = look_at_link(w);
		else if (ret == 0)
			take_link_event(w, &event);
		if (ret != 0 && ret != -EINTR) {
			log_err(ret, "cannot receive link events");
			return ret;
		}
	}
}

/* Settings and signals */

/* The longest hold may be a shorter one by now. */
static void shorten_hold(struct watch *w)
{
	if (w->state.hold_us > w->rule.levels.hold_max_us)
		w->state.hold_us = w->rule.levels.hold_max_us;
}

static int read_again(struct watch *w)
{
	int64_t old_window_us = w->rule.window_us;
	char old_iface[IFNAMSIZ];
	struct conf conf;

	if (w->reload(w->reload_data, &conf) != 0) {
		log_err(0, "keeping the old configuration");
		return 0;
	}
	memcpy(old_iface, w->rule.line.iface, sizeof(old_iface));
	if (strcmp(w->rule.track_file, conf.check.track_file) != 0)
		watch_report_withdraw(w->rule.track_file);
	watch_rule_take(&w->rule, &conf);
	shorten_hold(w);
	line_renew(&w->line, &w->rule.line, w->rule.window_us, w->rule.window_us == old_window_us);
	w->in_round = false;
	log_info("%s: the configuration was read again", w->rule.line.iface);
	if (strcmp(old_iface, w->rule.line.iface) == 0)
		return 0;
	w->state = (struct verdict_state){ .verdict = VERDICT_PENDING };
	w->trouble = 0;
	w->link = 0;
	return look_at_link(w);
}

static int take_signals(struct watch *w)
{
	int ret = 0;

	for (int signal = signals_next(w->signals); signal != 0 && ret == 0;
	     signal = signals_next(w->signals)) {
		if (signal == SIGHUP)
			ret = read_again(w);
		else if (signal == SIGUSR1)
			line_log_quality(&w->line);
		else
			w->ended_by = signal;
	}
	return ret;
}

/* The loop */

static int64_t wake_us(const struct watch *w)
{
	int64_t next_us = w->in_round ? line_wake_us(&w->line) : w->next_round_us;

	return w->link == 0 || w->next_beat_us < next_us ? w->next_beat_us : next_us;
}

static void wait_for_something(const struct watch *w)
{
	struct pollfd fds[] = { { .fd = w->line.probe.fd4, .events = POLLIN },
				{ .fd = w->line.probe.fd6, .events = POLLIN },
				{ .fd = netlink_fd(w->links), .events = POLLIN },
				{ .fd = w->signals, .events = POLLIN } };
	const struct timespec left = clock_left(wake_us(w));

	(void)ppoll(fds, ARRAY_LEN(fds), &left, NULL);
}

static int loop(struct watch *w)
{
	int ret = 0;

	while (ret == 0 && w->ended_by == 0) {
		probe(w);
		if (clock_mono_us() >= w->next_beat_us)
			beat(w, clock_mono_us());
		wait_for_something(w);
		ret = take_signals(w);
		if (ret == 0)
			ret = take_link_events(w);
	}
	return ret;
}

static void resume(struct watch *w)
{
	struct heartbeat last;

	if (watch_report_read(&last) != 0 ||
	    !heartbeat_resume(&last, w->rule.line.iface, clock_mono_us(), &w->state))
		return;
	shorten_hold(w);
	log_info("%s: resuming; the line was %s", w->rule.line.iface,
		 verdict_name(w->state.verdict));
}

static int start(struct watch *w)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGHUP, SIGUSR1 };
	int ret = signals_open(signals, ARRAY_LEN(signals), &w->signals);

	if (ret == 0)
		ret = rtnl_open_monitor(RTNL_LINKS, &w->links);
	if (ret != 0)
		return ret;
	line_init(&w->line, &w->rule.line);
	line_watch_quality(&w->line, w->rule.window_us);
	resume(w);
	ret = look_at_link(w);
	if (ret == 0)
		sd_notify_send("READY=1");
	return ret;
}

static int run_locked(struct watch *w)
{
	int ret = start(w);

	if (ret == 0)
		ret = loop(w);
	if (ret == 0)
		report_end(w);
	line_close(&w->line);
	netlink_close(w->links);
	if (w->signals >= 0)
		close(w->signals);
	return ret;
}

int watch_run(const struct conf *conf, watch_reload *reload, const void *data)
{
	struct watch w = { .signals = -1, .reload = reload, .reload_data = data };
	int lock = -1;
	int ret = store_lock(LOCK_NAME, LOCK_WAIT_MS, &lock);

	if (ret == -EWOULDBLOCK)
		log_err(0, "another watcher is already running");
	if (ret != 0)
		return ret;
	watch_rule_take(&w.rule, conf);
	ret = run_locked(&w);
	store_unlock(lock);
	return ret == 0 ? w.ended_by : ret;
}

void watch_withdraw(const struct conf *conf)
{
	int lock = -1;

	if (store_lock(LOCK_NAME, 0, &lock) != 0)
		return;
	watch_report_withdraw(conf->check.track_file);
	store_unlock(lock);
}
