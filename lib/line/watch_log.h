/* watch_log.h - how the line was by day, in STORE_LIB, written once an hour. Job: watch_days,
 * store, aside. */
#ifndef FO_WATCH_LOG_H
#define FO_WATCH_LOG_H

#include <stdint.h>

#include "aside.h"
#include "compiler.h"
#include "watch_days.h"

/* All zero: nothing was seen. It allocates nothing. */
struct watch_log {
	struct watch_day day; /* what was seen since it was last written */
	int64_t began_s;      /* since when, by the machine's clock */
	int64_t next_us;      /* when to write; 0: nothing was seen yet */
	int64_t window_us;    /* when the next window ends */
	struct aside writer;
};

/* Takes the quality over the last `window_us`, where a whole window has passed since it took one,
 * so that each echo counts once; NULL: none is known, but somebody watches. Once an hour another
 * process writes; it is not waited for. */
void watch_log_take(struct watch_log *log, const struct quality_sum *quality, int64_t window_us);

/* Writes what is left, and waits for that, but not for ever. */
void watch_log_end(struct watch_log *log);

/* Reads it. Returns 0 and `*out`, empty where nothing was ever written; or -errno, logged. */
int watch_log_read(struct watch_days *out) FO_MUST_CHECK;

#endif
