/* line_rules.h - the rules to the line's own table, and tables of before. Job: rule, route. */
#ifndef FO_LINE_RULES_H
#define FO_LINE_RULES_H

#include <sys/socket.h>

#include "compiler.h"
#include "netlink.h"
#include "rule_set.h"

/* Makes the rules `want` out of `have` (rule_replace), then deletes our default route from each
 * table that only rules of `have` lead to: another number in fo.conf, or none. Returns 0 or -errno,
 * logged. */
int line_rules_replace(struct netlink *nl, sa_family_t family, const struct rule_set *have,
		       const struct rule_set *want) FO_MUST_CHECK;

#endif
