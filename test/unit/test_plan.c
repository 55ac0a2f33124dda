#include "plan.h"
#include "support.h"

#define MAIN                                                                                       \
	{                                                                                          \
		.master = { .dev = "ppp0" }, .backup = {.dev = "eth0" }                            \
	}

/* The items as one line: `name=value` of a switch, `ip`/`ip6` and the interface of a route,
 * `flows`/`flows6`. A switch that may be missing ends with `?`. */
static const char *text_of(const struct plan *plan)
{
	static char text[1024];
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < plan->count; i++) {
		const struct plan_item *item = &plan->items[i];
		const char *six = item->family == AF_INET6 ? "6" : "";
		char one[128];

		switch (item->kind) {
		case PLAN_SYSCTL:
			snprintf(one, sizeof(one), "%s=%d%s", item->sysctl + strlen("net/ipv4/"),
				 item->value, item->may_be_missing ? "?" : "");
			break;
		case PLAN_ROUTE:
			snprintf(one, sizeof(one), "ip%s:%s", six, item->hop.dev);
			break;
		case PLAN_FLOWS:
			snprintf(one, sizeof(one), "flows%s:%s", six, item->hop.dev);
			break;
		case PLAN_TABLE:
			snprintf(one, sizeof(one), "table%s:%s", six, item->hop.dev);
			break;
		case PLAN_RULES:
			snprintf(one, sizeof(one), "rules%s", six);
			break;
		case PLAN_LAN:
			snprintf(one, sizeof(one), "lan%s:%s", six, item->dev);
			break;
		}
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s",
					 i == 0 ? "" : " ", one);
	}
	return text;
}

static const struct plan_saved nothing_saved;
static const struct conf_interfaces eth0 = { .items = { "eth0" }, .count = 1 };

/* With nothing saved, one state for both families, a line that is up, and gateways as configured.
 */
static struct plan_facts facts_of(const struct conf_route *policy,
				  const struct conf_interfaces *lan, const char *uplink,
				  enum vrrp_state state)
{
	return (struct plan_facts){ .lan = lan,
				    .uplink = uplink,
				    .state = state,
				    .state6 = state,
				    .known = true,
				    .line = policy->master,
				    .line6 = policy->master6,
				    .line_up = true,
				    .line6_up = true,
				    .saved = &nothing_saved };
}

static void make(const struct conf_route *policy, enum vrrp_state state, struct plan *out)
{
	const struct plan_facts facts = facts_of(policy, &eth0, "ppp0", state);

	plan_make(policy, &facts, out);
}

static struct conf_route policy_of(enum conf_stop stop, enum conf_forwarding forwarding,
				   enum conf_conntrack conntrack, enum conf_redirects redirects)
{
	struct conf_route policy = MAIN;

	policy.stop = stop;
	policy.forwarding = forwarding;
	policy.conntrack = conntrack;
	policy.redirects = redirects;
	return policy;
}

static void each_state_wants_what_the_policy_says(void **state)
{
	const struct {
		struct conf_route policy;
		enum vrrp_state state;
		const char *want;
	} cases[] = {
		{ policy_of(CONF_STOP_BACKUP, CONF_FORWARDING_KEEP, CONF_CONNTRACK_STALE,
			    CONF_REDIRECTS_OFF),
		  VRRP_MASTER,
		  "conf/all/send_redirects=0 conf/eth0/send_redirects=0? ip:ppp0 lan:eth0 "
		  "flows:ppp0" },
		{ policy_of(CONF_STOP_BACKUP, CONF_FORWARDING_KEEP, CONF_CONNTRACK_KEEP,
			    CONF_REDIRECTS_KEEP),
		  VRRP_BACKUP, "ip:eth0" },
		{ policy_of(CONF_STOP_BACKUP, CONF_FORWARDING_GLOBAL, CONF_CONNTRACK_STALE,
			    CONF_REDIRECTS_KEEP),
		  VRRP_MASTER, "ip:ppp0 ip_forward=1 lan:eth0 flows:ppp0" },
		{ policy_of(CONF_STOP_BACKUP, CONF_FORWARDING_GLOBAL, CONF_CONNTRACK_STALE,
			    CONF_REDIRECTS_KEEP),
		  VRRP_FAULT, "ip_forward=0 ip:eth0 flows:eth0" },
		{ policy_of(CONF_STOP_BACKUP, CONF_FORWARDING_LAN, CONF_CONNTRACK_KEEP,
			    CONF_REDIRECTS_KEEP),
		  VRRP_MASTER, "ip:ppp0 conf/ppp0/forwarding=1? conf/eth0/forwarding=1? lan:eth0" },
		{ policy_of(CONF_STOP_BACKUP, CONF_FORWARDING_LAN, CONF_CONNTRACK_KEEP,
			    CONF_REDIRECTS_KEEP),
		  VRRP_BACKUP, "conf/eth0/forwarding=0? ip:eth0" },
		{ policy_of(CONF_STOP_BACKUP, CONF_FORWARDING_KEEP, CONF_CONNTRACK_KEEP,
			    CONF_REDIRECTS_KEEP),
		  VRRP_STOP, "ip:eth0" },
		{ policy_of(CONF_STOP_KEEP, CONF_FORWARDING_GLOBAL, CONF_CONNTRACK_STALE,
			    CONF_REDIRECTS_OFF),
		  VRRP_STOP, "" },
		{ policy_of(CONF_STOP_KEEP, CONF_FORWARDING_KEEP, CONF_CONNTRACK_KEEP,
			    CONF_REDIRECTS_KEEP),
		  VRRP_FAULT, "ip:eth0" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct plan plan;

		make(&cases[i].policy, cases[i].state, &plan);
		CHECK(strcmp(text_of(&plan), cases[i].want) == 0, "case %zu: %s", i,
		      text_of(&plan));
	}
}

static void ipv6_is_left_alone_unless_it_is_asked_for(void **state)
{
	struct conf_route policy = policy_of(CONF_STOP_BACKUP, CONF_FORWARDING_KEEP,
					     CONF_CONNTRACK_STALE, CONF_REDIRECTS_KEEP);
	struct plan plan;

	(void)state;
	make(&policy, VRRP_MASTER, &plan);
	assert_string_equal(text_of(&plan), "ip:ppp0 lan:eth0 flows:ppp0");
	policy.master6 = (struct nexthop){ .dev = "six0" };
	policy.backup6 = (struct nexthop){ .dev = "lan6" };
	make(&policy, VRRP_MASTER, &plan);
	assert_string_equal(text_of(&plan),
			    "ip:ppp0 ip6:six0 lan:eth0 flows:ppp0 lan6:eth0 flows6:six0");
	make(&policy, VRRP_STOP, &plan);
	assert_string_equal(text_of(&plan), "ip:eth0 ip6:lan6 flows:eth0 flows6:lan6");
}

static bool is_forwarding(const struct plan_item *item)
{
	return item->kind == PLAN_SYSCTL && strstr(item->sysctl, "forward") != NULL;
}

/* Forwarding goes off before the route turns and on after it, and flows are looked at once their
 * route is right and packets pass; in the plan of any policy, which always fits. */
static void check_order(const struct plan *plan)
{
	bool routed = false, forwarding = false, wants_forwarding = false, swept = false;
	struct nexthop route[2] = { { .dev = "" }, { .dev = "" } };

	for (size_t i = 0; i < plan->count; i++)
		wants_forwarding = wants_forwarding ||
				   (is_forwarding(&plan->items[i]) && plan->items[i].value == 1);

	assert_true(plan->count <= PLAN_ITEMS_MAX);
	for (size_t i = 0; i < plan->count; i++) {
		const struct plan_item *item = &plan->items[i];

		if (item->kind == PLAN_ROUTE) {
			assert_false(forwarding);
			routed = true;
			route[item->family == AF_INET6] = item->hop;
		}
		if (item->kind == PLAN_FLOWS) {
			assert_true(nexthop_equal(&route[item->family == AF_INET6], &item->hop));
			assert_int_equal(forwarding, wants_forwarding);
			swept = true;
		}
		if (is_forwarding(item)) {
			assert_int_equal(item->value, routed);
			assert_false(swept);
			forwarding = item->value == 1;
		}
	}
}

static void no_plan_lets_a_packet_out_untranslated(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 2 * 3 * 2 * 2 * 2; i++) {
		struct conf_route policy =
			policy_of(i % 2 ? CONF_STOP_KEEP : CONF_STOP_BACKUP,
				  (enum conf_forwarding)(i / 2 % 3),
				  i / 6 % 2 ? CONF_CONNTRACK_KEEP : CONF_CONNTRACK_STALE,
				  i / 12 % 2 ? CONF_REDIRECTS_KEEP : CONF_REDIRECTS_OFF);

		if (i / 24 == 1)
			policy.master6 = policy.backup6 = policy.master;
		for (enum vrrp_state s = VRRP_MASTER; s <= VRRP_STOP; s++) {
			struct plan plan;

			make(&policy, s, &plan);
			check_order(&plan);
		}
	}
}

/* The line's own table is right in every state, even before any is known; without its line there
 * are only the rules. */
static void the_line_is_right_in_every_state(void **state)
{
	struct conf_route policy = policy_of(CONF_STOP_KEEP, CONF_FORWARDING_KEEP,
					     CONF_CONNTRACK_KEEP, CONF_REDIRECTS_KEEP);
	struct plan_facts facts;
	struct plan plan;

	(void)state;
	policy.table = 87;
	make(&policy, VRRP_MASTER, &plan);
	assert_string_equal(text_of(&plan), "ip:ppp0 table:ppp0 rules lan:eth0");
	make(&policy, VRRP_STOP, &plan);
	assert_string_equal(text_of(&plan), "table:ppp0 rules");
	facts = facts_of(&policy, &eth0, "ppp0", VRRP_BACKUP);
	facts.known = false;
	plan_make(&policy, &facts, &plan);
	assert_string_equal(text_of(&plan), "table:ppp0 rules");
	facts.line_up = false;
	plan_make(&policy, &facts, &plan);
	assert_string_equal(text_of(&plan), "rules");
	policy.master6 = policy.backup6 = (struct nexthop){ .dev = "six0" };
	facts = facts_of(&policy, &eth0, "ppp0", VRRP_BACKUP);
	plan_make(&policy, &facts, &plan);
	assert_string_equal(text_of(&plan), "ip:eth0 ip6:six0 table:ppp0 rules table6:six0 rules6");
}

/* The route turns at once; forwarding and flows wait, those of a stop, too. */
static void what_lingers_waits(void **state)
{
	struct conf_route policy = policy_of(CONF_STOP_BACKUP, CONF_FORWARDING_GLOBAL,
					     CONF_CONNTRACK_STALE, CONF_REDIRECTS_OFF);
	const struct plan_saved saved = { .count = 2,
					  .items = { { "net/ipv4/a", 0 }, { "net/ipv4/b", 1 } } };
	struct plan_facts facts = facts_of(&policy, &eth0, "ppp0", VRRP_BACKUP);
	struct plan plan;

	(void)state;
	facts.lingers = true;
	plan_make(&policy, &facts, &plan);
	assert_string_equal(text_of(&plan),
			    "conf/all/send_redirects=0 conf/eth0/send_redirects=0? ip:eth0");
	facts.state = facts.state6 = VRRP_STOP;
	facts.saved = &saved;
	plan_make(&policy, &facts, &plan);
	assert_string_equal(text_of(&plan), "ip:eth0");
	facts.lingers = false;
	plan_make(&policy, &facts, &plan);
	assert_string_equal(text_of(&plan), "a=0? ip:eth0 b=1? flows:eth0");
}

static void every_lan_has_its_switches(void **state)
{
	struct conf_route policy = policy_of(CONF_STOP_BACKUP, CONF_FORWARDING_LAN,
					     CONF_CONNTRACK_KEEP, CONF_REDIRECTS_OFF);
	const struct conf_interfaces lan = { .items = { "eth0", "eth0.20" }, .count = 2 };
	const struct plan_facts facts = facts_of(&policy, &lan, "ppp0", VRRP_BACKUP);
	struct plan plan;

	(void)state;
	plan_make(&policy, &facts, &plan);
	assert_string_equal(text_of(&plan),
			    "conf/all/send_redirects=0 conf/eth0/send_redirects=0? "
			    "conf/eth0.20/send_redirects=0? conf/eth0/forwarding=0? "
			    "conf/eth0.20/forwarding=0? ip:eth0");
}

static void the_longest_interface_name_fits(void **state)
{
	struct conf_route policy = policy_of(CONF_STOP_BACKUP, CONF_FORWARDING_LAN,
					     CONF_CONNTRACK_KEEP, CONF_REDIRECTS_OFF);
	const struct conf_interfaces lan = { .items = { "fifteen-letters" }, .count = 1 };
	struct plan_facts facts;
	struct plan plan;

	(void)state;
	facts = facts_of(&policy, &lan, "letters-fifteen", VRRP_MASTER);
	plan_make(&policy, &facts, &plan);
	assert_string_equal(text_of(&plan),
			    "conf/all/send_redirects=0 conf/fifteen-letters/send_redirects=0? "
			    "ip:ppp0 conf/letters-fifteen/forwarding=1? "
			    "conf/fifteen-letters/forwarding=1? lan:fifteen-letters");
}

static void the_largest_memory_fits_beside_the_largest_plan(void **state)
{
	struct conf_route policy = policy_of(CONF_STOP_BACKUP, CONF_FORWARDING_LAN,
					     CONF_CONNTRACK_STALE, CONF_REDIRECTS_OFF);
	struct plan_saved saved = { .count = PLAN_SAVED_MAX };
	struct conf_interfaces lan = { .count = CONF_LANS_MAX };
	struct plan_facts facts;
	struct plan plan;

	(void)state;
	policy.master6 = policy.backup6 = policy.master;
	policy.table = 87;
	for (size_t i = 0; i < CONF_LANS_MAX; i++)
		snprintf(lan.items[i], IFNAMSIZ, "eth%zu", i);
	facts = facts_of(&policy, &lan, "ppp0", VRRP_MASTER);
	facts.saved = &saved;
	for (size_t i = 0; i < PLAN_SAVED_MAX; i++) {
		snprintf(saved.items[i].name, sizeof(saved.items[i].name), "net/ipv4/x%zu", i);
		saved.items[i].value = i % 2 == 0;
	}
	for (enum vrrp_state s = VRRP_MASTER; s <= VRRP_STOP; s++) {
		facts.state = facts.state6 = s;
		plan_make(&policy, &facts, &plan);
		assert_false(plan.overflow);
		assert_true(s == VRRP_STOP ? plan.count == PLAN_SAVED_MAX + 8
					   : plan.count <= PLAN_OWN_MAX);
	}
	/* One who lies about the size of the memory harms nobody. */
	saved.count = PLAN_SAVED_MAX;
	facts.state = facts.state6 = VRRP_STOP;
	for (size_t i = 0; i < PLAN_SAVED_MAX; i++)
		saved.items[i].value = 2;
	plan_make(&policy, &facts, &plan);
	assert_int_equal(plan.count, 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_state_wants_what_the_policy_says),
		cmocka_unit_test(ipv6_is_left_alone_unless_it_is_asked_for),
		cmocka_unit_test(no_plan_lets_a_packet_out_untranslated),
		cmocka_unit_test(the_line_is_right_in_every_state),
		cmocka_unit_test(what_lingers_waits),
		cmocka_unit_test(every_lan_has_its_switches),
		cmocka_unit_test(the_longest_interface_name_fits),
		cmocka_unit_test(the_largest_memory_fits_beside_the_largest_plan),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
