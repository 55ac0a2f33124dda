/* watch_report.h - what the watcher reports, and how others read it. Edge: files, systemd. */
#ifndef FO_WATCH_REPORT_H
#define FO_WATCH_REPORT_H

#include "compiler.h"
#include "heartbeat.h"
#include "report.h"

/* Tells everyone how the line is: the heartbeat file in STORE_RUN, and the track file of
 * keepalived: 0 up, 1 down or a drill; with `resigns` 254 for the first half second; left as it
 * is while that is not known. Returns 0, or the first -errno, logged. */
int watch_report_line(const struct heartbeat *beat, const char *track_file,
		      bool resigns) FO_MUST_CHECK;

/* Tells systemd that the watcher is alive, and how the line is. */
void watch_report_life(const struct heartbeat *beat);

/* What a change of the verdict is reported with. */
struct watch_report_change {
	const char *iface;
	const struct verdict_state *before, *now;
	const struct quality_sum *quality; /* of the line */
	const char *round;		   /* the last round (line_describe_round) */
	int64_t now_us;
};

/* Logs it: how the line is, why, and how long it was otherwise. */
void watch_report_change(const struct watch_report_change *change);

/* Reports that the watcher ends. Its last verdict then has no effect: the track file becomes 0, and
 * the one-shot runs decide. The heartbeat file keeps the state for a successor. */
void watch_report_end(const struct heartbeat *beat, const char *track_file);

/* Takes back a verdict in a track file that is no longer used. */
void watch_report_withdraw(const char *track_file);

/* Reads the heartbeat; whether the watcher is still alive is decided by heartbeat_has_verdict.
 * Returns 0 and `*out`; -ENOENT, silently, when there never was one; another -errno. */
int watch_report_read(struct heartbeat *out) FO_MUST_CHECK;

/* Shows the line, and a row for each target. */
void watch_report_show(struct report *report, const struct heartbeat *beat, int64_t now_us);

#endif
