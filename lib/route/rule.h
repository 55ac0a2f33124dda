/* rule.h - the rules of policy routing that lead to the line's own table, ip-rule(8). Edge.
 *
 * Ours are recognised by their protocol number. */
#ifndef FO_RULE_H
#define FO_RULE_H

#include <stdint.h>
#include <sys/socket.h>

#include "compiler.h"
#include "netlink.h"
#include "rule_set.h"

/* The protocol number of our rules, and of the routes in the line's table. keepalived's own, which
 * our default routes have, would do for none of them: keepalived removes rules that have it. */
#define RULE_PROTOCOL 87

/* Reads the rules of `family` that are ours. Returns 0 and `*out`, or -errno, logged. */
int rule_get_ours(struct netlink *nl, sa_family_t family, struct rule_set *out) FO_MUST_CHECK;

/* Adds what is in `want` and not in `have`, then removes what is in `have` only. Returns 0 or
 * -errno, logged. Needs CAP_NET_ADMIN. */
int rule_replace(struct netlink *nl, sa_family_t family, const struct rule_set *have,
		 const struct rule_set *want) FO_MUST_CHECK;

/* The priority of the first rule of `family`, whoever made it, that leads to `table`; 0: none.
 * Returns 0 and `*priority`, or -errno, logged. */
int rule_find_table(struct netlink *nl, sa_family_t family, uint32_t table,
		    uint32_t *priority) FO_MUST_CHECK;

#endif
