/* shell_words.h - a command line, split into words. Pure. */
#ifndef FO_SHELL_WORDS_H
#define FO_SHELL_WORDS_H

#include <stddef.h>

#include "compiler.h"

#define SHELL_WORDS_MAX 64 /* of a command line */

/* The words of a command line. */
struct shell_words {
	char text[1024];		 /* holds them */
	char *argv[SHELL_WORDS_MAX + 1]; /* point into `text`; NULL after the last one */
};

/* Splits `text` as sh(1) quotes (POSIX.1-2017, Shell Command Language, 2.2): blanks separate; '...'
 * is literal; in "..." a \ makes a " or \ literal; elsewhere any character. Nothing is expanded:
 * what only a shell could do is a fault. Returns NULL and `*out`, or what is wrong, a sentence's
 * end. */
const char *shell_words_split(const char *text, struct shell_words *out) FO_MUST_CHECK;

#endif
