#include "wire.h"

#include <errno.h>

#include "clock.h"
#include "support.h"

struct wire wire;

int64_t __wrap_clock_mono_us(void);
int64_t __wrap_incoming_packets(struct incoming *incoming, const char *iface);
int __wrap_probe_open(struct probe *probe, const char *iface, const struct addr *target);
int __wrap_probe_send(struct probe *probe, const struct addr *target, uint16_t seq);
bool __wrap_probe_next(struct probe *probe, struct probe_event *out);

int64_t __wrap_clock_mono_us(void)
{
	return wire.now_us;
}

int __wrap_probe_open(struct probe *probe, const char *iface, const struct addr *target)
{
	(void)probe;
	(void)iface;
	(void)target;
	return 0;
}

int64_t __wrap_incoming_packets(struct incoming *incoming, const char *iface)
{
	(void)incoming;
	(void)iface;
	return wire.others_us > 0 ? wire.now_us / wire.others_us : 7;
}

static bool is_lost(size_t target)
{
	return wire.dead[target] || wire.sent == wire.lost_one ||
	       (wire.sent <= WIRE_SENT_MAX && (wire.lost_mask >> (wire.sent - 1) & 1) != 0) ||
	       (wire.loss_pct > 0 && random_below(100) < wire.loss_pct);
}

int __wrap_probe_send(struct probe *probe, const struct addr *target, uint16_t seq)
{
	size_t i = target->bytes[3];

	(void)probe;
	if (wire.jam_pct > 0 && random_below(100) < wire.jam_pct)
		return -ENOBUFS;
	if (wire.sent < WIRE_SENT_MAX)
		wire.sent_us[wire.sent] = wire.now_us;
	wire.sent++;
	if (is_lost(i))
		return 0;
	assert_true(wire.flying_count < WIRE_FLYING_MAX);
	wire.flying[wire.flying_count++] = (struct wire_answer){
		.at_us = wire.now_us + wire.rtt_us[i] + wire.queue_us,
		.from = *target,
		.seq = seq,
		.kind = wire.refuses ? PROBE_ERROR : PROBE_REPLY,
	};
	return 0;
}

static size_t first_to_arrive(void)
{
	size_t first = 0;

	for (size_t i = 1; i < wire.flying_count; i++) {
		if (wire.flying[i].at_us < wire.flying[first].at_us)
			first = i;
	}
	return first;
}

bool __wrap_probe_next(struct probe *probe, struct probe_event *out)
{
	size_t i = first_to_arrive();

	(void)probe;
	if (wire.flying_count == 0 || wire.flying[i].at_us > wire.now_us)
		return false;
	*out = (struct probe_event){ .kind = wire.flying[i].kind,
				     .from = wire.flying[i].from,
				     .target = wire.flying[i].from,
				     .seq = wire.flying[i].seq };
	wire.flying[i] = wire.flying[--wire.flying_count];
	return true;
}

void wire_begin(void)
{
	memset(&wire, 0, sizeof(wire));
	wire.now_us = 1000 * SECOND;
}

int64_t wire_next_us(int64_t next_us)
{
	if (wire.flying_count > 0 && wire.flying[first_to_arrive()].at_us < next_us)
		return wire.flying[first_to_arrive()].at_us;
	return next_us;
}

struct line_rule wire_rule(size_t targets, unsigned need, int64_t timeout_ms)
{
	struct line_rule rule = { .iface = "ppp0",
				  .count = targets,
				  .need = need,
				  .timeout_ms = timeout_ms,
				  .tries = HEDGE_TRIES_MAX };

	for (size_t i = 0; i < targets; i++)
		rule.targets[i] = (struct addr){ AF_INET, { 192, 0, 2, (uint8_t)i } };
	return rule;
}
