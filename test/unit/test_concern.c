/* What needs attention, and the sentence that says it: each case is a healthy router with one thing
 * changed. */
#include "concern.h"

#include <stdlib.h>
#include <time.h>

#include "headline.h"
#include "support.h"

#define NOW_S	  1764252000 /* 2025-11-27 14:00:00 UTC */
#define MINUTE_US INT64_C(60000000)

static struct conf conf;
static struct situation situation;
static struct concerns concerns;

/* The main router: master, its line good. */
static void make_main(void)
{
	memset(&conf, 0, sizeof(conf));
	memset(&situation, 0, sizeof(situation));
	conf.router.lan.count = 1;
	strcpy(conf.router.lan.items[0], "eth0");
	strcpy(conf.router.uplink, "ppp0");
	assert_int_equal(addr_parse("192.168.0.254", AF_INET, &conf.router.vip), 0);
	conf.check.present = true;
	conf.route.present = true;
	situation = (struct situation){ .conf = &conf,
					.wall_s = NOW_S,
					.mono_us = 600 * MINUTE_US,
					.boot_ms = INT64_C(36000000),
					.running_ms = INT64_C(36000000),
					.keepalived = true,
					.was_reported = true,
					.state = VRRP_MASTER,
					.reported = VRRP_MASTER,
					.gateway = { .holder = GATEWAY_OURS },
					.split_known = true,
					.resident = SITUATION_YES,
					.is_root = true,
					.firewall = { .lan = "eth0" },
					.forwards = SITUATION_YES,
					.translates = SITUATION_YES,
					.uplink_there = true,
					.uplink = { .up = true },
					.has_address = true,
					.was_watched = true,
					.is_watched = true };
	situation.heartbeat.state =
		(struct verdict_state){ .verdict = VERDICT_UP, .since_us = 500 * MINUTE_US };
	situation.route.count = 1;
	situation.route.steps[0].want.kind = PLAN_ROUTE;
	situation.route.steps[0].as_wanted = true;
}

/* The router with the SIM: backup, its line ready. */
static void make_sub(void)
{
	make_main();
	conf.check.present = false;
	conf.keepalive.present = true;
	conf.speedclass.present = true;
	conf.speedclass.warn_bytes = 1000;
	conf.route.forwarding = CONF_FORWARDING_GLOBAL;
	situation.metered = true;
	situation.state = VRRP_BACKUP;
	situation.gateway.holder = GATEWAY_OTHER;
	situation.forwards = SITUATION_NO;
	situation.class_due = "s1.minimum";
	strcpy(situation.speedclass.known, "s1.minimum");
	situation.idle.verdict = IDLE_ALIVE;
	situation.idle_ago_ms = 60000;
	situation.is_metering = true;
	situation.month = 202511;
	situation.usage.months[0].month = 202511;
}

static void make_main_backup(void)
{
	make_main();
	situation.state = VRRP_BACKUP;
	situation.gateway.holder = GATEWAY_OTHER;
	situation.state_since_ms = (int64_t)(NOW_S - 37 * 60) * 1000;
	situation.heartbeat.state = (struct verdict_state){ .verdict = VERDICT_DOWN,
							    .reason = VERDICT_SILENT,
							    .since_us = 563 * MINUTE_US,
							    .last_bad_us = 600 * MINUTE_US,
							    .hold_us = 10000000 };
}

static void make_sub_master(void)
{
	make_sub();
	situation.state = VRRP_MASTER;
	situation.gateway.holder = GATEWAY_OURS;
	situation.forwards = SITUATION_YES;
	situation.state_since_ms = (int64_t)(NOW_S - 37 * 60) * 1000;
	situation.class_due = "s1.fast";
	strcpy(situation.speedclass.known, "s1.fast");
}

static void nothing(void)
{
}

static void nobody_answers(void)
{
	situation.state = VRRP_FAULT;
	situation.gateway.holder = GATEWAY_NOBODY;
}

static void not_root(void)
{
	situation.is_root = false;
	situation.gateway.holder = GATEWAY_UNKNOWN;
	situation.translates = SITUATION_UNKNOWN;
}

static void not_known(void)
{
	situation.gateway.holder = GATEWAY_UNKNOWN;
}

static void lan_down(void)
{
	situation.lan_down = "eth0";
}

static void lan_cut_off(void)
{
	lan_down();
	not_known();
}

static void resident_ends(void)
{
	situation.resident = SITUATION_NO;
}

static void nothing_judges(void)
{
	conf.check.present = false;
	situation.is_watched = false;
}

static void keepalived_ends(void)
{
	situation.keepalived = false;
}

static void vip_differs(void)
{
	strcpy(situation.mistake, "keepalived says master, but 192.168.0.254 is on no interface");
}

static void another_master(void)
{
	situation.split.count = 1;
	situation.split.entries[0].address = conf.router.vip;
}

static void route_goes_elsewhere(void)
{
	situation.route.steps[0].as_wanted = false;
}

static void vpn_takes_the_internet(void)
{
	struct step *step = &situation.route.steps[0];

	route_goes_elsewhere();
	strcpy(step->want.hop.dev, "ppp0");
	step->overruled = true;
	step->answer.reachable = true;
	step->answer.prefix_len = 1;
	strcpy(step->answer.hop.dev, "tun0");
}

static void sysctl_differs(void)
{
	situation.route.steps[0].want.kind = PLAN_SYSCTL;
	situation.route.steps[0].as_wanted = false;
}

static void forwarding_off(void)
{
	situation.forwards = SITUATION_NO;
	situation.route.steps[0].want.kind = PLAN_LAN;
	situation.route.steps[0].as_wanted = false;
	situation.blocked = "eth0";
}

static void nat_gone(void)
{
	situation.translates = SITUATION_NO;
}

static void firewall_drops(void)
{
	strcpy(situation.firewall.drops_forward, "inet fw f");
}

static void firewall_drops_answers(void)
{
	strcpy(situation.firewall.drops_answers, "inet fw f");
}

static void nat_gone_and_another_master(void)
{
	nat_gone();
	another_master();
}

static void nat_gone_with_public_lan(void)
{
	situation.translates = SITUATION_NO;
	assert_int_equal(addr_parse("198.51.100.254", AF_INET, &conf.router.vip), 0);
}

static void uplink_gone(void)
{
	strcpy(situation.route.steps[0].want.hop.dev, "ppp0");
	situation.route.steps[0].as_wanted = situation.state != VRRP_MASTER;
	situation.uplink_there = false;
	situation.uplink.up = false;
	situation.heartbeat.state =
		(struct verdict_state){ .verdict = VERDICT_DOWN, .reason = VERDICT_NO_LINK };
}

static void no_address(void)
{
	situation.has_address = false;
}

static void line_silent(void)
{
	situation.heartbeat.state = (struct verdict_state){ .verdict = VERDICT_DOWN,
							    .reason = VERDICT_SILENT,
							    .since_us = 563 * MINUTE_US };
}

static void watcher_never_started(void)
{
	situation.was_watched = false;
	situation.is_watched = false;
}

static void watcher_hangs(void)
{
	situation.is_watched = false;
}

static void line_held(void)
{
	situation.heartbeat.state.good = 20;
	situation.heartbeat.state.last_bad_us = situation.mono_us - 4000000;
}

static void back_for_long(void)
{
	situation.heartbeat.state =
		(struct verdict_state){ .verdict = VERDICT_UP, .since_us = 590 * MINUTE_US };
}

static void drilled_for_long(void)
{
	back_for_long();
	situation.heartbeat.drill_us = 590 * MINUTE_US;
}

static void back_just_now(void)
{
	situation.heartbeat.state =
		(struct verdict_state){ .verdict = VERDICT_UP, .since_us = 600 * MINUTE_US - 1 };
}

static void back_without_keepalived(void)
{
	back_just_now();
	situation.keepalived = false;
}

static void session_dead(void)
{
	watcher_hangs();
	situation.idle.verdict = IDLE_SILENT;
	situation.idle.dead = 3;
}

static void keepalive_late(void)
{
	situation.idle_ago_ms = 7300000;
}

static void keepalive_never_ran(void)
{
	situation.idle_ago_ms = -1;
}

static void just_booted(void)
{
	situation.idle_ago_ms = -1;
	situation.running_ms = 60000;
}

static void class_dear(void)
{
	strcpy(situation.speedclass.known, "s1.fast");
}

static void class_low(void)
{
	strcpy(situation.speedclass.known, "s1.minimum");
}

static void class_refused(void)
{
	situation.speedclass.refused = true;
}

static void class_unknown(void)
{
	situation.speedclass.known[0] = '\0';
}

static void many_bytes(void)
{
	situation.usage.months[0].bytes.backup_rx = 2000;
}

static void peer_silent(void)
{
	situation.peers.count = 1;
	situation.peers.items[0].answer = GATEWAY_NOBODY;
}

static void peer_answers(void)
{
	situation.peers.count = 1;
	situation.peers.items[0].answer = GATEWAY_OTHER;
}

static void disk_is_full(void)
{
	situation.store = -ENOSPC;
}

static void not_allowed(void)
{
	situation.store = -EACCES;
}

static void section_faulty(void)
{
	conf.faulty = CONF_SPEEDCLASS;
}

static const struct {
	void (*make)(void);
	void (*change)(void);
	const char *concerns, *headline;
	bool cut, cannot_tell;
} cases[] = {
	{ make_main, nothing, "", "All well: this router carries the LAN over ppp0.", 0, 0 },
	{ make_sub, nothing, "", "All well: another router carries the LAN; LTE (ppp0) is ready.",
	  0, 0 },
	{ make_main, nobody_answers, "no-gateway ", "No Internet for the LAN: no router", 1, 0 },
	{ make_sub, nobody_answers, "no-gateway ", "This router is in state fault.", 1, 0 },
	{ make_main, not_root, "", "Cannot tell who has the VRRP address: run this as root.", 0,
	  1 },
	{ make_main, not_known, "", "Cannot tell who has the VRRP address.", 0, 1 },
	{ make_main, lan_down, "lan ", "No Internet for the LAN: the LAN's eth0 is down", 1, 0 },
	{ make_main_backup, lan_cut_off, "lan line-dead ",
	  "who does is not known: the LAN's eth0 is down, or has no cable.", 0, 1 },
	{ make_main, resident_ends, "resident ", "but fo-route watch does not run", 0, 0 },
	{ make_main, nothing_judges, "watcher ", "but fo.conf has neither [check] nor", 0, 0 },
	{ make_main, vip_differs, "vip-mismatch ", "No Internet for the LAN: keepalived says", 1,
	  0 },
	{ make_main, keepalived_ends, "keepalived ", "still has the VRRP address", 0, 0 },
	{ make_main, another_master, "split ", "Two routers carry the LAN at once: ", 0, 0 },
	{ make_main, vpn_takes_the_internet, "route ",
	  "No Internet for the LAN: default route dev ppp0 is set, but not used, because of the /1 "
	  "route dev tun0",
	  1, 0 },
	{ make_main, route_goes_elsewhere, "route ", "No Internet for the LAN: ", 1, 0 },
	{ make_main, sysctl_differs, "route ", "This router carries the LAN over ppp0, but ", 0,
	  0 },
	{ make_main, forwarding_off, "forwarding ",
	  "this router forwards nothing that comes in by eth0.", 1, 0 },
	{ make_sub_master, forwarding_off, "forwarding on-metered ", "No Internet for the LAN", 1,
	  0 },
	{ make_main, nat_gone, "translation ", "No Internet for the LAN: nothing translates", 1,
	  0 },
	{ make_sub, nat_gone, "translation ", "Another router carries the LAN, but nothing", 0, 0 },
	{ make_main, firewall_drops, "firewall ", "No Internet for the LAN: the firewall drops", 1,
	  0 },
	{ make_sub, firewall_drops, "firewall ", "Another router carries the LAN, but the", 0, 0 },
	{ make_main, firewall_drops_answers, "firewall ",
	  "No Internet for the LAN: the firewall drops what comes back from ppp0 to eth0", 1, 0 },
	{ make_main, nat_gone_with_public_lan, "", "All well", 0, 0 },
	{ make_main, nat_gone_and_another_master, "split translation ",
	  "No Internet for the LAN: nothing translates", 1, 0 },
	{ make_main, uplink_gone, "uplink ", "No Internet for the LAN: ppp0 is gone", 1, 0 },
	{ make_sub, uplink_gone, "uplink ", "but LTE would not carry it: ppp0 is gone", 0, 0 },
	{ make_sub, no_address, "uplink ", "ppp0 has no address yet", 0, 0 },
	{ make_main, line_silent, "line-dead ", "No other router has a better line", 1, 0 },
	{ make_main, line_silent, "line-dead ", "since 13:23 (37 min): ppp0 is down (no answers)",
	  1, 0 },
	{ make_main, watcher_never_started, "watcher ", "fo-watch was never started", 0, 0 },
	{ make_main, watcher_hangs, "watcher ", "fo-watch does not run any more", 0, 0 },
	{ make_main_backup, nothing, "line-dead ",
	  "On the other router since 13:23 (37 min): ppp0 is down (no answers). Back when it has "
	  "been good for 10 s.",
	  0, 0 },
	{ make_main_backup, line_held, "line-dead ", "It is good again: 4 s of 10 s held.", 0, 0 },
	{ make_main_backup, back_for_long, "wrong-line ", ", although this line is good.", 0, 0 },
	{ make_main_backup, drilled_for_long, "",
	  "On the other router since 13:23 (37 min) for practice: this line is good", 0, 0 },
	{ make_main_backup, back_just_now, "", "takes over in a moment", 0, 0 },
	{ make_main_backup, back_without_keepalived, "keepalived ",
	  ": this line is good, and keepalived does not run here.", 0, 0 },
	{ make_main_backup, watcher_hangs, "watcher ", "nobody judges this line", 0, 0 },
	{ make_sub, session_dead, "line-dead watcher ", "LTE would not carry it", 0, 0 },
	{ make_sub, keepalive_late, "keepalive-late ", "not run for two hours", 0, 0 },
	{ make_sub, keepalive_never_ran, "keepalive-late ", "since this router started", 0, 0 },
	{ make_sub, just_booted, "", "All well", 0, 0 },
	{ make_sub, class_dear, "class ", "should have speed class s1.minimum; known is s1.fast", 0,
	  0 },
	{ make_sub, class_refused, "class ", "SORACOM refuses to change the speed class", 0, 0 },
	{ make_sub, class_unknown, "class ", "known is nothing yet", 0, 0 },
	{ make_sub, many_bytes, "bytes ", "more bytes than warn-bytes", 0, 0 },
	{ make_main_backup, not_root, "line-dead ",
	  "This router does not carry the LAN, and who does is not known: ppp0 is down", 0, 1 },
	{ make_main, peer_silent, "peer ", "This router carries the LAN over ppp0, but the other",
	  0, 0 },
	{ make_main, peer_answers, "", "All well", 0, 0 },
	{ make_sub_master, peer_silent, "on-metered peer ",
	  "over ppp0, for the other one does not answer.", 0, 0 },
	{ make_main, disk_is_full, "store ", "/var/lib/fo has no room left", 0, 0 },
	{ make_main, not_allowed, "", "All well", 0, 0 },
	{ make_sub, section_faulty, "config ", "a section of fo.conf is faulty", 0, 0 },
	{ make_sub_master, nothing, "on-metered ",
	  "On LTE since 13:23 (37 min): this router carries the LAN over ppp0, for no better one "
	  "does.",
	  0, 0 },
	{ make_sub_master, class_low, "on-metered class ",
	  "The SIM does not have its speed class s1.fast yet.", 0, 0 },
	{ make_sub_master, line_silent, "line-dead on-metered ", "No Internet for the LAN", 1, 0 },
};

static void each_fault_has_its_concern_and_its_sentence(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char names[256] = "", headline[HEADLINE_MAX];
		size_t used = 0;

		cases[i].make();
		cases[i].change();
		concerns_find(&situation, &concerns);
		for (size_t j = 0; j < concerns.count; j++)
			used += (size_t)snprintf(names + used, sizeof(names) - used, "%s ",
						 concern_name(concerns.items[j].kind));
		headline_write(headline, &situation, &concerns);
		CHECK(strcmp(names, cases[i].concerns) == 0, "%zu: %s", i, names);
		CHECK(strstr(headline, cases[i].headline) != NULL, "%zu: %s", i, headline);
		CHECK((concerns_find_cut(&situation, &concerns) != NULL) == cases[i].cut, "%zu", i);
		CHECK(concerns.cannot_tell == cases[i].cannot_tell, "%zu", i);
	}
}

static void times_are_those_of_a_person(void **state)
{
	static const struct {
		int64_t seconds;
		const char *text;
	} durations[] = { { -5, "0 s" },      { 0, "0 s" },	   { 119, "119 s" },
			  { 120, "2 min" },   { 7199, "119 min" }, { 7200, "2 h" },
			  { 172799, "47 h" }, { 172800, "2 days" } };
	char buf[HEADLINE_TIME_MAX];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(durations); i++)
		assert_string_equal(headline_duration(buf, durations[i].seconds),
				    durations[i].text);
	assert_string_equal(headline_time(buf, NOW_S, NOW_S), "14:00");
	assert_string_equal(headline_time(buf, NOW_S - 86400, NOW_S), "2025-11-26 14:00");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_fault_has_its_concern_and_its_sentence),
		cmocka_unit_test(times_are_those_of_a_person),
	};

	setenv("TZ", "UTC", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
