#include "lookout.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "log.h"
#include "num.h"
#include "passage.h"
#include "probe.h"
#include "rtnl.h"
#include "sd_notify.h"
#include "session.h"
#include "signals.h"
#include "store.h"
#include "store_lock.h"
#include "uplink.h"
#include "vrrp_role.h"
#include "watch_events.h"
#include "watch_lock.h"
#include "watch_log.h"
#include "watch_report.h"

/* fo-keepalive.path starts a run when this file is written. */
#define DUE_NAME "keepalive.due"

/* What could not be written, or read, is tried again after this: each time is a line in the log. */
#define FILES_AGAIN_US	10000000
#define MEMORY_AGAIN_US 60000000

struct lookout {
	struct conf conf;
	struct passage_rule rule;
	struct passage passage;
	struct verdict_state state;
	struct history_aside aside;
	struct watch_log log;
	struct addr target; /* none: there is no peer address */
	struct probe probe;
	uint16_t seq;
	bool answered;
	int trouble; /* -errno of this machine's own, the last time that it sent; or 0 */
	int64_t next_beat_us, next_files_us, next_memory_us;
	struct idle_memory memory; /* of fo-keepalive's last run */

	struct netlink *monitor;
	int signals;  /* signalfd */
	int ended_by; /* signal, or 0 */
	lookout_reload *reload;
	const void *reload_data;
};

static const char *iface_of(const struct lookout *w)
{
	return w->conf.router.uplink;
}

/* Reports */

static void fill_heartbeat(const struct lookout *w, int64_t now_us, struct heartbeat *out)
{
	memset(out, 0, sizeof(*out));
	memcpy(out->iface, iface_of(w), sizeof(out->iface));
	out->written_us = now_us;
	out->beat_us = w->trouble == 0 ? now_us : 0;
	out->state = w->state;
}

static void beat(struct lookout *w, int64_t now_us)
{
	struct heartbeat heartbeat;

	fill_heartbeat(w, now_us, &heartbeat);
	if (now_us >= w->next_files_us &&
	    watch_report_line(&heartbeat, w->conf.keepalive.track_file, false) != 0)
		w->next_files_us = now_us + FILES_AGAIN_US;
	watch_report_life(&heartbeat);
	w->next_beat_us = now_us + HEARTBEAT_EVERY_US;
	history_aside_turn(&w->aside);
	watch_log_take(&w->log, NULL, 0);
}

static void log_change(const struct lookout *w, const struct verdict_state *before)
{
	const char *iface = iface_of(w);

	if (w->state.verdict == VERDICT_UP && before->verdict == VERDICT_DOWN)
		log_info("%s: up again after %" PRId64 " s", iface,
			 (w->state.since_us - before->since_us) / 1000000);
	else if (w->state.verdict == VERDICT_UP)
		log_info("%s: up", iface);
	else if (w->state.reason == VERDICT_NO_ADDRESS)
		log_warn(0, "%s: down, no address: is the line still dialling?", iface);
	else
		log_warn(0, "%s: down, %s", iface, verdict_reason_text(w->state.reason));
}

/* fo-keepalive may have told the same: history_add leaves that out. */
static void tell_change(struct lookout *w, const struct verdict_state *before)
{
	struct history_news news = { "fo-watch", EVENT_LTE, verdict_name(w->state.verdict), 0 };

	if (before->verdict != VERDICT_PENDING)
		news.lasted_ms = (w->state.since_us - before->since_us) / 1000;
	if (w->state.verdict == VERDICT_UP)
		history_aside_add(&w->aside, &news, "%s: up", iface_of(w));
	else
		history_aside_add(&w->aside, &news, "%s: down, %s", iface_of(w),
				  verdict_reason_text(w->state.reason));
}

/* keepalived first. A change of the reason alone is logged, too, but is no other state. */
static void take_verdict(struct lookout *w)
{
	const struct verdict_state before = w->state;
	int64_t now_us = clock_mono_us();

	if (w->passage.verdict == before.verdict && w->passage.reason == before.reason)
		return;
	w->state.verdict = w->passage.verdict;
	w->state.reason = w->passage.reason;
	if (before.verdict != w->state.verdict)
		w->state.since_us = now_us;
	w->next_files_us = now_us;
	beat(w, now_us);
	log_change(w, &before);
	if (before.verdict != w->state.verdict)
		tell_change(w, &before);
}

/* What is seen */

static void read_memory(struct lookout *w)
{
	int64_t now_us = clock_mono_us();
	int ret;

	if (now_us < w->next_memory_us)
		return;
	ret = session_load_run(&w->memory);
	if (ret != 0)
		w->memory = (struct idle_memory){ .verdict = IDLE_UNKNOWN };
	if (ret != 0 && ret != -ENOENT)
		w->next_memory_us = now_us + MEMORY_AGAIN_US;
}

static bool is_master(const struct lookout *w)
{
	enum vrrp_state state;

	return vrrp_role_true_state(&w->conf, VRRP_BACKUP, &state) == 0 && state == VRRP_MASTER;
}

/* Returns 0 and `*out`, or -errno, logged: then nothing is known. */
static int look(struct lookout *w, struct passage_facts *out)
{
	struct uplink uplink;
	int ret = uplink_look(&w->conf, &uplink);

	if (ret != 0)
		return ret;
	w->target = uplink.target;
	read_memory(w);
	*out = (struct passage_facts){ .now_ms = clock_mono_us() / 1000,
				       .up = uplink.up,
				       .address = uplink.address,
				       .index = uplink.index,
				       .rx = uplink.rx,
				       .tx = uplink.tx,
				       .answered = w->answered,
				       .master = is_master(w),
				       .silent_run = w->memory.verdict == IDLE_SILENT &&
						     w->memory.index == uplink.index &&
						     w->memory.rx == uplink.rx };
	w->answered = false;
	return 0;
}

/* Echoes */

/* Whether an error is no trouble of this machine, but of the line. */
static bool is_of_line(int error)
{
	return error == -ENOBUFS || error == -EAGAIN || error == -ENODEV || error == -ENXIO ||
	       error == -ENETDOWN || error == -ENETUNREACH || error == -EHOSTUNREACH ||
	       error == -EADDRNOTAVAIL;
}

static int try_echo(struct lookout *w)
{
	int ret = probe_open(&w->probe, iface_of(w), &w->target);

	if (ret == 0)
		ret = probe_send(&w->probe, &w->target, ++w->seq);
	if (ret != 0)
		probe_close(&w->probe, AF_UNSPEC);
	return ret;
}

/* A socket is bound to an interface's index and to an address: the line may have others by now. */
static int send_echo(struct lookout *w)
{
	int ret = try_echo(w);

	return ret == 0 || ret == -ENOBUFS || ret == -EAGAIN ? ret : try_echo(w);
}

static void ask(struct lookout *w)
{
	int ret = addr_is_set(&w->target) ? send_echo(w) : -ENETUNREACH;
	int trouble = ret == 0 || is_of_line(ret) ? 0 : ret;

	if (ret == 0 || ret == -ENOBUFS || ret == -EAGAIN)
		passage_note_echo(&w->passage, clock_mono_us() / 1000, ret == 0);
	if (trouble != 0 && w->trouble == 0)
		log_err(trouble, "%s: cannot send echoes, so a silent line stays unnoticed",
			iface_of(w));
	w->trouble = trouble;
}

static void take_answers(struct lookout *w)
{
	struct probe_event event;

	while (probe_next(&w->probe, &event)) {
		if (event.kind == PROBE_REPLY && addr_equal(&event.from, &w->target))
			w->answered = true;
	}
}

static void want_run(struct lookout *w)
{
	char text[NUM_TEXT_MAX];

	if (!passage_wants_run(&w->passage, &w->rule, clock_mono_us() / 1000))
		return;
	snprintf(text, sizeof(text), "%" PRId64 "\n", w->passage.runs);
	store_note(STORE_RUN, DUE_NAME, text, 0644);
}

static void judge(struct lookout *w)
{
	struct passage_facts facts;
	int64_t index = w->passage.index;
	bool usable = w->passage.usable;

	take_answers(w);
	if (look(w, &facts) != 0)
		return;
	if (passage_look(&w->passage, &w->rule, &facts))
		ask(w);
	if (!w->passage.usable || !usable || index != w->passage.index)
		probe_close(&w->probe, AF_UNSPEC);
	take_verdict(w);
	want_run(w);
}

/* Settings and signals */

static void take_conf(struct lookout *w, const struct conf *conf)
{
	w->conf = *conf;
	w->rule = (struct passage_rule){ .require_reply = conf->keepalive.require_reply,
					 .runs_wanted = conf->keepalive.redial_after };
}

static void read_again(struct lookout *w)
{
	struct conf conf;

	if (w->reload(w->reload_data, &conf) != 0) {
		log_err(0, "keeping the old configuration");
		watch_events_tell_config(&w->aside, iface_of(w), false);
		return;
	}
	if (strcmp(w->conf.keepalive.track_file, conf.keepalive.track_file) != 0)
		watch_report_withdraw(w->conf.keepalive.track_file);
	if (strcmp(iface_of(w), conf.router.uplink) != 0)
		w->passage = (struct passage){ .verdict = VERDICT_PENDING };
	probe_close(&w->probe, AF_UNSPEC);
	take_conf(w, &conf);
	w->next_files_us = 0;
	log_info("%s: the configuration was read again", iface_of(w));
	watch_events_tell_config(&w->aside, iface_of(w), true);
}

static void take_signals(struct lookout *w)
{
	for (int signal = signals_next(w->signals); signal != 0;
	     signal = signals_next(w->signals)) {
		if (signal == SIGHUP)
			read_again(w);
		else if (signal == SIGUSR1)
			log_info("%s: %s", iface_of(w), verdict_name(w->state.verdict));
		else
			w->ended_by = signal;
	}
}

/* The loop */

static void wait_for_something(struct lookout *w)
{
	struct pollfd fds[] = { { .fd = w->probe.fd4, .events = POLLIN },
				{ .fd = w->probe.fd6, .events = POLLIN },
				{ .fd = netlink_fd(w->monitor), .events = POLLIN },
				{ .fd = w->signals, .events = POLLIN } };
	const struct timespec left = clock_left(w->next_beat_us);

	(void)ppoll(fds, ARRAY_LEN(fds), &left, NULL);
	if (fds[2].revents != 0) /* all of it is looked at then */
		rtnl_wait(w->monitor, clock_mono_us());
}

static void loop(struct lookout *w)
{
	while (w->ended_by == 0) {
		judge(w);
		if (clock_mono_us() >= w->next_beat_us)
			beat(w, clock_mono_us());
		wait_for_something(w);
		take_signals(w);
	}
}

/* A line that was silent has to show that it is not. */
static void resume(struct lookout *w)
{
	struct heartbeat last;
	bool resumes = watch_report_read(&last) == 0 &&
		       heartbeat_resume(&last, iface_of(w), clock_mono_us(), &w->state);

	watch_events_tell_begin(&w->aside, iface_of(w), resumes ? &last : NULL);
	if (!resumes)
		return;
	w->passage.silent = w->state.verdict == VERDICT_DOWN && w->state.reason == VERDICT_SILENT;
	w->passage.silent_ms = w->state.since_us / 1000;
	log_info("%s: resuming; the line was %s", iface_of(w), verdict_name(w->state.verdict));
}

static int start(struct lookout *w)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGHUP, SIGUSR1 };
	int ret = signals_open(signals, ARRAY_LEN(signals), &w->signals);

	if (ret == 0)
		ret = rtnl_open_monitor(RTNL_LINKS | RTNL_ADDRS, &w->monitor);
	if (ret != 0)
		return ret;
	probe_init(&w->probe);
	resume(w);
	judge(w);
	beat(w, clock_mono_us());
	sd_notify_send("READY=1");
	return 0;
}

static int run_locked(struct lookout *w)
{
	struct heartbeat heartbeat;
	int ret = start(w);

	if (ret == 0) {
		loop(w);
		fill_heartbeat(w, clock_mono_us(), &heartbeat);
		watch_report_end(&heartbeat, w->conf.keepalive.track_file);
		watch_events_tell_end(&w->aside, iface_of(w));
		probe_close(&w->probe, AF_UNSPEC);
	}
	netlink_close(w->monitor);
	if (w->signals >= 0)
		close(w->signals);
	return ret;
}

int lookout_run(const struct conf *conf, lookout_reload *reload, const void *data)
{
	struct lookout w = { .signals = -1, .reload = reload, .reload_data = data };
	int lock = -1;
	int ret = watch_lock(&lock);

	if (ret != 0)
		return ret;
	take_conf(&w, conf);
	ret = run_locked(&w);
	store_unlock(lock);
	history_aside_end(&w.aside);
	watch_log_end(&w.log);
	return ret == 0 ? w.ended_by : ret;
}
