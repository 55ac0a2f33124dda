/* history_aside.h - events of who must not wait for a disk. Job: history, aside. */
#ifndef FO_HISTORY_ASIDE_H
#define FO_HISTORY_ASIDE_H

#include <stddef.h>
#include <stdint.h>

#include "aside.h"
#include "compiler.h"
#include "history.h"

/* So many wait while another process writes those before them. */
#define HISTORY_ASIDE_MAX 16

/* A program that is driven wild must not fill the history: so many events at once, and then one
 * more each half a minute. */
#define HISTORY_ASIDE_BURST	64
#define HISTORY_ASIDE_REFILL_US 30000000

/* All zero: nothing has happened. It allocates nothing. */
struct history_aside {
	struct aside writer;
	size_t count;
	struct event events[HISTORY_ASIDE_MAX];
	int64_t lost;	   /* events that there was no room for, and that was not told yet */
	int64_t used;	   /* of the burst */
	int64_t refill_us; /* when the last of them was given back */
};

/* Where clearing it would take too long. */
void history_aside_init(struct history_aside *aside);

/* The same as history_add, in order, but never waits: another process writes it, now or after the
 * next history_aside_turn. Where too much happens, or the disk takes nothing, it is left out, and
 * the next one says so. */
void history_aside_add(struct history_aside *aside, const struct history_news *news,
		       const char *fmt, ...) FO_PRINTF(3, 4);

/* To be called now and then: lets the next ones be written. */
void history_aside_turn(struct history_aside *aside);

/* Waits until all are written, but not for ever. */
void history_aside_end(struct history_aside *aside);

#endif
