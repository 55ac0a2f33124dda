#include "nexthop.h"
#include "support.h"

static void the_words_of_ip_route_are_read_and_written_back(void **state)
{
	static const struct {
		const char *text;
		sa_family_t family;
		const char *written;
	} cases[] = {
		{ "dev ppp0", AF_INET, "dev ppp0" },
		{ "via 192.168.0.254 dev eth0", AF_INET, "via 192.168.0.254 dev eth0" },
		{ "  via\t192.168.0.254  dev eth0\t", AF_INET, "via 192.168.0.254 dev eth0" },
		{ "dev ppp0", AF_INET6, "dev ppp0" },
		{ "via fe80::1 dev eth0", AF_INET6, "via fe80::1 dev eth0" },
		{ "dev via", AF_INET, "dev via" },
		{ "dev fifteen-letters", AF_INET, "dev fifteen-letters" },
		{ "via ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255 dev fifteen-letters", AF_INET6,
		  "via ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff dev fifteen-letters" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct nexthop hop = { .dev = "" }, back = { .dev = "" };
		char buf[NEXTHOP_TEXT_MAX];

		CHECK(nexthop_parse(cases[i].text, cases[i].family, &hop) == 0, "`%s`",
		      cases[i].text);
		assert_true(nexthop_is_set(&hop));
		assert_string_equal(nexthop_format(buf, &hop), cases[i].written);
		assert_int_equal(nexthop_parse(buf, cases[i].family, &back), 0);
		assert_true(nexthop_equal(&hop, &back));
	}
}

static void anything_else_is_refused_and_changes_nothing(void **state)
{
	static const char *const cases[] = {
		"",
		" ",
		"ppp0",
		"dev",
		"dev ",
		"via",
		"via 192.0.2.1",
		"via dev eth0",
		"via 192.0.2.1 eth0",
		"via 192.0.2.1 dev",
		"dev eth0 via 192.0.2.1",
		"dev eth0 metric 1",
		"via fe80::1 dev eth0",
		"via gateway dev eth0",
		"via 192.0.2.1/24 dev eth0",
		"dev sixteen-letters!",
		"dev eth0/1",
		"dev eth0:1",
		"dev .",
		"dev ..",
		"DEV eth0",
		"dev eth0\n",
		"via 1111:1111:1111:1111:1111:1111:1111:1111:1111 dev eth0",
	};
	const struct nexthop untouched = { .dev = "before" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct nexthop hop = untouched;

		CHECK(nexthop_parse(cases[i], AF_INET, &hop) == -EINVAL, "`%s`", cases[i]);
		assert_true(nexthop_equal(&hop, &untouched));
	}
}

static void hops_differ_by_interface_and_by_gateway(void **state)
{
	struct nexthop a = { .dev = "eth0" }, b = a;

	(void)state;
	assert_true(nexthop_equal(&a, &b));
	b.dev[3] = '1';
	assert_false(nexthop_equal(&a, &b));
	b = a;
	assert_int_equal(addr_parse("0.0.0.0", AF_INET, &b.via), 0);
	assert_false(nexthop_equal(&a, &b));
}

static void no_route_is_called_none(void **state)
{
	struct nexthop none = { .dev = "" };
	char buf[NEXTHOP_TEXT_MAX];

	(void)state;
	assert_false(nexthop_is_set(&none));
	assert_string_equal(nexthop_format(buf, &none), "none");
}

static void an_interface_is_named_as_the_kernel_allows(void **state)
{
	static const struct {
		const char *name;
		bool valid;
	} cases[] = {
		{ "lo", true },
		{ "eth0.100", true },
		{ "...", true },
		{ "wlan-1_x@", true },
		{ "fifteen-letters", true },
		{ "sixteen-letters.", false },
		{ "", false },
		{ ".", false },
		{ "..", false },
		{ "a b", false },
		{ "a\tb", false },
		{ "a/b", false },
		{ "a:b", false },
		{ "a\n", false },
		{ "a\x1b[", false },
		{ "a\x7f", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		CHECK(nexthop_valid_dev(cases[i].name) == cases[i].valid, "`%s`", cases[i].name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_words_of_ip_route_are_read_and_written_back),
		cmocka_unit_test(anything_else_is_refused_and_changes_nothing),
		cmocka_unit_test(hops_differ_by_interface_and_by_gateway),
		cmocka_unit_test(no_route_is_called_none),
		cmocka_unit_test(an_interface_is_named_as_the_kernel_allows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
