#include "flight.h"

#include <string.h>

#include "compiler.h"

/* Sequence numbers wrap: compared by their distance from the oldest one kept. */
static uint16_t place(const struct flight *flight, uint16_t seq)
{
	return (uint16_t)(seq - flight->oldest);
}

static uint16_t count(const struct flight *flight)
{
	return place(flight, flight->next);
}

static struct flight_echo *at(struct flight *flight, uint16_t seq)
{
	return &flight->echoes[seq % FLIGHT_ECHOES];
}

void flight_begin(struct flight *flight, uint16_t seq)
{
	memset(flight, 0, sizeof(*flight));
	flight->oldest = flight->next = seq;
	flight->in_time = flight->since = flight->due = seq;
}

void flight_forget(struct flight *flight)
{
	for (; flight->oldest != flight->next; flight->oldest++)
		at(flight, flight->oldest)->open = false;
	flight->due = flight->next;
	flight_discount(flight);
}

void flight_discount(struct flight *flight)
{
	flight->since = flight->next;
	flight->in_time = flight->next;
	memset(flight->late, 0, sizeof(flight->late));
}

uint16_t flight_enter(struct flight *flight, size_t target, uint32_t round, int64_t now_us)
{
	uint16_t seq = flight->next++;

	*at(flight, seq) = (struct flight_echo){
		.sent_us = now_us, .round = round, .target = (uint8_t)target, .open = true
	};
	return seq;
}

struct flight_echo *flight_find(struct flight *flight, uint16_t seq)
{
	struct flight_echo *echo = at(flight, seq);

	return place(flight, seq) < count(flight) && echo->open ? echo : NULL;
}

bool flight_close(struct flight *flight, uint16_t seq)
{
	struct flight_echo *echo = at(flight, seq);
	bool counts = place(flight, seq) >= place(flight, flight->since);

	echo->open = false;
	if (echo->late && counts)
		flight->late[echo->target]--;
	return counts;
}

bool flight_answer(struct flight *flight, uint16_t seq)
{
	if (place(flight, seq) >= place(flight, flight->due))
		flight->due = (uint16_t)(seq + 1);
	return flight_close(flight, seq);
}

void flight_mark_late(struct flight *flight, int64_t now_us, int64_t late_us)
{
	for (; flight->in_time != flight->next; flight->in_time++) {
		struct flight_echo *echo = at(flight, flight->in_time);

		if (now_us - echo->sent_us < late_us)
			return;
		echo->late = echo->open;
		if (echo->late)
			flight->late[echo->target]++;
	}
}

/* Drops the oldest echo, and takes along the marks that stood there. */
static void drop_oldest(struct flight *flight)
{
	uint16_t *const marks[] = { &flight->in_time, &flight->since, &flight->due };

	for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
		if (*marks[i] == flight->oldest)
			(*marks[i])++;
	}
	flight->oldest++;
}

bool flight_give_up(struct flight *flight, int64_t now_us, int64_t lost_us, size_t *target)
{
	while (flight->oldest != flight->next) {
		const struct flight_echo *echo = at(flight, flight->oldest);
		bool full = count(flight) == FLIGHT_ECHOES;
		bool lost = echo->open;

		if (lost && !full && now_us - echo->sent_us < lost_us)
			return false;
		*target = echo->target;
		lost = lost && flight_close(flight, flight->oldest);
		drop_oldest(flight);
		if (lost)
			return true;
	}
	return false;
}

int64_t flight_waiting_us(const struct flight *flight)
{
	for (uint16_t seq = flight->due; seq != flight->next; seq++) {
		const struct flight_echo *echo = &flight->echoes[seq % FLIGHT_ECHOES];

		if (echo->open)
			return echo->sent_us;
	}
	return 0;
}

void flight_shift(struct flight *flight, int64_t gap_us)
{
	for (uint16_t seq = flight->oldest; seq != flight->next; seq++)
		at(flight, seq)->sent_us += gap_us;
}
