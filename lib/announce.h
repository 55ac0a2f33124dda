/* announce.h - what the watcher tells others, and how they learn it. Edge: files, systemd. */
#ifndef FO_ANNOUNCE_H
#define FO_ANNOUNCE_H

#include "compiler.h"
#include "heartbeat.h"
#include "report.h"

/* Tells everyone how the line is: the heartbeat file in STORE_RUN, and the track file of keepalived
 * (0 up, 1 down; left as it is while that is not known). Returns 0, or the first -errno, logged. */
int announce_line(const struct heartbeat *beat, const char *track_file) FO_MUST_CHECK;

/* Tells systemd that the watcher is alive, and how the line is. */
void announce_life(const struct heartbeat *beat);

/* What a change of the verdict is told with. */
struct announce_change {
	const char *iface;
	const struct verdict_state *before, *now;
	const struct quality_sum *quality; /* of the line */
	const char *round;		   /* the last round (line_describe_round) */
	int64_t now_us;
};

/* Logs it: how the line is, why, and how long it was otherwise. */
void announce_change(const struct announce_change *change);

/* Tells that the watcher ends. Its last verdict then binds nobody: the track file says 0, and the
 * one-shot runs decide. The heartbeat file keeps the state for a successor. */
void announce_end(const struct heartbeat *beat, const char *track_file);

/* Takes back what a track file says which is no longer used. */
void announce_leave(const char *track_file);

/* Reads the heartbeat; whether the watcher is still alive is for heartbeat_tells to say. Returns 0
 * and `*out`; -ENOENT, silently, when there never was one; another -errno. */
int announce_read(struct heartbeat *out) FO_MUST_CHECK;

/* Shows the line, and a row for each target. */
void announce_show(struct report *report, const struct heartbeat *beat, int64_t now_us);

#endif
