/* hedge.h - which hosts a round asks at what time, and when it is decided. Pure.
 *
 * Hedging: as many hosts as are needed are asked at once, the others when those are late, and all
 * that are silent again as long as an answer can still come in time. A lost echo then costs the
 * line's usual round trip and not the whole time-out, random loss does not look like a dead line,
 * and public hosts are not asked without need. */
#ifndef FO_HEDGE_H
#define FO_HEDGE_H

#include <stdbool.h>
#include <stdint.h>

#include "verdict.h"

/* Bounds of "late", microseconds. The lower one: a router or a machine that is busy for some
 * milliseconds has lost nothing. */
#define HEDGE_LATE_MIN_US 10000
#define HEDGE_LATE_MAX_US 250000

/* Echoes to one host in a round of hedge_plan, at most. */
#define HEDGE_TRIES_MAX 4

/* When the echoes of a round are due, microseconds from its start. */
struct hedge_times {
	int64_t late_us;  /* all hosts are asked */
	int64_t again_us; /* then those that are silent, at late + this, late + twice this ... */
	int64_t last_us;  /* but no later than this */
};

/* Plans a round of `timeout_us`. `rto_us` is how long an answer may well take on this line
 * (rtt_timeout_us), 0 when that is not known. */
struct hedge_times hedge_plan(int64_t timeout_us, int64_t rto_us);

/* The same with `tries` (1 or more) at even intervals, however long answers take on this line:
 * where an echo costs money, and nothing waits for the answer. */
struct hedge_times hedge_plan_evenly(int64_t timeout_us, unsigned tries);

/* A round of hedge_plan_steadily. */
struct hedge_steady {
	int64_t silence_us; /* so much of it is a dead line */
	int64_t grace_us;   /* and so much more this time */
	int64_t pace_us;    /* what is silent is asked again so often */
	int64_t rtt_us;	    /* the line's usual round trip; 0: not known */
	int64_t rto_us;	    /* how long an answer may well take; 0: not known */
	int64_t waiting_us; /* for so long the first echo that the line owes an answer is out */
	bool dense;	    /* rounds follow so soon that silence could be longer than one */
};

/* Plans a round that ends with any answer, be it to an echo of an earlier round: `silence_us` after
 * one was due. Sets `*due_us`, when that is. What is silent is asked again until the end. */
struct hedge_times hedge_plan_steadily(const struct hedge_steady *steady, int64_t *due_us);

/* How many times the hosts should have been asked, `elapsed_us` after the start: 1 for the first
 * ones alone, 2 when all are due, up to `tries` + 1. */
unsigned hedge_volleys_due(const struct hedge_times *times, int64_t elapsed_us, unsigned tries);

/* When the volley after `volleys` (1 or more) is due, microseconds from the start, or -1 when none
 * is. */
int64_t hedge_next_us(const struct hedge_times *times, unsigned volleys, unsigned tries);

/* How a round stands. */
struct hedge_round {
	unsigned targets;  /* hosts asked or still to be asked, 1 or more */
	unsigned need;	   /* how many of them must answer, 1..targets */
	unsigned answered; /* hosts that did */
	unsigned refused;  /* hosts known not to: an ICMP error came, or nothing could be sent */
	bool time_over;	   /* no answer is waited for any longer */
};

/* The verdict on the line as soon as this round makes it certain: up with enough answers; down
 * when those that are left cannot be enough, or time is over. */
enum verdict hedge_verdict(const struct hedge_round *round);

/* How many hosts should have been asked by now: those needed at first, as many more as were
 * refused, and all once the first are `late`. */
unsigned hedge_targets_due(const struct hedge_round *round, bool late);

#endif
