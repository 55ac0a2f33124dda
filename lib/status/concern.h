/* concern.h - what needs attention. Job: decides from a situation alone.
 *
 * A concern has a name that stays (fo-status(8), CONCERNS). */
#ifndef FO_CONCERN_H
#define FO_CONCERN_H

#include <stdbool.h>
#include <stddef.h>

#include "situation.h"

/* The group of the screen that it belongs to. */
enum concern_group { CONCERN_ROUTER, CONCERN_LINE, CONCERN_ROUTES, CONCERN_SIM, CONCERN_GROUPS };

enum concern_kind {
	CONCERN_NO_GATEWAY,
	CONCERN_MISTAKE,
	CONCERN_KEEPALIVED,
	CONCERN_SPLIT,
	CONCERN_LAN,
	CONCERN_RESIDENT,
	CONCERN_ROUTE,
	CONCERN_FORWARDING,
	CONCERN_TRANSLATION,
	CONCERN_FIREWALL,
	CONCERN_UPLINK,
	CONCERN_LINE_DEAD,
	CONCERN_WATCHER,
	CONCERN_WRONG_LINE,
	CONCERN_ON_METERED,
	CONCERN_PEER,
	CONCERN_IDLE_LATE,
	CONCERN_CLASS,
	CONCERN_BYTES,
	CONCERN_CONFIG,
	CONCERN_STORE,
	CONCERN_KINDS
};

#define CONCERN_TEXT_MAX 320

struct concern {
	enum concern_kind kind;
	char text[CONCERN_TEXT_MAX]; /* what is wrong, one sentence without its full stop */
	const char *action;	     /* the commands to type, or what to look at; a constant */
};

struct concerns {
	size_t count;
	struct concern items[CONCERN_KINDS];
	bool cannot_tell;    /* something that counts is not known */
	const char *unknown; /* what; a constant */
};

/* After a failback the main router may be backup for so long, although its line is good. */
#define CONCERN_WRONG_LINE_S 60

/* Finds them all. */
void concerns_find(const struct situation *s, struct concerns *out);

bool concerns_have(const struct concerns *concerns, enum concern_kind kind);

/* The first of them that keeps a packet of the LAN from the Internet, whoever carries it; NULL:
 * none does. */
const struct concern *concerns_find_cut(const struct situation *s, const struct concerns *concerns);

/* `no-gateway` and the like. */
const char *concern_name(enum concern_kind kind);
enum concern_group concern_group_of(enum concern_kind kind);

#endif
