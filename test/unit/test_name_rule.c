#include "name_rule.h"
#include "support.h"

static void an_address_that_no_server_has_is_not_believed(void **state)
{
	static const struct {
		const char *text;
		bool anywhere, inside;
	} cases[] = {
		{ "203.0.113.80", true, false },
		{ "2001:db8::1", true, false },
		{ "100.127.100.127", true, true },
		{ "100.128.0.1", true, false },
		{ "10.0.0.1", true, true },
		{ "172.31.255.255", true, true },
		{ "172.32.0.1", true, false },
		{ "192.168.0.1", true, true },
		{ "fd00::1", true, true },
		{ "127.0.0.1", false, false },
		{ "0.0.0.0", false, false },
		{ "0.1.2.3", false, false },
		{ "169.254.1.1", false, false },
		{ "224.0.0.1", false, false },
		{ "255.255.255.255", false, false },
		{ "::", false, false },
		{ "::1", false, false },
		{ "fe80::1", false, false },
		{ "ff02::1", false, false },
		{ "::ffff:127.0.0.1", false, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct addr addr;

		assert_int_equal(addr_parse(cases[i].text, AF_UNSPEC, &addr), 0);
		CHECK(name_rule_allows(&addr, false) == cases[i].anywhere, "%s", cases[i].text);
		CHECK(name_rule_allows(&addr, true) == cases[i].inside, "%s, inside",
		      cases[i].text);
	}
}

static void a_ttl_has_bounds(void **state)
{
	(void)state;
	assert_int_equal(name_rule_ttl_s(INT64_MIN), 10);
	assert_int_equal(name_rule_ttl_s(0), 10);
	assert_int_equal(name_rule_ttl_s(60), 60);
	assert_int_equal(name_rule_ttl_s(INT32_MAX), 86400);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_address_that_no_server_has_is_not_believed),
		cmocka_unit_test(a_ttl_has_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
