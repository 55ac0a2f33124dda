/* drill_rule.h - a failover for practice: how it goes, and when it ends. Pure.
 *
 * It ends at the first sign that it costs the LAN anything. Times are milliseconds of the monotonic
 * clock. */
#ifndef FO_DRILL_RULE_H
#define FO_DRILL_RULE_H

#include <stdbool.h>
#include <stdint.h>

/* The other router has so long to take the address: three advertisements of a second each, and the
 * watcher's half second, twice. */
#define DRILL_TAKE_MS 10000

/* Nobody may have the address for so long. */
#define DRILL_NOBODY_MS 4000

/* It may take so long to come back. */
#define DRILL_BACK_MS 20000

enum drill_end {
	DRILL_GOES_ON,
	DRILL_OVER,	  /* its time has passed */
	DRILL_NOT_TAKEN,  /* no other router took the address from this one */
	DRILL_NO_GATEWAY, /* this router has given it up, and nobody has it */
	DRILL_GIVEN_BACK, /* the other router did not keep it */
	DRILL_LINE_DOWN,  /* this router's line is down: it is a failover in earnest now */
	DRILL_NO_WATCHER, /* nobody tells keepalived anything */
	DRILL_STOPPED,	  /* by a person */
	DRILL_ENDS
};

/* What is seen. */
struct drill_look {
	int64_t now_ms;
	bool held;    /* this router has the address */
	bool other;   /* another machine answers for it; only where it is not held */
	bool watched; /* the watcher is alive, and can judge */
	bool up;      /* the line is up, it says */
	bool stopped; /* a person wants the end, or this process was kept from working */
};

/* `begun_ms` and `for_ms` are set at the start, all else is zero. */
struct drill {
	int64_t begun_ms,
		for_ms;	  /* when it was asked for; how long the other router shall have it */
	int64_t held_ms;  /* the address was last seen here, before that */
	int64_t taken_ms; /* the other router was first seen to have it; 0: never */
	int64_t other_ms; /* and last */
	int64_t ended_ms; /* when the drill ended */
};

/* Takes what is seen into account. Returns whether and why the drill ends now. */
enum drill_end drill_take(struct drill *drill, const struct drill_look *look);

/* For how long the LAN had no gateway, at most: from when the address was last here to when another
 * machine answered for it; 0 where it was never taken. */
int64_t drill_gap_ms(const struct drill *drill);

/* For how long the other router had the address, where it is back at `now_ms`. */
int64_t drill_away_ms(const struct drill *drill, int64_t now_ms);

/* Why it has ended, in words. */
const char *drill_end_text(enum drill_end end);

#endif
