/* retry.h - how long to wait before the next try. Pure. */
#ifndef FO_RETRY_H
#define FO_RETRY_H

#include <stdint.h>

/* Bounds of the wait, milliseconds. */
#define RETRY_FIRST_MS 1000
#define RETRY_MAX_MS   20000
/* The longest wait a server can ask for: SORACOM counts requests by the minute. */
#define RETRY_SERVER_MAX_MS 60000

/* Back-off state; all zero at the start. */
struct retry {
	unsigned failures; /* in a row */
};

/* Takes a failure into account and returns the wait in milliseconds: doubling from
 * RETRY_FIRST_MS to RETRY_MAX_MS, of which `random` (any value) takes up to half away, so that
 * routers which failed together do not return together. `server_ms` is the wait the server
 * asked for, 0 for none; it is never undercut, but for more than RETRY_SERVER_MAX_MS. */
int64_t retry_wait_ms(struct retry *retry, int64_t server_ms, uint32_t random);

#endif
