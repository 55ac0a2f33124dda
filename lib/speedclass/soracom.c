#include "soracom.h"

#include <errno.h>
#include <inttypes.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "clock_doubt.h"
#include "exchange.h"
#include "http.h"
#include "log.h"
#include "profile.h"
#include "refusal.h"
#include "token.h"
#include "url.h"
#include "version.h"

/* SORACOM's default (at most 48 h): a failover within a day after the last one needs one request
 * only. */
#define TOKEN_LIFE_S 86400

/* With less than this left it is renewed by the hourly `sync`, ahead of time. */
#define TOKEN_RENEW_S 21600

struct soracom {
	const struct conf_speedclass *conf;
	struct soracom_stop stop;
	struct exchange *exchange;
	struct simapi_profile profile;
	struct simapi_token token; /* empty: none */
	int64_t token_left_s;	   /* how long it lasts, when it was loaded */
	bool token_is_fresh;	   /* of a login in this run */
	bool clock_is_told;
	char base[SIMAPI_URL_MAX]; /* up to and with /v1 */
};

/* fo.conf's own endpoint goes before all others. */
static int choose_base(struct soracom *s)
{
	char endpoint[SIMAPI_URL_MAX] = "http://metadata.soracom.io";
	int ret = 0;

	if (s->conf->endpoint[0] != '\0')
		snprintf(endpoint, sizeof(endpoint), "%s", s->conf->endpoint);
	else if (s->conf->method == CONF_METHOD_API)
		ret = profile_endpoint(&s->profile, s->conf->coverage == CONF_COVERAGE_G, endpoint);
	url_base(endpoint, s->base, sizeof(s->base));
	return ret;
}

static void load_token(struct soracom *s)
{
	char owner[TOKEN_OWNER_MAX];

	token_owner(&s->profile, s->base, owner);
	s->token_left_s = token_load(owner, &s->token);
}

static void save_token(const struct soracom *s, int64_t life_s)
{
	char owner[TOKEN_OWNER_MAX];

	token_owner(&s->profile, s->base, owner);
	token_save(owner, &s->token, life_s);
}

static void forget_token(struct soracom *s)
{
	explicit_bzero(&s->token, sizeof(s->token));
	token_forget();
}

/* JSON's copies of credentials and tokens are wiped like ours. */
static void wipe_and_free(void *block)
{
	if (block == NULL)
		return;
	explicit_bzero(block, malloc_usable_size(block));
	free(block);
}

/* SORACOM's line, and its servers, know IPv4; who names a server of his own may mean another. */
static int open_exchange(struct soracom *s)
{
	bool own_server = s->conf->endpoint[0] != '\0' || s->profile.endpoint[0] != '\0';

	return exchange_open(s->conf, s->base, own_server, &s->exchange);
}

int soracom_open(const struct conf_speedclass *conf, const struct soracom_stop *stop,
		 struct soracom **out)
{
	struct soracom *s = calloc(1, sizeof(*s));
	int ret = 0;

	if (s == NULL) {
		log_err(ENOMEM, "cannot ask SORACOM");
		return -ENOMEM;
	}
	simapi_set_allocator(malloc, wipe_and_free);
	s->conf = conf;
	s->stop = *stop;
	if (conf->method == CONF_METHOD_API)
		ret = profile_load(conf->profile, &s->profile);
	if (ret == 0)
		ret = choose_base(s);
	if (ret == 0)
		ret = open_exchange(s);
	if (ret != 0) {
		soracom_close(s);
		return ret;
	}
	if (conf->method == CONF_METHOD_API)
		load_token(s);
	*out = s;
	return 0;
}

void soracom_close(struct soracom *s)
{
	if (s == NULL)
		return;
	exchange_close(s->exchange);
	explicit_bzero(s, sizeof(*s));
	free(s);
}

/* A clock that cannot be right, once: it explains what comes before it, or will come. */
static void doubt_clock(struct soracom *s, const struct http_response *answer)
{
	const struct clock_facts facts = { .now_s = clock_wall_s(),
					   .made_s = FO_MADE_S,
					   .server_s = answer->date_s,
					   .certificate = answer->certificate };
	char text[CLOCK_DOUBT_TEXT_MAX];

	if (s->clock_is_told || clock_doubt(&facts, text) == NULL)
		return;
	s->clock_is_told = true;
	log_err(0, "%s", text);
}

/* One request; logs why there is no answer. */
static enum soracom_result ask(struct soracom *s, const char *path, const char *body,
			       struct http_response *answer)
{
	char url[2 * SIMAPI_URL_MAX];
	struct simapi_headers headers;
	struct http_request request = { .url = url,
					.body = body,
					.headers = headers.list,
					.stop = s->stop.is_obsolete,
					.stop_data = s->stop.data };
	int ret;

	snprintf(url, sizeof(url), "%s%s", s->base, path);
	simapi_write_headers(&s->token, body != NULL, &headers);
	ret = exchange_perform(s->exchange, &request, answer);
	explicit_bzero(&headers, sizeof(headers));
	if (ret == 0 || ret == -EIO)
		doubt_clock(s, answer);
	switch (ret) {
	case 0:
		return SORACOM_DONE;
	case -ECANCELED:
		return SORACOM_STOPPED;
	case -EADDRNOTAVAIL:
		return SORACOM_OFFLINE;
	case -EIO:
	case -ENOMEM:
	case -ENOBUFS:
	case -EMFILE:
	case -ENFILE: /* these pass */
		return SORACOM_RETRY;
	default:
		return SORACOM_LOCAL;
	}
}

static void log_answer(const struct soracom *s, const char *path,
		       const struct http_response *answer, const struct simapi_error *error)
{
	log_warn(0, "%s%s: HTTP %" PRId64 "%s%s%s%s", s->base, path, answer->status,
		 error->code[0] == '\0' ? "" : " ", error->code,
		 error->message[0] == '\0' ? "" : ": ", error->message);
}

/* The body of a login. Credentials that a command has to fetch are fetched for each one: there
 * is a reason that they are not in the file. A command that has failed may succeed later. */
static enum soracom_result write_login(const struct soracom *s, char body[static SIMAPI_BODY_MAX])
{
	struct simapi_profile profile = s->profile;
	enum soracom_result result = SORACOM_DONE;
	int ret = profile_fetch(&profile);

	if (ret != 0)
		result = ret == -ECHILD || ret == -ETIMEDOUT ? SORACOM_RETRY : SORACOM_LOCAL;
	else if (simapi_write_auth(&profile, TOKEN_LIFE_S, body, SIMAPI_BODY_MAX) < 0)
		result = SORACOM_LOCAL;
	explicit_bzero(&profile, sizeof(profile));
	return result;
}

static enum soracom_result log_in(struct soracom *s, struct http_response *answer)
{
	char body[SIMAPI_BODY_MAX];
	struct simapi_error error;
	enum soracom_result result;
	enum simapi_outcome outcome;

	if (s->conf->method == CONF_METHOD_METADATA)
		return SORACOM_DONE;
	forget_token(s);
	result = write_login(s, body);
	if (result == SORACOM_DONE)
		result = ask(s, "/auth", body, answer);
	explicit_bzero(body, sizeof(body));
	if (result != SORACOM_DONE)
		return result;
	simapi_read_error(answer->body, answer->len, &error);
	outcome = simapi_judge(answer->status, &error);
	if (outcome == SIMAPI_OK && simapi_read_auth(answer->body, answer->len, &s->token) == 0) {
		s->token_is_fresh = true;
		save_token(s, TOKEN_LIFE_S);
		return SORACOM_DONE;
	}
	log_answer(s, "/auth", answer, &error);
	if (outcome == SIMAPI_OK || outcome == SIMAPI_RETRY)
		return SORACOM_RETRY;
	log_err(0, "login refused: check the credentials in profile %s", s->conf->profile);
	return SORACOM_REFUSED;
}

enum soracom_result soracom_login(struct soracom *s)
{
	struct http_response answer;

	return log_in(s, &answer);
}

enum soracom_result soracom_renew(struct soracom *s)
{
	struct simapi_token old = s->token;
	enum soracom_result result;

	if (s->conf->method == CONF_METHOD_METADATA || s->token_is_fresh ||
	    s->token_left_s > TOKEN_RENEW_S)
		return SORACOM_DONE;
	result = soracom_login(s);
	if (result != SORACOM_DONE && s->token_left_s > 0) {
		s->token = old;
		save_token(s, s->token_left_s);
	}
	explicit_bzero(&old, sizeof(old));
	return result;
}

/* A 403 of a read is no reason to log in again: reading is a convenience, which the article's user,
 * who may only set the class, does not have. */
static bool may_login_again(const struct soracom *s, const struct http_response *answer,
			    bool update)
{
	return s->conf->method == CONF_METHOD_API && !s->token_is_fresh &&
	       (update || answer->status == 401);
}

/* Whether this user may not look: his login was taken, and what it gave is not enough. With which
 * status SORACOM says so is not documented. */
static bool is_hidden(const struct soracom *s, const struct http_response *answer,
		      enum simapi_outcome outcome)
{
	return s->conf->method == CONF_METHOD_API &&
	       (answer->status == 403 || outcome == SIMAPI_LOGIN);
}

static enum soracom_result judge(struct soracom *s, const char *path, bool update,
				 const struct http_response *answer, bool *again)
{
	struct simapi_error error;
	enum simapi_outcome outcome;

	simapi_read_error(answer->body, answer->len, &error);
	outcome = simapi_judge(answer->status, &error);
	if (outcome == SIMAPI_OK)
		return SORACOM_DONE;
	if (outcome == SIMAPI_LOGIN && may_login_again(s, answer, update)) {
		log_debug("token refused with HTTP %" PRId64 " %s, logging in again",
			  answer->status, error.code);
		*again = true;
		return SORACOM_RETRY;
	}
	if (!update && is_hidden(s, answer, outcome))
		return SORACOM_HIDDEN;
	log_answer(s, path, answer, &error);
	if (outcome == SIMAPI_RETRY)
		return SORACOM_RETRY;
	refusal_explain(s->conf, answer->status, update);
	return SORACOM_REFUSED;
}

/* A request about the SIM: with a login before it where there is no token, and with another one
 * after it, once, where the token was refused. */
static enum soracom_result ask_about_sim(struct soracom *s, const char *path, const char *body,
					 struct http_response *answer)
{
	enum soracom_result result = SORACOM_DONE;
	bool again = false;

	if (s->conf->method == CONF_METHOD_API && s->token.token[0] == '\0')
		result = log_in(s, answer);
	if (result == SORACOM_DONE)
		result = ask(s, path, body, answer);
	if (result == SORACOM_DONE)
		result = judge(s, path, body != NULL, answer, &again);
	if (!again)
		return result;
	result = log_in(s, answer);
	if (result == SORACOM_DONE)
		result = ask(s, path, body, answer);
	return result == SORACOM_DONE ? judge(s, path, body != NULL, answer, &again) : result;
}

static void sim_path(const struct soracom *s, const char *leaf, char *buf, size_t size)
{
	char sim[2 * SIM_CLASS_MAX];

	if (s->conf->method == CONF_METHOD_METADATA)
		snprintf(buf, size, "/subscriber%s", leaf);
	else
		snprintf(buf, size, "%s%s", simapi_sim_path(&s->conf->sim, sim, sizeof(sim)), leaf);
}

/* Reads the class out of the answer to a request about the SIM. Without TLS this is what shows the
 * right server. */
static enum soracom_result read_class(struct soracom *s, const char *path,
				      enum soracom_result result,
				      const struct http_response *answer,
				      char out[static SIM_CLASS_MAX])
{
	bool named =
		result == SORACOM_DONE && simapi_read_class(answer->body, answer->len, out) == 0;

	if (answer->status != 0)
		exchange_judge(s->exchange, answer, named);
	if (result != SORACOM_DONE || named)
		return result;
	log_warn(0, "%s%s: the answer does not name a speed class", s->base, path);
	return SORACOM_RETRY;
}

enum soracom_result soracom_set_class(struct soracom *s, const char *speed_class,
				      struct retry_hint *hint)
{
	char path[SIMAPI_TEXT_MAX], body[SIMAPI_BODY_MAX], now[SIM_CLASS_MAX];
	struct http_response answer = { .wait_ms = 0 };
	enum soracom_result result;

	sim_path(s, "/update_speed_class", path, sizeof(path));
	if (simapi_write_update(speed_class, body, sizeof(body)) < 0)
		return SORACOM_LOCAL;
	result = ask_about_sim(s, path, body, &answer);
	*hint = (struct retry_hint){ .wait_ms = answer.wait_ms, .quota = answer.quota };
	result = read_class(s, path, result, &answer, now);
	if (result == SORACOM_DONE && strcmp(now, speed_class) != 0) {
		log_warn(0, "%s%s: asked for %s, but the answer names %s", s->base, path,
			 speed_class, now);
		return SORACOM_RETRY;
	}
	return result;
}

enum soracom_result soracom_get_class(struct soracom *s, char out[static SIM_CLASS_MAX],
				      struct retry_hint *hint)
{
	char path[SIMAPI_TEXT_MAX];
	struct http_response answer = { .wait_ms = 0 };
	enum soracom_result result;

	sim_path(s, "", path, sizeof(path));
	result = ask_about_sim(s, path, NULL, &answer);
	*hint = (struct retry_hint){ .wait_ms = answer.wait_ms, .quota = answer.quota };
	return read_class(s, path, result, &answer, out);
}

const char *soracom_name_server(const struct soracom *s, char buf[static ADDR_TEXT_MAX])
{
	return exchange_name_server(s->exchange, buf);
}
