/* simapi.h - SORACOM's API as text: paths, bodies, answers, profiles. Pure.
 *
 * Sources: SORACOM's OpenAPI definition (operations auth, updateSpeedClass, updateSimSpeedClass,
 * getSubscriber, getSim) and its command line tools' profile. Answers are hostile: every text is
 * bounded and taken only when it is a string of printable characters. */
#ifndef FO_SIMAPI_H
#define FO_SIMAPI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "compiler.h"
#include "sim.h"

#define SIMAPI_WORD_MAX	   64
#define SIMAPI_TEXT_MAX	   256
#define SIMAPI_URL_MAX	   512
#define SIMAPI_TOKEN_MAX   8192 /* a JWT; SORACOM gives no bound */
#define SIMAPI_BODY_MAX	   4096 /* of our requests */
#define SIMAPI_COMMAND_MAX 1024

/* What a profile holds. Secrets: to be wiped with explicit_bzero(3) after use. */
struct simapi_profile {
	char command[SIMAPI_COMMAND_MAX]; /* profileCommand: prints the credentials; empty: none */
	char auth_key_id[SIMAPI_TEXT_MAX], auth_key[SIMAPI_TEXT_MAX];
	char email[SIMAPI_TEXT_MAX], password[SIMAPI_TEXT_MAX];
	char user_name[SIMAPI_TEXT_MAX], operator_id[SIMAPI_TEXT_MAX];
	char endpoint[SIMAPI_URL_MAX];	/* empty: by coverage */
	char coverage[SIMAPI_WORD_MAX]; /* empty: not given */
	bool sandbox;
};

/* What a login gives. Secrets, too. */
struct simapi_token {
	char api_key[SIMAPI_TEXT_MAX];
	char token[SIMAPI_TOKEN_MAX];
};

/* An error answer: {"code":…,"message":…}; both empty when the body is something else, as of a
 * load balancer. */
struct simapi_error {
	char code[SIMAPI_WORD_MAX];
	char message[SIMAPI_TEXT_MAX];
};

/* What an answer asks the client to do. */
enum simapi_outcome {
	SIMAPI_OK,
	SIMAPI_LOGIN,  /* log in again, once, and retry */
	SIMAPI_RETRY,  /* wait and try again: 429, 5xx, anything that is not the API's own answer */
	SIMAPI_REFUSED /* trying again is no use: 400, 403, 404 … */
};

/* Makes all JSON go through these two, in place of malloc(3) and free(3): for one that wipes what
 * it frees. */
void simapi_set_allocator(void *(*allocate)(size_t size), void (*release)(void *block));

/* Reads the JSON of a profile of either SORACOM tool, or what its profileCommand has printed; names
 * of fields in any case, the last of equal ones wins, as in the Go tool. Returns 0 and `*out`, or
 * -EINVAL with the reason, the rest of a sentence, in `*why`. */
int simapi_read_profile(const char *json, size_t len, struct simapi_profile *out,
			const char **why) FO_MUST_CHECK;

/* The body of POST /v1/auth: what the profile has of authKeyId and authKey, else email and
 * password, else operatorId, userName and password; `timeout_s` is the token's life, 180 to
 * 172800. Returns its length, or -ENOSPC. */
int simapi_write_auth(const struct simapi_profile *profile, int64_t timeout_s, char *buf,
		      size_t size) FO_MUST_CHECK;

#define SIMAPI_HEADERS_MAX 4

/* The headers of a request. Secrets, too. */
struct simapi_headers {
	char key[SIMAPI_TEXT_MAX + 32];
	char token[SIMAPI_TOKEN_MAX + 32];
	const char *list[SIMAPI_HEADERS_MAX + 1]; /* ends with NULL; points also into the above */
};

/* The headers with `token`, which may be empty, for a request with a body or without. */
void simapi_write_headers(const struct simapi_token *token, bool has_body,
			  struct simapi_headers *out);

/* Reads the answer of POST /v1/auth. Returns 0 and `*out`, or -EBADMSG. */
int simapi_read_auth(const char *json, size_t len, struct simapi_token *out) FO_MUST_CHECK;

/* The body of an update of the speed class. Returns its length, or -ENOSPC. */
int simapi_write_update(const char *speed_class, char *buf, size_t size) FO_MUST_CHECK;

/* Reads the class out of a Subscriber or Sim. Returns 0 and `out`, or -EBADMSG. */
int simapi_read_class(const char *json, size_t len, char out[static SIM_CLASS_MAX]) FO_MUST_CHECK;

/* Reads an error's body; never fails. */
void simapi_read_error(const char *json, size_t len, struct simapi_error *out);

/* What to do after an answer with HTTP status `status`. The status of an expired token is not
 * documented: besides 401, a 400 or 403 of the authentication manager (AUM…) or gateway (AGW…)
 * is taken for one. */
enum simapi_outcome simapi_judge(int64_t status, const struct simapi_error *error);

/* Below /v1: `/subscribers/ID` or `/sims/ID`. Returns `buf`. */
const char *simapi_sim_path(const struct sim *sim, char *buf, size_t size);

/* The name of the permission that an update of `sim`, or looking at it, needs. */
const char *simapi_permission(const struct sim *sim, bool update);

#endif
