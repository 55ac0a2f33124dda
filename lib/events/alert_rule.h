/* alert_rule.h - when a person is told, and when that is tried again. Pure.
 *
 * A message waits until what happens has settled, so that a line that flaps is one message; until
 * the speed class is set, so that nothing is a burden on the 32 kbit/s before that; until some time
 * after the last message, longer the more of them there were; and, after a failure, until it is
 * worth another try. All times are milliseconds of CLOCK_BOOTTIME. */
#ifndef FO_ALERT_RULE_H
#define FO_ALERT_RULE_H

#include <stdbool.h>
#include <stdint.h>

#include "compiler.h"

#define ALERT_MINUTE_MS INT64_C(60000)
#define ALERT_HOUR_MS	(60 * ALERT_MINUTE_MS)

/* So long nothing more happens, or this is the oldest that waits. */
#define ALERT_SETTLED_MS   INT64_C(30000)
#define ALERT_UNSETTLED_MS (5 * ALERT_MINUTE_MS)

/* From one message to the next: none at first, then doubling. A pause of twice as much and
 * ALERT_CALM_MS ends that. */
#define ALERT_GAP_FIRST_MS ALERT_MINUTE_MS
#define ALERT_GAP_MAX_MS   ALERT_HOUR_MS
#define ALERT_CALM_MS	   (30 * ALERT_MINUTE_MS)

/* A class that is not set by then will not be soon: told all the same, in few words, and seldom. */
#define ALERT_CLASS_MS	   (20 * ALERT_MINUTE_MS)
#define ALERT_CLASS_GAP_MS (15 * ALERT_MINUTE_MS)

/* After a failure. */
#define ALERT_RETRY_FIRST_MS   INT64_C(30000)
#define ALERT_RETRY_OFFLINE_MS (15 * ALERT_MINUTE_MS)
#define ALERT_RETRY_MAX_MS     ALERT_HOUR_MS
#define ALERT_RETRY_REFUSED_MS (6 * ALERT_HOUR_MS)

/* A failure that has lasted so long becomes an event. */
#define ALERT_FAILED_MS (24 * ALERT_HOUR_MS)

/* What has come of a message. */
enum alert_result {
	ALERT_SENT,
	ALERT_OFFLINE, /* no line: no address of the host, no connection */
	ALERT_FAILED,  /* not now: 5xx, 408, 429, no whole answer, exit status, too slow */
	ALERT_REFUSED  /* a person has to change something: another 4xx, no such command */
};

/* Why nothing is sent now. */
enum alert_wait {
	ALERT_NOW, /* it is */
	ALERT_NOTHING,
	ALERT_UNSETTLED,
	ALERT_HELD,  /* the LAN is held back, for the class */
	ALERT_CLASS, /* the speed class is not set */
	ALERT_CALM,  /* soon after the last message */
	ALERT_RETRY  /* after a failure */
};

/* What is known of the router. */
struct alert_facts {
	bool is_metered; /* its line has a speed class */
	bool is_master;
	bool is_class_set; /* the one that is due */
	bool is_held;	   /* the LAN */
};

/* What waits. A time before this boot is far below 0. */
struct alert_times {
	int64_t waiting;	      /* events */
	int64_t oldest_ms, newest_ms; /* of these */
	int64_t state_ms;	      /* the last change of the VRRP state; else of the boot, 0 */
	int64_t change_ms;	 /* the last event that may mean another line, or a better one */
	int64_t class_failed_ms; /* the last time that the class could not be set */
};

/* What a way, the command or the URL, has come to. */
struct alert_memory {
	int64_t cursor; /* the last event that was told */
	int64_t sent_ms, gap_ms;
	int64_t sent_wall_s, sent_count; /* when that was, and of how many events */
	int64_t failures;		 /* in a row */
	int64_t result;			 /* of the last try, enum alert_result */
	int64_t tried_ms, retry_ms;	 /* when it was, and when the next one is */
	int64_t failing_ms;		 /* how long that lasts */
	int64_t is_reported;		 /* as an event */
	int64_t class_ms;		 /* since when the class is waited for; 0: it is not */
	int64_t mark;			 /* of the way's key in fo.conf */
};

struct alert_due {
	enum alert_wait why;
	int64_t wait_ms; /* so long, if nothing changes */
	bool small;	 /* the class is not set */
};

/* When the next message is due. Notes in `memory` since when the class is waited for. */
struct alert_due alert_rule_due(const struct alert_facts *facts, const struct alert_times *times,
				struct alert_memory *memory, int64_t now_ms);

/* A message about all events up to `id`, `count` of them, was taken. */
void alert_rule_sent(struct alert_memory *memory, int64_t id, int64_t count, int64_t now_ms);

/* It was not; `server_ms` is the pause that the server asks for, or 0; `random` takes up to half of
 * the wait away. Returns whether that is now, for the first time, an event. */
bool alert_rule_failed(struct alert_memory *memory, enum alert_result result, int64_t server_ms,
		       int64_t now_ms, uint32_t random) FO_MUST_CHECK;

/* This is another boot: no time of the last one counts, but for that of a calm, by the machine's
 * clock. */
void alert_rule_boot(struct alert_memory *memory, int64_t wall_s);

/* The way was changed: it has not failed yet. */
void alert_rule_forgive(struct alert_memory *memory);

/* Why, in words, for a person. */
const char *alert_rule_text(enum alert_wait why);

#endif
