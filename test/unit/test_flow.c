#include "flow.h"
#include "support.h"

/* The interfaces of the router. */
enum { LINE = 1, LAN, VLAN, TUNNEL };

#define VIP  "192.168.0.254"
#define MARK 7 /* has a route of its own, by the tunnel */

static struct addr addr_of(const char *text)
{
	struct addr addr = { .family = AF_UNSPEC };

	CHECK(addr_parse(text, AF_UNSPEC, &addr) == 0, "%s", text);
	return addr;
}

static struct flow flow_of(const char *src, const char *dst, const char *reply_src,
			   const char *reply_dst)
{
	return (struct flow){ addr_of(src), addr_of(dst), addr_of(reply_src), addr_of(reply_dst),
			      0 };
}

/* The default route of the article's router: `dev LINE`, or back to its neighbour. */
static struct flow_scope scope_of(sa_family_t family, bool egress_is_lan)
{
	struct flow_scope scope = { .family = family, .egress_is_lan = egress_is_lan };

	scope.index = egress_is_lan ? LAN : LINE;
	if (egress_is_lan)
		scope.via = addr_of(family == AF_INET6 ? "fe80::1" : VIP);
	scope.egress[0] = addr_of(egress_is_lan ? "192.168.0.1" : "198.51.100.10");
	scope.egress[1] = addr_of(egress_is_lan ? "2001:db8:1::1" : "2001:db8:ffff::10");
	scope.egress_count = 2;
	return scope;
}

/* What its kernel would say of a packet to `dst`: its addresses, its networks (a LAN, a VLAN, a
 * subnet behind a host of the LAN, a tunnel), and for all else the default route. */
static struct flow_way way_of(const struct addr *dst, const struct flow_scope *scope)
{
	static const struct {
		const char *net;
		unsigned len;
		enum flow_way_kind kind;
		int index;
		const char *via;
	} routes[] = {
		{ "192.168.0.1", 32, FLOW_WAY_LOCAL, 0, NULL },
		{ "192.168.20.1", 32, FLOW_WAY_LOCAL, 0, NULL },
		{ "198.51.100.10", 32, FLOW_WAY_LOCAL, 0, NULL },
		{ "2001:db8:1::1", 128, FLOW_WAY_LOCAL, 0, NULL },
		{ "192.168.0.0", 24, FLOW_WAY_OUT, LAN, NULL },
		{ "192.168.20.0", 24, FLOW_WAY_OUT, VLAN, NULL },
		{ "10.30.0.0", 16, FLOW_WAY_OUT, LAN, "192.168.0.30" },
		{ "203.0.113.0", 29, FLOW_WAY_OUT, LAN, NULL },
		{ "100.100.0.0", 16, FLOW_WAY_OUT, TUNNEL, NULL },
		{ "10.66.0.0", 16, FLOW_WAY_NOWHERE, 0, NULL },
		{ "fd00:20::", 64, FLOW_WAY_OUT, VLAN, NULL },
		{ "2001:db8:1::", 64, FLOW_WAY_OUT, LAN, NULL },
	};

	for (size_t i = 0; i < ARRAY_LEN(routes); i++) {
		struct addr net = addr_of(routes[i].net);
		struct flow_way way = { .kind = routes[i].kind, .index = routes[i].index };

		if (routes[i].via != NULL)
			way.via = addr_of(routes[i].via);
		if (addr_in_prefix(dst, &net, routes[i].len))
			return way;
	}
	return (struct flow_way){ .kind = FLOW_WAY_OUT, .index = scope->index, .via = scope->via };
}

/* Answers each question once. Returns whether the flow is stale. */
static bool is_stale(const struct flow *flow, const struct flow_scope *scope, enum flow_nat nat)
{
	struct flow_facts facts = { .nat = FLOW_NAT_UNKNOWN };
	unsigned asked = 0;

	for (;;) {
		enum flow_verdict verdict = flow_judge(flow, scope, &facts);

		if (verdict == FLOW_FITS || verdict == FLOW_STALE)
			return verdict == FLOW_STALE;
		CHECK((asked & 1U << verdict) == 0, "question %d twice", (int)verdict);
		asked |= 1U << verdict;
		if (verdict == FLOW_ASK_NAT)
			facts.nat = nat;
		else if (verdict == FLOW_ASK_DST)
			facts.dst = way_of(&flow->dst, scope);
		else if (verdict == FLOW_ASK_SRC)
			facts.src = way_of(&flow->src, scope);
		else if (flow->mark == MARK)
			facts.flow = (struct flow_way){ .kind = FLOW_WAY_OUT, .index = TUNNEL };
		else
			facts.flow = way_of(&flow->reply_src, scope);
	}
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
		  "of a network that is not behind this router" },
		{ "192.168.20.9", "8.8.8.8", "8.8.8.8", "192.168.20.9", true, false,
		  "of the VLAN, untranslated" },
		{ "192.168.20.9", "8.8.8.8", "8.8.8.8", "198.51.100.10", false, true,
		  "of the VLAN, translated to the line's address" },
		{ "192.168.20.9", "192.168.0.50", "192.168.0.50", "192.168.20.9", false, false,
		  "from the VLAN to the LAN" },
		{ "192.168.0.50", "192.168.20.9", "192.168.20.9", "192.168.20.1", false, false,
		  "from the LAN to the VLAN, translated" },
		{ "10.30.0.9", "8.8.8.8", "8.8.8.8", "10.30.0.9", true, false,
		  "of a subnet behind a host of the LAN, untranslated" },
		{ "10.30.0.9", "8.8.8.8", "8.8.8.8", "198.51.100.9", true, true,
		  "of a subnet behind a host of the LAN, translated to a line of before" },
		{ "192.168.20.1", "8.8.8.8", "8.8.8.8", "192.168.20.1", false, false,
		  "the router's own, of the VLAN" },
		{ "192.168.0.50", "100.100.0.5", "100.100.0.5", "100.100.9.9", false, false,
		  "translated into a tunnel" },
		{ "192.168.0.50", "100.100.0.5", "100.100.0.5", "192.168.0.50", false, false,
		  "untranslated into a tunnel" },
		{ "192.168.0.50", "10.66.0.1", "10.66.0.1", "192.168.0.50", false, false,
		  "to where there is no route" },
		{ "192.168.0.50", "8.8.8.8", "192.168.0.1", "192.168.0.50", false, false,
		  "redirected to the router itself" },
		{ "192.168.20.9", "8.8.8.8", "192.168.0.60", "192.168.20.9", false, false,
		  "redirected from the VLAN to a host of the LAN" },
		{ "8.8.8.8", "198.51.100.9", "192.168.0.50", "8.8.8.8", true, true,
		  "let in by an address of before" },
		{ "8.8.8.8", "198.51.100.9", "10.30.0.9", "8.8.8.8", true, true,
		  "let in by an address of before, to a subnet behind a host of the LAN" },
		{ "8.8.8.8", "198.51.100.9", "192.168.0.1", "8.8.8.8", false, false,
		  "let in to the router itself" },
		{ "8.8.8.8", "198.51.100.9", "9.9.9.9", "8.8.8.8", false, false,
		  "let in and out again" },
		{ "203.0.113.2", "8.8.8.8", "8.8.8.8", "203.0.113.2", false, false,
		  "a public address on the LAN needs no translation" },
		{ "2001:db8:1::50", "2001:db8:9::1", "2001:db8:9::1", "192.168.0.50", false, false,
		  "of the other family" },
	};
	struct flow_scope line = scope_of(AF_INET, false), lan = scope_of(AF_INET, true);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct flow flow =
			flow_of(cases[i].src, cases[i].dst, cases[i].reply_src, cases[i].reply_dst);

		CHECK(is_stale(&flow, &line, FLOW_NAT_SOME) == cases[i].stale_on_line,
		      "on the line: %s", cases[i].what);
		CHECK(is_stale(&flow, &lan, FLOW_NAT_SOME) == cases[i].stale_on_lan,
		      "on the LAN: %s", cases[i].what);
	}
}

static void an_untranslated_global_ipv6_flow_fits_every_route(void **state)
{
	struct flow flow =
		flow_of("2001:db8:1::50", "2001:db8:9::1", "2001:db8:9::1", "2001:db8:1::50");
	struct flow_scope line = scope_of(AF_INET6, false), lan = scope_of(AF_INET6, true);

	(void)state;
	assert_false(is_stale(&flow, &line, FLOW_NAT_SOME));
	assert_false(is_stale(&flow, &lan, FLOW_NAT_SOME));
	flow.reply_dst = addr_of("2001:db8:ffff::10");
	assert_false(is_stale(&flow, &line, FLOW_NAT_SOME));
	assert_true(is_stale(&flow, &lan, FLOW_NAT_SOME));
	flow = flow_of("fd00:20::9", "2001:db8:9::1", "2001:db8:9::1", "fd00:20::9");
	assert_true(is_stale(&flow, &line, FLOW_NAT_SOME));
	assert_false(is_stale(&flow, &lan, FLOW_NAT_SOME));
}

static void a_mark_can_send_a_flow_elsewhere(void **state)
{
	struct flow flow = flow_of("192.168.0.50", "8.8.8.8", "8.8.8.8", "100.100.9.9");
	struct flow_scope line = scope_of(AF_INET, false), lan = scope_of(AF_INET, true);

	(void)state;
	assert_true(is_stale(&flow, &line, FLOW_NAT_SOME));
	assert_true(is_stale(&flow, &lan, FLOW_NAT_SOME));
	flow.mark = MARK;
	assert_false(is_stale(&flow, &line, FLOW_NAT_SOME));
	assert_false(is_stale(&flow, &lan, FLOW_NAT_SOME));
}

static void a_router_that_translates_nothing_has_no_untranslated_flow_to_remove(void **state)
{
	struct flow flow = flow_of("192.168.0.50", "8.8.8.8", "8.8.8.8", "192.168.0.50");
	struct flow_scope line = scope_of(AF_INET, false);

	(void)state;
	assert_true(is_stale(&flow, &line, FLOW_NAT_SOME));
	assert_false(is_stale(&flow, &line, FLOW_NAT_NONE));
	flow.reply_dst = addr_of("198.51.100.9"); /* a rule of before */
	assert_true(is_stale(&flow, &line, FLOW_NAT_NONE));
	flow = flow_of("8.8.8.8", "198.51.100.9", "192.168.0.50", "8.8.8.8");
	assert_true(is_stale(&flow, &line, FLOW_NAT_NONE));
}

static void without_all_addresses_of_the_egress_no_translation_is_wrong(void **state)
{
	struct flow flow = flow_of("192.168.0.50", "8.8.8.8", "8.8.8.8", "198.51.100.10");
	struct flow_scope scope = scope_of(AF_INET, false);

	(void)state;
	assert_false(is_stale(&flow, &scope, FLOW_NAT_SOME));
	scope.egress_count = 0; /* the line has no address yet: no translation fits */
	assert_true(is_stale(&flow, &scope, FLOW_NAT_SOME));
	scope.egress_more = true;
	assert_false(is_stale(&flow, &scope, FLOW_NAT_SOME));
}

/* An uplink with a gateway. */
static void the_network_of_an_ethernet_uplink_is_not_behind_its_gateway(void **state)
{
	struct flow_scope scope = scope_of(AF_INET, false);
	struct flow_facts facts = { .nat = FLOW_NAT_SOME };
	struct flow flow = flow_of("192.168.0.50", "192.168.1.1", "192.168.1.1", "192.168.0.50");

	(void)state;
	scope.via = addr_of("192.168.1.2");
	facts.src = (struct flow_way){ .kind = FLOW_WAY_OUT, .index = LAN };
	facts.flow = (struct flow_way){ .kind = FLOW_WAY_OUT, .index = LINE };
	assert_int_equal(flow_judge(&flow, &scope, &facts), FLOW_FITS);
	facts.flow.via = scope.via;
	assert_int_equal(flow_judge(&flow, &scope, &facts), FLOW_STALE);
	/* What comes from there is not of a LAN, whatever it is. */
	facts.src = (struct flow_way){ .kind = FLOW_WAY_OUT, .index = LINE };
	assert_int_equal(flow_judge(&flow, &scope, &facts), FLOW_FITS);
}

static void a_flow_that_fits_costs_no_question(void **state)
{
	struct flow_scope line = scope_of(AF_INET, false), lan = scope_of(AF_INET, true);
	struct flow_facts facts = { .nat = FLOW_NAT_UNKNOWN };
	struct flow flow = flow_of("192.168.0.50", "8.8.8.8", "8.8.8.8", "198.51.100.10");

	(void)state;
	assert_int_equal(flow_judge(&flow, &line, &facts), FLOW_FITS);
	assert_int_equal(flow_judge(&flow, &lan, &facts), FLOW_ASK_SRC);
	flow.reply_dst = flow.src;
	assert_int_equal(flow_judge(&flow, &lan, &facts), FLOW_FITS);
	assert_int_equal(flow_judge(&flow, &line, &facts), FLOW_ASK_NAT);
	flow = flow_of("8.8.8.8", "198.51.100.10", "192.168.0.50", "8.8.8.8");
	assert_int_equal(flow_judge(&flow, &line, &facts), FLOW_ASK_DST);
	facts.dst.kind = FLOW_WAY_LOCAL;
	assert_int_equal(flow_judge(&flow, &line, &facts), FLOW_FITS);
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
		cmocka_unit_test(a_mark_can_send_a_flow_elsewhere),
		cmocka_unit_test(
			a_router_that_translates_nothing_has_no_untranslated_flow_to_remove),
		cmocka_unit_test(without_all_addresses_of_the_egress_no_translation_is_wrong),
		cmocka_unit_test(the_network_of_an_ethernet_uplink_is_not_behind_its_gateway),
		cmocka_unit_test(a_flow_that_fits_costs_no_question),
		cmocka_unit_test(private_networks_end_where_their_rfc_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
