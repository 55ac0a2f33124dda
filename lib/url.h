/* url.h - which server may be given credentials. Pure. */
#ifndef FO_URL_H
#define FO_URL_H

/* Checks an endpoint: https, or http to this machine itself (tests, a local proxy); no user, query
 * or fragment. Returns NULL, or what is wrong, a sentence's end. */
const char *url_fault(const char *text);

#endif
