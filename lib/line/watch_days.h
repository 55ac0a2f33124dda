/* watch_days.h - loss and round trip by day, and when each boot was last seen, as text. Pure.
 *
 * A line `seen BOOT WALL_MS` for each boot, the newest first, and `day YYYYMMDD ECHOES LOST RTT_US
 * RTT_MAX_US` for each day. */
#ifndef FO_WATCH_DAYS_H
#define FO_WATCH_DAYS_H

#include <stddef.h>
#include <stdint.h>

#include "compiler.h"
#include "quality.h"

#define WATCH_DAYS_MAX	    400
#define WATCH_DAYS_BOOTS    32
#define WATCH_DAYS_BOOT_MAX 40
#define WATCH_DAYS_TEXT_MAX 40000

struct watch_day {
	int64_t day; /* local date, such as 20261127 */
	int64_t echoes, lost;
	int64_t rtt_us;	    /* mean of those answered; 0: none was */
	int64_t rtt_max_us; /* the longest mean of a window */
};

struct watch_seen {
	char boot[WATCH_DAYS_BOOT_MAX];
	int64_t wall_ms;
};

/* All zero: nothing is known. */
struct watch_days {
	size_t count, boots;
	struct watch_day days[WATCH_DAYS_MAX];	  /* the newest first */
	struct watch_seen seen[WATCH_DAYS_BOOTS]; /* the newest first */
};

/* Writes the text. Returns `buf`. */
const char *watch_days_format(char buf[static WATCH_DAYS_TEXT_MAX], const struct watch_days *days);

/* Reads it back. Returns 0 and `*out`, or -EINVAL for anything that it does not understand. */
int watch_days_parse(const char *text, struct watch_days *out) FO_MUST_CHECK;

/* Adds what was seen to its day; the oldest one is left out where there is no room. */
void watch_days_add(struct watch_days *days, const struct watch_day *more);

/* Notes that `boot` is alive at `wall_ms`. */
void watch_days_see(struct watch_days *days, const char *boot, int64_t wall_ms);

/* Adds a window of the line's quality to what was seen since it was last written. */
void watch_day_take(struct watch_day *day, const struct quality_sum *quality);

#endif
