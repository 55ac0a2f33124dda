#include "drift.h"

int64_t drift_due(const struct drift *drift, int64_t now_us)
{
	return drift->free_us > now_us ? drift->free_us : now_us;
}

static void refill(struct drift *drift, int64_t now_us)
{
	int64_t back = (now_us - drift->refill_us) / DRIFT_REFILL_US;

	drift->refill_us += back * DRIFT_REFILL_US;
	drift->used = drift->used > back ? drift->used - back : 0;
}

static bool was_quiet(const struct drift *drift, int64_t now_us)
{
	return now_us - drift->free_us >= DRIFT_LAST_US;
}

bool drift_note(struct drift *drift, int64_t now_us)
{
	bool patient;

	refill(drift, now_us);
	if (was_quiet(drift, now_us))
		drift->pause_us = 0;
	patient = drift->pause_us == 0;
	if (patient && drift->used < DRIFT_BURST) {
		drift->used++;
		drift->free_us = now_us;
		return false;
	}
	drift->pause_us = patient ? DRIFT_FIRST_US : drift->pause_us * 2;
	if (drift->pause_us > DRIFT_LAST_US)
		drift->pause_us = DRIFT_LAST_US;
	drift->free_us = now_us + drift->pause_us;
	return patient;
}

int64_t drift_tell(struct drift *drift, int64_t now_us)
{
	int64_t before = drift->untold;

	if (drift->told_us != 0 && now_us - drift->told_us < DRIFT_TELL_US) {
		drift->untold++;
		return -1;
	}
	drift->told_us = now_us;
	drift->untold = 0;
	return before;
}
