/* soracom.h - the dialogue with SORACOM about one SIM. Job: exchange, simapi, profile, token.
 *
 * Two ways to the same end: the API, which wants a login, and the metadata service, which knows
 * the SIM that asks and wants neither credentials nor TLS. */
#ifndef FO_SORACOM_H
#define FO_SORACOM_H

#include <stdbool.h>
#include <stdint.h>

#include "compiler.h"
#include "retry.h"
#include "settings.h"
#include "simapi.h"

enum soracom_result {
	SORACOM_DONE,
	SORACOM_RETRY,	 /* not now: no answer, 429, 5xx … */
	SORACOM_OFFLINE, /* the line has no address, which was waited for */
	SORACOM_REFUSED, /* not at all: explained in the log */
	SORACOM_HIDDEN,	 /* the class is not for this user to read; not logged: he need not */
	SORACOM_STOPPED, /* the caller's `stop` asked for it */
	SORACOM_LOCAL	 /* no memory, no profile: logged */
};

/* Whom to ask, during a request, whether it is still wanted. */
struct soracom_stop {
	bool (*is_obsolete)(void *data); /* may be NULL */
	void *data;
};

struct soracom; /* a connection and a login */

/* Prepares the dialogue; with the API, loads the profile. Sends nothing. Returns 0 and `*out`,
 * owned by the caller (soracom_close), or -errno, logged. `conf` is kept, not copied. */
int soracom_open(const struct conf_speedclass *conf, const struct soracom_stop *stop,
		 struct soracom **out) FO_MUST_CHECK;

/* Ends it and wipes every secret; NULL is allowed. */
void soracom_close(struct soracom *s);

/* Logs in, whether or not a token is at hand. With the metadata service there is nothing to do.
 * Any result. */
enum soracom_result soracom_login(struct soracom *s) FO_MUST_CHECK;

/* Logs in again where the token will not last for some hours more, so that the next failover needs
 * one request. A token that is still good stays where that fails. Any result. */
enum soracom_result soracom_renew(struct soracom *s) FO_MUST_CHECK;

/* Sets the class; done means that the answer names this class. With SORACOM_RETRY `*hint` is what
 * the server has said of the next try. */
enum soracom_result soracom_set_class(struct soracom *s, const char *speed_class,
				      struct retry_hint *hint) FO_MUST_CHECK;

/* Which name server was asked last, with success, for a person. Returns `buf`, or a constant text.
 */
const char *soracom_name_server(const struct soracom *s, char buf[static ADDR_TEXT_MAX]);

/* Reads the class that the SIM has now. */
enum soracom_result soracom_get_class(struct soracom *s, char out[static SIM_CLASS_MAX],
				      struct retry_hint *hint) FO_MUST_CHECK;

#endif
