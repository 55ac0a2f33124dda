#include "simapi.h"

#include <cjson/cJSON.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

void simapi_set_allocator(void *(*allocate)(size_t size), void (*release)(void *block))
{
	cJSON_Hooks hooks = { .malloc_fn = allocate, .free_fn = release };

	cJSON_InitHooks(&hooks);
}

/* cJSON ends a text at a NUL, and goes on to compare and to send what stands before it. A backslash
 * is in texts only. */
static bool has_nul(const char *json, size_t len)
{
	static const char escape[] = "u0000";

	for (size_t i = 0; i < len; i++) {
		if (json[i] == '\0')
			return true;
		if (json[i] != '\\')
			continue;
		i++;
		if (len - i >= strlen(escape) && memcmp(json + i, escape, strlen(escape)) == 0)
			return true;
	}
	return false;
}

static bool is_blank(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\0' || strchr(" \t\r\n", text[i]) == NULL)
			return false;
	}
	return true;
}

/* One value and nothing behind it; or NULL, and why, the rest of a sentence. */
static cJSON *parse_or_say(const char *json, size_t len, const char **why)
{
	const char *end = json;
	cJSON *value = NULL;

	*why = NULL;
	if (has_nul(json, len)) {
		*why = "has a NUL character";
		return NULL;
	}
	value = cJSON_ParseWithLengthOpts(json, len, &end, false);
	if (value == NULL) {
		*why = "is not JSON";
	} else if (!is_blank(end, len - (size_t)(end - json))) {
		*why = "has something behind its JSON";
		cJSON_Delete(value);
		value = NULL;
	}
	return value;
}

static cJSON *parse(const char *json, size_t len)
{
	const char *why;

	return parse_or_say(json, len, &why);
}

/* The member `name` in any case; of equal ones the last. */
static const cJSON *member(const cJSON *object, const char *name)
{
	const cJSON *found = NULL;
	const cJSON *item;

	cJSON_ArrayForEach(item, object)
	{
		if (item->string != NULL && strcasecmp(item->string, name) == 0)
			found = item;
	}
	return found;
}

/* Takes a text into `out`; false when it is too long, or has a character that could end a line
 * of a header or of a file. */
static bool take_text(const cJSON *value, char *out, size_t size)
{
	const char *text = cJSON_GetStringValue(value);

	if (text == NULL || strlen(text) >= size)
		return false;
	for (const char *p = text; *p != '\0'; p++) {
		if (iscntrl((unsigned char)*p))
			return false;
	}
	memcpy(out, text, strlen(text) + 1);
	return true;
}

/* The texts of a profile, and where they go. */
static const struct profile_field {
	const char *name;
	size_t offset, size;
} profile_fields[] = {
#define FIELD(name, member)                                                                        \
	{                                                                                          \
		name, offsetof(struct simapi_profile, member),                                     \
			sizeof(((struct simapi_profile *)NULL)->member)                            \
	}
	FIELD("authKeyId", auth_key_id),
	FIELD("authKey", auth_key),
	FIELD("email", email),
	FIELD("password", password),
	FIELD("userName", user_name),
	FIELD("operatorId", operator_id),
	FIELD("endpoint", endpoint),
	FIELD("coverageType", coverage),
	FIELD("profileCommand", command),
#undef FIELD
};

static bool has_credentials(const struct simapi_profile *p)
{
	return (p->auth_key_id[0] != '\0' && p->auth_key[0] != '\0') ||
	       (p->password[0] != '\0' &&
		(p->email[0] != '\0' || (p->operator_id[0] != '\0' && p->user_name[0] != '\0')));
}

/* A profile that is sent to another server than the one it is for is refused there, for ever. */
static const char *take_server(const cJSON *object, struct simapi_profile *out)
{
	const cJSON *sandbox = member(object, "sandbox");

	if (sandbox != NULL && !cJSON_IsNull(sandbox) && !cJSON_IsBool(sandbox))
		return "has a sandbox that is neither true nor false";
	out->sandbox = cJSON_IsTrue(sandbox);
	if (out->coverage[0] != '\0' && strcmp(out->coverage, "jp") != 0 &&
	    strcmp(out->coverage, "g") != 0)
		return "has a coverageType that is neither jp nor g";
	return NULL;
}

static const char *take_profile(const cJSON *object, struct simapi_profile *out)
{
	if (!cJSON_IsObject(object))
		return "is not a JSON object";
	if (member(object, "sourceProfile") != NULL)
		return "has a sourceProfile, which is not supported";
	for (size_t i = 0; i < ARRAY_LEN(profile_fields); i++) {
		const struct profile_field *field = &profile_fields[i];
		const cJSON *value = member(object, field->name);

		if (value != NULL && !cJSON_IsNull(value) &&
		    !take_text(value, (char *)out + field->offset, field->size))
			return "has a field that is not a text of a sound length";
	}
	if (out->command[0] == '\0' && !has_credentials(out))
		return "has no credentials: authKeyId and authKey, or email and password, or "
		       "operatorId, userName and password";
	return take_server(object, out);
}

int simapi_read_profile(const char *json, size_t len, struct simapi_profile *out, const char **why)
{
	struct simapi_profile profile = { .sandbox = false };
	cJSON *object = parse_or_say(json, len, why);

	if (object != NULL)
		*why = take_profile(object, &profile);
	cJSON_Delete(object);
	if (*why == NULL)
		*out = profile;
	explicit_bzero(&profile, sizeof(profile));
	return *why == NULL ? 0 : -EINVAL;
}

/* Prints and frees `object`. */
static int print(cJSON *object, char *buf, size_t size)
{
	bool printed = object != NULL && size < INT32_MAX &&
		       cJSON_PrintPreallocated(object, buf, (int)size, false) != 0;

	cJSON_Delete(object);
	return printed ? (int)strlen(buf) : -ENOSPC;
}

int simapi_write_auth(const struct simapi_profile *profile, int64_t timeout_s, char *buf,
		      size_t size)
{
	cJSON *object = cJSON_CreateObject();

	if (profile->auth_key_id[0] != '\0' && profile->auth_key[0] != '\0') {
		cJSON_AddStringToObject(object, "authKeyId", profile->auth_key_id);
		cJSON_AddStringToObject(object, "authKey", profile->auth_key);
	} else if (profile->email[0] != '\0') {
		cJSON_AddStringToObject(object, "email", profile->email);
		cJSON_AddStringToObject(object, "password", profile->password);
	} else {
		cJSON_AddStringToObject(object, "operatorId", profile->operator_id);
		cJSON_AddStringToObject(object, "userName", profile->user_name);
		cJSON_AddStringToObject(object, "password", profile->password);
	}
	cJSON_AddNumberToObject(object, "tokenTimeoutSeconds", (double)timeout_s);
	return print(object, buf, size);
}

void simapi_write_headers(const struct simapi_token *token, bool has_body,
			  struct simapi_headers *out)
{
	size_t count = 0;

	memset(out, 0, sizeof(*out));
	out->list[count++] = "Accept:"; /* without libcurl's own, which means nothing */
	if (has_body)
		out->list[count++] = "Content-Type: application/json";
	if (token->token[0] == '\0')
		return;
	snprintf(out->key, sizeof(out->key), "X-Soracom-API-Key: %s", token->api_key);
	snprintf(out->token, sizeof(out->token), "X-Soracom-Token: %s", token->token);
	out->list[count++] = out->key;
	out->list[count++] = out->token;
}

int simapi_read_auth(const char *json, size_t len, struct simapi_token *out)
{
	struct simapi_token token = { .api_key = "" };
	cJSON *object = parse(json, len);
	bool good = take_text(member(object, "apiKey"), token.api_key, sizeof(token.api_key)) &&
		    take_text(member(object, "token"), token.token, sizeof(token.token)) &&
		    token.api_key[0] != '\0' && token.token[0] != '\0';

	cJSON_Delete(object);
	if (good)
		*out = token;
	explicit_bzero(&token, sizeof(token));
	return good ? 0 : -EBADMSG;
}

int simapi_write_update(const char *speed_class, char *buf, size_t size)
{
	cJSON *object = cJSON_CreateObject();

	cJSON_AddStringToObject(object, "speedClass", speed_class);
	return print(object, buf, size);
}

int simapi_read_class(const char *json, size_t len, char out[static SIMAPI_WORD_MAX])
{
	cJSON *object = parse(json, len);
	bool good = take_text(member(object, "speedClass"), out, SIMAPI_WORD_MAX) &&
		    sim_valid_class(out);

	cJSON_Delete(object);
	return good ? 0 : -EBADMSG;
}

void simapi_read_error(const char *json, size_t len, struct simapi_error *out)
{
	cJSON *object = parse(json, len);

	memset(out, 0, sizeof(*out));
	if (!take_text(member(object, "code"), out->code, sizeof(out->code)) ||
	    !take_text(member(object, "message"), out->message, sizeof(out->message)))
		out->message[0] = '\0';
	cJSON_Delete(object);
}

enum simapi_outcome simapi_judge(int64_t status, const struct simapi_error *error)
{
	bool of_login = strncmp(error->code, "AUM", 3) == 0 || strncmp(error->code, "AGW", 3) == 0;

	if (status >= 200 && status < 300)
		return SIMAPI_OK;
	if (status == 401 || ((status == 400 || status == 403) && of_login))
		return SIMAPI_LOGIN;
	/* 3xx: redirects are not followed. 4xx without the API's own words comes from something
	 * in between, such as a captive portal, but for 404 and 403, which are clear. */
	if (status >= 400 && status < 500 && status != 408 && status != 429 &&
	    (error->code[0] != '\0' || status == 403 || status == 404))
		return SIMAPI_REFUSED;
	return SIMAPI_RETRY;
}

const char *simapi_sim_path(const struct sim *sim, char *buf, size_t size)
{
	snprintf(buf, size, "/%s/%s", sim->kind == SIM_IMSI ? "subscribers" : "sims", sim->id);
	return buf;
}

const char *simapi_permission(const struct sim *sim, bool update)
{
	if (sim->kind == SIM_IMSI)
		return update ? "Subscriber:updateSpeedClass" : "Subscriber:getSubscriber";
	return update ? "Sim:updateSimSpeedClass" : "Sim:getSim";
}
