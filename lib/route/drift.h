/* drift.h - how often what somebody else has changed is put right again. Pure.
 *
 * The first corrections follow at once. Who goes on changing it gets them ever more slowly: two
 * programs that correct each other would otherwise never rest. */
#ifndef FO_DRIFT_H
#define FO_DRIFT_H

#include <stdbool.h>
#include <stdint.h>

/* So many corrections are made at once; one more may be after each of these times. */
#define DRIFT_BURST	30
#define DRIFT_REFILL_US 1000000

/* After them, the time from one to the next, which doubles; and the time of quiet after which all
 * is as at first. */
#define DRIFT_FIRST_US 1000000
#define DRIFT_LAST_US  60000000

/* The history gets the first correction, and then one event for all of so long a time: a war
 * between two programs must not fill it. */
#define DRIFT_TELL_US INT64_C(3600000000)

/* All zero: nothing has been corrected. Times are of clock_mono_us. */
struct drift {
	int64_t used;	   /* of the burst */
	int64_t refill_us; /* when the last of them was given back */
	int64_t pause_us;  /* 0: corrections follow at once */
	int64_t free_us;   /* no correction before this */
	int64_t told_us;   /* when the last event was; 0: none was */
	int64_t untold;	   /* corrections since then */
};

/* When the next correction may be made, at `now_us` or later. */
int64_t drift_due(const struct drift *drift, int64_t now_us);

/* Notes a correction. Returns whether it is the one with which patience ends. */
bool drift_note(struct drift *drift, int64_t now_us);

/* Whether a correction at `now_us` is an event: how many before it were none, or -1 where it is
 * none either. */
int64_t drift_tell(struct drift *drift, int64_t now_us);

#endif
