/* redial.h - the administrator's command that redials the metered line. Job: child, history. */
#ifndef FO_REDIAL_H
#define FO_REDIAL_H

#include <stdbool.h>
#include <stdint.h>

#include "compiler.h"
#include "settings.h"

/* It may take so long. */
#define REDIAL_MS 120000

/* Whether the command can be run at all: on the day of the outage it would be too late to find out.
 * Returns 0, also where there is none, or -errno, logged. */
int redial_check(const struct conf_keepalive *conf) FO_MUST_CHECK;

/* Runs it, after `dead` failed runs in a row. Of the command only the program is named: the rest
 * may be a password. Returns whether it has ended well; all logged, and in the history. */
bool redial_run(const char *uplink, const struct conf_keepalive *conf, int64_t dead);

#endif
