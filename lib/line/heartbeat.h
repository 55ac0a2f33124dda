/* heartbeat.h - what the watcher leaves for others, and for its successor, as text. Pure.
 *
 * One line `interface NAME`, one `WORD VALUE` for each of the others, one for each target. Times
 * are microseconds of the monotonic clock, so that a file of another boot is recognised. */
#ifndef FO_HEARTBEAT_H
#define FO_HEARTBEAT_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addr.h"
#include "compiler.h"
#include "verdict.h"

#define HEARTBEAT_TEXT_MAX 2048

/* The largest number in it: a hundred years, so that sums of them are numbers, too. */
#define HEARTBEAT_NUMBER_MAX INT64_C(3155760000000000)

/* The watcher's period, and the age at which it counts as dead or stuck. */
#define HEARTBEAT_EVERY_US 500000
#define HEARTBEAT_FRESH_US 2000000

/* What a watcher has written longer ago than this is no use to its successor. */
#define HEARTBEAT_RESUME_US 600000000

struct heartbeat {
	char iface[IFNAMSIZ];
	int64_t written_us;
	int64_t beat_us; /* the same; 0: the watcher has ended, or cannot judge */
	struct verdict_state state;
	int64_t drill_us; /* since when keepalived is told that the line is down, for a drill; 0:
			   * it is told the verdict */
	size_t count;	  /* of targets */
	struct heartbeat_target {
		struct addr addr;
		struct quality_sum quality;
	} targets[QUALITY_HOSTS_MAX];
};

/* Writes the text, which ends with a newline. Returns `buf`. */
const char *heartbeat_format(char buf[static HEARTBEAT_TEXT_MAX], const struct heartbeat *beat);

/* Reads it back, in any order; what is missing is 0. Returns 0 and `*out`, no number above
 * HEARTBEAT_NUMBER_MAX; -EINVAL for anything that it does not understand. */
int heartbeat_parse(const char *text, struct heartbeat *out) FO_MUST_CHECK;

/* Whether the watcher of `iface` is alive at `now_us`, and able to judge. */
bool heartbeat_is_fresh(const struct heartbeat *beat, const char *iface, int64_t now_us);

/* Whether the watcher of `iface` is alive, but cannot send, and so cannot judge. */
bool heartbeat_is_mute(const struct heartbeat *beat, const char *iface, int64_t now_us);

/* Whether it also knows that the line is up, or down. */
bool heartbeat_has_verdict(const struct heartbeat *beat, const char *iface, int64_t now_us);

/* Where the watcher of `iface` that begins at `now_us` goes on, after the one that has left this.
 * Returns true and `*out`, in which no round is counted yet; false when this is of another
 * interface, of another boot, or of long ago, or when nothing was known. */
bool heartbeat_resume(const struct heartbeat *beat, const char *iface, int64_t now_us,
		      struct verdict_state *out);

/* The mean round trip of its slowest target; 0: not known. */
int64_t heartbeat_rtt_us(const struct heartbeat *beat);

#endif
