/* What differs from the plan, as findings: what the kernel does, and what mends that. */
#include "plan_rule.h"

#include "route.h"
#include "support.h"

static struct conf conf;
static struct switchover found;
static struct findings findings;

/* A route is set, and the kernel sends packets elsewhere. */
static struct step *make_overruled(enum plan_kind kind)
{
	struct step *step = &found.steps[0];

	memset(&conf, 0, sizeof(conf));
	memset(&found, 0, sizeof(found));
	memset(&findings, 0, sizeof(findings));
	strcpy(conf.router.uplink, "ppp0");
	found.facts.line.up = true;
	found.count = 1;
	step->want.kind = kind;
	step->want.family = AF_INET;
	strcpy(step->want.dev, "eth0");
	strcpy(step->want.hop.dev, "ppp0");
	step->overruled = true;
	step->answer.reachable = true;
	strcpy(step->answer.hop.dev, "tun0");
	step->answer.table = ROUTE_MAIN;
	return step;
}

static void the_half_of_the_internet_that_a_vpn_takes_is_named(void **state)
{
	static const struct {
		enum plan_kind kind;
		unsigned code;
	} cases[] = { { PLAN_ROUTE, 203 }, { PLAN_LAN, 218 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		make_overruled(cases[i].kind)->answer.prefix_len = 1;
		assert_int_equal(plan_rule_check(&conf, &found, &findings), 0);
		assert_int_equal(findings.count, 1);
		assert_int_equal(findings.items[0].code, cases[i].code);
		assert_non_null(strstr(findings.items[0].reason, "the /1 route dev tun0"));
		assert_non_null(
			strstr(findings.items[0].fix, "ip route del 128.0.0.0/1 dev tun0\n"));
		assert_null(strstr(findings.items[0].fix, "fo-route apply"));
	}
}

static void the_rule_that_leads_to_another_table_is_named(void **state)
{
	struct step *step = make_overruled(PLAN_LAN);

	(void)state;
	step->answer.table = 51820;
	step->priority = 32764;
	assert_int_equal(plan_rule_check(&conf, &found, &findings), 0);
	assert_int_equal(findings.count, 1);
	assert_non_null(strstr(findings.items[0].fix, "ip rule show priority 32764; "
						      "ip route show table 51820\n"));
	assert_non_null(strstr(findings.items[0].fix, "ip rule del priority 32764"));
	assert_null(strstr(findings.items[0].fix, "fo-route apply"));
}

static void what_fo_route_can_set_is_left_to_it(void **state)
{
	struct step *step = make_overruled(PLAN_ROUTE);

	(void)state;
	step->overruled = false;
	assert_int_equal(plan_rule_check(&conf, &found, &findings), 0);
	assert_int_equal(findings.count, 1);
	assert_int_equal(strncmp(findings.items[0].fix, "fo-route apply\n", 15), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_half_of_the_internet_that_a_vpn_takes_is_named),
		cmocka_unit_test(the_rule_that_leads_to_another_table_is_named),
		cmocka_unit_test(what_fo_route_can_set_is_left_to_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
