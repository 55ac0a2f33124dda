#include "watch_back.h"

#include <inttypes.h>
#include <stdbool.h>

#include "clock.h"
#include "history.h"
#include "log.h"
#include "num.h"
#include "watch_report.h"
#include "watch_request.h"

/* From look to look for what comes of it. */
#define LOOK_US 20000

static bool read_watcher(const char *iface, struct heartbeat *out)
{
	int64_t now_us = clock_mono_us();

	if (watch_report_read(out) == 0 && heartbeat_is_fresh(out, iface, now_us))
		return true;
	log_err(0,
		"%s: no watcher holds the line, for none is running, or it cannot send: "
		"look at `systemctl status fo-watch'",
		iface);
	return false;
}

/* Whether the line could be used now. */
static bool check_good(const struct conf_check *check, const struct heartbeat *beat)
{
	if (beat->state.verdict == VERDICT_DOWN && beat->state.good >= check->rise)
		return true;
	log_warn(0,
		 "%s: not good yet (%s): %" PRId64 " good rounds in a row, %" PRId64 " are needed",
		 beat->iface, verdict_reason_text(beat->state.reason), beat->state.good,
		 check->rise);
	return false;
}

/* Whether the watcher has done something about it in time. */
static bool wait_for_watcher(int64_t asked_us)
{
	while (watch_request_is_waiting()) {
		int64_t now_us = clock_mono_us();

		if (now_us - asked_us > WATCH_REQUEST_BACK_US)
			return false;
		clock_sleep_until_us(now_us + LOOK_US);
	}
	return true;
}

static void tell_cut(const struct heartbeat *before, int64_t asked_us)
{
	int64_t held_us = asked_us - before->state.last_bad_us;
	char hold[NUM_TEXT_MAX];

	num_format_ms(hold, before->state.hold_us / 1000);
	log_info("%s: the line is up again, hold cut after %" PRId64 " s of %s", before->iface,
		 held_us / 1000000, hold);
	history_add(&(struct history_news){ "fo-watch", EVENT_HOLD, "cut", held_us / 1000 },
		    "%s: hold cut by hand after %" PRId64 " s of %s", before->iface,
		    held_us / 1000000, hold);
}

static enum watch_back ask(const struct heartbeat *before)
{
	int64_t asked_us = clock_mono_us();
	struct heartbeat beat;

	if (watch_request_back(asked_us) != 0)
		return WATCH_BACK_CANNOT;
	if (!wait_for_watcher(asked_us)) {
		watch_request_end_back();
		log_err(0, "%s: the watcher does not listen", before->iface);
		return WATCH_BACK_CANNOT;
	}
	if (!read_watcher(before->iface, &beat))
		return WATCH_BACK_CANNOT;
	if (beat.state.verdict == VERDICT_UP) {
		tell_cut(before, asked_us);
		return WATCH_BACK_DONE;
	}
	log_warn(0, "%s: still down: loss or round trips are not below `loss-up' and `rtt-up' yet",
		 before->iface);
	return WATCH_BACK_NO;
}

enum watch_back watch_back_ask(const struct conf *conf)
{
	struct heartbeat before;

	if (!read_watcher(conf->router.uplink, &before))
		return WATCH_BACK_CANNOT;
	if (before.state.verdict == VERDICT_UP) {
		log_info("%s: up, nothing is held", before.iface);
		return WATCH_BACK_DONE;
	}
	return check_good(&conf->check, &before) ? ask(&before) : WATCH_BACK_NO;
}
