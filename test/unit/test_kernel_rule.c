#include "kernel_rule.h"

#include "support.h"

/* A router in order, with one thing changed in each case. */
struct world {
	struct conf conf;
	struct kernel_facts facts;
};

static struct addr address(const char *text)
{
	struct addr addr;

	assert_int_equal(addr_parse(text, AF_UNSPEC, &addr), 0);
	return addr;
}

static void make_world(struct world *world)
{
	struct conf_router *router = &world->conf.router;

	memset(world, 0, sizeof(*world));
	router->lan.count = 2;
	snprintf(router->lan.items[0], IFNAMSIZ, "eth0");
	snprintf(router->lan.items[1], IFNAMSIZ, "eth0.20");
	snprintf(router->uplink, IFNAMSIZ, "ppp0");
	router->vip = address("192.168.0.254");
	world->conf.route.present = true;
	world->conf.route.table = 87;
	for (size_t i = 0; i < router->lan.count; i++)
		world->facts.lans[i] = (struct kernel_lan){
			.there = true, .up = true, .forwards = true, .mtu = 1500
		};
	world->facts.uplink = (struct kernel_uplink){
		.there = true, .up = true, .address = true, .forwards = true, .mtu = 1500
	};
	world->facts.master = true;
	world->facts.holder = KERNEL_HOLDER_ONE;
	world->facts.firewall = (struct firewall){ .known = true, .translates = true };
}

static void healthy(struct world *world)
{
	(void)world;
}

static void backup(struct world *world)
{
	world->facts.master = false;
}

static void dead_line(struct world *world)
{
	world->facts.uplink = (struct kernel_uplink){ .there = false };
}

static void no_answer_is_known(struct world *world)
{
	world->facts.holder = KERNEL_HOLDER_UNKNOWN;
}

static void strict_with_a_table(struct world *world)
{
	world->facts.uplink.strict = true;
}

static void off_while_backup(struct world *world)
{
	backup(world);
	world->conf.route.forwarding = CONF_FORWARDING_GLOBAL;
	world->facts.lans[0].forwards = world->facts.lans[1].forwards = false;
	world->facts.uplink.forwards = false;
}

static void public_lan_without_translation(struct world *world)
{
	world->conf.router.vip = address("198.51.100.254");
	world->facts.firewall.translates = false;
}

static void redirects_after_a_stop(struct world *world)
{
	backup(world);
	world->facts.lans[0].redirects = true;
}

static void pppoe_clamped(struct world *world)
{
	world->facts.uplink.mtu = 1454;
	world->facts.firewall.clamps = true;
}

static void firewall_unknown(struct world *world)
{
	world->facts.firewall.known = false;
	world->facts.firewall.translates = false;
}

static void slaac(struct world *world)
{
	assert_int_equal(nexthop_parse("dev ppp0", AF_INET6, &world->conf.route.master6), 0);
	world->facts.uplink.ignores_ra = true;
	world->facts.uplink.address6 = true;
}

static void nobody(struct world *world)
{
	backup(world);
	world->facts.holder = KERNEL_HOLDER_NOBODY;
}

static void two(struct world *world)
{
	world->facts.holder = KERNEL_HOLDER_TWO;
}

static void wrong_nat(struct world *world)
{
	world->facts.firewall.translates = false;
	world->facts.firewall.any_nat = true;
}

static void off_with_keep(struct world *world)
{
	backup(world);
	world->facts.lans[1].forwards = false;
}

static void off_on_the_uplink(struct world *world)
{
	world->facts.uplink.forwards = false;
}

static void off_while_master(struct world *world)
{
	world->conf.route.forwarding = CONF_FORWARDING_LAN;
	world->facts.lans[0].forwards = false;
}

static void strict(struct world *world)
{
	world->facts.uplink.strict = true;
	world->conf.route.table = 0;
}

static void redirects(struct world *world)
{
	world->conf.route.redirects = CONF_REDIRECTS_KEEP;
	world->facts.lans[1].redirects = true;
}

static void pppoe(struct world *world)
{
	world->facts.uplink.mtu = 1492;
}

static void no_vrrp(struct world *world)
{
	snprintf(world->facts.firewall.drops_vrrp, FIREWALL_CHAIN_MAX, "inet filter input");
}

static void no_forward(struct world *world)
{
	snprintf(world->facts.firewall.drops_forward, FIREWALL_CHAIN_MAX, "ip filter FORWARD");
}

static void no_answers(struct world *world)
{
	snprintf(world->facts.firewall.drops_answers, FIREWALL_CHAIN_MAX, "ip filter FORWARD");
}

static void own_address_second(struct world *world)
{
	world->facts.lans[0].second = address("192.168.0.1");
}

static void no_lan(struct world *world)
{
	world->facts.lans[1] = (struct kernel_lan){ .there = false };
}

static void lan_down(struct world *world)
{
	world->facts.lans[0].up = false;
}

static void no_uplink(struct world *world)
{
	dead_line(world);
	snprintf(world->conf.router.uplink, IFNAMSIZ, "eth7");
	world->facts.firewall.translates = false;
}

static void no_address(struct world *world)
{
	world->facts.uplink.address = false;
}

static void sibling(struct world *world)
{
	dead_line(world);
	snprintf(world->facts.uplink.sibling, IFNAMSIZ, "ppp1");
}

static void own_gateway(struct world *world)
{
	world->facts.own_backup = true;
	world->conf.route.backup.via = address("192.168.0.1");
}

static void own_master(struct world *world)
{
	world->facts.own_master = true;
	world->conf.route.master.via = address("198.51.100.10");
}

static void no_slaac(struct world *world)
{
	slaac(world);
	world->facts.uplink.address6 = false;
}

static const struct {
	const char *name;
	void (*change)(struct world *world);
	unsigned code; /* 0: nothing is found */
} cases[] = {
	{ "healthy", healthy, 0 },
	{ "backup", backup, 0 },
	{ "a dead line", dead_line, 0 },
	{ "no answer is known", no_answer_is_known, 0 },
	{ "strict, with the line's table", strict_with_a_table, 0 },
	{ "forwarding follows the state", off_while_backup, 0 },
	{ "redirects, which fo-route sees to", redirects_after_a_stop, 0 },
	{ "a LAN of public addresses", public_lan_without_translation, 0 },
	{ "PPPoE with a clamp", pppoe_clamped, 0 },
	{ "the firewall is not known", firewall_unknown, 0 },
	{ "IPv6 with an address", slaac, 0 },
	{ "nobody has the VIP", nobody, 201 },
	{ "two have it", two, 202 },
	{ "NAT on another interface", wrong_nat, 204 },
	{ "forwarding off, with keep", off_with_keep, 205 },
	{ "forwarding off on the uplink", off_on_the_uplink, 205 },
	{ "forwarding off while master", off_while_master, 205 },
	{ "strict without a table", strict, 206 },
	{ "redirects", redirects, 207 },
	{ "PPPoE without a clamp", pppoe, 208 },
	{ "VRRP dropped", no_vrrp, 209 },
	{ "forwarding dropped", no_forward, 210 },
	{ "answers dropped", no_answers, 210 },
	{ "a LAN that is missing", no_lan, 211 },
	{ "a LAN that is down", lan_down, 211 },
	{ "an uplink that is missing", no_uplink, 212 },
	{ "an uplink without address", no_address, 213 },
	{ "ppp1", sibling, 214 },
	{ "the backup's gateway is its own", own_gateway, 215 },
	{ "the master's gateway is its own", own_master, 215 },
	{ "IPv6 without an address", no_slaac, 216 },
	{ "the own address after the VIP", own_address_second, 220 },
};

static void each_fault_has_its_finding_and_no_other(void **state)
{
	static struct findings findings;
	static struct world world;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		memset(&findings, 0, sizeof(findings));
		make_world(&world);
		cases[i].change(&world);
		kernel_rule_check(&world.conf, &world.facts, &findings);
		CHECK(findings.count == (cases[i].code == 0 ? 0 : 1), "%s: %zu findings, %u first",
		      cases[i].name, findings.count, findings.items[0].code);
		if (cases[i].code == 0)
			continue;
		CHECK(findings.items[0].code == cases[i].code, "%s: FO%u", cases[i].name,
		      findings.items[0].code);
		CHECK(finding_kind_of(cases[i].code)->code != 0, "%s", cases[i].name);
		CHECK(findings.items[0].reason[0] != '\0' && findings.items[0].fix[0] != '\0', "%s",
		      cases[i].name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_fault_has_its_finding_and_no_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
