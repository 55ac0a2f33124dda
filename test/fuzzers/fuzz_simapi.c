/* SORACOM's answers, and profiles, of which every text must then fit and keep to its line. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "simapi.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(const char *text, size_t size)
{
	size_t len = strnlen(text, size);

	if (len == size)
		abort();
	for (size_t i = 0; i < len; i++) {
		if (iscntrl((unsigned char)text[i]))
			abort();
	}
}

static void check_profile(const char *json, size_t size)
{
	struct simapi_profile profile;
	char body[SIMAPI_BODY_MAX];
	const char *why = NULL;

	if (simapi_read_profile(json, size, &profile, &why) != 0) {
		if (why == NULL)
			abort();
		return;
	}
	check_text(profile.command, sizeof(profile.command));
	check_text(profile.auth_key, sizeof(profile.auth_key));
	check_text(profile.endpoint, sizeof(profile.endpoint));
	if (profile.command[0] == '\0' &&
	    simapi_write_auth(&profile, 86400, body, sizeof(body)) != (int)strlen(body))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *json = (const char *)data;
	char speed_class[SIMAPI_WORD_MAX], body[SIMAPI_BODY_MAX];
	struct simapi_token token;
	struct simapi_error error;

	check_profile(json, size);
	if (simapi_read_auth(json, size, &token) == 0) {
		check_text(token.api_key, sizeof(token.api_key));
		check_text(token.token, sizeof(token.token));
	}
	simapi_read_error(json, size, &error);
	check_text(error.code, sizeof(error.code));
	check_text(error.message, sizeof(error.message));
	for (int status = 100; status < 600; status += 100)
		(void)simapi_judge(status, &error);
	if (simapi_read_class(json, size, speed_class) == 0) {
		check_text(speed_class, sizeof(speed_class));
		if (simapi_write_update(speed_class, body, sizeof(body)) < 0)
			abort();
	}
	return 0;
}
