/* advert.h - a VRRP advertisement, as it is on the wire. Pure.
 *
 * RFC 3768, 5 (version 2), and RFC 9568, 5 (version 3), over IPv4. */
#ifndef FO_ADVERT_H
#define FO_ADVERT_H

#include <stdbool.h>
#include <stdint.h>

#include "addr.h"
#include "compiler.h"

#define ADVERT_ADDRS_MAX 20

struct advert {
	struct addr source;
	bool multicast;	      /* it was sent to the group, and not to this router */
	unsigned version;     /* 2 or 3 */
	unsigned vrid;	      /* virtual_router_id */
	unsigned priority;    /* 0: its sender gives the address away */
	int64_t interval_ms;  /* advert_int */
	bool has_password;    /* version 2: authentication of the type PASS */
	char password[8 + 1]; /* in clear, as it came */
	struct addr addrs[ADVERT_ADDRS_MAX];
	size_t count;
};

/* Reads an IPv4 packet of `len` bytes. What is behind the first ADVERT_ADDRS_MAX addresses is left
 * out. Returns 0 and `*out`, or -EINVAL: it is no advertisement, or a broken one. Its checksum is
 * not looked at. */
int advert_parse(const uint8_t *packet, size_t len, struct advert *out) FO_MUST_CHECK;

#endif
