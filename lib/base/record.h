/* record.h - lines of a name and its words, as our state files have them. Pure. */
#ifndef FO_RECORD_H
#define FO_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "compiler.h"

#define RECORD_WORD_MAX 64 /* a word, with its end */

/* Text that grows. What does not fit is cut. */
struct record_writer {
	char *buf;
	size_t size, used;
};

void record_put(struct record_writer *w, const char *fmt, ...) FO_PRINTF(2, 3);

/* Takes the next word of a line, which must end with a blank, or with the line when it is the
 * `last`; `*text` is then behind it. The last line of all need not end with a newline. Returns 0,
 * or -EINVAL when there is none, or a longer one. */
int record_take_word(const char **text, bool last, char word[static RECORD_WORD_MAX]) FO_MUST_CHECK;

/* The same for a whole number, 0..max. */
int record_take_number(const char **text, bool last, int64_t max, int64_t *out) FO_MUST_CHECK;

/* Takes the rest of a line, which may have blanks, into `out` of `size` bytes; it must not be
 * empty. Returns 0, or -EINVAL where it is, or does not fit. */
int record_take_rest(const char **text, char *out, size_t size) FO_MUST_CHECK;

/* A number that is a line of its own, and an int64_t of a struct. */
struct record_number {
	const char *name;
	size_t offset;
};

/* Writes all the `count` numbers of `table` in `base`. */
void record_put_numbers(struct record_writer *w, const struct record_number *table, size_t count,
			const void *base);

/* Takes the rest of the line `name`, where that is one of the table, into `base`. Returns 0 or
 * -EINVAL. */
int record_take_named(const char *name, const char **text, const struct record_number *table,
		      size_t count, int64_t max, void *base) FO_MUST_CHECK;

#endif
