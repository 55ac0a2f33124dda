/* history_show.h - the history on stdout. Job: history. */
#ifndef FO_HISTORY_SHOW_H
#define FO_HISTORY_SHOW_H

#include <stdbool.h>
#include <stdint.h>

#include "compiler.h"

/* Prints the events since `since_ms` (milliseconds since 1970), the oldest first: a line each, in
 * local time, or as JSON, in UTC. Returns 0, also where there are none, or -errno, logged. */
int history_show(int64_t since_ms, bool json) FO_MUST_CHECK;

#endif
