/* judge.h - rounds without a pause, and the verdict on the line that follows from them. Job: line,
 * verdict.
 *
 * Silence is dead, late is slow. A round lasts until `need` hosts have answered, be it echoes of
 * rounds before; one in which they do not, for the time-out of the rule after an answer was due, is
 * a dead line. How long answers take, and which are lost, is the quality's.
 *
 * A burst of the LAN puts a queue of seconds in front of an echo at once, and a full queue drops
 * many in a row. So whatever else comes in is life, too, for JUDGE_BUSY_US at most: it may be
 * noise.
 *
 * Its outer world is clock.h, probe.h and incoming.h: who substitutes these, has years in a minute.
 */
#ifndef FO_JUDGE_H
#define FO_JUDGE_H

#include <stdbool.h>
#include <stdint.h>

#include "compiler.h"
#include "incoming.h"
#include "line.h"
#include "verdict.h"

/* For so long what else comes in may stand in for an answer. */
#define JUDGE_BUSY_US 3000000

struct judge_rule {
	struct line_rule line; /* steady; its time-out is the silence of a dead line */
	struct verdict_rule levels;
	int64_t interval_us; /* from round to round */
	int64_t refused_us;  /* from a round that was refused to the next */
	int64_t window_us;   /* of the quality */
};

/* To be read; what is not commented is judge.c's own. */
struct judge {
	struct judge_rule rule;
	struct line line; /* its sockets may be polled, its round be described */
	struct verdict_state state;
	struct quality_sum quality; /* of the line, at the last verdict on a round */
	int trouble; /* -errno of this machine's own trouble since the last sound round, or 0 */
	bool has_link;
	bool in_round;
	int64_t next_round_us;
	int64_t wake_us;   /* when the next step was due; 0: not known */
	int64_t silent_us; /* since when a round was silent that another rule ended; or 0 */
	int64_t look_us;   /* the next look at what else comes in, in a round that waits for it */
	struct incoming incoming;
	int64_t packets; /* when some were last seen to come in; -1: not known */
};

/* Prepares to judge a line by `rule`, which has no link yet. Opens nothing. */
void judge_init(struct judge *judge, const struct judge_rule *rule);

/* Closes the sockets. */
void judge_close(struct judge *judge);

/* Goes on from `state`, where another judge ended, and from the round trip that it knew (0: none):
 * before so much time has passed nothing is late. Only before the link is there. */
void judge_resume(struct judge *judge, const struct verdict_state *state, int64_t rtt_us);

/* Goes by another rule from now on. Where the interface is the same, the verdict is kept, since
 * when the line is silent, and what is known of targets that stay (line_renew); otherwise all is as
 * after judge_init. The same rule changes nothing. */
void judge_renew(struct judge *judge, const struct judge_rule *rule);

/* The link is there, perhaps another one than before, which is the caller's to notice: judged from
 * nothing, with new sockets. */
void judge_have_link(struct judge *judge);

/* The link is of no use: VERDICT_NO_LINK or VERDICT_NO_ADDRESS. Returns whether the verdict
 * changed.
 */
bool judge_lose_link(struct judge *judge, enum verdict_reason reason) FO_MUST_CHECK;

/* A line that is good, and only waits for the rest of its hold, is up. Returns whether the verdict
 * changed. */
bool judge_cut_hold(struct judge *judge) FO_MUST_CHECK;

/* Takes what came in, asks who is due, and judges. Never waits. Returns whether the verdict
 * changed. */
bool judge_step(struct judge *judge) FO_MUST_CHECK;

/* When judge_step has to be called if nothing comes in before (clock_mono_us); INT64_MAX without a
 * link. Called later than that it takes the time between for a gap, not for silence. */
int64_t judge_wake_us(const struct judge *judge);

#endif
