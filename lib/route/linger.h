/* linger.h - until when answers over the line are still forwarded, although another router has the
 * VRRP address. Edge: store.
 *
 * Kept in a file, so that each run of fo-route sees the same, and a killed one leaves no more than
 * the next has to finish. */
#ifndef FO_LINGER_H
#define FO_LINGER_H

#include <stdint.h>

/* Begins it, or shortens it to `ms` from now. A failure is logged, and then nothing lingers. */
void linger_begin(int64_t ms);

/* Milliseconds that are left; 0: nothing lingers. */
int64_t linger_left_ms(void);

/* Ends it. */
void linger_end(void);

#endif
