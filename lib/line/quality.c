#include "quality.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void quality_start(struct quality *quality, int64_t window_us, int64_t now_us)
{
	memset(quality, 0, sizeof(*quality));
	quality->slot_us = window_us / QUALITY_SLOTS;
	quality->since_us = now_us;
	if (quality->slot_us > 0)
		quality->newest = now_us / quality->slot_us;
}

/* Empties the slots that the window has reached since it was moved last. Returns the newest, or
 * NULL when nothing is kept. */
static struct quality_slot *move_to(struct quality *quality, int64_t now_us)
{
	int64_t slot;

	if (quality->slot_us <= 0)
		return NULL;
	slot = now_us / quality->slot_us;
	if (slot - quality->newest >= QUALITY_SLOTS) {
		memset(quality->slots, 0, sizeof(quality->slots));
		quality->newest = slot;
	}
	while (quality->newest < slot) {
		quality->newest++;
		quality->slots[quality->newest % QUALITY_SLOTS] = (struct quality_slot){ 0 };
	}
	return &quality->slots[quality->newest % QUALITY_SLOTS];
}

void quality_take_answer(struct quality *quality, int64_t rtt_us, int64_t now_us)
{
	struct quality_slot *slot = move_to(quality, now_us);

	if (slot != NULL) {
		slot->answered++;
		slot->rtt_us += rtt_us;
	}
}

void quality_take_loss(struct quality *quality, int64_t now_us)
{
	struct quality_slot *slot = move_to(quality, now_us);

	if (slot != NULL)
		slot->lost++;
}

struct quality_sum quality_sum(struct quality *quality, int64_t now_us)
{
	struct quality_sum sum = { 0 };

	if (move_to(quality, now_us) == NULL)
		return sum;
	for (size_t i = 0; i < QUALITY_SLOTS; i++) {
		sum.answered += quality->slots[i].answered;
		sum.lost += quality->slots[i].lost;
		sum.rtt_us += quality->slots[i].rtt_us;
	}
	if (sum.answered > 0)
		sum.rtt_us /= sum.answered;
	sum.full = now_us - quality->since_us >= quality->slot_us * QUALITY_SLOTS;
	return sum;
}

unsigned quality_loss_permille(const struct quality_sum *sum)
{
	uint64_t all = (uint64_t)sum->answered + sum->lost;

	return all == 0 ? 0 : (unsigned)(sum->lost * UINT64_C(1000) / all);
}

const char *quality_format(char buf[static QUALITY_TEXT_MAX], const struct quality_sum *sum)
{
	unsigned loss = quality_loss_permille(sum);

	snprintf(buf, QUALITY_TEXT_MAX,
		 "%u.%u%% of %ju echoes lost, round trip %" PRId64 ".%03" PRId64 " ms", loss / 10,
		 loss % 10, (uintmax_t)sum->answered + sum->lost, sum->rtt_us / 1000,
		 sum->rtt_us % 1000);
	return buf;
}

/* Whether a saw less loss than b, what is late included. Multiplied out: exact, where per mille
 * would round. */
static bool less_loss(const struct quality_sum *a, const struct quality_sum *b)
{
	uint64_t a_lost = (uint64_t)a->lost + a->late, b_lost = (uint64_t)b->lost + b->late;

	return a_lost * (b->answered + b_lost) < b_lost * (a->answered + a_lost);
}

/* Whether a answers faster than b; a host that never answered is the slowest. */
static bool faster(const struct quality_sum *a, const struct quality_sum *b)
{
	if (a->answered == 0 || b->answered == 0)
		return a->answered > b->answered;
	return a->rtt_us < b->rtt_us;
}

/* The `nth` best (1 or more) by `better`. */
static const struct quality_sum *nth_best(const struct quality_sum *hosts[], size_t count,
					  unsigned nth,
					  bool (*better)(const struct quality_sum *,
							 const struct quality_sum *))
{
	for (size_t i = 1; i < count; i++) {
		const struct quality_sum *host = hosts[i];
		size_t j = i;

		for (; j > 0 && better(host, hosts[j - 1]); j--)
			hosts[j] = hosts[j - 1];
		hosts[j] = host;
	}
	return hosts[nth - 1];
}

struct quality_sum quality_of_line(const struct quality_sum *hosts, size_t count, unsigned need)
{
	const struct quality_sum *asked[QUALITY_HOSTS_MAX];
	struct quality_sum line = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < count && n < QUALITY_HOSTS_MAX; i++) {
		if (hosts[i].answered + hosts[i].lost + hosts[i].late > 0)
			asked[n++] = &hosts[i];
	}
	if (need == 0 || n < need)
		return line;
	line = *nth_best(asked, n, need, less_loss);
	line.rtt_us = nth_best(asked, n, need, faster)->rtt_us;
	return line;
}
