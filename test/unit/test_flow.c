#include "flow.h"
#include "support.h"

static struct addr addr_of(const char *text)
{
	struct addr addr = { .family = AF_UNSPEC };

	CHECK(addr_parse(text, AF_UNSPEC, &addr) == 0, "%s", text);
	return addr;
}

/* The article's LAN. `egress` are the addresses of the line, or of the LAN's own interface. */
static struct flow_scope scope_of(sa_family_t family, bool egress_is_lan)
{
	struct flow_scope scope = { .family = family, .egress_is_lan = egress_is_lan };

	scope.lan[0] = (struct addr_prefix){ addr_of("192.168.0.1"), 24 };
	scope.lan[1] = (struct addr_prefix){ addr_of("2001:db8:1::1"), 64 };
	scope.lan[2] = (struct addr_prefix){ addr_of("203.0.113.1"), 29 };
	scope.lan_count = 3;
	scope.egress[0] = addr_of(egress_is_lan ? "192.168.0.1" : "198.51.100.10");
	scope.egress[1] = addr_of(egress_is_lan ? "2001:db8:1::1" : "2001:db8:ffff::10");
	scope.egress_count = 2;
	return scope;
}

static void a_flow_is_stale_when_its_translation_does_not_fit_the_route(void **state)
{
	static const struct {
		const char *src, *dst, *reply_src, *reply_dst;
		bool stale_on_line, stale_on_lan;
		const char *what;
	} cases[] = {
		{ "192.168.0.50", "8.8.8.8", "8.8.8.8", "192.168.0.50", true, false,
		  "untranslated, as it began while the neighbour was master" },
		{ "192.168.0.50", "8.8.8.8", "8.8.8.8", "198.51.100.10", false, true,
		  "translated to the line's address" },
		{ "192.168.0.50", "8.8.8.8", "8.8.8.8", "198.51.100.9", true, true,
		  "translated to an address the line had before" },
		{ "192.168.0.50", "8.8.8.8", "8.8.8.8", "192.168.0.1", true, false,
		  "translated to the router's LAN address" },
		{ "192.168.0.50", "192.168.0.60", "192.168.0.60", "192.168.0.50", false, false,
		  "inside the LAN" },
		{ "192.168.0.50", "198.51.100.10", "192.168.0.60", "192.168.0.1", false, false,
		  "hairpin: forwarded back into the LAN" },
		{ "192.168.0.1", "8.8.8.8", "8.8.8.8", "192.168.0.1", false, false,
		  "the router's own" },
		{ "8.8.8.8", "198.51.100.10", "192.168.0.50", "8.8.8.8", false, false,
		  "a port forwarding from outside" },
		{ "10.0.0.5", "8.8.8.8", "8.8.8.8", "10.0.0.5", false, false,
		  "of another network" },
		{ "203.0.113.2", "8.8.8.8", "8.8.8.8", "203.0.113.2", false, false,
		  "a public address on the LAN needs no translation" },
		{ "2001:db8:1::50", "2001:db8:9::1", "2001:db8:9::1", "192.168.0.50", false, false,
		  "of the other family" },
	};
	struct flow_scope line = scope_of(AF_INET, false), lan = scope_of(AF_INET, true);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct flow flow = { addr_of(cases[i].src), addr_of(cases[i].dst),
				     addr_of(cases[i].reply_src), addr_of(cases[i].reply_dst) };

		CHECK(flow_is_stale(&flow, &line) == cases[i].stale_on_line, "on the line: %s",
		      cases[i].what);
		CHECK(flow_is_stale(&flow, &lan) == cases[i].stale_on_lan, "on the LAN: %s",
		      cases[i].what);
	}
}

static void an_untranslated_global_ipv6_flow_fits_every_route(void **state)
{
	struct flow flow = { addr_of("2001:db8:1::50"), addr_of("2001:db8:9::1"),
			     addr_of("2001:db8:9::1"), addr_of("2001:db8:1::50") };
	struct flow_scope line = scope_of(AF_INET6, false), lan = scope_of(AF_INET6, true);

	(void)state;
	assert_false(flow_is_stale(&flow, &line));
	assert_false(flow_is_stale(&flow, &lan));
	flow.reply_dst = addr_of("2001:db8:ffff::10");
	assert_false(flow_is_stale(&flow, &line));
	assert_true(flow_is_stale(&flow, &lan));
}

static void without_a_lan_nothing_is_stale(void **state)
{
	struct flow flow = { addr_of("192.168.0.50"), addr_of("8.8.8.8"), addr_of("8.8.8.8"),
			     addr_of("192.168.0.50") };
	struct flow_scope scope = scope_of(AF_INET, false);

	(void)state;
	assert_true(flow_is_stale(&flow, &scope));
	scope.egress_count = 0; /* the line has no address yet: no translation fits */
	assert_true(flow_is_stale(&flow, &scope));
	scope.lan_count = 0;
	assert_false(flow_is_stale(&flow, &scope));
}

static void private_networks_end_where_their_rfc_says(void **state)
{
	static const struct {
		const char *addr;
		bool is_private;
	} cases[] = {
		{ "9.255.255.255", false },   { "10.0.0.0", true },
		{ "10.255.255.255", true },   { "11.0.0.0", false },
		{ "172.15.255.255", false },  { "172.16.0.0", true },
		{ "172.31.255.255", true },   { "172.32.0.0", false },
		{ "192.167.255.255", false }, { "192.168.0.0", true },
		{ "192.168.255.255", true },  { "192.169.0.0", false },
		{ "100.63.255.255", false },  { "100.64.0.0", true },
		{ "100.127.255.255", true },  { "100.128.0.0", false },
		{ "169.254.0.1", true },      { "169.253.255.255", false },
		{ "8.8.8.8", false },	      { "fbff::1", false },
		{ "fc00::1", true },	      { "fdff::1", true },
		{ "fe00::1", false },	      { "2001:db8::1", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct addr addr = addr_of(cases[i].addr);

		CHECK(flow_is_private(&addr) == cases[i].is_private, "%s", cases[i].addr);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_flow_is_stale_when_its_translation_does_not_fit_the_route),
		cmocka_unit_test(an_untranslated_global_ipv6_flow_fits_every_route),
		cmocka_unit_test(without_a_lan_nothing_is_stale),
		cmocka_unit_test(private_networks_end_where_their_rfc_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
