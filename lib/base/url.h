/* url.h - the address of a server: may it be given credentials, and where its API begins. Pure. */
#ifndef FO_URL_H
#define FO_URL_H

#include <stdbool.h>
#include <stddef.h>

#include "compiler.h"

/* Checks an endpoint: https, or http to this machine itself (tests, a local proxy); a host's name
 * (RFC 1123) or address, a port, a path; no user, query or fragment. Returns NULL, or what is
 * wrong, the rest of a sentence. */
const char *url_fault(const char *text);

/* The same for the address of a hook, which may have a query, and be http in a private network
 * (RFC 1918, RFC 4193) by its numeric address. */
const char *url_hook_fault(const char *text);

/* Where an URL leads. */
struct url_place {
	bool is_tls;
	char host[256]; /* an IPv6 address is without its brackets */
	char port[8];
};

/* Takes it from an URL that has no fault, or is plain http. Returns 0 and `*out`, or -EINVAL. */
int url_parse_place(const char *url, struct url_place *out) FO_MUST_CHECK;

/* Where version 1 of an API begins, `https://HOST/v1`, for an endpoint with or without /v1 and
 * final slashes: SORACOM's two command line tools differ. Cut off at `size` bytes. Returns `buf`.
 */
const char *url_base(const char *endpoint, char *buf, size_t size);

#endif
