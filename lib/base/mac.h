/* mac.h - hardware addresses of Ethernet as plain values. Pure. */
#ifndef FO_MAC_H
#define FO_MAC_H

#include <stdbool.h>
#include <stdint.h>

#include "compiler.h"

#define MAC_LEN	     6
#define MAC_TEXT_MAX 18 /* 02:00:00:00:00:09, and its end */

struct mac {
	uint8_t bytes[MAC_LEN];
};

/* Parses six bytes of two hexadecimal digits, with colons. Returns 0 and `*out`, or -EINVAL. */
int mac_parse(const char *text, struct mac *out) FO_MUST_CHECK;

/* Writes it so. Returns `buf`. */
const char *mac_format(char buf[static MAC_TEXT_MAX], const struct mac *mac);

bool mac_equal(const struct mac *a, const struct mac *b);

/* All zero is no address. */
bool mac_is_set(const struct mac *mac);

#endif
