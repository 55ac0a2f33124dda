#include "loader.h"
#include "log.h"
#include "schema.h"
#include "value.h"

#include <unistd.h>

#include "support.h"

#define ROUTER	      "[router]\nlan = eth0\nuplink = ppp0\nvip = 192.168.0.254\n"
#define CHECK_SECTION "[check]\ntargets = 1.1.1.1, 8.8.8.8\n"
#define ROUTE	      "[route]\nmaster = dev ppp0\nbackup = via 192.168.0.254 dev eth0\n"

static int load(const char *text, struct conf *out, const char **log)
{
	const char *path = temp_file("fo.conf", text, strlen(text));
	int ret;

	capture_start(STDERR_FILENO);
	log_open("test", LOG_LEVEL_DEBUG);
	ret = conf_load(path, out);
	*log = capture_stop();
	return ret;
}

static void a_whole_file_gets_into_its_struct(void **state)
{
	static const char text[] =
		"[router]\nlan = eth0\nuplink = ppp0\nvip = 192.168.0.254\nvip6 = fe80::fe\n"
		"[check]\ntargets = 1.1.1.1, 2606:4700:4700::1111\nneed = 2\ntimeout = 900ms\n"
		"interval = 100ms\nround-timeout = 350ms\nfall = 3\nrise = 4\nhold = 5s\n"
		"hold-max = 1h\nloss-down = 50%\nloss-up = 0\nrtt-down = 300ms\nrtt-up = 100ms\n"
		"window = 1m\ntrack-file = /run/fo/other\n"
		"[route]\nmaster = dev ppp0\nbackup = via 192.168.0.254 dev eth0\n"
		"master6 = dev ppp0\nbackup6 = via fe80::fe dev eth0\nstop = keep\n"
		"forwarding = global\nconntrack = keep\nredirects = keep\n"
		"[speedclass]\nsim = sim-id:8942310012345678901\nmaster = s1.4xfast\n"
		"backup = s1.slow\nmethod = metadata\nprofile = /etc/fo/profile.json\n"
		"coverage = g\nendpoint = https://example.net\nca-file = /etc/ca.pem\n"
		"interface = wwan0\ngive-up = 1h\n"
		"[keepalive]\ntarget = 100.127.100.127\nwait = 1s\ntries = 2\n"
		"skip-if-traffic = 0\nrequire-reply = yes\nredial = /usr/bin/poff -r\nredial-after "
		"= 4\n"
		"redial-every = 2h\n"
		"[log]\nlevel = debug\n";
	const char *log;
	struct conf c;

	(void)state;
	CHECK(load(text, &c, &log) == 0, "%s", log);
	assert_string_equal(log, "");
	assert_string_equal(c.router.lan, "eth0");
	assert_string_equal(c.router.uplink, "ppp0");
	assert_int_equal(c.router.vip.bytes[3], 254);
	assert_int_equal(c.router.vip6.bytes[15], 0xfe);
	assert_true(c.check.present && c.route.present && c.speedclass.present);
	assert_int_equal(c.check.targets.count, 2);
	assert_int_equal(c.check.targets.items[1].family, AF_INET6);
	assert_int_equal(c.check.need, 2);
	assert_int_equal(c.check.timeout_ms, 900);
	assert_int_equal(c.check.interval_ms, 100);
	assert_int_equal(c.check.round_timeout_ms, 350);
	assert_int_equal(c.check.fall, 3);
	assert_int_equal(c.check.rise, 4);
	assert_int_equal(c.check.hold_ms, 5000);
	assert_int_equal(c.check.hold_max_ms, 3600000);
	assert_int_equal(c.check.loss_down_pct, 50);
	assert_int_equal(c.check.loss_up_pct, 0);
	assert_int_equal(c.check.rtt_down_ms, 300);
	assert_int_equal(c.check.rtt_up_ms, 100);
	assert_int_equal(c.check.window_ms, 60000);
	assert_string_equal(c.check.track_file, "/run/fo/other");
	assert_string_equal(c.route.master.dev, "ppp0");
	assert_int_equal(c.route.backup.via.bytes[3], 254);
	assert_string_equal(c.route.master6.dev, "ppp0");
	assert_int_equal(c.route.backup6.via.bytes[15], 0xfe);
	assert_int_equal(c.route.stop, CONF_STOP_KEEP);
	assert_int_equal(c.route.forwarding, CONF_FORWARDING_GLOBAL);
	assert_int_equal(c.route.conntrack, CONF_CONNTRACK_KEEP);
	assert_int_equal(c.route.redirects, CONF_REDIRECTS_KEEP);
	assert_int_equal(c.speedclass.sim.kind, SIM_SIM_ID);
	assert_string_equal(c.speedclass.sim.id, "8942310012345678901");
	assert_string_equal(c.speedclass.master, "s1.4xfast");
	assert_string_equal(c.speedclass.backup, "s1.slow");
	assert_int_equal(c.speedclass.method, CONF_METHOD_METADATA);
	assert_string_equal(c.speedclass.profile, "/etc/fo/profile.json");
	assert_int_equal(c.speedclass.coverage, CONF_COVERAGE_G);
	assert_string_equal(c.speedclass.endpoint, "https://example.net");
	assert_string_equal(c.speedclass.ca_file, "/etc/ca.pem");
	assert_string_equal(c.speedclass.interface, "wwan0");
	assert_int_equal(c.speedclass.give_up_ms, 3600000);
	assert_int_equal(c.keepalive.target.bytes[3], 127);
	assert_int_equal(c.keepalive.wait_ms, 1000);
	assert_int_equal(c.keepalive.tries, 2);
	assert_int_equal(c.keepalive.skip_if_traffic_ms, 0);
	assert_true(c.keepalive.require_reply);
	assert_string_equal(c.keepalive.redial, "/usr/bin/poff -r");
	assert_int_equal(c.keepalive.redial_after, 4);
	assert_int_equal(c.keepalive.redial_every_ms, 7200000);
	assert_int_equal(c.log_level, LOG_LEVEL_DEBUG);
}

static void what_is_left_out_has_the_documented_default(void **state)
{
	const char *log;
	struct conf c;

	(void)state;
	CHECK(load(ROUTER CHECK_SECTION, &c, &log) == 0, "%s", log);
	assert_true(c.check.present);
	assert_false(c.route.present || c.speedclass.present);
	assert_int_equal(c.check.need, 1);
	assert_int_equal(c.check.timeout_ms, 800);
	assert_int_equal(c.check.hold_max_ms, 600000);
	assert_int_equal(c.check.loss_down_pct, 40);
	assert_string_equal(c.check.track_file, "/run/fo/line");
	assert_string_equal(c.speedclass.master, "s1.fast");
	assert_string_equal(c.speedclass.interface, "ppp0"); /* the uplink */
	assert_false(addr_is_set(&c.keepalive.target));	     /* the peer */
	assert_false(addr_is_set(&c.router.vip6));
	assert_int_equal(c.keepalive.skip_if_traffic_ms, 1800000);
	assert_int_equal(c.log_level, LOG_LEVEL_INFO);
}

static void every_fault_is_told_with_its_place_and_a_hint(void **state)
{
	static const struct {
		const char *text, *message;
	} cases[] = {
		{ ROUTER "vip = 10.0.0.1\n", "fo.conf:5: [router] vip stands here again" },
		{ ROUTER "[chek]\n",
		  "fo.conf:5: [chek] is not a known section; did you mean [check]?" },
		{ ROUTER "[zebra]\n", "fo.conf:5: [zebra] is not a known section, see fo.conf(5)" },
		{ ROUTER CHECK_SECTION "timout = 1s\n",
		  "fo.conf:7: [check] has no key `timout`; did you mean [check] timeout?" },
		{ ROUTER "targets = 1.1.1.1\n",
		  "fo.conf:5: [router] has no key `targets`; did you mean [check] targets?" },
		{ ROUTER ROUTE "zebra = 1\n",
		  "fo.conf:8: [route] has no key `zebra`, see fo.conf(5)" },
		{ ROUTER CHECK_SECTION "timeout = 10\n",
		  "fo.conf:7: [check] timeout = 10: is not a time with its unit" },
		{ ROUTER CHECK_SECTION "need = 17\n",
		  "fo.conf:7: [check] need = 17: is out of bounds, 1 to 16" },
		{ ROUTER CHECK_SECTION "need =\n", "fo.conf:7: [check] need: is empty" },
		{ ROUTER CHECK_SECTION "need = 3\n",
		  "fo.conf: [check] need = 3, but there are only 2 targets" },
		{ ROUTER CHECK_SECTION "hold = 20m\n",
		  "fo.conf: [check] hold is more than hold-max" },
		{ ROUTER CHECK_SECTION "loss-up = 41%\n",
		  "fo.conf: [check] loss-up is more than loss-down" },
		{ ROUTER CHECK_SECTION "rtt-up = 1s\n",
		  "fo.conf: [check] rtt-up is more than rtt-down" },
		{ ROUTER ROUTE "master6 = dev ppp0\n", "[route] master6 and backup6 go together" },
		{ "[router]\nlan = eth0\nuplink = eth0\nvip = 192.168.0.254\n",
		  "fo.conf: [router] lan and uplink are both eth0" },
		{ "", "fo.conf: [router] lan is missing" },
		{ "[log]\nlevel = info\n", "fo.conf: [router] vip is missing" },
		{ ROUTER "[check]\n", "fo.conf: [check] targets is missing" },
		{ ROUTER "[route]\nmaster = dev ppp0\n", "fo.conf: [route] backup is missing" },
		{ ROUTER "[speedclass]\n", "fo.conf: [speedclass] sim is missing" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct conf conf = { .router.lan = "before" };
		const char *log;

		CHECK(load(cases[i].text, &conf, &log) == -EINVAL, "loaded: %s", cases[i].text);
		CHECK(strstr(log, cases[i].message) != NULL, "not `%s` but %s", cases[i].message,
		      log);
		assert_string_equal(conf.router.lan, "before");
	}
}

static void all_faults_are_told_at_once_and_each_once(void **state)
{
	struct conf conf;
	const char *log;
	unsigned lines = 0;

	(void)state;
	assert_int_equal(
		load("[router]\nlan = a b\nuplnik = ppp0\n[chek]\nneed = 0\n[log]\nlevel = loud\n",
		     &conf, &log),
		-EINVAL);
	for (const char *p = log; *p != '\0'; p++)
		lines += *p == '\n';
	/* lan; uplnik; [chek], but not its key; level; uplink and vip missing */
	CHECK(lines == 6, "%u lines: %s", lines, log);
}

static void a_value_cannot_forge_a_line_of_the_log(void **state)
{
	struct conf conf;
	const char *log;

	(void)state;
	assert_int_equal(
		load(ROUTER CHECK_SECTION "need = 1\x1b[2Jx\rtest: all is well\n", &conf, &log),
		-EINVAL);
	assert_non_null(strstr(log, "need = 1?[2Jx?test: all is well: is not"));
	assert_ptr_equal(strchr(log, '\n'), log + strlen(log) - 1);
}

static void the_schema_is_sound(void **state)
{
	(void)state;
	for (size_t i = 0; i < conf_schema_len; i++) {
		const struct conf_key *key = &conf_schema[i];
		char field[sizeof(struct conf_check)], why[256];
		bool has_section = false;

		if (key->default_text != NULL)
			CHECK(conf_value_parse(key, key->default_text, field, why, sizeof(why)) ==
				      0,
			      "[%s] %s = %s: %s", key->section, key->name, key->default_text, why);
		CHECK((key->default_text != NULL) != key->required, "[%s] %s: default or required?",
		      key->section, key->name);
		CHECK((key->choices != NULL) == (key->type == CONF_CHOICE), "[%s] %s", key->section,
		      key->name);
		CHECK(key->min <= key->max, "[%s] %s", key->section, key->name);
		for (size_t j = 0; j < conf_sections_len; j++)
			has_section |= strcmp(conf_sections[j].name, key->section) == 0;
		CHECK(has_section, "[%s] is in no table", key->section);
		for (size_t j = 0; j < i; j++) {
			CHECK(conf_schema[j].offset != key->offset, "[%s] %s shares its field",
			      key->section, key->name);
			CHECK(strcmp(conf_schema[j].name, key->name) != 0 ||
				      strcmp(conf_schema[j].section, key->section) != 0,
			      "[%s] %s twice", key->section, key->name);
		}
	}
}

static void the_defaults_alone_make_a_configuration(void **state)
{
	struct conf conf;
	const char *log;

	(void)state;
	capture_start(STDERR_FILENO);
	log_open("test", LOG_LEVEL_DEBUG);
	conf_defaults(&conf);
	log = capture_stop();
	assert_string_equal(log, "");
	assert_false(conf.check.present);
	assert_int_equal(conf.check.need, 1);
	assert_string_equal(conf.router.uplink, "");
}

static void a_file_that_cannot_be_read_says_why(void **state)
{
	struct conf conf;
	const char *log;
	int ret;

	(void)state;
	capture_start(STDERR_FILENO);
	log_open("test", LOG_LEVEL_DEBUG);
	ret = conf_load("/dev/null/fo.conf", &conf);
	log = capture_stop();
	assert_int_equal(ret, -ENOTDIR);
	assert_string_equal(log, "test: cannot read /dev/null/fo.conf: Not a directory\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_file_gets_into_its_struct),
		cmocka_unit_test(what_is_left_out_has_the_documented_default),
		cmocka_unit_test(every_fault_is_told_with_its_place_and_a_hint),
		cmocka_unit_test(all_faults_are_told_at_once_and_each_once),
		cmocka_unit_test(a_value_cannot_forge_a_line_of_the_log),
		cmocka_unit_test(the_schema_is_sound),
		cmocka_unit_test(the_defaults_alone_make_a_configuration),
		cmocka_unit_test(a_file_that_cannot_be_read_says_why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
