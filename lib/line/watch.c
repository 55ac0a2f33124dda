#include "watch.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "judge.h"
#include "line_text.h"
#include "log.h"
#include "rtnl.h"
#include "sd_notify.h"
#include "signals.h"
#include "source.h"
#include "store_lock.h"
#include "watch_drill.h"
#include "watch_events.h"
#include "watch_lock.h"
#include "watch_log.h"
#include "watch_report.h"
#include "watch_request.h"
#include "watch_rule.h"

/* Files that could not be written are tried again after this: each time is a line in the log. */
#define FILES_AGAIN_US 10000000

struct watch {
	struct judge judge;
	struct history_aside aside;
	struct watch_log log;
	char track_file[CONF_TEXT_MAX];
	int64_t next_beat_us, next_files_us;
	int64_t drill_us; /* since when there is a drill, or 0 */

	struct netlink *links; /* monitor */
	int link;	       /* index of the interface while it is up, otherwise 0 */

	int signals;  /* signalfd */
	int ended_by; /* signal, or 0 */
	watch_reload *reload;
	const void *reload_data;
};

/* Reports */

static const char *iface_of(const struct watch *w)
{
	return w->judge.rule.line.iface;
}

/* A watcher that cannot send knows nothing, and does not beat: the one-shot runs then see for
 * themselves, and log what is wrong. */
static void fill_heartbeat(struct watch *w, int64_t now_us, struct heartbeat *out)
{
	const struct line_rule *rule = &w->judge.rule.line;

	memset(out, 0, sizeof(*out));
	memcpy(out->iface, rule->iface, sizeof(out->iface));
	out->written_us = now_us;
	out->beat_us = w->judge.trouble == 0 ? now_us : 0;
	out->state = w->judge.state;
	out->drill_us = w->drill_us;
	out->count = rule->count;
	for (size_t i = 0; i < rule->count; i++) {
		out->targets[i].addr = rule->targets[i];
		out->targets[i].quality = quality_sum(&w->judge.line.qualities[i], now_us);
	}
}

static void beat(struct watch *w, int64_t now_us)
{
	struct heartbeat heartbeat;

	fill_heartbeat(w, now_us, &heartbeat);
	if (now_us >= w->next_files_us && watch_report_line(&heartbeat, w->track_file, true) != 0)
		w->next_files_us = now_us + FILES_AGAIN_US;
	watch_report_life(&heartbeat);
	w->next_beat_us = now_us + HEARTBEAT_EVERY_US;
	history_aside_turn(&w->aside);
	watch_log_take(&w->log, w->judge.has_link ? &w->judge.quality : NULL,
		       w->judge.rule.window_us);
}

static void report_end(struct watch *w)
{
	struct heartbeat heartbeat;

	fill_heartbeat(w, clock_mono_us(), &heartbeat);
	watch_report_end(&heartbeat, w->track_file);
}

/* keepalived first. A change is logged even where the files could not be written last time. */
static void report_change(struct watch *w, const struct verdict_state *before)
{
	int64_t now_us = clock_mono_us();
	char round[LINE_ROUND_TEXT_MAX];
	const struct watch_report_change change = { .iface = iface_of(w),
						    .before = before,
						    .now = &w->judge.state,
						    .quality = &w->judge.quality,
						    .round = round,
						    .now_us = now_us };

	w->next_files_us = now_us;
	beat(w, now_us);
	line_describe_round(&w->judge.line.round, round);
	watch_report_change(&change);
	watch_events_tell_change(&w->aside, &change);
}

/* Which a person may want, while this runs. */
static void look_at_requests(struct watch *w)
{
	const struct verdict_state before = w->judge.state;
	int64_t now_us = clock_mono_us();

	w->drill_us = watch_drill_since(&w->aside, iface_of(w), w->drill_us, now_us);
	if (!watch_request_wants_back(now_us))
		return;
	if (judge_cut_hold(&w->judge))
		report_change(w, &before);
	else
		log_info("%s: not used sooner: the line is not good, or nothing holds it",
			 iface_of(w));
	watch_request_end_back(); /* who has asked now finds the verdict */
}

static void probe(struct watch *w)
{
	const struct verdict_state before = w->judge.state;
	int trouble = w->judge.trouble;
	bool changed = judge_step(&w->judge);

	if (w->judge.trouble != 0 && trouble == 0)
		line_log_trouble(&w->judge.line, w->judge.trouble);
	else if (w->judge.trouble == 0 && trouble != 0)
		log_info("%s: echoes can be sent again", iface_of(w));
	if (changed)
		report_change(w, &before);
}

/* The link */

static void lose_link(struct watch *w, enum verdict_reason reason)
{
	const struct verdict_state before = w->judge.state;

	if (judge_lose_link(&w->judge, reason))
		report_change(w, &before);
}

/* Whether a socket is bound to an address that the interface has no more. */
static bool is_stale(const struct watch *w, const struct rtnl_addrs *addrs)
{
	const struct probe *probe = &w->judge.line.probe;

	return (probe->fd4 >= 0 && !source_is_there(addrs, &probe->source4)) ||
	       (probe->fd6 >= 0 && !source_is_there(addrs, &probe->source6));
}

/* The interface `index` is up, and has these addresses. Sockets of before belong to another
 * interface, or to an address that is gone. */
static void have_link(struct watch *w, int index, const struct rtnl_addrs *addrs)
{
	const struct line_rule *rule = &w->judge.rule.line;
	bool same = w->judge.has_link && w->link == index;

	if (w->judge.has_link && !same)
		lose_link(w, VERDICT_NO_LINK);
	w->link = index;
	if (!source_is_for_any(addrs, rule->targets, rule->count)) {
		lose_link(w, VERDICT_NO_ADDRESS);
		return;
	}
	if (same && !is_stale(w, addrs))
		return;
	log_info("%s: %s", iface_of(w), same ? "it has another address" : "the link is there");
	judge_have_link(&w->judge);
}

static void miss_link(struct watch *w)
{
	w->link = 0;
	lose_link(w, VERDICT_NO_LINK);
}

static int look(struct watch *w, struct netlink *nl)
{
	struct rtnl_addrs addrs;
	struct rtnl_link link;
	int ret = rtnl_get_link(nl, iface_of(w), &link);

	if (ret == -ENODEV || (ret == 0 && !link.up)) {
		miss_link(w);
		return 0;
	}
	if (ret == 0)
		ret = rtnl_get_addrs(nl, link.index, &addrs);
	if (ret == 0)
		have_link(w, link.index, &addrs);
	return ret;
}

static int look_at_link(struct watch *w)
{
	struct netlink *nl = NULL;
	int ret = rtnl_open(&nl);

	if (ret == 0)
		ret = look(w, nl);
	netlink_close(nl);
	return ret;
}

static int take_link_event(struct watch *w, const struct rtnl_link_event *event)
{
	bool ours = strcmp(event->name, iface_of(w)) == 0;
	bool known = w->link != 0 && event->index == w->link;

	if (event->addr)
		return known ? look_at_link(w) : 0;
	if (ours && event->up)
		return known ? 0 : look_at_link(w);
	if (known)
		miss_link(w); /* gone, down, or called something else now */
	else if (!ours && w->link == 0 && event->up && rtnl_is_sibling(iface_of(w), event->name))
		log_warn(0, RTNL_SIBLING, iface_of(w), event->name, iface_of(w));
	return 0;
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
			ret = take_link_event(w, &event);
		if (ret != 0 && ret != -EINTR) {
			log_err(ret, "cannot receive link events");
			return ret;
		}
	}
}

/* Settings and signals */

static int read_again(struct watch *w)
{
	struct watch_rule rule;
	struct conf conf;

	if (w->reload(w->reload_data, &conf) != 0) {
		log_err(0, "keeping the old configuration");
		watch_events_tell_config(&w->aside, iface_of(w), false);
		return 0;
	}
	watch_rule_take(&rule, &conf);
	if (strcmp(w->track_file, rule.track_file) != 0)
		watch_report_withdraw(w->track_file);
	memcpy(w->track_file, rule.track_file, sizeof(w->track_file));
	judge_renew(&w->judge, &rule.judge);
	log_info("%s: the configuration was read again", iface_of(w));
	watch_events_tell_config(&w->aside, iface_of(w), true);
	/* Another line, or targets of a family of which it has no address. */
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
			line_log_quality(&w->judge.line);
		else
			w->ended_by = signal;
	}
	return ret;
}

/* The loop */

static int64_t wake_us(const struct watch *w)
{
	int64_t next_us = judge_wake_us(&w->judge);

	return w->next_beat_us < next_us ? w->next_beat_us : next_us;
}

static void wait_for_something(const struct watch *w)
{
	struct pollfd fds[] = { { .fd = w->judge.line.probe.fd4, .events = POLLIN },
				{ .fd = w->judge.line.probe.fd6, .events = POLLIN },
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
		if (clock_mono_us() >= w->next_beat_us) {
			look_at_requests(w);
			beat(w, clock_mono_us());
		}
		wait_for_something(w);
		ret = take_signals(w);
		if (ret == 0)
			ret = take_link_events(w);
	}
	return ret;
}

static void resume(struct watch *w)
{
	struct verdict_state state;
	struct heartbeat last;
	bool resumes = watch_report_read(&last) == 0 &&
		       heartbeat_resume(&last, iface_of(w), clock_mono_us(), &state);

	watch_events_tell_begin(&w->aside, iface_of(w), resumes ? &last : NULL);
	if (!resumes)
		return;
	judge_resume(&w->judge, &state, heartbeat_rtt_us(&last));
	log_info("%s: resuming; the line was %s", iface_of(w), verdict_name(state.verdict));
}

static int start(struct watch *w)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGHUP, SIGUSR1 };
	int ret = signals_open(signals, ARRAY_LEN(signals), &w->signals);

	if (ret == 0)
		ret = rtnl_open_monitor(RTNL_LINKS | RTNL_ADDRS, &w->links);
	if (ret != 0)
		return ret;
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
	if (ret == 0) {
		report_end(w);
		watch_events_tell_end(&w->aside, iface_of(w));
	}
	judge_close(&w->judge);
	netlink_close(w->links);
	if (w->signals >= 0)
		close(w->signals);
	return ret;
}

int watch_run(const struct conf *conf, watch_reload *reload, const void *data)
{
	struct watch w = { .signals = -1, .reload = reload, .reload_data = data };
	struct watch_rule rule;
	int lock = -1;
	int ret = watch_lock(&lock);

	if (ret != 0)
		return ret;
	watch_rule_take(&rule, conf);
	memcpy(w.track_file, rule.track_file, sizeof(w.track_file));
	judge_init(&w.judge, &rule.judge);
	ret = run_locked(&w);
	store_unlock(lock);
	history_aside_end(&w.aside);
	watch_log_end(&w.log);
	return ret == 0 ? w.ended_by : ret;
}
