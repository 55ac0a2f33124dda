#include "network.h"

#include <stddef.h>
#include <string.h>

#define HOUR_US (3600 * NETWORK_SECOND)

/* There and back, without a queue. */
#define TRIP_MIN_US (10 * NETWORK_MS)
#define TRIP_MAX_US (20 * NETWORK_MS)

/* Two bursts that follow each other at once would be one of up to 800 ms: they do not. */
#define BURST_MIN_US  (50 * NETWORK_MS)
#define BURST_MAX_US  (400 * NETWORK_MS)
#define BURST_REST_US (2 * NETWORK_SECOND)

/* A full queue is worth two seconds. What is offered is up to half more than the line takes, for up
 * to a minute after the queue is full; of that, as much is dropped at its tail as does not fit. */
#define QUEUE_US    (2 * NETWORK_SECOND)
#define EXCESS_MIN  0.05
#define EXCESS_MAX  0.5
#define FULL_MIN_US (10 * NETWORK_SECOND)
#define FULL_MAX_US (60 * NETWORK_SECOND)

const struct condition *condition_find(const char *name)
{
	static const struct condition conditions[] = {
		{ .name = "good" },
		{ .name = "loss-1", .loss = 0.01 },
		{ .name = "loss-5", .loss = 0.05 },
		{ .name = "loss-10", .loss = 0.10 },
		{ .name = "loss-20", .loss = 0.20 },
		{ .name = "bursts", .bursts_an_hour = 60 },
		{ .name = "ramps", .ramps_an_hour = 6 },
		{ .name = "all", .loss = 0.02, .bursts_an_hour = 6, .ramps_an_hour = 1 },
	};

	for (size_t i = 0; i < sizeof(conditions) / sizeof(conditions[0]); i++) {
		if (strcmp(conditions[i].name, name) == 0)
			return &conditions[i];
	}
	return NULL;
}

/* The events of one kind follow each other from `after_us` on. */
static int64_t next_event_us(struct network *network, double an_hour, int64_t after_us)
{
	if (an_hour <= 0)
		return INT64_MAX;
	return after_us + chance_wait_us(&network->chance, (double)HOUR_US / an_hour);
}

static void set_ramp(struct network *network, int64_t begin_us)
{
	struct ramp *ramp = &network->ramp;

	ramp->begin_us = ramp->full_us = ramp->end_us = begin_us;
	if (begin_us == INT64_MAX)
		return;
	ramp->excess = EXCESS_MIN + (EXCESS_MAX - EXCESS_MIN) * chance_share(&network->chance);
	ramp->full_us = begin_us + (int64_t)((double)QUEUE_US / ramp->excess);
	ramp->end_us = ramp->full_us + chance_between(&network->chance, FULL_MIN_US, FULL_MAX_US);
}

void network_begin(struct network *network, const struct condition *condition, uint64_t seed,
		   uint64_t number)
{
	memset(network, 0, sizeof(*network));
	network->condition = condition;
	network->hole_us = INT64_MAX;
	chance_begin(&network->chance, seed, number);
	set_ramp(network, next_event_us(network, condition->ramps_an_hour, 0));
}

void network_force_ramp(struct network *network, int64_t begin_us)
{
	set_ramp(network, begin_us);
}

/* Bursts */

static struct burst *burst_at(struct network *network, unsigned i)
{
	return &network->bursts[(network->first_burst + i) % NETWORK_BURSTS];
}

/* Has the bursts up to `until_us` at hand, and forgets those that were over before `now_us`. The
 * last one is kept: the next follows it. */
static void have_bursts(struct network *network, int64_t now_us, int64_t until_us)
{
	double an_hour = network->condition->bursts_an_hour;
	int64_t end_us = 0;

	if (an_hour <= 0)
		return;
	if (network->burst_count > 0)
		end_us = burst_at(network, network->burst_count - 1)->end_us;
	while (network->burst_count > 1 && burst_at(network, 0)->end_us < now_us) {
		network->first_burst++;
		network->burst_count--;
	}
	while (end_us <= until_us && network->burst_count < NETWORK_BURSTS) {
		int64_t begin_us = next_event_us(network, an_hour, end_us + BURST_REST_US);

		end_us = begin_us + chance_between(&network->chance, BURST_MIN_US, BURST_MAX_US);
		*burst_at(network, network->burst_count++) =
			(struct burst){ .begin_us = begin_us, .end_us = end_us };
	}
}

static bool is_silent(struct network *network, int64_t at_us)
{
	if (at_us >= network->hole_us)
		return true;
	for (unsigned i = 0; i < network->burst_count; i++) {
		const struct burst *burst = burst_at(network, i);

		if (at_us >= burst->begin_us && at_us < burst->end_us)
			return true;
	}
	return false;
}

/* The queue */

static int64_t queue_us(struct network *network, int64_t now_us)
{
	struct ramp *ramp = &network->ramp;

	if (now_us < ramp->begin_us)
		return 0;
	if (now_us < ramp->full_us)
		return (int64_t)((double)(now_us - ramp->begin_us) * ramp->excess);
	if (now_us < ramp->end_us)
		return QUEUE_US;
	if (now_us < ramp->end_us + QUEUE_US)
		return QUEUE_US - (now_us - ramp->end_us);
	set_ramp(network, next_event_us(network, network->condition->ramps_an_hour, now_us));
	return 0;
}

static bool is_dropped(struct network *network, int64_t now_us)
{
	const struct ramp *ramp = &network->ramp;

	return now_us >= ramp->full_us && now_us < ramp->end_us &&
	       chance_hits(&network->chance, ramp->excess / (1 + ramp->excess));
}

int64_t network_ask(struct network *network, int64_t now_us)
{
	int64_t leaves_us = now_us + queue_us(network, now_us);
	int64_t returns_us = leaves_us + chance_between(&network->chance, TRIP_MIN_US, TRIP_MAX_US);

	have_bursts(network, now_us, returns_us);
	if (is_dropped(network, now_us) || is_silent(network, leaves_us) ||
	    is_silent(network, returns_us) ||
	    chance_hits(&network->chance, network->condition->loss))
		return INT64_MAX;
	return returns_us;
}
