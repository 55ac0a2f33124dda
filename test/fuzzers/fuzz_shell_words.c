/* A command line from fo.conf: its words are within its memory, and none is more than was there.
 * Quoted anew, they are the same words. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "shell_words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t check_bounds(const struct shell_words *words, size_t len)
{
	size_t count = 0, bytes = 0;

	for (; words->argv[count] != NULL; count++) {
		const char *word = words->argv[count];

		if (count >= SHELL_WORDS_MAX || word != words->text + bytes)
			abort();
		bytes += strlen(word) + 1;
		if (bytes > sizeof(words->text) || bytes - count - 1 > len)
			abort();
	}
	return count;
}

/* 'word', with each ' as '\''. */
static void quote(const struct shell_words *words, char *out)
{
	for (size_t i = 0; words->argv[i] != NULL; i++) {
		*out++ = '\'';
		for (const char *p = words->argv[i]; *p != '\0'; p++) {
			memcpy(out, "'\\''", 4);
			if (*p == '\'') {
				out += 4;
				continue;
			}
			*out++ = *p;
		}
		memcpy(out, "' ", 2);
		out += 2;
	}
	*out = '\0';
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char quoted[4 * sizeof(((struct shell_words *)NULL)->text) +
			   (size_t)4 * SHELL_WORDS_MAX];
	char *text = malloc(size + 1); /* no longer: ASan sees each byte too far */
	struct shell_words words, again;

	if (text == NULL)
		return -1;
	memcpy(text, data, size);
	text[size] = '\0';
	if (shell_words_split(text, &words) == NULL) {
		size_t count = check_bounds(&words, strlen(text));

		quote(&words, quoted);
		if (count == 0 || shell_words_split(quoted, &again) != NULL ||
		    check_bounds(&again, strlen(quoted)) != count)
			abort();
		for (size_t i = 0; i < count; i++) {
			if (strcmp(words.argv[i], again.argv[i]) != 0)
				abort();
		}
	}
	free(text);
	return 0;
}
