#include "watch_report.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "log.h"
#include "num.h"
#include "sd_notify.h"
#include "store.h"

#define FILE_NAME "watch"

/* Times any weight this is FAULT for keepalived, which then resigns (priority 0), and the other
 * router need not wait for three missing advertisements (RFC 9568, 6.4.3). It is no state to stay
 * in: a router in FAULT leaves the address to one whose line may be dead, too. So it ends with the
 * next heartbeat. */
#define RESIGN	  "254"
#define RESIGN_US (HEARTBEAT_EVERY_US / 2)

static int write_heartbeat(const struct heartbeat *beat)
{
	char text[HEARTBEAT_TEXT_MAX];

	return store_write(STORE_RUN, FILE_NAME, heartbeat_format(text, beat), 0644);
}

/* keepalived takes a missing, empty or foreign file for "good": what is there is compared, not
 * remembered. It reads no more than this of it, either. */
static int write_track_file(const char *path, const char *value)
{
	char there[128], line[8];

	if (store_read_path(path, there, sizeof(there)) == 0 && strcmp(there, value) == 0)
		return 0;
	snprintf(line, sizeof(line), "%s\n", value);
	return store_write_path(path, line, 0644);
}

static const char *track_value(const struct heartbeat *beat, bool resigns)
{
	if (beat->state.verdict == VERDICT_UP)
		return beat->drill_us == 0 ? "0" : "1";
	return resigns && beat->written_us - beat->state.since_us < RESIGN_US ? RESIGN : "1";
}

int watch_report_line(const struct heartbeat *beat, const char *track_file, bool resigns)
{
	int ret = write_heartbeat(beat);
	int track_ret = 0;

	if (beat->state.verdict != VERDICT_PENDING)
		track_ret = write_track_file(track_file, track_value(beat, resigns));
	return ret != 0 ? ret : track_ret;
}

void watch_report_life(const struct heartbeat *beat)
{
	const char *why =
		beat->beat_us == 0 ? "cannot send" : verdict_reason_text(beat->state.reason);

	sd_notify_send("WATCHDOG=1\nSTATUS=%s: %s%s%s", beat->iface,
		       verdict_name(beat->state.verdict), why[0] == '\0' ? "" : ", ", why);
}

static void log_down(const struct watch_report_change *change)
{
	enum verdict_reason reason = change->now->reason;
	const char *why = verdict_reason_text(reason);
	char hold[NUM_TEXT_MAX], text[QUALITY_TEXT_MAX];

	num_format_ms(hold, change->now->hold_us / 1000);
	if (reason == VERDICT_SILENT)
		log_warn(0, "%s: down, %s; up again after %s without a fault%s", change->iface, why,
			 hold, change->round);
	else if (reason == VERDICT_NO_LINK || reason == VERDICT_NO_ADDRESS)
		log_warn(0, "%s: down, %s; up again after %s without a fault", change->iface, why,
			 hold);
	else
		log_warn(0, "%s: down, %s (%s); up again after %s without a fault", change->iface,
			 why, quality_format(text, change->quality), hold);
}

static void log_up(const struct watch_report_change *change)
{
	if (change->before->verdict == VERDICT_DOWN)
		log_info("%s: up again after %" PRId64 " s, %" PRId64 " good rounds", change->iface,
			 (change->now_us - change->before->since_us) / 1000000, change->now->good);
	else
		log_info("%s: up, %" PRId64 " good rounds", change->iface, change->now->good);
}

void watch_report_change(const struct watch_report_change *change)
{
	if (change->now->verdict == VERDICT_UP)
		log_up(change);
	else
		log_down(change);
}

void watch_report_end(const struct heartbeat *beat, const char *track_file)
{
	struct heartbeat last = *beat;

	sd_notify_send("STOPPING=1");
	last.beat_us = 0;
	if (write_heartbeat(&last) != 0)
		log_warn(0, "the next watcher will not know the verdict");
	watch_report_withdraw(track_file);
}

void watch_report_withdraw(const char *track_file)
{
	if (write_track_file(track_file, "0") != 0)
		log_warn(0, "%s may still hold the line down: write 0 into it", track_file);
}

int watch_report_read(struct heartbeat *out)
{
	char text[HEARTBEAT_TEXT_MAX];
	int ret = store_read(STORE_RUN, FILE_NAME, text, sizeof(text));

	return ret == 0 ? heartbeat_parse(text, out) : ret;
}

/* Unknown, not zero. */
static void show_quality(struct report *report, const struct quality_sum *quality)
{
	if (quality->answered + quality->lost > 0)
		report_thousandths(report, "loss_pct",
				   (int64_t)quality_loss_permille(quality) * 100);
	else
		report_unknown(report, "loss_pct");
	if (quality->answered > 0)
		report_thousandths(report, "rtt_ms", quality->rtt_us);
	else
		report_unknown(report, "rtt_ms");
}

void watch_report_show(struct report *report, const struct heartbeat *beat, int64_t now_us)
{
	const struct verdict_state *state = &beat->state;
	char addr[ADDR_TEXT_MAX];

	report_text(report, "judged_by", "watcher");
	report_text(report, "line", verdict_name(state->verdict));
	if (state->reason != VERDICT_NO_REASON)
		report_text(report, "reason", verdict_reason_text(state->reason));
	report_number(report, "since_s", (now_us - state->since_us) / 1000000);
	if (state->verdict == VERDICT_DOWN && state->reason != VERDICT_NO_LINK &&
	    state->reason != VERDICT_NO_ADDRESS && state->hold_us > 0)
		report_number(report, "hold_left_s", verdict_hold_left_us(state, now_us) / 1000000);
	for (size_t i = 0; i < beat->count; i++) {
		const struct quality_sum *quality = &beat->targets[i].quality;

		report_row(report, "targets");
		report_text(report, "address", addr_format(addr, &beat->targets[i].addr));
		report_number(report, "echoes", (int64_t)quality->answered + quality->lost);
		show_quality(report, quality);
		report_end_row(report);
	}
}
