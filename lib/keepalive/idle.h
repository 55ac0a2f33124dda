/* idle.h - a metered line that idles: when it needs an echo, when it counts as dead, what that
 * costs. Pure.
 *
 * A carrier cuts a session after some time without traffic. Whether there was any is seen in the
 * interface's counters, from one run to the next. Times are milliseconds of CLOCK_BOOTTIME, and
 * mean something in one boot only; counters belong to one interface, whose index no other one gets
 * in the same boot. */
#ifndef FO_IDLE_H
#define FO_IDLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "compiler.h"

#define IDLE_TEXT_MAX 1024
#define IDLE_BOOT_MAX 40

/* The largest number in a memory, so that sums of them are numbers, too. */
#define IDLE_NUMBER_MAX (INT64_MAX >> 1)

/* How often a run comes, where that is not known yet: the timer and the crontab that are shipped.
 */
#define IDLE_EVERY_MS 1200000

enum idle_verdict {
	IDLE_UNKNOWN,
	IDLE_ALIVE,	   /* something came in */
	IDLE_SENT,	   /* nothing did, and need not */
	IDLE_SILENT,	   /* nothing did, and should have; or nothing could leave */
	IDLE_NO_INTERFACE, /* there is none, or it is down */
	IDLE_NO_ADDRESS	   /* it has none of the target's family: it is still being dialled */
};

/* `alive`, `no interface` … */
const char *idle_verdict_name(enum idle_verdict verdict);

/* Whether it means that the line carries nothing. */
bool idle_is_dead(enum idle_verdict verdict);

struct idle_rule {
	int64_t skip_ms; /* traffic so recent does for an echo; 0: none does */
	bool require_reply;
	bool redials;	      /* there is a redial command */
	int64_t redial_after; /* failed runs in a row, 1 or more */
	int64_t redial_every_ms;
};

/* What a run finds. */
struct idle_facts {
	char boot[IDLE_BOOT_MAX]; /* which boot this is */
	bool up;		  /* the interface is there, and up */
	bool bare;		  /* it has no address of the target's family */
	int64_t index;		  /* of the interface; 0: there is none */
	int64_t rx, tx;		  /* packets since it was made, modulo 2^62 */
	int64_t now_ms;
	int64_t wall_s; /* seconds since 1970 */
	int64_t month;	/* such as 202611 */
};

/* What one run leaves for the next one. All zero: nothing is known. */
struct idle_memory {
	char boot[IDLE_BOOT_MAX];
	int64_t index, rx, tx; /* at the end of the last run */
	int64_t run_ms;	       /* when that was; 0: not in this boot */
	int64_t every_ms;      /* between the last two runs of the timer; 0: not known */
	int64_t traffic_ms;    /* the last traffic was then, or later; 0: not known */
	int64_t verdict;       /* enum idle_verdict */
	int64_t dead;	       /* runs in a row, silent or without interface or address */
	int64_t deaf;	       /* the last ones of these, with nothing heard before them */
	int64_t redial_ms, redial_wall_s; /* the last one; 0: none */
	int64_t month;			  /* that the next is of */
	int64_t bytes, bytes_before; /* echoes and their answers, this month and the last one */
};

/* Writes the memory as text, which ends with a newline. Returns `buf`. */
const char *idle_format(char buf[static IDLE_TEXT_MAX], const struct idle_memory *memory);

/* Reads it back; what is missing is 0. Returns 0 and `*out`, or -EINVAL for anything that it does
 * not understand. */
int idle_parse(const char *text, struct idle_memory *out) FO_MUST_CHECK;

/* Whether an echo could be sent at all, with a source of the line's own. */
bool idle_can_ask(const struct idle_facts *facts);

/* Begins a run: brings the memory up to what is found now. What has come in since the last run
 * shows that the line lives. Of another boot, another interface, or a time that lies ahead, nothing
 * is believed that depends on it. Returns whether an echo is needed; never without an interface and
 * its address. */
bool idle_begin(struct idle_memory *memory, const struct idle_rule *rule,
		const struct idle_facts *facts);

/* What became of the echoes. */
struct idle_echoes {
	bool left;  /* this machine, one of them at least */
	bool stuck; /* in the queue of a modem that takes nothing */
	bool answered;
	int64_t sent_ms; /* when the first one was */
	int64_t bytes;	 /* of all of them, and the answers */
};

/* Ends a run, with what is found now; `echoes` is NULL when none was sent. */
void idle_end(struct idle_memory *memory, const struct idle_rule *rule,
	      const struct idle_facts *facts, const struct idle_echoes *echoes);

/* Whether to redial. While the router carries the LAN (`busy`) only where it has no line for that,
 * or where packets were sent during the silent runs and nothing came back. */
bool idle_wants_redial(const struct idle_memory *memory, const struct idle_rule *rule,
		       const struct idle_facts *facts, bool busy);

/* Notes that it is about to be. */
void idle_note_redial(struct idle_memory *memory, const struct idle_facts *facts);

/* How many echoes a run sends at most, of `tries`: for a host that has not answered, and need not,
 * one is as good as three. */
int64_t idle_tries(const struct idle_memory *memory, const struct idle_rule *rule, int64_t tries);

/* How many bytes the echoes and their answers are in 30 days without other traffic, where runs come
 * as they have lately, the line stays as it is, a run sends up to `tries` echoes, and one is of
 * `echo_bytes`. */
int64_t idle_month_bytes(const struct idle_memory *memory, const struct idle_rule *rule,
			 int64_t tries, int64_t echo_bytes);

#endif
