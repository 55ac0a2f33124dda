/* exchange.h - requests to SORACOM's server over the line itself, whatever the routes and
 * resolv.conf(5) say. Job: http, names, egress.
 *
 * Nothing is sent before the line has an address, nor with another source; and to no name server
 * by another way. */
#ifndef FO_EXCHANGE_H
#define FO_EXCHANGE_H

#include <stdbool.h>

#include "compiler.h"
#include "http.h"
#include "settings.h"

/* How long an address of the line is waited for, in one try. */
#define EXCHANGE_WAIT_MS 20000

struct exchange;

/* Prepares requests to the server of `url`; `conf` is kept, not copied. With `any_family` it may
 * have IPv6. Sends nothing. Returns 0 and `*out`, owned by the caller (exchange_close); -EINVAL for
 * an URL without a host; -ENOMEM; logged. */
int exchange_open(const struct conf_speedclass *conf, const char *url, bool any_family,
		  struct exchange **out) FO_MUST_CHECK;

/* Closes it and wipes what was received; NULL is allowed. */
void exchange_close(struct exchange *exchange);

/* Sends `request`, of which `url`, `body`, `headers` and `stop` are the caller's, and waits for the
 * answer; where the right server is not found at an address, at the next one. Returns 0 and `*out`;
 * -ECANCELED when `stop` asked for it; -EADDRNOTAVAIL when the line got no address within
 * EXCHANGE_WAIT_MS; -EIO; -ENOMEM. Logged, but for -ECANCELED. */
int exchange_perform(struct exchange *exchange, struct http_request *request,
		     struct http_response *out) FO_MUST_CHECK;

/* What the last answer has shown: the right server, or, without TLS, perhaps another one. */
void exchange_judge(struct exchange *exchange, const struct http_response *answer, bool is_right);

/* Which name server named the address that was used last, for a person. Returns `buf`, or a
 * constant text. */
const char *exchange_name_server(const struct exchange *exchange, char buf[static ADDR_TEXT_MAX]);

#endif
