#include "event.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "checksum.h"
#include "num.h"
#include "record.h"
#include "utf8.h"

struct kind {
	const char *name, *values;
	bool lasts;
};

static const struct kind kinds[] = {
	[EVENT_STATE] = { "state", "master backup fault stop", true },
	[EVENT_LINE] = { "line", "up down", true },
	[EVENT_LTE] = { "lte", "up down", true },
	[EVENT_CLASS] = { "class", NULL, true },
	[EVENT_CLASS_WANTED] = { "class-wanted", NULL, false },
	[EVENT_CLASS_FAILED] = { "class-failed", NULL, false },
	[EVENT_REDIAL] = { "redial", "begin failed", false },
	[EVENT_SPLIT] = { "split", "begin end", false },
	[EVENT_DRIFT] = { "drift", "mended failed", false },
	[EVENT_CONFIG] = { "config", "read faulty", false },
	[EVENT_USAGE] = { "usage", "exceeded", false },
	[EVENT_DRILL] = { "drill", "begin end failed refused", false },
	[EVENT_TRIAL] = { "trial", "passed failed", false },
	[EVENT_HOLD] = { "hold", "cut", false },
	[EVENT_WATCH] = { "watch", "begin resume end", false },
	[EVENT_ALERT] = { "alert", "failed dropped test", false },
};

static_assert(ARRAY_LEN(kinds) == EVENT_KINDS, "a row for each kind");

const char *event_kind_name(enum event_kind kind)
{
	return kinds[kind].name;
}

const char *event_kind_values(enum event_kind kind)
{
	return kinds[kind].values;
}

bool event_kind_lasts(enum event_kind kind)
{
	return kinds[kind].lasts;
}

enum event_kind event_kind_of(const char *name)
{
	unsigned kind = 0;

	while (kind < EVENT_KINDS && strcmp(name, kinds[kind].name) != 0)
		kind++;
	return (enum event_kind)kind;
}

/* A word has no blank, and is there. */
static void put_word(struct record_writer *w, const char *text)
{
	char word[RECORD_WORD_MAX];

	snprintf(word, sizeof(word), "%s", text[0] == '\0' ? "-" : text);
	utf8_make_printable(word);
	for (char *p = strchr(word, ' '); p != NULL; p = strchr(p, ' '))
		*p = '?';
	record_put(w, "%s ", word);
}

size_t event_format(char line[static EVENT_LINE_MAX], const struct event *event)
{
	char body[EVENT_LINE_MAX - 16], text[EVENT_TEXT_MAX];
	struct record_writer w = { .buf = body, .size = sizeof(body) };

	record_put(&w, "%" PRId64 " %" PRId64 " ", event->id, event->wall_ms);
	put_word(&w, event->boot);
	record_put(&w, "%" PRId64 " %" PRId64 " ", event->boot_ms, event->lasted_ms);
	put_word(&w, event->program);
	put_word(&w, event_kind_name(event->kind));
	put_word(&w, event->value);
	snprintf(text, sizeof(text), "%s", event->text[0] == '\0' ? "-" : event->text);
	utf8_make_printable(text);
	record_put(&w, "%s", text);
	return (size_t)snprintf(line, EVENT_LINE_MAX, "%04x %zu %s\n",
				(unsigned)checksum_of((const uint8_t *)body, w.used), w.used, body);
}

/* Returns what the length and the checksum in front are right for, or NULL. */
static const char *body_of(const char *line, size_t len)
{
	char head[RECORD_WORD_MAX], sum[8];
	const char *text = line;
	int64_t claimed;

	if (record_take_word(&text, false, head) != 0 ||
	    record_take_number(&text, false, EVENT_LINE_MAX, &claimed) != 0 ||
	    (size_t)claimed != len - (size_t)(text - line))
		return NULL;
	snprintf(sum, sizeof(sum), "%04x",
		 (unsigned)checksum_of((const uint8_t *)text, (size_t)claimed));
	return strcmp(head, sum) == 0 ? text : NULL;
}

/* Takes a word into `out` of `size` bytes. */
static int take_word(const char **text, char *out, size_t size)
{
	char word[RECORD_WORD_MAX];

	if (record_take_word(text, false, word) != 0 || strlen(word) >= size)
		return -EINVAL;
	memcpy(out, word, strlen(word) + 1);
	return 0;
}

static int take_time(const char **text, int64_t *out)
{
	return record_take_number(text, false, INT64_MAX, out);
}

static int take_head(const char **text, struct event *out)
{
	char kind[EVENT_VALUE_MAX];

	if (take_time(text, &out->id) != 0 || take_time(text, &out->wall_ms) != 0 ||
	    take_word(text, out->boot, sizeof(out->boot)) != 0 ||
	    take_time(text, &out->boot_ms) != 0 || take_time(text, &out->lasted_ms) != 0 ||
	    take_word(text, out->program, sizeof(out->program)) != 0 ||
	    take_word(text, kind, sizeof(kind)) != 0)
		return -EINVAL;
	out->kind = event_kind_of(kind);
	return out->kind == EVENT_KINDS ? -EINVAL : 0;
}

int event_parse(const char *line, size_t len, struct event *out)
{
	char copy[EVENT_LINE_MAX];
	const char *text;

	if (len >= sizeof(copy) || memchr(line, '\0', len) != NULL)
		return -EINVAL;
	memcpy(copy, line, len);
	copy[len] = '\0';
	text = body_of(copy, len);
	if (text == NULL || take_head(&text, out) != 0 ||
	    take_word(&text, out->value, sizeof(out->value)) != 0 ||
	    record_take_rest(&text, out->text, sizeof(out->text)) != 0)
		return -EINVAL;
	return 0;
}
