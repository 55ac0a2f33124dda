#include "retry.h"

/* Some minutes get more than they can take, by chance: a little more room than none. */
#define SPREAD_PCT 105

static int64_t back_off_ms(unsigned failures, uint32_t random)
{
	int64_t wait_ms = RETRY_FIRST_MS;

	for (unsigned i = 0; i < failures && wait_ms < RETRY_MAX_MS; i++)
		wait_ms *= 2;
	if (wait_ms > RETRY_MAX_MS)
		wait_ms = RETRY_MAX_MS;
	return wait_ms - (int64_t)random % (wait_ms / 2 + 1);
}

/* Over how long those who were refused at once have to be spread. */
static int64_t spread_ms(int64_t fleet, int64_t quota)
{
	int64_t minutes_ms = (fleet - quota) * RETRY_WINDOW_MS / quota * SPREAD_PCT / 100;

	return minutes_ms < RETRY_SPREAD_MAX_MS ? minutes_ms : RETRY_SPREAD_MAX_MS;
}

int64_t retry_wait_ms(struct retry *retry, const struct retry_hint *hint, uint32_t random)
{
	int64_t wait_ms = back_off_ms(retry->failures, random);
	int64_t server_ms = hint->wait_ms;

	retry->failures++;
	if (server_ms > RETRY_SERVER_MAX_MS)
		server_ms = RETRY_SERVER_MAX_MS;
	if (server_ms > wait_ms)
		wait_ms = server_ms;
	if (!retry->is_spread && hint->quota > 0 && retry->fleet > hint->quota) {
		retry->is_spread = true;
		wait_ms += spread_ms(retry->fleet, hint->quota) * (int64_t)(random >> 12) >> 20;
	}
	return wait_ms;
}
