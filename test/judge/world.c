#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "incoming.h"
#include "probe.h"

enum { ANSWERS_MAX = 4096 };

static struct world {
	struct network *network;
	int64_t now_us;
	/* What is on its way, the first to arrive first: a ring. */
	struct answer {
		int64_t at_us;
		struct addr from;
		uint16_t seq;
	} answers[ANSWERS_MAX];
	unsigned first, count;
} world;

void world_begin(struct network *network)
{
	world.network = network;
	world.now_us = 0;
	world.first = world.count = 0;
}

void world_set_time(int64_t now_us)
{
	world.now_us = now_us;
}

static struct answer *answer_at(unsigned i)
{
	return &world.answers[(world.first + i) % ANSWERS_MAX];
}

int64_t world_next_us(void)
{
	return world.count > 0 ? answer_at(0)->at_us : INT64_MAX;
}

/* What lib/line asks for */

int64_t __wrap_clock_mono_us(void);
int64_t __wrap_incoming_packets(struct incoming *incoming, const char *iface);
void __wrap_probe_init(struct probe *probe);
int __wrap_probe_open(struct probe *probe, const char *iface, sa_family_t family);
void __wrap_probe_close(struct probe *probe, sa_family_t family);
int __wrap_probe_send(struct probe *probe, const struct addr *target, uint16_t seq);
bool __wrap_probe_next(struct probe *probe, struct probe_event *out);

int64_t __wrap_clock_mono_us(void)
{
	return world.now_us;
}

int64_t __wrap_incoming_packets(struct incoming *incoming, const char *iface)
{
	(void)incoming;
	(void)iface;
	return 0;
}

void __wrap_probe_init(struct probe *probe)
{
	*probe = (struct probe){ .fd4 = -1, .fd6 = -1 };
	for (size_t i = 0; i < sizeof(probe->ours.cookie); i++)
		probe->ours.cookie[i] =
			(uint8_t)chance_between(&world.network->chance, 0, UINT8_MAX);
}

int __wrap_probe_open(struct probe *probe, const char *iface, sa_family_t family)
{
	(void)probe;
	(void)iface;
	(void)family;
	return 0;
}

void __wrap_probe_close(struct probe *probe, sa_family_t family)
{
	(void)probe;
	(void)family;
	world.count = 0;
}

int __wrap_probe_send(struct probe *probe, const struct addr *target, uint16_t seq)
{
	int64_t at_us = network_ask(world.network, world.now_us);
	unsigned i = world.count;

	(void)probe;
	if (at_us == INT64_MAX)
		return 0;
	if (world.count == ANSWERS_MAX) {
		fprintf(stderr, "too many answers on their way\n");
		exit(2);
	}
	world.count++;
	for (; i > 0 && answer_at(i - 1)->at_us > at_us; i--)
		*answer_at(i) = *answer_at(i - 1);
	*answer_at(i) = (struct answer){ .at_us = at_us, .from = *target, .seq = seq };
	return 0;
}

bool __wrap_probe_next(struct probe *probe, struct probe_event *out)
{
	(void)probe;
	if (world_next_us() > world.now_us)
		return false;
	*out = (struct probe_event){ .kind = PROBE_REPLY,
				     .from = answer_at(0)->from,
				     .seq = answer_at(0)->seq };
	world.first = (world.first + 1) % ANSWERS_MAX;
	world.count--;
	return true;
}
