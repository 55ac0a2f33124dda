/* token.h - SORACOM's token from one run to the next, /run/fo/soracom.token. Edge: store. */
#ifndef FO_TOKEN_H
#define FO_TOKEN_H

#include <stdint.h>

#include "simapi.h"

/* Room for an owner: who logged in, and where. */
#define TOKEN_OWNER_MAX (SIMAPI_COMMAND_MAX + 4 * SIMAPI_TEXT_MAX + SIMAPI_URL_MAX + 8)

/* The owner: who logs in with `profile`, at the server `base`. Returns `buf`. */
const char *token_owner(const struct simapi_profile *profile, const char *base,
			char buf[static TOKEN_OWNER_MAX]);

/* Reads the token of `owner`: of another account, or for another server, it must not be used.
 * Returns how many seconds it is still good for; 0, and `*out` as it was, when there is none, or it
 * ends within minutes. */
int64_t token_load(const char *owner, struct simapi_token *out);

/* Keeps `token`, which is good for `life_s` seconds from now, closed to group and others. A failure
 * is logged, and costs one login. */
void token_save(const char *owner, const struct simapi_token *token, int64_t life_s);

/* Forgets it. */
void token_forget(void);

#endif
