#include "rule_set.h"

#include <string.h>

/* Before every rule that a person or a program is likely to have made without thinking of numbers
 * (ip-rule(8) counts down from 32765), after those of Tailscale (5210 to 5270), which chooses by
 * marks. */
enum {
	PRIORITY_FROM = 8700,
	PRIORITY_BOUND = 8702,
	PRIORITY_LATE = 8704,
};

#define TABLE_MAIN 254 /* RT_TABLE_MAIN */

bool rule_set_add(struct rule_set *set, const struct rule *rule)
{
	if (set->count == RULE_SET_MAX)
		return false;
	set->items[set->count++] = *rule;
	return true;
}

static bool is_equal(const struct rule *a, const struct rule *b)
{
	return a->priority == b->priority && a->table == b->table &&
	       a->no_default == b->no_default && a->from_len == b->from_len &&
	       addr_equal(&a->from, &b->from) && strcmp(a->oif, b->oif) == 0 &&
	       strcmp(a->iif, b->iif) == 0;
}

bool rule_set_has(const struct rule_set *set, const struct rule *rule)
{
	for (size_t i = 0; i < set->count; i++) {
		if (is_equal(&set->items[i], rule))
			return true;
	}
	return false;
}

/* Both steps of what `match` is for. Those for which there is no room are left out in pairs. */
static void add_pair(struct rule_set *set, const struct rule *match, uint32_t table)
{
	struct rule rule = *match;

	if (set->count + 2 > RULE_SET_MAX)
		return;
	rule.table = TABLE_MAIN;
	rule.no_default = true;
	(void)rule_set_add(set, &rule);
	rule.priority++;
	rule.table = table;
	rule.no_default = false;
	(void)rule_set_add(set, &rule);
}

void rule_set_make(const struct rule_set_facts *facts, struct rule_set *out)
{
	unsigned whole = (unsigned)addr_len(facts->family) * 8;
	struct rule bound = { .priority = PRIORITY_BOUND };

	out->count = 0;
	memcpy(bound.oif, facts->uplink, strnlen(facts->uplink, sizeof(bound.oif) - 1));
	add_pair(out, &bound, facts->table);
	for (size_t i = 0; i < facts->addr_count; i++) {
		struct rule from = { .priority = PRIORITY_FROM,
				     .from = facts->addrs[i],
				     .from_len = whole };

		if (from.from.family == facts->family)
			add_pair(out, &from, facts->table);
	}
	for (size_t i = 0; facts->late != NULL && i < facts->late->count; i++) {
		struct rule late = { .priority = PRIORITY_LATE };

		memcpy(late.iif, facts->late->items[i], sizeof(late.iif));
		add_pair(out, &late, facts->table);
	}
}
