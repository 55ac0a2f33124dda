/* lookout.h - the watcher of a metered line: keepalived follows it. Job: passage, probe, rtnl,
 * store. */
#ifndef FO_LOOKOUT_H
#define FO_LOOKOUT_H

#include "compiler.h"
#include "settings.h"

/* Reads the configuration again. Returns 0 and `*out`, or -errno, logged. */
typedef int lookout_reload(const void *data, struct conf *out);

/* Judges the uplink of `conf`, which has a [keepalive] section, until SIGTERM or SIGINT, and keeps
 * its track file. SIGHUP calls `reload` with `data`; a faulty configuration changes nothing.
 * Returns the signal that ended it; -EWOULDBLOCK when another watcher is already running; another
 * -errno; all logged. */
int lookout_run(const struct conf *conf, lookout_reload *reload, const void *data) FO_MUST_CHECK;

#endif
