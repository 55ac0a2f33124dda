#include "rtt.h"

static int64_t distance(int64_t a, int64_t b)
{
	return a > b ? a - b : b - a;
}

void rtt_take(struct rtt *rtt, int64_t sample_us)
{
	/* Zero means "not known". */
	if (sample_us < 1)
		sample_us = 1;
	if (!rtt_is_known(rtt)) {
		rtt->smoothed_us = sample_us;
		rtt->variation_us = sample_us / 2;
		return;
	}
	rtt->variation_us += (distance(rtt->smoothed_us, sample_us) - rtt->variation_us) / 4;
	rtt->smoothed_us += (sample_us - rtt->smoothed_us) / 8;
}

bool rtt_is_known(const struct rtt *rtt)
{
	return rtt->smoothed_us > 0;
}

int64_t rtt_timeout_us(const struct rtt *rtt)
{
	return rtt->smoothed_us + 4 * rtt->variation_us;
}

static bool far_apart(int64_t a, int64_t b)
{
	int64_t apart = distance(a, b);

	return apart > 1000 && apart > (a < b ? a : b) / 8;
}

bool rtt_differs(const struct rtt *a, const struct rtt *b)
{
	return rtt_is_known(a) != rtt_is_known(b) || far_apart(a->smoothed_us, b->smoothed_us) ||
	       far_apart(rtt_timeout_us(a), rtt_timeout_us(b));
}
