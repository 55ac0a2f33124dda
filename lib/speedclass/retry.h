/* retry.h - how long to wait before the next try. Pure. */
#ifndef FO_RETRY_H
#define FO_RETRY_H

#include <stdbool.h>
#include <stdint.h>

/* Bounds of the wait, milliseconds. */
#define RETRY_FIRST_MS 1000
#define RETRY_MAX_MS   20000
/* The longest wait a server can ask for: SORACOM counts requests by the minute. */
#define RETRY_SERVER_MAX_MS 60000

/* What counts against a quota is counted by the minute. */
#define RETRY_WINDOW_MS 60000
/* The longest time over which a fleet is spread. */
#define RETRY_SPREAD_MAX_MS 3600000

/* What a server that refuses for now has said. All zero: nothing. */
struct retry_hint {
	int64_t wait_ms; /* come back after that */
	int64_t quota; /* requests that it takes in a minute, from all who share it; 0: not said */
};

/* Back-off state; all zero but `fleet` at the start. */
struct retry {
	int64_t fleet;	   /* who share the quota, and may fail at once; up to 1: nobody else */
	unsigned failures; /* in a row */
	bool is_spread;	   /* has been refused by a quota that is too small for the fleet */
};

/* Takes a failure into account and returns the wait in milliseconds: doubling from
 * RETRY_FIRST_MS to RETRY_MAX_MS, of which `random` (any value) takes up to half away, so that
 * routers which failed together do not return together. The wait that the server asks for is never
 * undercut, but for more than RETRY_SERVER_MAX_MS. Where the fleet is larger than the quota, the
 * first refusal by it is followed by a wait of up to so many minutes more as the fleet needs: who
 * only waited for the next minute would be one of a thousand again. Later ones are not: few come.
 */
int64_t retry_wait_ms(struct retry *retry, const struct retry_hint *hint, uint32_t random);

#endif
