#include "retry.h"

int64_t retry_wait_ms(struct retry *retry, int64_t server_ms, uint32_t random)
{
	int64_t wait_ms = RETRY_FIRST_MS;

	for (unsigned i = 0; i < retry->failures && wait_ms < RETRY_MAX_MS; i++)
		wait_ms *= 2;
	if (wait_ms > RETRY_MAX_MS)
		wait_ms = RETRY_MAX_MS;
	retry->failures++;
	wait_ms -= (int64_t)random % (wait_ms / 2 + 1);
	if (server_ms > RETRY_SERVER_MAX_MS)
		server_ms = RETRY_SERVER_MAX_MS;
	return server_ms > wait_ms ? server_ms : wait_ms;
}
