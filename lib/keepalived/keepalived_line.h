/* keepalived_line.h - a line of keepalived.conf: comments, quotes, braces, definitions. Pure. */
#ifndef FO_KEEPALIVED_LINE_H
#define FO_KEEPALIVED_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "compiler.h"

/* What keepalived takes of a line, its buffer. */
#define KEEPALIVED_LINE_MAX 1024

/* Takes off what a `!` or `#` outside of double quotes begins, and blanks at both ends; `\#`
 * becomes
 * `#`. Returns whether all quotes are closed. */
bool keepalived_line_clean(char *line) FO_MUST_CHECK;

/* Cuts the next piece off `*line`, which goes on behind it: a single brace, or what stands before
 * one that is not in double quotes, without blanks at both ends. Returns false when none is left.
 */
bool keepalived_line_cut(const char **line, char piece[static KEEPALIVED_LINE_MAX]);

/* Splits a piece into words, each ended with NUL in `out`: blanks separate, and double quotes hold
 * together and are not part of the word. What does not fit is left out. Returns the number of
 * words. */
size_t keepalived_line_split(const char *piece, char *out, size_t size);

/* The definitions `$NAME=TEXT`, without a blank before the sign, of which a text ended with a
 * backslash goes on in the next line.
 */
#define KEEPALIVED_DEFS_MAX 36

struct keepalived_def {
	char name[32];
	char text[512]; /* with newlines where it has several lines */
};

struct keepalived_defs {
	struct keepalived_def items[KEEPALIVED_DEFS_MAX];
	size_t count;
	struct keepalived_def *open; /* the one that goes on in the next line */
	bool more;		     /* than fit */
};

/* Defines a name that keepalived has by itself, such as _PWD. */
void keepalived_defs_set(struct keepalived_defs *defs, const char *name, const char *text);

/* Returns whether a line is one of a definition. It is noted. */
bool keepalived_defs_take(struct keepalived_defs *defs, const char *line);

/* Replaces each $NAME and ${NAME} that is defined in `line`, of KEEPALIVED_LINE_MAX bytes, also
 * within what replaces it. Returns whether it fitted. */
bool keepalived_defs_expand(const struct keepalived_defs *defs, char *line) FO_MUST_CHECK;

#endif
