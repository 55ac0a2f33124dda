/* verdict.h - judge a line from the answers of a round. Pure. */
#ifndef FO_VERDICT_H
#define FO_VERDICT_H

#include <stdbool.h>

enum verdict {
	VERDICT_PENDING, /* the answers so far decide nothing */
	VERDICT_UP,	 /* the line carries traffic */
	VERDICT_DOWN	 /* it does not */
};

/* How a round stands. */
struct verdict_round {
	unsigned targets;  /* hosts asked or still to be asked, 1 or more */
	unsigned need;	   /* how many of them must answer, 1..targets */
	unsigned answered; /* hosts that did */
	unsigned refused;  /* hosts known not to: an ICMP error came, or nothing could be sent */
	bool time_over;	   /* no answer is waited for any longer */
};

/* The verdict as soon as it is certain: up with enough answers; down when those that are left
 * cannot be enough, or time is over. */
enum verdict verdict_of_round(const struct verdict_round *round);

/* How many targets should have been asked by now: those needed at first, as many more as were
 * refused, and all once the first are `late`. (Hedging: a lost echo costs the line's usual round
 * trip and not the whole time-out, and public hosts are not asked without need.) */
unsigned verdict_targets_due(const struct verdict_round *round, bool late);

#endif
