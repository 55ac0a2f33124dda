/* event.h - something that happened to this router, and the line that keeps it. Pure.
 *
 *     CHECKSUM LENGTH ID WALL_MS BOOT BOOT_MS LASTED_MS PROGRAM KIND VALUE TEXT
 *
 * A line that a loss of power has cut, or filled with zeros, is none: its length (of what follows
 * the blank behind it) or its checksum (RFC 1071, of the same) is wrong. */
#ifndef FO_EVENT_H
#define FO_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "compiler.h"

#define EVENT_BOOT_MAX	  40
#define EVENT_PROGRAM_MAX 24
#define EVENT_VALUE_MAX	  32
#define EVENT_TEXT_MAX	  400
#define EVENT_LINE_MAX	  768 /* with its newline and NUL */

/* What kinds there are, and what `value` says. The words are part of the interface (fo-status(8),
 * EVENTS). */
enum event_kind {
	EVENT_STATE,	    /* master, backup, fault, stop: this router's VRRP state */
	EVENT_LINE,	    /* up, down: the line that [check] is about */
	EVENT_LTE,	    /* up, down: the line that [keepalive] is about */
	EVENT_CLASS,	    /* the speed class that the SIM has now */
	EVENT_CLASS_WANTED, /* the speed class that is due against the VRRP state */
	EVENT_CLASS_FAILED, /* the speed class that could not be set */
	EVENT_REDIAL,	    /* begin, failed */
	EVENT_SPLIT,	    /* begin, end: another machine answers for the VRRP address, too */
	EVENT_DRIFT,	    /* mended, failed: another program has changed what is ours */
	EVENT_CONFIG,	    /* read, faulty */
	EVENT_USAGE,	    /* exceeded: `warn-bytes` */
	EVENT_DRILL,	    /* begin, end, failed, refused */
	EVENT_TRIAL,	    /* passed, failed: the metered line, tried from end to end */
	EVENT_HOLD,	    /* cut: a person has ended the wait before a failback */
	EVENT_WATCH,	    /* begin, resume, end: whether fo-watch judges the line. After `resume`
			     * the last verdict counts, `lasted_ms` is how long nobody judged */
	EVENT_ALERT,	    /* failed, dropped, test: a person could not be told */
	EVENT_KINDS
};

struct event {
	int64_t id;		   /* 1, 2, ...; without a gap but for what is lost */
	int64_t wall_ms;	   /* since 1970, by the clock of then, which may have been wrong */
	int64_t boot_ms;	   /* CLOCK_BOOTTIME */
	int64_t lasted_ms;	   /* of what this has ended; 0: not known */
	char boot[EVENT_BOOT_MAX]; /* which boot that was; empty: not known */
	char program[EVENT_PROGRAM_MAX];
	enum event_kind kind;
	char value[EVENT_VALUE_MAX]; /* one word */
	char text[EVENT_TEXT_MAX];   /* in words, one line */
};

/* The word of a kind. */
const char *event_kind_name(enum event_kind kind);

/* The words that `value` may be, with a blank between them; NULL: the name of a speed class. */
const char *event_kind_values(enum event_kind kind);

/* Whether the value is a state that lasts until the next event of the kind. */
bool event_kind_lasts(enum event_kind kind);

/* Returns the kind of a word, or EVENT_KINDS where it is none. */
enum event_kind event_kind_of(const char *name);

/* Writes the line with its newline. What cannot stand in it becomes `?`. Returns its length. */
size_t event_format(char line[static EVENT_LINE_MAX], const struct event *event);

/* Reads the line of `len` bytes, without its newline. Returns 0 and `*out`, or -EINVAL where it is
 * not whole. */
int event_parse(const char *line, size_t len, struct event *out) FO_MUST_CHECK;

#endif
