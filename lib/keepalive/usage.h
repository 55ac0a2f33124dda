/* usage.h - the bytes over the metered line, by month and by VRRP state. Pure.
 *
 * The kernel counts them by interface, from zero with each redial and each boot. An account is what
 * they come to, and the reading that it goes up to: one record, so that nothing counts twice,
 * whoever reads next. Times are milliseconds of CLOCK_BOOTTIME, which mean something in one boot
 * only; no interface gets the index of another one in the same boot. */
#ifndef FO_USAGE_H
#define FO_USAGE_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "compiler.h"

#define USAGE_TEXT_MAX 4096
#define USAGE_BOOT_MAX 40

/* This month and twelve before it. */
#define USAGE_MONTHS 13

/* The largest number in an account. */
#define USAGE_NUMBER_MAX (INT64_MAX >> 1)

struct usage_bytes {
	int64_t master_rx, master_tx;
	int64_t backup_rx, backup_tx; /* in every state but master */
};

struct usage_month {
	int64_t month; /* such as 202611; 0: none */
	struct usage_bytes bytes;
};

/* All zero: there is none yet. */
struct usage {
	char boot[USAGE_BOOT_MAX]; /* of the last reading, as what follows */
	char iface[IFNAMSIZ];
	int64_t index;	/* of the interface that was there last; 0: none in this boot */
	int64_t rx, tx; /* its counters */
	/* The one before it in this boot, whose last counters may still come; 0: none. */
	int64_t before, before_rx, before_tx;
	int64_t master;	      /* 1: the router is master since then */
	int64_t behind_ms;    /* since when the clock is in a month that is over; 0: it is not */
	int64_t kept_ms;      /* when it was last to be written to the disk; 0: not in this boot */
	int64_t warned;	      /* the month of the last warning; 0: none */
	int64_t warned_bytes; /* its limit */
	struct usage_bytes pending;		 /* of a month that is not known yet */
	struct usage_month months[USAGE_MONTHS]; /* the newest first */
};

/* A reading. */
struct usage_facts {
	char boot[USAGE_BOOT_MAX]; /* which boot this is; empty: not known, and the reading no use
				    */
	char iface[IFNAMSIZ];
	int64_t index;	/* 0: there is no such interface */
	int64_t rx, tx; /* bytes since it was made; perhaps modulo 2^32 */
	int64_t now_ms;
	int64_t month; /* by the clock, which may be wrong */
	bool master;
	bool gone; /* the interface is no more, and these were its last counters */
	bool last; /* whoever reads will end, and the machine perhaps, too */
};

/* What a reading has changed. */
enum usage_news {
	USAGE_SAME,
	USAGE_NEWS, /* something */
	USAGE_KEEP  /* and a loss of power must not lose it: an hour has passed, or something has
		     * ended; once a minute at most, but for the last one */
};

/* Writes the account as text, which ends with a newline. Returns `buf`. */
const char *usage_format(char buf[static USAGE_TEXT_MAX], const struct usage *usage);

/* Reads it back; what is missing is 0. Returns 0 and `*out`, or -EINVAL for anything that it does
 * not understand. */
int usage_parse(const char *text, struct usage *out) FO_MUST_CHECK;

/* Brings the account up to a reading. What has passed since the last one is of the state that was
 * then, after a boot of no master. The first reading of all, or of an interface of another name,
 * counts nothing: nobody knows when that has passed. The last counters of an interface may come
 * after the first ones of the next one. A counter that falls has begun again, but where it may have
 * wrapped at 32 bits. While the clock is not set, or in a month that is over, bytes are pending;
 * after an hour in such a month it was the later one that was wrong. */
enum usage_news usage_read(struct usage *usage, const struct usage_facts *facts);

/* Whether the bytes of `month`, the present one, have passed `limit` (0: none) and that was not
 * told yet: once a month, and again for a higher limit. Notes that it is told now. */
bool usage_warns(struct usage *usage, int64_t month, int64_t limit);

/* The bytes of a month, all zero where it has none. */
struct usage_bytes usage_of(const struct usage *usage, int64_t month);

int64_t usage_total(const struct usage_bytes *bytes);

/* The month before one. */
int64_t usage_month_before(int64_t month);

#endif
