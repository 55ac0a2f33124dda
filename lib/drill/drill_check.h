/* drill_check.h - whether a drill may begin. Job: vrrp_role, split_report, watch_report. */
#ifndef FO_DRILL_CHECK_H
#define FO_DRILL_CHECK_H

#include <stdbool.h>

#include "compiler.h"
#include "netlink.h"
#include "settings.h"

#define DRILL_TEXT_MAX 384

/* Looks for what stands against it. Returns true: nothing; otherwise `why` says what, as the rest
 * of a sentence. */
bool drill_check(struct netlink *nl, const struct conf *conf,
		 char why[static DRILL_TEXT_MAX]) FO_MUST_CHECK;

#endif
