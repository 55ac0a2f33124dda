/* split_watch.h - notices another machine that answers for the VRRP address, while this router is
 * master. Job. */
#ifndef FO_SPLIT_WATCH_H
#define FO_SPLIT_WATCH_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

#include "claim.h"
#include "history_aside.h"
#include "netlink.h"
#include "settings.h"
#include "split_report.h"
#include "split_rule.h"
#include "wire.h"

#define SPLIT_FDS SPLIT_ENTRIES_MAX

/* One VRRP address. */
struct split_side {
	struct split_rule rule;
	struct split_entry entry; /* its address is set where one is configured */
	struct wire wire;
	struct claim_question question;
	struct mac claimant; /* who has claimed the address last */
	int64_t named_us;    /* when the entry got its hardware address */
	struct mac told_of;  /* what the log said when hosts were told, and when */
	int64_t told_us;
	int fd;		/* -1: none is open */
	bool deaf;	/* not listening until the next question */
	bool reflected; /* our own question came back */
	int taken;	/* packets since the question */
	int failure;	/* of the last question, -errno; logged once */
};

struct split_watch {
	struct split_side sides[SPLIT_FDS];
	struct netlink *nl;
	struct history_aside *aside; /* its owner's: the disk may take its time */
};

/* Begins with what an earlier one has left. */
void split_watch_init(struct split_watch *watch, const struct conf_router *router,
		      struct history_aside *aside);

/* Goes on with other addresses, perhaps. */
void split_watch_configure(struct split_watch *watch, const struct conf_router *router);

/* Addresses may have moved: looks whether this router is master, and asks when it has just become
 * that. */
void split_watch_look(struct split_watch *watch);

/* When split_watch_turn is due at the latest (clock_mono_us). */
int64_t split_watch_due_us(const struct split_watch *watch);

/* What to wait for. */
void split_watch_poll(const struct split_watch *watch, struct pollfd fds[static SPLIT_FDS]);

/* Does what is due, and takes what has arrived; never waits. What begins or ends is logged, and
 * stands in the history. */
void split_watch_turn(struct split_watch *watch);

void split_watch_close(struct split_watch *watch);

#endif
