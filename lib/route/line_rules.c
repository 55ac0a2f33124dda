#include "line_rules.h"

#include <stdbool.h>

#include "route.h"
#include "rule.h"

static bool leads_to(const struct rule_set *set, uint32_t table)
{
	for (size_t i = 0; i < set->count; i++) {
		if (set->items[i].table == table)
			return true;
	}
	return false;
}

static int drop_default(struct netlink *nl, struct route_table table)
{
	struct nexthop hop;
	int ret = route_get_default(nl, table, &hop);

	return ret == 0 && nexthop_is_set(&hop) ? route_delete_default(nl, table, &hop) : ret;
}

int line_rules_replace(struct netlink *nl, sa_family_t family, const struct rule_set *have,
		       const struct rule_set *want)
{
	int ret = rule_replace(nl, family, have, want);

	for (size_t i = 0; i < have->count && ret == 0; i++) {
		const struct route_table table = { family, have->items[i].table };

		if (table.number != ROUTE_MAIN && !leads_to(want, table.number))
			ret = drop_default(nl, table);
	}
	return ret;
}
