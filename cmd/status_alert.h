/* status_alert.h - `fo-status alert`. Job: alert_cli. */
#ifndef FO_STATUS_ALERT_H
#define FO_STATUS_ALERT_H

#include <stdbool.h>

#include "cli.h"
#include "settings.h"

/* Prints what was told and what waits; with `test` becomes fo-alert, which sends one. Returns the
 * exit status. */
int status_alert(const struct cli *cli, const struct conf *conf, bool test);

#endif
