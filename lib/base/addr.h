/* addr.h - IPv4 and IPv6 addresses as plain values. Pure. */
#ifndef FO_ADDR_H
#define FO_ADDR_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "compiler.h"

/* Room for the text of any address. */
#define ADDR_TEXT_MAX INET6_ADDRSTRLEN

/* An address, or none: all zero is "no address". Values may be copied and need no freeing. */
struct addr {
	sa_family_t family; /* AF_INET, AF_INET6, or AF_UNSPEC for none */
	uint8_t bytes[16];  /* network order; 4 are used with AF_INET */
};

/* A network around an address. */
struct addr_prefix {
	struct addr addr;
	unsigned len; /* bits, 0..32 or 0..128 */
};

/* Parses a numeric address of `family`, or of either family with AF_UNSPEC. Names are not looked
 * up. Returns 0 and `*out`, or -EINVAL. */
int addr_parse(const char *text, sa_family_t family, struct addr *out) FO_MUST_CHECK;

/* Takes the address of `family` from its network form; `len` is the bytes at hand.
 * Returns 0 and `*out`, or -EINVAL when they are not enough or the family is unknown. */
int addr_from_bytes(sa_family_t family, const void *bytes, size_t len,
		    struct addr *out) FO_MUST_CHECK;

/* Takes the address out of a socket address. None for a family other than the two. */
struct addr addr_from_sockaddr(const struct sockaddr_storage *sa);

/* The socket address of `addr`, port 0. Returns its length. */
socklen_t addr_to_sockaddr(const struct addr *addr, struct sockaddr_storage *out);

/* Bytes of an address of `family`: 4, 16, or 0 for any other. */
size_t addr_len(sa_family_t family);

bool addr_is_set(const struct addr *addr);

/* Whether it can be a host's own (RFC 6890): not the unspecified one, no multicast, no broadcast.
 */
bool addr_is_host(const struct addr *addr);

bool addr_equal(const struct addr *a, const struct addr *b);

/* Whether `addr` lies in the network of `prefix_len` bits (0..32, 0..128) around `net`. */
bool addr_in_prefix(const struct addr *addr, const struct addr *net, unsigned prefix_len);

/* The address with nothing but the first `prefix_len` bits (0..32, 0..128) of it. */
struct addr addr_network(const struct addr *addr, unsigned prefix_len);

/* Whether it can only be reached from the Internet where it is translated: private (RFC 1918, RFC
 * 4193), shared (RFC 6598) or link-local. */
bool addr_is_private(const struct addr *addr);

/* Writes the numeric form, `-` for none. Returns `buf`. */
const char *addr_format(char buf[static ADDR_TEXT_MAX], const struct addr *addr);

#endif
