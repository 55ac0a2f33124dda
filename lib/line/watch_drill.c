#include "watch_drill.h"

#include <stdbool.h>

#include "log.h"
#include "watch_request.h"

/* Who has asked for it cannot say so any more. */
static void tell_abandoned(struct history_aside *aside, const char *iface, int64_t lasted_us)
{
	log_warn(0, "%s: the drill is over: fo-route drill was killed, or hangs", iface);
	history_aside_add(
		aside,
		&(struct history_news){ "fo-watch", EVENT_DRILL, "failed", lasted_us / 1000 },
		"the drill was ended: fo-route drill was killed, or hangs");
}

int64_t watch_drill_since(struct history_aside *aside, const char *iface, int64_t since_us,
			  int64_t now_us)
{
	enum watch_request_state asked = watch_request_look_drill(now_us);
	bool is_on = asked == WATCH_REQUEST_FRESH;

	if (asked == WATCH_REQUEST_OLD)
		watch_request_end_drill();
	if (is_on == (since_us > 0))
		return since_us;
	if (is_on)
		log_info("%s: a drill: keepalived is told that the line is down", iface);
	else if (asked == WATCH_REQUEST_NONE)
		log_info("%s: the drill is over", iface);
	else
		tell_abandoned(aside, iface, now_us - since_us);
	return is_on ? now_us : 0;
}
