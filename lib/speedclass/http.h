/* http.h - one HTTP request after another over one connection. Edge: only user of libcurl.
 *
 * TLS 1.2 or newer, verified; redirects are not followed, proxies not used, and an answer longer
 * than HTTP_BODY_MAX is refused. */
#ifndef FO_HTTP_H
#define FO_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "compiler.h"

#define HTTP_BODY_MAX  65536
#define HTTP_ERROR_MAX 256

struct http; /* a connection, opened when it is needed */

struct http_options {
	const char *iface;   /* requests leave here; empty: wherever the route points */
	const char *ca_file; /* empty: the system's */
	bool ip4; /* names are looked up for IPv4 only: one query less, whose loss would count */
	int64_t connect_timeout_ms, timeout_ms; /* of each request */
	int64_t silence_s; /* a request ends when for so long not a byte comes or goes */
};

struct http_request {
	const char *url;
	const char *body;	    /* POST; NULL: GET */
	const char *const *headers; /* `Name: value`; ends with NULL; never logged */
	bool (*stop)(void *data);   /* asked about once a second; true ends the request */
	void *stop_data;
};

struct http_response {
	int64_t status;
	int64_t wait_ms;  /* the server asks for this pause (429, 503); 0: it does not */
	const char *body; /* ends with NUL; valid until the next request */
	size_t len;
	char error[HTTP_ERROR_MAX]; /* why there is no answer */
};

/* Prepares a connection; the texts of `options` are copied. Returns 0 and `*out`, owned by the
 * caller (http_close), or -ENOMEM. */
int http_open(const struct http_options *options, struct http **out) FO_MUST_CHECK;

/* Closes it and wipes what was received; NULL is allowed. */
void http_close(struct http *http);

/* Sends `request` and waits for the whole answer. Returns 0 and `*out` for an answer of any
 * status; -ECANCELED when `stop` asked for it; -EIO with `out->error` when there is none; -ENOMEM.
 * Not logged. */
int http_perform(struct http *http, const struct http_request *request,
		 struct http_response *out) FO_MUST_CHECK;

#endif
