/* url.h - the address of a server: may it be given credentials, and where its API begins. Pure. */
#ifndef FO_URL_H
#define FO_URL_H

#include <stddef.h>

/* Checks an endpoint: https, or http to this machine itself (tests, a local proxy); no user, query
 * or fragment. Returns NULL, or what is wrong, the rest of a sentence. */
const char *url_fault(const char *text);

/* Where version 1 of an API begins, `https://HOST/v1`, for an endpoint with or without /v1 and
 * final slashes: SORACOM's two command line tools differ. Cut off at `size` bytes. Returns `buf`.
 */
const char *url_base(const char *endpoint, char *buf, size_t size);

#endif
