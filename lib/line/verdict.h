/* verdict.h - from rounds to whether the line is up or down. Pure.
 *
 * Going down is quick: a silence, `fall` refused rounds in a row, a link that is gone or has no
 * address, or a brown-out (too much loss, too long round trips, over a window). Coming back is
 * slow: `rise` good rounds in a row, no bad one for the hold time, and the brown-out over. The hold
 * time doubles when the line fails again soon after it came back, so that a flapping line does not
 * take the connections of the LAN down time and again. */
#ifndef FO_VERDICT_H
#define FO_VERDICT_H

#include <stdbool.h>
#include <stdint.h>

#include "quality.h"

enum verdict {
	VERDICT_PENDING, /* nothing is certain yet */
	VERDICT_UP,	 /* the line carries traffic */
	VERDICT_DOWN	 /* it does not */
};

/* Times are microseconds; those with a date are of the monotonic clock (clock_mono_us). */
struct verdict_rule {
	int64_t fall, rise;	      /* rounds in a row, 1 or more */
	int64_t hold_us, hold_max_us; /* hold_max_us is not below hold_us */
	/* Levels of a brown-out. One of going down that is 0: not judged; one of coming back that
	 * is 0: the same as that of going down. */
	int64_t loss_down_pct, loss_up_pct;
	int64_t rtt_down_us, rtt_up_us;
};

/* Why the line is down: the last reason there was. */
enum verdict_reason {
	VERDICT_NO_REASON, /* it is not */
	VERDICT_SILENT,	   /* no answers, or refusals only */
	VERDICT_NO_LINK,   /* the interface is gone, or down */
	VERDICT_LOSS,	   /* brown-out */
	VERDICT_SLOW,	   /* brown-out */
	VERDICT_NO_ADDRESS /* the interface has none to send from */
};

/* All zero at the start. */
struct verdict_state {
	enum verdict verdict;
	enum verdict_reason reason; /* while down */
	int64_t since_us;	    /* of the last change */
	int64_t good, bad;	    /* rounds in a row */
	int64_t last_bad_us;	    /* while down: the last sign that it is */
	int64_t hold_us;	    /* while down: good for this long before it is up again */
	int64_t back_us;	    /* when it last came back from being down; 0: never */
};

/* Take what happened at `now_us` into account. Each returns whether `verdict` changed.
 *
 * A round: whether it was good, and the line's quality by then (quality_of_line). */
bool verdict_take_round(struct verdict_state *state, const struct verdict_rule *rule, bool good,
			const struct quality_sum *quality, int64_t now_us);

/* Nothing came back for so long that the line is dead. */
bool verdict_take_silence(struct verdict_state *state, const struct verdict_rule *rule,
			  int64_t now_us);

/* The link is of no use: VERDICT_NO_LINK or VERDICT_NO_ADDRESS. */
bool verdict_take_link_loss(struct verdict_state *state, const struct verdict_rule *rule,
			    enum verdict_reason reason, int64_t now_us);

/* Nothing could be found out about the line up to now, although it was tried: that is no good
 * time. Never changes `verdict`. */
void verdict_take_gap(struct verdict_state *state, int64_t now_us);

/* A person does not want to wait for the rest of the hold: the line is up now, where it is good in
 * every other way. The next hold doubles all the same. */
bool verdict_cut_hold(struct verdict_state *state, const struct verdict_rule *rule,
		      const struct quality_sum *quality, int64_t now_us);

/* How long the line must still be good before it may be up again: 0 or more, while it is down. */
int64_t verdict_hold_left_us(const struct verdict_state *state, int64_t now_us);

/* "up", "down" or "unknown". */
const char *verdict_name(enum verdict verdict);

/* Such as "no answers" or "too much loss"; "" for VERDICT_NO_REASON. */
const char *verdict_reason_text(enum verdict_reason reason);

#endif
