/* icmp.h - ICMP (RFC 792) and ICMPv6 (RFC 4443) echoes as bytes. Pure.
 *
 * What arrives is hostile: every length is checked, nothing of it is used as an index, and no
 * time is taken from it. */
#ifndef FO_ICMP_H
#define FO_ICMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "compiler.h"

/* Header (8) and our payload: the cookie. A payload, because some networks drop the empty echo
 * that the article's `ping -s 0` sends. */
#define ICMP_COOKIE_LEN 8
#define ICMP_ECHO_LEN	(8 + ICMP_COOKIE_LEN)

/* What makes an echo ours. */
struct icmp_echo {
	uint16_t id;			 /* identifier; the kernel's choice on datagram sockets */
	uint16_t seq;			 /* sequence number */
	uint8_t cookie[ICMP_COOKIE_LEN]; /* random, one per process */
};

/* Writes an echo request of `family` (AF_INET, AF_INET6). The checksum is right for AF_INET; for
 * AF_INET6 the kernel fills it in (RFC 3542, section 3.1). Returns its length, ICMP_ECHO_LEN. */
size_t icmp_write_echo(sa_family_t family, const struct icmp_echo *echo,
		       uint8_t buf[static ICMP_ECHO_LEN]);

/* Reads the echo reply in `buf`. With `ip_header` the IPv4 header comes first, as raw IPv4 sockets
 * deliver it. Returns whether it is one with a payload like ours, and then `*out`. */
bool icmp_read_reply(sa_family_t family, bool ip_header, const uint8_t *buf, size_t len,
		     struct icmp_echo *out) FO_MUST_CHECK;

/* Reads the echo request that an ICMP error quotes, as the error queue of a socket gives it
 * (IP_RECVERR in ip(7)): from the ICMP header on. A router need quote no more than that header
 * (RFC 792), so the cookie may be missing: `*has_cookie`. Returns whether it is one. */
bool icmp_read_quoted(sa_family_t family, const uint8_t *buf, size_t len, struct icmp_echo *out,
		      bool *has_cookie) FO_MUST_CHECK;

/* The meaning of an ICMP error of `family`, such as "destination net unreachable". */
const char *icmp_error_text(sa_family_t family, uint8_t type, uint8_t code);

#endif
