#include "shell_words.h"

#include <stdbool.h>
#include <string.h>

/* What a shell would take for something else than itself. */
#define SHELL_ONLY "|&;<>()$`*?[#~!{"

/* A command line while it is read. */
struct reader {
	const char *text; /* what is left */
	struct shell_words *out;
	size_t count, len;
	bool in_word;
};

static bool put(struct reader *r, char c)
{
	if (r->len >= sizeof(r->out->text))
		return false;
	r->out->text[r->len++] = c;
	return true;
}

/* Words end with NUL where the next one begins. */
static bool begin_word(struct reader *r)
{
	if (r->in_word)
		return true;
	if (r->count == SHELL_WORDS_MAX)
		return false;
	r->out->argv[r->count++] = r->out->text + r->len;
	r->in_word = true;
	return true;
}

static bool end_word(struct reader *r)
{
	bool ended = !r->in_word || put(r, '\0');

	r->in_word = false;
	return ended;
}

/* After the opening quotation mark, up to and with the closing one. */
static const char *take_quoted(struct reader *r, char quote)
{
	for (; *r->text != '\0'; r->text++) {
		if (*r->text == quote) {
			r->text++;
			return NULL;
		}
		if (quote == '"' && (*r->text == '$' || *r->text == '`'))
			return "has a character within \"...\" that needs a shell";
		if (quote == '"' && *r->text == '\\' && strchr("\"\\$`", r->text[1]) != NULL &&
		    r->text[1] != '\0')
			r->text++;
		if (!put(r, *r->text))
			return "is too long";
	}
	return "has a quotation mark that is not closed";
}

/* One character, or one pair of quotation marks, of a word. */
static const char *take(struct reader *r)
{
	char c = *r->text++;

	if (c == '\'' || c == '"')
		return take_quoted(r, c);
	if (strchr(SHELL_ONLY, c) != NULL)
		return "has a character that needs a shell: quote it, or write sh -c '...'";
	if (c == '\\') {
		if (*r->text == '\0')
			return "ends with \\";
		c = *r->text++;
	}
	return put(r, c) ? NULL : "is too long";
}

const char *shell_words_split(const char *text, struct shell_words *out)
{
	struct reader r = { .text = text, .out = out };
	const char *fault = NULL;

	while (fault == NULL && *r.text != '\0') {
		if (strchr(" \t\r\n", *r.text) != NULL) {
			r.text++;
			fault = end_word(&r) ? NULL : "is too long";
		} else {
			fault = begin_word(&r) ? take(&r) : "has too many words";
		}
	}
	if (fault == NULL && !end_word(&r))
		fault = "is too long";
	if (fault == NULL && r.count == 0)
		fault = "names no command";
	out->argv[r.count] = NULL;
	return fault;
}
