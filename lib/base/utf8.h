/* utf8.h - text of others, made safe for a log, a terminal and JSON. Pure. */
#ifndef FO_UTF8_H
#define FO_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UTF8_INVALID UINT32_MAX

/* Decodes the character at `text` (RFC 3629: no overlong form, no surrogate, up to U+10FFFF).
 * Returns its length and `*code`; 1 and UTF8_INVALID for a byte that begins none; 0 at the end. */
size_t utf8_next(const char *text, uint32_t *code);

/* Whether a character moves no cursor, breaks no line and turns no text around: neither a control
 * character (C0, C1, DEL), nor a line or paragraph separator, nor one of the marks, embeddings,
 * overrides and isolates of bidirectional text (UAX 9). UTF8_INVALID is not printable. */
bool utf8_is_printable(uint32_t code);

/* Replaces each other character, and each byte that is not UTF-8, by a `?`. */
void utf8_make_printable(char *text);

#endif
