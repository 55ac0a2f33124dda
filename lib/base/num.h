/* num.h - numbers with units, from text and back. Pure.
 *
 * strtol(3) and its kin accept leading blanks, signs, octal and trailing rubbish; what a person
 * mistyped in a configuration file must not become a number. */
#ifndef FO_NUM_H
#define FO_NUM_H

#include <stddef.h>
#include <stdint.h>

#include "compiler.h"

/* Room for every text that is written here. */
#define NUM_TEXT_MAX 24

/* Parses the whole of `text` as a decimal whole number, an optional `-` in front.
 * Returns 0 and `*out`; -EINVAL when it is not a number; -ERANGE when outside `min`..`max`. */
int num_parse(const char *text, int64_t min, int64_t max, int64_t *out) FO_MUST_CHECK;

/* Parses a time such as `250ms`, `3s`, `10m`, `1h`, or a bare `0`, into milliseconds.
 * `min` and `max` are in milliseconds. Returns as num_parse does. */
int num_parse_ms(const char *text, int64_t min, int64_t max, int64_t *out) FO_MUST_CHECK;

/* Parses a share such as `40%`, or a bare `0`, into per cent. Returns as num_parse does. */
int num_parse_pct(const char *text, int64_t min, int64_t max, int64_t *out) FO_MUST_CHECK;

/* Parses a size such as `500M`, `1G`, or a number of bytes, into bytes: K, M, G and T are powers of
 * 1024, as on SORACOM's bill. Returns as num_parse does. */
int num_parse_size(const char *text, int64_t min, int64_t max, int64_t *out) FO_MUST_CHECK;

/* Writes `ms` milliseconds (0 or more) in the largest unit that divides it, as num_parse_ms
 * reads it. Returns `buf`, of NUM_TEXT_MAX bytes. */
const char *num_format_ms(char buf[static NUM_TEXT_MAX], int64_t ms);

/* The same for `size` bytes (0 or more), as num_parse_size reads it. */
const char *num_format_size(char buf[static NUM_TEXT_MAX], int64_t size);

/* Writes `bytes` (0 or more) for a person, in three digits at most that count, as `1.02 GB`; what
 * is cut off is less than one of the last digit. Returns `buf`. */
const char *num_format_bytes(char buf[static NUM_TEXT_MAX], int64_t bytes);

/* Writes the day of `seconds` since 1970 in UTC, such as `2026-11-26`. Returns `buf`. */
const char *num_format_date(char buf[static NUM_TEXT_MAX], int64_t seconds);

#endif
