/* rtt.h - how long a host's answers take, smoothed as TCP does it (RFC 6298). Pure. */
#ifndef FO_RTT_H
#define FO_RTT_H

#include <stdbool.h>
#include <stdint.h>

/* All zero: nothing is known yet. */
struct rtt {
	int64_t smoothed_us;  /* SRTT */
	int64_t variation_us; /* RTTVAR */
};

/* Takes a measured round trip, 0 or more, into account (RFC 6298, section 2). */
void rtt_take(struct rtt *rtt, int64_t sample_us);

bool rtt_is_known(const struct rtt *rtt);

/* How long an answer may well take: SRTT + 4 * RTTVAR; 0 when nothing is known. */
int64_t rtt_timeout_us(const struct rtt *rtt);

/* Whether two estimates differ so much that the newer one is worth keeping: by an eighth, and by
 * more than a millisecond. */
bool rtt_differs(const struct rtt *a, const struct rtt *b);

#endif
