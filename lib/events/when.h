/* when.h - times as a person writes them: local, or so long ago. Edge: the time zone. */
#ifndef FO_WHEN_H
#define FO_WHEN_H

#include <stddef.h>
#include <stdint.h>

#include "compiler.h"

/* Reads `2h`, `3d`, `90m`, `30s` (so long before `now_s`), a date `2026-11-27`, or a date and a
 * time `2026-11-27 14:00`, `2026-11-27T14:00:30`. Returns 0 and `*out`, seconds since 1970, or
 * -EINVAL.
 */
int when_parse(const char *text, int64_t now_s, int64_t *out) FO_MUST_CHECK;

#define WHEN_DAYS_MAX 31

/* A month of local time. */
struct when_month {
	int year, month; /* 1..12 */
	size_t count;	 /* of days */
	/* When each day begins, in seconds since 1970, and behind the last one when that ends: a
	 * day may have 23 or 25 hours. */
	int64_t days[WHEN_DAYS_MAX + 1];
};

/* Reads `2026-11`; NULL: the month of `now_s`. Returns 0 and `*out`, or -EINVAL. */
int when_parse_month(const char *text, int64_t now_s, struct when_month *out) FO_MUST_CHECK;

#define WHEN_TEXT_MAX 32

/* How long something lasted, for a person: `250 ms`, `12.3 s`, `37 min`, `5 h 02 min`, `3 d 4 h`.
 * Returns `buf`. */
const char *when_format_lasted(char buf[static WHEN_TEXT_MAX], int64_t ms);

#endif
