/* watch.h - the watcher: judges the line without a pause, and keepalived follows it. Job. */
#ifndef FO_WATCH_H
#define FO_WATCH_H

#include "compiler.h"
#include "settings.h"

/* Reads the configuration again. Returns 0 and `*out`, or -errno, logged. */
typedef int watch_reload(const void *data, struct conf *out);

/* Watches the uplink of `conf`, which has a [check] section, until SIGTERM or SIGINT. Goes on where
 * a watcher before it ended. SIGHUP calls `reload` with `data`; a faulty configuration changes
 * nothing. SIGUSR1 logs the quality of each target. Allocates nothing after its start but there.
 * Returns the signal that ended it; -EWOULDBLOCK when another watcher is already running; another
 * -errno; all logged. */
int watch_run(const struct conf *conf, watch_reload *reload, const void *data) FO_MUST_CHECK;

#endif
