#include "drift_report.h"

#include <inttypes.h>

#include "clock.h"
#include "log.h"

#define PROGRAM "fo-route"

bool drift_was_corrected(const struct switchover *done)
{
	for (size_t i = 0; i < done->count; i++) {
		const struct step *step = &done->steps[i];

		if (!step->as_wanted && step->error == 0 && step->want.kind != PLAN_FLOWS &&
		    step->want.kind != PLAN_LAN)
			return true;
	}
	return false;
}

int drift_failure(const struct switchover *done)
{
	for (size_t i = 0; i < done->count; i++) {
		if (done->steps[i].error != 0)
			return done->steps[i].error;
	}
	return 0;
}

static void tell(struct drift *drift, const char *what, bool corrected, const char *text,
		 struct history_aside *aside)
{
	const struct history_news news = { PROGRAM, EVENT_DRIFT, corrected ? "mended" : "failed",
					   0 };
	int64_t before = drift_tell(drift, clock_mono_us());

	if (before == 0)
		history_aside_add(aside, &news, "%s: %s", what, text);
	else if (before > 0)
		history_aside_add(aside, &news, "%s: %s (and %" PRId64 " times before that)", what,
				  text, before);
}

void drift_report(struct drift *drift, const struct change *cause, bool corrected,
		  struct history_aside *aside)
{
	const char *what = corrected ? "corrected" : "cannot correct";
	char text[CHANGE_TEXT_MAX];

	change_describe(cause, text);
	if (drift_note(drift, clock_mono_us()))
		log_err(0,
			"another program keeps changing the routes: %d corrections, and again; "
			"correcting more slowly from now on. The last change: %s",
			DRIFT_BURST, text);
	else
		log_warn(0, "%s: %s", what, text);
	tell(drift, what, corrected, text, aside);
}
