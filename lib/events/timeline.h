/* timeline.h - how the lines were, from events. Pure.
 *
 * Events may be missing, a boot may end without one, and a clock may have been wrong. What nobody
 * has seen is unknown: neither up nor down. */
#ifndef FO_TIMELINE_H
#define FO_TIMELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event.h"

/* What is told of. */
enum timeline_topic {
	TIMELINE_LINE,	 /* the line that fo-watch judges: EVENT_LINE, EVENT_WATCH */
	TIMELINE_LTE,	 /* the one that fo-keepalive keeps: EVENT_LTE */
	TIMELINE_MASTER, /* up: this router was master: EVENT_STATE */
	TIMELINE_TOPICS
};

enum timeline_state { TIMELINE_UNKNOWN, TIMELINE_UP, TIMELINE_DOWN };

#define TIMELINE_REASON_MAX 96

/* A time of one state, in milliseconds since 1970. */
struct timeline_span {
	int64_t begin_ms, end_ms;
	enum timeline_state state; /* not TIMELINE_UNKNOWN: those are what lies between */
	bool ended; /* by an event; otherwise nobody looked any longer, or it lasts */
	char reason[TIMELINE_REASON_MAX];
};

#define TIMELINE_SPANS_MAX 4096

struct timeline_track {
	size_t count;
	bool more;					/* than fit: their time is unknown */
	struct timeline_span spans[TIMELINE_SPANS_MAX]; /* by time, none over another one, but
							 * where clocks were wrong */
	/* What is now. */
	enum timeline_state state, before; /* before: the last that was known in this boot */
	int64_t since_ms;
	char reason[TIMELINE_REASON_MAX];
};

/* A sign of life, without which a boot is known until its last event only. */
struct timeline_sign {
	char boot[EVENT_BOOT_MAX];
	int64_t wall_ms;
};

#define TIMELINE_SIGNS_MAX 32

struct timeline {
	int64_t from_ms, to_ms; /* what does not touch this is left out */
	struct timeline_sign signs[TIMELINE_SIGNS_MAX];
	size_t sign_count;
	char boot[EVENT_BOOT_MAX]; /* of the last event */
	int64_t last_ms;	   /* its last sign of life; 0: it has no date */
	int64_t newest_ms;	   /* the latest of all boots before it */
	int64_t undated; /* events while the clock was not set, in boots in which it never was */
	struct timeline_track tracks[TIMELINE_TOPICS];
};

/* Begins one of `from_ms`..`to_ms`; the `count` signs are copied. */
void timeline_begin(struct timeline *timeline, int64_t from_ms, int64_t to_ms,
		    const struct timeline_sign *signs, size_t count);

/* Takes the next event, in the order of the history. */
void timeline_take(struct timeline *timeline, const struct event *event);

/* What is known at the end. */
struct timeline_now {
	const char *boot;
	int64_t wall_ms;
	int64_t watched_ms; /* when fo-watch was last seen running; 0: not in this boot */
};

void timeline_end(struct timeline *timeline, const struct timeline_now *now);

struct timeline_sum {
	int64_t up_ms, down_ms;
	size_t downs; /* times of being down, also those that began before */
};

/* What is known of `from_ms`..`to_ms`. */
struct timeline_sum timeline_sum_of(const struct timeline_track *track, int64_t from_ms,
				    int64_t to_ms);

/* Availability: thousandths of a per cent of the time that is known, rounded down; -1 where nothing
 * is. */
int64_t timeline_sum_up(const struct timeline_sum *sum);

#endif
