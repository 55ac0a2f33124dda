#include "alert_state.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "log.h"
#include "record.h"
#include "store.h"
#include "utf8.h"

static const struct {
	const char *key, *file;
} ways[] = {
	[ALERT_COMMAND] = { "command", "alert.command" },
	[ALERT_URL] = { "url", "alert.url" },
};

#define NUMBER(name)                                                                               \
	{                                                                                          \
#name, offsetof(struct alert_memory, name)                                         \
	}

static const struct record_number numbers[] = {
	NUMBER(cursor),	  NUMBER(sent_ms),    NUMBER(gap_ms),	   NUMBER(sent_wall_s),
	NUMBER(failures), NUMBER(sent_count), NUMBER(result),	   NUMBER(tried_ms),
	NUMBER(retry_ms), NUMBER(failing_ms), NUMBER(is_reported), NUMBER(class_ms),
	NUMBER(mark),
};

/* No sum of a few of them overflows: some ten thousand years. */
#define NUMBER_MAX (INT64_MAX / 32768)

const char *alert_way_name(enum alert_way way)
{
	return ways[way].key;
}

const char *alert_way_value(const struct conf_alert *conf, enum alert_way way)
{
	if (!conf->present)
		return "";
	return way == ALERT_COMMAND ? conf->command : conf->url;
}

const char *alert_state_format(const struct alert_state *state, const char *boot,
			       char buf[static ALERT_STATE_TEXT_MAX])
{
	struct record_writer w = { .buf = buf, .size = ALERT_STATE_TEXT_MAX };

	buf[0] = '\0';
	record_put(&w, "boot %s\n", boot[0] == '\0' ? "-" : boot);
	record_put_numbers(&w, numbers, ARRAY_LEN(numbers), &state->memory);
	if (state->why[0] != '\0')
		record_put(&w, "why %s\n", state->why);
	return buf;
}

static int take_line(const char *name, const char **text, char boot[static RECORD_WORD_MAX],
		     struct alert_state *out)
{
	if (strcmp(name, "boot") == 0)
		return record_take_word(text, true, boot);
	if (strcmp(name, "why") == 0)
		return record_take_rest(text, out->why, sizeof(out->why));
	return record_take_named(name, text, numbers, ARRAY_LEN(numbers), NUMBER_MAX, &out->memory);
}

int alert_state_parse(const char *text, const char *boot, struct alert_state *out)
{
	char name[RECORD_WORD_MAX], of_boot[RECORD_WORD_MAX] = "";
	struct alert_state state;
	int ret = 0;

	memset(&state, 0, sizeof(state));
	while (ret == 0 && *text != '\0') {
		ret = record_take_word(&text, false, name);
		if (ret == 0)
			ret = take_line(name, &text, of_boot, &state);
	}
	if (ret != 0 || of_boot[0] == '\0' || state.memory.result > ALERT_REFUSED)
		return -EINVAL;
	utf8_make_printable(state.why);
	if (strcmp(of_boot, boot) != 0)
		alert_rule_boot(&state.memory, clock_wall_s());
	*out = state;
	return 0;
}

int alert_state_load(enum alert_way way, struct alert_state *out)
{
	char text[ALERT_STATE_TEXT_MAX], boot[CLOCK_BOOT_MAX];
	int ret = store_read(STORE_RUN, ways[way].file, text, sizeof(text));

	if (ret == -ENOENT)
		ret = store_read(STORE_LIB, ways[way].file, text, sizeof(text));
	if (ret != 0 && ret != -EFBIG)
		return ret;
	if (ret == 0 && alert_state_parse(text, clock_boot(boot), out) == 0)
		return 0;
	log_warn(0, "alert by %s: ignoring the saved state: it is corrupt", ways[way].key);
	return -ENOENT;
}

int alert_state_save(enum alert_way way, const struct alert_state *state)
{
	char text[ALERT_STATE_TEXT_MAX], boot[CLOCK_BOOT_MAX];

	alert_state_format(state, clock_boot(boot), text);
	if (store_write(STORE_LIB, ways[way].file, text, 0644) == 0)
		return store_remove(STORE_RUN, ways[way].file);
	/* A disk that is full: what was told must not be told again and again. */
	return store_write(STORE_RUN, ways[way].file, text, 0644);
}

void alert_state_forget(enum alert_way way)
{
	store_forget(STORE_RUN, ways[way].file);
	store_forget(STORE_LIB, ways[way].file);
}
