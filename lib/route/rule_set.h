/* rule_set.h - the rules of policy routing that lead to the line's own table. Pure. */
#ifndef FO_RULE_SET_H
#define FO_RULE_SET_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addr.h"
#include "settings.h"

/* A rule of policy routing, ip-rule(8). */
struct rule {
	uint32_t priority; /* the lowest goes first */
	uint32_t table;
	struct addr from;   /* of this source; none: of any */
	unsigned from_len;  /* bits of it */
	char oif[IFNAMSIZ]; /* bound to this interface; empty: to any or none */
	char iif[IFNAMSIZ]; /* came in by this interface; empty: by any or none */
	bool no_default;    /* the default route of `table` does not count */
};

/* Each address of the uplink takes two, and so do its interface and each LAN. */
#define RULE_SET_MAX 64

struct rule_set {
	struct rule items[RULE_SET_MAX];
	size_t count;
};

/* Adds a rule; false: there is no room. */
bool rule_set_add(struct rule_set *set, const struct rule *rule);

/* Whether `set` has the same rule. */
bool rule_set_has(const struct rule_set *set, const struct rule *rule);

/* What leads packets into the line's table. */
struct rule_set_facts {
	uint32_t table;
	sa_family_t family;
	const char *uplink;
	const struct addr *addrs; /* of the uplink; those of the other family do not count */
	size_t addr_count;
	/* LANs whose late packets still go by the line; NULL: none. */
	const struct conf_interfaces *late;
};

/* The rules, of fixed priorities: what leaves from an address of the uplink, what is bound to
 * it, and what is late, each by the main table without its default route first, so that neighbours
 * and networks with a route of their own stay reachable, then by the line's. */
void rule_set_make(const struct rule_set_facts *facts, struct rule_set *out);

#endif
