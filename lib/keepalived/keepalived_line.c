#include "keepalived_line.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* keepalived's own blanks: of WHITE_SPACE in its parser. */
#define BLANKS " \t\f\n\r\v"

static void trim_end(char *text)
{
	size_t len = strlen(text);

	while (len > 0 && strchr(BLANKS, text[len - 1]) != NULL)
		text[--len] = '\0';
}

bool keepalived_line_clean(char *line)
{
	bool quoted = false;
	char *to = line;

	for (const char *from = line + strspn(line, BLANKS); *from != '\0'; from++) {
		if (!quoted && (*from == '#' || *from == '!'))
			break;
		if (*from == '"')
			quoted = !quoted;
		if (*from == '\\' && from[1] != '\0') {
			if (quoted || (from[1] != '#' && from[1] != '!'))
				*to++ = *from;
			from++;
		}
		*to++ = *from;
	}
	*to = '\0';
	trim_end(line);
	return !quoted;
}

/* How far it is to the first brace outside of double quotes, or to the end. */
static size_t brace_span(const char *text)
{
	size_t len = strcspn(text, "{}\"");

	while (text[len] == '"') {
		const char *end = strchr(text + len + 1, '"');

		if (end == NULL)
			return strlen(text);
		len = (size_t)(end - text) + 1;
		len += strcspn(text + len, "{}\"");
	}
	return len;
}

bool keepalived_line_cut(const char **line, char piece[static KEEPALIVED_LINE_MAX])
{
	size_t len;

	*line += strspn(*line, BLANKS);
	if (**line == '\0')
		return false;
	len = brace_span(*line);
	if (len == 0)
		len = 1;
	snprintf(piece, KEEPALIVED_LINE_MAX, "%.*s", (int)len, *line);
	trim_end(piece);
	*line += len;
	return true;
}

size_t keepalived_line_split(const char *piece, char *out, size_t size)
{
	size_t count = 0, used = 0;

	for (piece += strspn(piece, BLANKS); *piece != '\0'; piece += strspn(piece, BLANKS)) {
		bool quoted = *piece == '"';
		size_t len;

		if (quoted)
			piece++;
		len = strcspn(piece, quoted ? "\"" : BLANKS "\"");
		if (used + len + 1 > size)
			break;
		memcpy(out + used, piece, len);
		out[used + len] = '\0';
		used += len + 1;
		count++;
		piece += len;
		if (quoted && *piece == '"')
			piece++;
	}
	return count;
}

static size_t name_span(const char *text)
{
	size_t len = 0;

	if (!isalpha((unsigned char)*text) && *text != '_')
		return 0;
	while (isalnum((unsigned char)text[len]) || text[len] == '_')
		len++;
	return len;
}

/* Its place in the list; the number of them when it is not there. */
static size_t find_def(const struct keepalived_defs *defs, const char *name, size_t len)
{
	for (size_t i = 0; i < defs->count; i++) {
		const struct keepalived_def *def = &defs->items[i];

		if (strlen(def->name) == len && memcmp(def->name, name, len) == 0)
			return i;
	}
	return defs->count;
}

/* Adds a line to the text of the open definition; a backslash at its end leaves it open. */
static void add_text(struct keepalived_defs *defs, const char *text)
{
	struct keepalived_def *def = defs->open;
	size_t used = strlen(def->text), len = strlen(text);
	bool goes_on = len > 0 && text[len - 1] == '\\';

	if (goes_on)
		len--;
	if (used + len + 2 > sizeof(def->text)) {
		defs->more = true;
	} else {
		snprintf(def->text + used, sizeof(def->text) - used, "%s%.*s", used > 0 ? "\n" : "",
			 (int)len, text);
		trim_end(def->text);
	}
	if (!goes_on)
		defs->open = NULL;
}

void keepalived_defs_set(struct keepalived_defs *defs, const char *name, const char *text)
{
	size_t i = find_def(defs, name, strlen(name));

	if (i == KEEPALIVED_DEFS_MAX) {
		defs->more = true;
		return;
	}
	defs->count += i == defs->count ? 1 : 0;
	snprintf(defs->items[i].name, sizeof(defs->items[i].name), "%s", name);
	snprintf(defs->items[i].text, sizeof(defs->items[i].text), "%s", text);
}

bool keepalived_defs_take(struct keepalived_defs *defs, const char *line)
{
	size_t len = line[0] == '$' ? name_span(line + 1) : 0;
	const char *equals = line + 1 + len;
	size_t i;

	if (defs->open != NULL) {
		add_text(defs, line);
		return true;
	}
	if (len == 0)
		return false;
	if (*equals != '=')
		return false;
	i = find_def(defs, line + 1, len);
	if (i == KEEPALIVED_DEFS_MAX || len >= sizeof(defs->items[0].name)) {
		defs->more = true;
		return true;
	}
	defs->count += i == defs->count ? 1 : 0;
	defs->open = &defs->items[i];
	memset(defs->open, 0, sizeof(*defs->open));
	memcpy(defs->open->name, line + 1, len);
	equals++;
	add_text(defs, equals + strspn(equals, " \t"));
	return true;
}

/* Replaces what begins at `line[at]` with a `$`. Returns 1 when that was done, 0 when nothing is
 * defined there, -1 when it does not fit. */
static int replace(const struct keepalived_defs *defs, char *line, size_t at)
{
	bool braced = line[at + 1] == '{';
	const char *name = line + at + (braced ? 2 : 1);
	size_t len = name_span(name), old = len + (braced ? 3 : 1), new, rest;
	size_t i = find_def(defs, name, len);

	if (i == defs->count || (braced && name[len] != '}'))
		return 0;
	new = strlen(defs->items[i].text);
	rest = strlen(line + at + old) + 1;
	if (at + new + rest > KEEPALIVED_LINE_MAX)
		return -1;
	memmove(line + at + new, line + at + old, rest);
	memcpy(line + at, defs->items[i].text, new);
	return 1;
}

/* A definition may name itself: there is an end to it. */
#define REPLACEMENTS_MAX 64

bool keepalived_defs_expand(const struct keepalived_defs *defs, char *line)
{
	unsigned done = 0;
	size_t at = 0;

	while (line[at] != '\0') {
		int ret = line[at] == '$' ? replace(defs, line, at) : 0;

		if (ret < 0 || done > REPLACEMENTS_MAX)
			return false;
		done += (unsigned)ret;
		at += ret == 0 ? 1 : 0;
	}
	return true;
}
