#include "token.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "num.h"
#include "store.h"

#define FILE_NAME "soracom.token"
#define FILE_MAX  (TOKEN_OWNER_MAX + SIMAPI_TEXT_MAX + SIMAPI_TOKEN_MAX + 64)

/* A token that ends within this time is not used any more. */
#define SPARE_S 300

const char *token_owner(const struct simapi_profile *profile, const char *base,
			char buf[static TOKEN_OWNER_MAX])
{
	snprintf(buf, TOKEN_OWNER_MAX, "%s%s%s%s%s %s", profile->command, profile->auth_key_id,
		 profile->email, profile->operator_id, profile->user_name, base);
	return buf;
}

enum { LINE_OWNER, LINE_END, LINE_KEY, LINE_TOKEN, LINES };

static bool split(char *text, char *lines[static LINES])
{
	size_t count = 1;

	lines[0] = text;
	for (char *p = strchr(text, '\n'); p != NULL && count < LINES; p = strchr(p + 1, '\n')) {
		*p = '\0';
		lines[count++] = p + 1;
	}
	return count == LINES;
}

/* What is not wholly as token_save writes it is no token. */
int64_t token_load(const char *owner, struct simapi_token *out)
{
	char text[FILE_MAX];
	char *lines[LINES];
	int64_t end_s = 0, left_s = 0;

	if (store_read(STORE_RUN, FILE_NAME, text, sizeof(text)) != 0)
		return 0;
	if (split(text, lines) && strcmp(lines[LINE_OWNER], owner) == 0 &&
	    num_parse(lines[LINE_END], clock_boottime_s() + SPARE_S, INT64_MAX, &end_s) == 0 &&
	    strlen(lines[LINE_KEY]) < sizeof(out->api_key) &&
	    strlen(lines[LINE_TOKEN]) < sizeof(out->token)) {
		memcpy(out->api_key, lines[LINE_KEY], strlen(lines[LINE_KEY]) + 1);
		memcpy(out->token, lines[LINE_TOKEN], strlen(lines[LINE_TOKEN]) + 1);
		left_s = end_s - clock_boottime_s();
	}
	explicit_bzero(text, sizeof(text));
	return left_s;
}

void token_save(const char *owner, const struct simapi_token *token, int64_t life_s)
{
	char text[FILE_MAX];

	snprintf(text, sizeof(text), "%s\n%" PRId64 "\n%s\n%s\n", owner,
		 clock_boottime_s() + life_s, token->api_key, token->token);
	(void)!store_write(STORE_RUN, FILE_NAME, text, 0600);
	explicit_bzero(text, sizeof(text));
}

void token_forget(void)
{
	(void)!store_remove(STORE_RUN, FILE_NAME);
}
