/* clock_doubt.h - whether this machine's clock can be right. Pure.
 *
 * A wrong clock makes every certificate one of another time. What a server says about the time
 * comes unasked, and is for the message only: nothing is set or decided by it. */
#ifndef FO_CLOCK_DOUBT_H
#define FO_CLOCK_DOUBT_H

#include <stdint.h>

#define CLOCK_DOUBT_TEXT_MAX 256

/* What was wrong with a server's certificate. */
enum certificate {
	CERTIFICATE_FINE,  /* nothing, as far as is known */
	CERTIFICATE_EARLY, /* it is not valid yet, by this machine's clock */
	CERTIFICATE_LATE,  /* no longer */
	CERTIFICATE_FOREIGN
};

/* Seconds since 1970. */
struct clock_facts {
	int64_t now_s;	  /* this machine's clock */
	int64_t made_s;	  /* when this program was made: the clock cannot be before that */
	int64_t server_s; /* the server's clock; 0: not known */
	enum certificate certificate;
};

/* Returns NULL, or `buf` with a sentence that begins with what the clock says. */
const char *clock_doubt(const struct clock_facts *facts, char buf[static CLOCK_DOUBT_TEXT_MAX]);

#endif
