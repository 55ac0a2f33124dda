#include "chance.h"

#include <math.h>

/* splitmix64, by Sebastiano Vigna, in the public domain: enough for this, and one word of state. */
static uint64_t next(struct chance *chance)
{
	uint64_t z = chance->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

void chance_begin(struct chance *chance, uint64_t seed, uint64_t number)
{
	chance->state = seed;
	chance->state = next(chance) ^ (number * UINT64_C(0xd1342543de82ef95));
	(void)next(chance);
}

double chance_share(struct chance *chance)
{
	return (double)(next(chance) >> 11) * 0x1p-53;
}

int64_t chance_between(struct chance *chance, int64_t low, int64_t high)
{
	return low + (int64_t)(chance_share(chance) * (double)(high - low));
}

bool chance_hits(struct chance *chance, double probability)
{
	return probability > 0 && chance_share(chance) < probability;
}

int64_t chance_wait_us(struct chance *chance, double mean_us)
{
	return (int64_t)(-log(1 - chance_share(chance)) * mean_us);
}
