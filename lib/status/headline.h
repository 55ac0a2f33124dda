/* headline.h - how things stand, in one sentence or two, with local times. Job: concern, clock. */
#ifndef FO_HEADLINE_H
#define FO_HEADLINE_H

#include "concern.h"
#include "situation.h"

#define HEADLINE_MAX 512

/* Writes it: `All well: ...`, `On LTE since 14:02 (37 min): ...`, `No Internet for the LAN: ...`.
 * Returns `buf`. */
const char *headline_write(char buf[static HEADLINE_MAX], const struct situation *s,
			   const struct concerns *concerns);

/* A moment as a person says it: `14:02`, or with the date where that is not today. Returns `buf`.
 */
#define HEADLINE_TIME_MAX 32
const char *headline_time(char buf[static HEADLINE_TIME_MAX], int64_t wall_s, int64_t now_s);

/* A duration: `40 s`, `37 min`, `5 h`, `12 days`. Returns `buf`. */
const char *headline_duration(char buf[static HEADLINE_TIME_MAX], int64_t seconds);

#endif
