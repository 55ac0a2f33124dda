#include "token.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "num.h"
#include "record.h"
#include "store.h"

#define FILE_NAME "soracom.token"
#define FILE_MAX  (TOKEN_OWNER_MAX + SIMAPI_TEXT_MAX + SIMAPI_TOKEN_MAX + 128)

/* A token that ends within this time is not used any more. */
#define SPARE_S 300

const char *token_owner(const struct simapi_profile *profile, const char *base,
			char buf[static TOKEN_OWNER_MAX])
{
	snprintf(buf, TOKEN_OWNER_MAX, "%s%s%s%s%s %s", profile->command, profile->auth_key_id,
		 profile->email, profile->operator_id, profile->user_name, base);
	return buf;
}

/* Takes the value of the line `name`. */
static bool take(const char **text, const char *name, char *out, size_t size)
{
	char word[RECORD_WORD_MAX];

	return record_take_word(text, false, word) == 0 && strcmp(word, name) == 0 &&
	       record_take_rest(text, out, size) == 0;
}

/* Takes all four lines. */
static bool take_token(const char *text, const char *owner, int64_t *end_s,
		       struct simapi_token *out)
{
	char kept[TOKEN_OWNER_MAX], end[RECORD_WORD_MAX];

	return take(&text, "owner", kept, sizeof(kept)) && strcmp(kept, owner) == 0 &&
	       take(&text, "end", end, sizeof(end)) &&
	       num_parse(end, clock_boottime_s() + SPARE_S, INT64_MAX, end_s) == 0 &&
	       take(&text, "key", out->api_key, sizeof(out->api_key)) &&
	       take(&text, "token", out->token, sizeof(out->token)) && text[0] == '\0';
}

/* What is not wholly as token_save writes it is no token. */
int64_t token_load(const char *owner, struct simapi_token *out)
{
	struct simapi_token found;
	char text[FILE_MAX];
	int64_t end_s = 0, left_s = 0;

	if (store_read(STORE_RUN, FILE_NAME, text, sizeof(text)) != 0)
		return 0;
	if (take_token(text, owner, &end_s, &found)) {
		*out = found;
		left_s = end_s - clock_boottime_s();
	}
	explicit_bzero(&found, sizeof(found));
	explicit_bzero(text, sizeof(text));
	return left_s;
}

void token_save(const char *owner, const struct simapi_token *token, int64_t life_s)
{
	char text[FILE_MAX];
	struct record_writer w = { .buf = text, .size = sizeof(text) };

	record_put(&w, "owner %s\nend %" PRId64 "\nkey %s\ntoken %s\n", owner,
		   clock_boottime_s() + life_s, token->api_key, token->token);
	store_note(STORE_RUN, FILE_NAME, text, 0600);
	explicit_bzero(text, sizeof(text));
}

void token_forget(void)
{
	store_forget(STORE_RUN, FILE_NAME);
}
