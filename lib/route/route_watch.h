/* route_watch.h - the resident that puts right what drifts: fo-route watch. Job. */
#ifndef FO_ROUTE_WATCH_H
#define FO_ROUTE_WATCH_H

#include <stdbool.h>

#include "compiler.h"
#include "rtnl.h"
#include "settings.h"
#include "switchover.h"

/* What the resident does not know how to do. */
struct route_watch_hooks {
	/* Reads the configuration again: 0 and `*out`, or -errno, logged. */
	int (*reload)(const void *data, struct conf *out);
	const void *data;
	/* Reads the counters of the uplink; `gone` has the last ones of one that is no more, else
	 * NULL; `last`: the resident ends. Returns false, logged, where it could not; then it is
	 * not asked again before something has changed. */
	bool (*meter)(const struct conf *conf, const struct rtnl_link *gone, bool last);
	switchover_is_raised *is_raised; /* of struct switchover_order */
};

/* Applies what is true, and again after each change that the kernel tells of, until a signal ends
 * it. SIGHUP reads the configuration again. Returns that signal; or -errno, logged. */
int route_watch_run(const struct conf *conf, const struct route_watch_hooks *hooks) FO_MUST_CHECK;

/* Whether one is running. */
bool route_watch_is_running(void) FO_MUST_CHECK;

#endif
