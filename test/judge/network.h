/* network.h - a line, as it answers echoes: losses, bursts of silence, a queue that fills up, and
 * at last a black hole. No packet and no clock: time is what is asked for. */
#ifndef FO_JUDGE_NETWORK_H
#define FO_JUDGE_NETWORK_H

#include <stdint.h>

#include "chance.h"

#define NETWORK_MS     INT64_C(1000)
#define NETWORK_SECOND INT64_C(1000000)
#define NETWORK_YEAR_S 31557600.0

/* What the line suffers from. A round trip takes 10 to 20 ms, evenly spread, and the time in the
 * queue before it. */
struct condition {
	const char *name;
	double loss;	       /* share of the echoes, each for itself, there or back */
	double bursts_an_hour; /* at random; for 50 to 400 ms nothing passes, there or back */
	double ramps_an_hour;  /* at random; somebody sends more than the line takes */
};

/* Returns NULL when there is none of this name. */
const struct condition *condition_find(const char *name);

enum { NETWORK_BURSTS = 64 };

struct network {
	const struct condition *condition;
	struct chance chance;
	int64_t hole_us; /* from here on nothing passes */

	/* Those that may still matter, in order. */
	struct burst {
		int64_t begin_us, end_us;
	} bursts[NETWORK_BURSTS];
	unsigned first_burst, burst_count;

	/* The queue fills from `begin_us` on by `excess` microseconds each microsecond, is full
	 * from `full_us` to `end_us`, and then drains. */
	struct ramp {
		int64_t begin_us, full_us, end_us;
		double excess;
	} ramp;
};

/* A line from time 0 on, without a black hole. Lines with different numbers suffer differently. */
void network_begin(struct network *network, const struct condition *condition, uint64_t seed,
		   uint64_t number);

/* The next ramp begins at `begin_us`, whatever chance says. */
void network_force_ramp(struct network *network, int64_t begin_us);

/* Sends an echo at `now_us`, which never goes back. Returns when its answer arrives, INT64_MAX:
 * never. */
int64_t network_ask(struct network *network, int64_t now_us);

#endif
