/* http.h - one HTTP request after another over one connection. Edge: only user of libcurl.
 *
 * No name is looked up here: who asks says where the host is, and by which interface to go.
 * TLS 1.2 or newer, verified; redirects are not followed, proxies not used, and an answer longer
 * than HTTP_BODY_MAX is refused. Nothing in the environment changes that. */
#ifndef FO_HTTP_H
#define FO_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addr.h"
#include "clock_doubt.h"
#include "compiler.h"
#include "egress.h"
#include "url.h"

#define HTTP_BODY_MAX  65536
#define HTTP_ERROR_MAX 256

struct http; /* a connection, opened when it is needed */

struct http_options {
	const char *ca_file; /* of the only authorities that are trusted; empty: the system's */
	int64_t connect_timeout_ms, timeout_ms; /* of each request */
	int64_t silence_s; /* a request ends when for so long not a byte comes or goes */
};

struct http_request {
	const char *url;
	const struct url_place *place; /* of the URL */
	const struct egress *egress; /* a connection goes out there, from its address; NULL: as the
				      * routes are */
	const struct addr *addrs;    /* of the host, tried in this order; not asked about where it
				      * is numeric */
	size_t addr_count;
	const char *body;	    /* POST; NULL: GET */
	size_t enough;		    /* bytes of an answer, whose rest is neither waited for nor a
				     * failure; 0: an answer counts as a whole */
	const char *const *headers; /* `Name: value`; ends with NULL; never logged */
	bool (*stop)(void *data);   /* asked about once a second; true ends the request */
	void *stop_data;
};

struct http_response {
	int64_t status;
	int64_t wait_ms;  /* the server asks for this pause (429, 503); 0: it does not */
	int64_t quota;	  /* so many requests a minute it takes (429); 0: it does not say */
	int64_t date_s;	  /* the server's Date (RFC 9110, 6.6.1), since 1970; 0: none */
	const char *body; /* ends with NUL; valid until the next request */
	size_t len;
	char error[HTTP_ERROR_MAX];   /* why there is no answer */
	enum certificate certificate; /* whether that is the reason */
	struct addr server;	      /* the address it was, or none; also without an answer */
	bool is_connected;	      /* with TLS: to a server whose certificate is right */
};

/* Prepares a connection; the texts of `options` are copied. Variables that TLS and resolvers heed
 * are removed from the environment. Returns 0 and `*out`, owned by the caller (http_close), or
 * -ENOMEM. */
int http_open(const struct http_options *options, struct http **out) FO_MUST_CHECK;

/* Closes it and wipes what was received; NULL is allowed. */
void http_close(struct http *http);

/* Sends `request` and waits for the whole answer. Without one the request may have arrived; what
 * had not left by then never leaves. Returns 0 and `*out` for an answer of any status; -ECANCELED
 * when `stop` asked for it; -EIO with `out->error` when there is none, and -EINVAL when there can
 * be none, because of the URL, the ca-file or the libraries; -ENOMEM. Not logged. */
int http_perform(struct http *http, const struct http_request *request,
		 struct http_response *out) FO_MUST_CHECK;

#endif
