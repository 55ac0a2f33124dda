/* route_watch.h - the resident that puts right what drifts: fo-route watch. Job. */
#ifndef FO_ROUTE_WATCH_H
#define FO_ROUTE_WATCH_H

#include <stdbool.h>

#include "compiler.h"
#include "settings.h"

/* Reads the configuration again: 0 and `*out`, or -errno, logged. */
typedef int route_watch_reload(const void *data, struct conf *out);

/* Applies what is true, and again after each change that the kernel tells of, until a signal ends
 * it. SIGHUP reads the configuration again. Returns that signal; or -errno, logged. */
int route_watch_run(const struct conf *conf, route_watch_reload *reload,
		    const void *data) FO_MUST_CHECK;

/* Whether one is running. */
bool route_watch_is_running(void) FO_MUST_CHECK;

#endif
