/* watch_lock.h - one watcher at a time. Job: store, watch_report. */
#ifndef FO_WATCH_LOCK_H
#define FO_WATCH_LOCK_H

#include "compiler.h"

/* Takes the lock that all watchers share, whichever line they judge; one that is just ending is
 * waited for. Returns 0 and `*lock` (store_unlock); -EWOULDBLOCK when another one is running;
 * another -errno; logged. */
int watch_lock(int *lock) FO_MUST_CHECK;

/* Takes back what a watcher that was killed may have left in `track_file`, so that it holds no line
 * down for ever; not while another watcher runs. Failure is logged. */
void watch_withdraw(const char *track_file);

#endif
