/* linger.h - answers over the line that are still forwarded, although another router has the VRRP
 * address. Job: store, sysctl.
 *
 * Kept in a file, so that each run of fo-route sees the same, and a killed one leaves no more than
 * the next has to finish. */
#ifndef FO_LINGER_H
#define FO_LINGER_H

#include <stdbool.h>
#include <stdint.h>

/* Begins it for the line `dev`, or shortens it to `ms` from now. Strict reverse path filtering,
 * which would drop what comes in by `dev` from where the default route does not lead, becomes loose
 * meanwhile (RFC 3704, 2.4). A failure is logged, and then nothing lingers. */
void linger_begin(const char *dev, int64_t ms);

struct linger_left {
	int64_t ms; /* until it ends; 0: nothing lingers */
	/* Until packets of the LAN that still come here take the other way, too: the hosts need a
	 * moment to hear where the address is now, and the first packet that leaves elsewhere ends
	 * a translation, with all answers that are on their way to it. */
	int64_t late_ms;
};

struct linger_left linger_left(void);

/* Ends it, where it has begun; the filter is as it was. Returns whether it had. */
bool linger_end(void);

#endif
