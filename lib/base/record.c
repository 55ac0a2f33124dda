#include "record.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "num.h"

void record_put(struct record_writer *w, const char *fmt, ...)
{
	size_t left = w->size - w->used;
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(w->buf + w->used, left, fmt, ap);
	va_end(ap);
	if (len > 0)
		w->used += (size_t)len < left ? (size_t)len : left - 1;
}

int record_take_word(const char **text, bool last, char word[static RECORD_WORD_MAX])
{
	size_t len = strcspn(*text, " \n");
	bool line_ends = (*text)[len] != ' ';

	if (len == 0 || len >= RECORD_WORD_MAX || line_ends != last)
		return -EINVAL;
	memcpy(word, *text, len);
	word[len] = '\0';
	*text += (*text)[len] == '\0' ? len : len + 1;
	return 0;
}

int record_take_number(const char **text, bool last, int64_t max, int64_t *out)
{
	char word[RECORD_WORD_MAX];
	int ret = record_take_word(text, last, word);

	return ret == 0 && num_parse(word, 0, max, out) == 0 ? 0 : -EINVAL;
}

int record_take_rest(const char **text, char *out, size_t size)
{
	size_t len = strcspn(*text, "\n");

	if (len == 0 || len >= size)
		return -EINVAL;
	memcpy(out, *text, len);
	out[len] = '\0';
	*text += (*text)[len] == '\0' ? len : len + 1;
	return 0;
}

void record_put_numbers(struct record_writer *w, const struct record_number *table, size_t count,
			const void *base)
{
	for (size_t i = 0; i < count; i++) {
		int64_t value;

		memcpy(&value, (const char *)base + table[i].offset, sizeof(value));
		record_put(w, "%s %" PRId64 "\n", table[i].name, value);
	}
}

int record_take_named(const char *name, const char **text, const struct record_number *table,
		      size_t count, int64_t max, void *base)
{
	int64_t value;

	for (size_t i = 0; i < count; i++) {
		if (strcmp(name, table[i].name) != 0)
			continue;
		if (record_take_number(text, true, max, &value) != 0)
			return -EINVAL;
		memcpy((char *)base + table[i].offset, &value, sizeof(value));
		return 0;
	}
	return -EINVAL;
}
