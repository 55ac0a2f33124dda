#include "rule_set.h"
#include "support.h"

static struct addr parse(const char *text)
{
	struct addr addr = { .family = AF_UNSPEC };

	assert_int_equal(addr_parse(text, AF_UNSPEC, &addr), 0);
	return addr;
}

/* `PRIORITY from ADDR/LEN oif DEV TABLE -default`, a line a rule. */
static const char *text_of(const struct rule_set *set)
{
	static char text[8192];
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < set->count; i++) {
		const struct rule *rule = &set->items[i];
		char from[ADDR_TEXT_MAX], source[64] = "";

		if (addr_is_set(&rule->from))
			snprintf(source, sizeof(source), " from %s/%u",
				 addr_format(from, &rule->from), rule->from_len);
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%u%s%s%s%s%s %u%s\n",
					 rule->priority, source, rule->oif[0] ? " oif " : "",
					 rule->oif, rule->iif[0] ? " iif " : "", rule->iif,
					 rule->table, rule->no_default ? " -default" : "");
	}
	return text;
}

static void what_leaves_by_the_line_has_its_rules(void **state)
{
	const struct addr addrs[] = { parse("100.64.0.10"), parse("2001:db8::10") };
	struct rule_set_facts facts = {
		.table = 87, .family = AF_INET, .uplink = "ppp0", .addrs = addrs, .addr_count = 2
	};
	const struct conf_interfaces lans = { .items = { "eth0", "eth0.20" }, .count = 2 };
	struct rule_set set;

	(void)state;
	rule_set_make(&facts, &set);
	assert_string_equal(text_of(&set), "8702 oif ppp0 254 -default\n"
					   "8703 oif ppp0 87\n"
					   "8700 from 100.64.0.10/32 254 -default\n"
					   "8701 from 100.64.0.10/32 87\n");
	facts.late = &lans;
	rule_set_make(&facts, &set);
	assert_int_equal(set.count, 8);
	memmove(set.items, set.items + 4, 4 * sizeof(set.items[0]));
	set.count = 4;
	assert_string_equal(text_of(&set), "8704 iif eth0 254 -default\n"
					   "8705 iif eth0 87\n"
					   "8704 iif eth0.20 254 -default\n"
					   "8705 iif eth0.20 87\n");
	facts.late = NULL;
	facts.family = AF_INET6;
	rule_set_make(&facts, &set);
	assert_string_equal(text_of(&set), "8702 oif ppp0 254 -default\n"
					   "8703 oif ppp0 87\n"
					   "8700 from 2001:db8::10/128 254 -default\n"
					   "8701 from 2001:db8::10/128 87\n");
}

static void each_part_matters(void **state)
{
	const struct rule base = {
		.priority = 1, .table = 2, .from = parse("10.0.0.1"), .from_len = 32, .oif = "a"
	};
	struct rule others[7];
	struct rule_set a = { .count = 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		others[i] = base;
	others[0].priority = 9;
	others[1].table = 9;
	others[2].from = parse("10.0.0.2");
	others[3].from_len = 31;
	others[4].oif[0] = 'b';
	others[5].no_default = true;
	others[6].iif[0] = 'b';
	assert_true(rule_set_add(&a, &base));
	assert_true(rule_set_has(&a, &base));
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		CHECK(!rule_set_has(&a, &others[i]), "part %zu", i);
}

static void what_does_not_fit_is_left_out(void **state)
{
	struct addr addrs[RULE_SET_MAX];
	const struct rule_set_facts facts = { .table = 87,
					      .family = AF_INET,
					      .uplink = "ppp0",
					      .addrs = addrs,
					      .addr_count = RULE_SET_MAX };
	const struct rule one = { .priority = 1 };
	struct rule_set set;

	(void)state;
	for (size_t i = 0; i < RULE_SET_MAX; i++)
		addrs[i] = parse("10.0.0.1");
	rule_set_make(&facts, &set);
	assert_int_equal(set.count, RULE_SET_MAX);
	assert_false(rule_set_add(&set, &one));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_leaves_by_the_line_has_its_rules),
		cmocka_unit_test(each_part_matters),
		cmocka_unit_test(what_does_not_fit_is_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
