/* name_rule.h - which answers of a name server are believed, and for how long. Pure. */
#ifndef FO_NAME_RULE_H
#define FO_NAME_RULE_H

#include <stdbool.h>
#include <stdint.h>

#include "addr.h"

/* Bounds of a TTL: one dialogue needs one look-up, and no answer is for ever. */
#define NAME_RULE_TTL_MIN_S 10
#define NAME_RULE_TTL_MAX_S 86400

/* Whether a server on the line can have `addr`: not loopback, nor link-local, nor what is no
 * host's. With `is_inside` the server is in the provider's network (the metadata service, which has
 * neither TLS nor credentials), so that a public address is a lie: only RFC 1918, RFC 6598 and RFC
 * 4193. */
bool name_rule_allows(const struct addr *addr, bool is_inside);

/* The time for which an answer with this TTL is used. */
int64_t name_rule_ttl_s(int64_t ttl_s);

#endif
