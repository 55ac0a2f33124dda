/* quality.h - loss and mean round trip over a moving window of time. Pure. */
#ifndef FO_QUALITY_H
#define FO_QUALITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The window moves in steps of a thirtieth of its length. */
#define QUALITY_SLOTS 30

/* As many hosts as `targets` in fo.conf(5) may have. */
#define QUALITY_HOSTS_MAX 16

/* What became of one host's echoes. */
struct quality {
	int64_t slot_us;  /* length of a slot; 0: nothing is kept */
	int64_t since_us; /* of the first echo that counts */
	int64_t newest;	  /* number of the newest slot */
	struct quality_slot {
		uint32_t answered, lost;
		int64_t rtt_us; /* sum over those answered */
	} slots[QUALITY_SLOTS];
};

/* The sum of the window. */
struct quality_sum {
	uint32_t answered, lost;
	int64_t rtt_us; /* mean; 0 when none was answered */
	bool full;	/* the whole window was watched */
	uint32_t late;	/* apart from those: may still be answered. Filled in by the caller */
};

/* Forgets everything; from `now_us` on (clock_mono_us) the last `window_us` count. */
void quality_start(struct quality *quality, int64_t window_us, int64_t now_us);

/* Counts an echo, whose fate is known at `now_us`. */
void quality_take_answer(struct quality *quality, int64_t rtt_us, int64_t now_us);
void quality_take_loss(struct quality *quality, int64_t now_us);

/* The sum over the window that ends at `now_us`. */
struct quality_sum quality_sum(struct quality *quality, int64_t now_us);

/* Loss in thousandths of the echoes of `sum`; 0 when there was none. */
unsigned quality_loss_permille(const struct quality_sum *sum);

#define QUALITY_TEXT_MAX 96

/* Writes `43.0% of 150 echoes lost, round trip 12.345 ms`. Returns `buf`. */
const char *quality_format(char buf[static QUALITY_TEXT_MAX], const struct quality_sum *sum);

/* The line's own quality, from what each of `count` hosts (up to QUALITY_HOSTS_MAX) sees of it:
 * that of the host which is the `need`-th best in loss (and apart from that, in round trip). A host
 * that is dead itself does not count against the line. Hosts that were never asked are left out;
 * with fewer than `need` others everything is 0. */
struct quality_sum quality_of_line(const struct quality_sum *hosts, size_t count, unsigned need);

#endif
