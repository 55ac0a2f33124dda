#include "hedge.h"

static int64_t min_of(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t max_of(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* The better part of the time is for the answers of those asked last. A line so slow that they
 * cannot answer in time once the first are late has all asked at once. */
struct hedge_times hedge_plan(int64_t timeout_us, int64_t rto_us)
{
	int64_t answer_us = rto_us > 0 ? rto_us : timeout_us / 4;
	int64_t late_us = max_of(answer_us, HEDGE_LATE_MIN_US);
	struct hedge_times times;

	times.last_us = max_of(timeout_us - late_us, 0);
	times.late_us = min_of(min_of(late_us, HEDGE_LATE_MAX_US), times.last_us);
	times.again_us = max_of(times.late_us, timeout_us / HEDGE_TRIES_MAX);
	return times;
}

struct hedge_times hedge_plan_evenly(int64_t timeout_us, unsigned tries)
{
	int64_t again_us = timeout_us / tries;

	return (struct hedge_times){ .late_us = again_us,
				     .again_us = again_us,
				     .last_us = timeout_us };
}

/* Where the line keeps the order, the next answer is to the echo that is out for `waiting_us`. With
 * dense rounds, many are out: others are asked soon though nothing is late, because it would be too
 * late for that once the answers prove missing. */
struct hedge_times hedge_plan_steadily(const struct hedge_steady *steady, int64_t *due_us)
{
	int64_t late_us =
		steady->rto_us > 0 ? steady->rto_us - steady->waiting_us : steady->pace_us;
	int64_t soon_us = 2 * steady->pace_us;
	bool is_slow = steady->rtt_us > soon_us;
	struct hedge_times times;

	if (steady->dense)
		late_us = min_of(late_us, is_slow ? steady->pace_us : soon_us);
	*due_us = max_of(steady->rtt_us - steady->waiting_us, 0) + steady->grace_us;
	times.last_us = *due_us + steady->silence_us;
	times.late_us = max_of(late_us, HEDGE_LATE_MIN_US);
	if (times.last_us < INT64_C(4) * HEDGE_LATE_MIN_US)
		times.late_us = 0;
	times.again_us = max_of(steady->pace_us, HEDGE_LATE_MIN_US);
	return times;
}

int64_t hedge_next_us(const struct hedge_times *times, unsigned volleys, unsigned tries)
{
	int64_t due_us = times->late_us + times->again_us * (int64_t)(volleys - 1);

	if (volleys > tries || (volleys > 1 && due_us > times->last_us))
		return -1;
	return due_us;
}

unsigned hedge_volleys_due(const struct hedge_times *times, int64_t elapsed_us, unsigned tries)
{
	unsigned volleys = 1;

	for (;;) {
		int64_t next_us = hedge_next_us(times, volleys, tries);

		if (next_us < 0 || elapsed_us < next_us)
			return volleys;
		volleys++;
	}
}

enum verdict hedge_verdict(const struct hedge_round *round)
{
	if (round->answered >= round->need)
		return VERDICT_UP;
	if (round->time_over || round->targets - round->refused < round->need)
		return VERDICT_DOWN;
	return VERDICT_PENDING;
}

unsigned hedge_targets_due(const struct hedge_round *round, bool late)
{
	unsigned due = round->need + round->refused;

	return late || due > round->targets ? round->targets : due;
}
