#include "verdict.h"

enum verdict verdict_of_round(const struct verdict_round *round)
{
	if (round->answered >= round->need)
		return VERDICT_UP;
	if (round->time_over || round->targets - round->refused < round->need)
		return VERDICT_DOWN;
	return VERDICT_PENDING;
}

unsigned verdict_targets_due(const struct verdict_round *round, bool late)
{
	unsigned due = round->need + round->refused;

	return late || due > round->targets ? round->targets : due;
}
