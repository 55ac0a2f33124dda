/* flight.h - the echoes that are on their way, by sequence number. Pure.
 *
 * Nothing of it is ever read from a packet but the number, which is checked. An echo is on its way
 * until it is closed: answered, refused, or given up as lost. */
#ifndef FO_FLIGHT_H
#define FO_FLIGHT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "quality.h"

/* The table: of more echoes at the same time, the oldest are given up. */
#define FLIGHT_ECHOES 1024

struct flight_echo {
	int64_t sent_us;
	uint32_t round;
	uint8_t target;
	bool open;
	bool late; /* counted so */
};

/* All zero at the start, but for the numbers, which may begin anywhere: flight_begin. */
struct flight {
	/* Sequence numbers, all of them from `oldest` to `next`. */
	uint16_t oldest, next;		  /* of the oldest echo kept; to be given */
	uint16_t in_time;		  /* of the first one that is not late yet */
	uint16_t since;			  /* of the first one that counts for the quality */
	uint16_t due;			  /* of the one after the newest that was answered */
	uint16_t late[QUALITY_HOSTS_MAX]; /* echoes that are late and count, by target */
	struct flight_echo echoes[FLIGHT_ECHOES];
};

/* Empties it; the next echo has the number `seq`. */
void flight_begin(struct flight *flight, uint16_t seq);

/* Forgets what is on its way: neither answered nor lost. */
void flight_forget(struct flight *flight);

/* What is on its way now does not count for the quality, whatever becomes of it. */
void flight_discount(struct flight *flight);

/* Puts down an echo to `target` (below QUALITY_HOSTS_MAX) that is sent at `now_us`. Returns its
 * number. The table must not be full (flight_give_up). */
uint16_t flight_enter(struct flight *flight, size_t target, uint32_t round, int64_t now_us);

/* The echo with this number, when it is on its way, otherwise NULL. */
struct flight_echo *flight_find(struct flight *flight, uint16_t seq);

/* Closes the echo with this number, which is on its way. Returns whether it counts for the quality.
 */
bool flight_close(struct flight *flight, uint16_t seq);

/* The same, because it was answered. */
bool flight_answer(struct flight *flight, uint16_t seq);

/* Counts as late what was sent `late_us` ago or earlier. */
void flight_mark_late(struct flight *flight, int64_t now_us, int64_t late_us);

/* Gives up the oldest echo, where it was sent `lost_us` ago or earlier, or the table is full.
 * Returns whether one was lost that counts: `*target`. To be called until it is false. */
bool flight_give_up(struct flight *flight, int64_t now_us, int64_t lost_us, size_t *target);

/* When the oldest of the echoes was sent that are newer than the last one answered; 0: there is
 * none. In a line that keeps the order, the next answer is to this one. */
int64_t flight_waiting_us(const struct flight *flight);

/* Leaves out `gap_us` in which nobody looked: all was sent so much later. */
void flight_shift(struct flight *flight, int64_t gap_us);

#endif
