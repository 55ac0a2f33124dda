/* watcher.h - our rule: the real lib/line/judge, over a simulated network in virtual time. */
#ifndef FO_JUDGE_WATCHER_H
#define FO_JUDGE_WATCHER_H

#include "rule.h"

/* `settings` are keys of [check] that differ from their defaults: `fall=3,interval=100ms`, or none.
 * Returns NULL, and says so on standard error, when there is a fault in them. One at a time. */
struct rule *watcher_begin(const char *settings, struct network *network);

#endif
