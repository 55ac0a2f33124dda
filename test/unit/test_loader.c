#include "loader.h"
#include "log.h"
#include "schema.h"
#include "value.h"

#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support.h"

#define ALL_SECTIONS (CONF_CHECK | CONF_ROUTE | CONF_SPEEDCLASS | CONF_KEEPALIVE | CONF_LOG)

#define ROUTER	      "[router]\nlan = eth0\nuplink = ppp0\nvip = 192.168.0.254\n"
#define CHECK_SECTION "[check]\ntargets = 1.1.1.1, 8.8.8.8\n"
#define ROUTE	      "[route]\nmaster = dev ppp0\nbackup = via 192.168.0.254 dev eth0\n"

/* The text, for a program that uses these sections. */
static int load_for(unsigned sections, const char *text, struct conf *out, const char **log)
{
	const struct conf_source source = { .path = temp_file("fo.conf", text, strlen(text)),
					    .program = "test",
					    .sections = sections };
	int ret;

	capture_start(STDERR_FILENO);
	log_open("test", LOG_LEVEL_DEBUG);
	ret = conf_load(&source, out);
	*log = capture_stop();
	return ret;
}

static int load(const char *text, struct conf *out, const char **log)
{
	return load_for(ALL_SECTIONS, text, out, log);
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
	assert_int_equal(c.router.lan.count, 1);
	assert_string_equal(c.router.lan.items[0], "eth0");
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
		{ ROUTER "vip = 10.0.0.1\n",
		  "fo.conf:5: [router] vip is a duplicate, already set in line 4" },
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
		struct conf conf;
		const char *log;

		CHECK(load(cases[i].text, &conf, &log) == -EINVAL, "loaded: %s", cases[i].text);
		CHECK(strstr(log, cases[i].message) != NULL, "not `%s` but %s", cases[i].message,
		      log);
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

static void a_secret_is_in_no_message(void **state)
{
	static const char *const lines[] = { "url = http://hooks.example/SECRET",
					     "url = https://hooks.example/SECRET#x",
					     "url https://hooks.example/SECRET",
					     "urI = https://hooks.example/SECRET;x",
					     "url = 'https://hooks.example/SECRET",
					     "url = https://hooks.example/SECRET\nurl = SECRET",
					     "command = mail --password SECRET" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		char text[512];
		struct conf conf;
		const char *log;

		snprintf(text, sizeof(text), ROUTER "[alert]\n%s\n", lines[i]);
		(void)load(text, &conf, &log);
		CHECK(log[0] != '\0' && strstr(log, "SECRET") == NULL, "%s", log);
	}
}

static void the_schema_is_sound(void **state)
{
	(void)state;
	for (size_t i = 0; i < conf_schema_len; i++) {
		const struct conf_key *key = &conf_schema[i];
		char field[sizeof(struct conf_alert)], why[256];
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
	const struct conf_source source = { .path = "/dev/null/fo.conf", .program = "test" };
	struct conf conf;
	const char *log;
	int ret;

	(void)state;
	capture_start(STDERR_FILENO);
	log_open("test", LOG_LEVEL_DEBUG);
	ret = conf_load(&source, &conf);
	log = capture_stop();
	assert_int_equal(ret, -ENOTDIR);
	assert_string_equal(log, "test: cannot read /dev/null/fo.conf: Not a directory\n");
}

static void a_fault_stops_only_whom_it_concerns(void **state)
{
	static const struct {
		const char *text;
		unsigned faulty;  /* marked */
		unsigned stopped; /* a user of one of these */
	} cases[] = {
		{ ROUTER ROUTE "[speedclass]\nsim = 440101234567890\n", CONF_SPEEDCLASS,
		  CONF_SPEEDCLASS },
		{ ROUTER ROUTE "[speedclass]\n", CONF_SPEEDCLASS, CONF_SPEEDCLASS },
		{ ROUTER ROUTE "[check]\ntargets = x\n", CONF_CHECK, CONF_CHECK },
		{ ROUTER ROUTE CHECK_SECTION "need = 3\n", CONF_CHECK, CONF_CHECK },
		{ ROUTER ROUTE CHECK_SECTION "hold = 2m\nhold-max = 1m\n", CONF_CHECK, CONF_CHECK },
		{ ROUTER ROUTE "[keepalive]\ntries = 3\ntries = 4\n", CONF_KEEPALIVE,
		  CONF_KEEPALIVE },
		{ ROUTER ROUTE "[keepalive\ntries = x\n", CONF_KEEPALIVE, CONF_KEEPALIVE },
		{ ROUTER ROUTE "[keepaliv]\ntries = x\n", CONF_KEEPALIVE, CONF_KEEPALIVE },
		{ ROUTER ROUTE "[log]\nlevel = loud\n", CONF_LOG, CONF_LOG },
		{ ROUTER "[route]\nmaster = ppp0\nbackup = dev eth0\n" CHECK_SECTION, CONF_ROUTE,
		  CONF_ROUTE },
		{ ROUTER ROUTE "zebra\n", CONF_ROUTE, CONF_ROUTE },
		/* Of [router]: everybody. */
		{ ROUTER "vip6 = x\n" ROUTE CHECK_SECTION, 0, ALL_SECTIONS },
		/* A section that may be any: whoever misses one. */
		{ ROUTER ROUTE CHECK_SECTION "[zebra]\nlevel = 1\n", 0,
		  ALL_SECTIONS & ~(unsigned)(CONF_ROUTE | CONF_CHECK) },
		{ "zebra = 1\n" ROUTER ROUTE CHECK_SECTION, 0,
		  ALL_SECTIONS & ~(unsigned)(CONF_ROUTE | CONF_CHECK) },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		for (unsigned bit = CONF_CHECK; bit <= CONF_LOG; bit *= 2) {
			bool stopped = (cases[i].stopped & bit) != 0;
			struct conf c;
			const char *log;
			int ret = load_for(bit, cases[i].text, &c, &log);

			CHECK(ret == (stopped ? -EINVAL : 0), "`%s` for %u: %d, %s", cases[i].text,
			      bit, ret, log);
			CHECK(c.faulty == cases[i].faulty, "`%s`: %u", cases[i].text, c.faulty);
			CHECK(strlen(log) > 0, "`%s`: not a word", cases[i].text);
		}
	}
}

static void a_faulty_section_counts_as_absent_and_the_others_hold(void **state)
{
	struct conf c;
	const char *log;

	(void)state;
	assert_int_equal(load_for(CONF_ROUTE, ROUTER "[speedclass]\nsim = 440101234567890\n" ROUTE,
				  &c, &log),
			 0);
	assert_non_null(strstr(log, "[speedclass] sim = 440101234567890: is not a SIM"));
	assert_non_null(strstr(log, "not used by test"));
	assert_false(c.speedclass.present);
	assert_true(c.route.present);
	assert_string_equal(c.route.backup.dev, "eth0");
}

static void a_byte_order_mark_is_skipped_and_named(void **state)
{
	struct conf c;
	const char *log;

	(void)state;
	assert_int_equal(load_for(CONF_ROUTE, "\xef\xbb\xbf" ROUTER ROUTE, &c, &log), 0);
	assert_non_null(strstr(log, "fo.conf:1: begins with a UTF-8 byte order mark"));
	assert_string_equal(c.router.lan.items[0], "eth0");
}

static void a_file_that_others_can_write_is_refused(void **state)
{
	static const struct {
		mode_t mode;
		gid_t gid;
		int ret;
	} cases[] = { { 0644, 0, 0 },	    { 0664, 0, 0 },	  { 0664, 4242, -EINVAL },
		      { 0646, 0, -EINVAL }, { 0666, 0, -EINVAL }, { 0600, 4242, 0 } };
	const char *path = temp_file("fo.conf", ROUTER ROUTE, strlen(ROUTER ROUTE));
	const struct conf_source source = { .path = path, .program = "test" };
	struct conf conf;

	(void)state;
	if (geteuid() != 0)
		skip();
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_return_code(chown(path, 0, cases[i].gid), errno);
		assert_return_code(chmod(path, cases[i].mode), errno);
		capture_start(STDERR_FILENO);
		CHECK(conf_load(&source, &conf) == cases[i].ret, "mode %o", cases[i].mode);
		CHECK((strstr(capture_stop(), "chmod go-w") != NULL) == (cases[i].ret != 0),
		      "mode %o", cases[i].mode);
	}
}

static void no_descriptors_left_is_not_a_faulty_file(void **state)
{
	struct rlimit before, few;
	struct conf conf;
	const char *log;
	int ret;

	(void)state;
	assert_return_code(getrlimit(RLIMIT_NOFILE, &before), errno);
	for (rlim_t limit = 3; limit < 12; limit++) {
		few = (struct rlimit){ .rlim_cur = limit, .rlim_max = before.rlim_max };
		const char *path = temp_file("fo.conf", ROUTER ROUTE, strlen(ROUTER ROUTE));
		const struct conf_source source = { .path = path, .program = "test" };

		capture_start(STDERR_FILENO);
		assert_return_code(setrlimit(RLIMIT_NOFILE, &few), errno);
		ret = conf_load(&source, &conf);
		assert_return_code(setrlimit(RLIMIT_NOFILE, &before), errno);
		log = capture_stop();
		CHECK(ret == 0 || ret == -EMFILE || ret == -ENOMEM, "%d: %s", ret, log);
		CHECK((ret == 0) == (log[0] == '\0'), "%d: %s", ret, log);
	}
	assert_int_equal(ret, 0);
}

/* How many lines a load of the faulty file leaves in a log (the journal stands in for syslog). */
static size_t lines_in_log(const struct conf_source *source)
{
	char stream[64];
	struct conf conf;
	struct stat st;
	size_t lines = 0;

	capture_start(STDERR_FILENO);
	assert_return_code(fstat(STDERR_FILENO, &st), errno);
	snprintf(stream, sizeof(stream), "%ju:%ju", (uintmax_t)st.st_dev, (uintmax_t)st.st_ino);
	setenv("JOURNAL_STREAM", stream, 1);
	log_open("test", LOG_LEVEL_INFO);
	assert_int_equal(conf_load(source, &conf), -EINVAL);
	for (const char *p = capture_stop(); *p != '\0'; p++)
		lines += *p == '\n';
	unsetenv("JOURNAL_STREAM");
	log_open("test", LOG_LEVEL_INFO);
	return lines;
}

/* Two faults that stop the program, and one, before them, that does not. */
#define THREE_FAULTS ROUTER "[keepalive]\nwait = x\n[check]\ntargets = x\nneed = x\n"

static void a_complaint_comes_once_where_nobody_reads_along(void **state)
{
	static const char again[] = THREE_FAULTS ";\n";
	const char *path = temp_file("fo.conf", THREE_FAULTS, strlen(THREE_FAULTS));
	struct conf_source source = { .path = path, .program = "test", .sections = CONF_CHECK };

	(void)state;
	assert_int_equal(lines_in_log(&source), 3);
	/* The unit that fails has its reason, each time. */
	assert_int_equal(lines_in_log(&source), 1);
	assert_int_equal(lines_in_log(&source), 1);
	source.frequent = true; /* fo-check-ftth below keepalived */
	assert_int_equal(lines_in_log(&source), 0);
	(void)temp_file("fo.conf", again, strlen(again)); /* another version of the file */
	assert_int_equal(lines_in_log(&source), 3);
	assert_int_equal(lines_in_log(&source), 0);
	source.insistent = true;
	assert_int_equal(lines_in_log(&source), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_file_gets_into_its_struct),
		cmocka_unit_test(what_is_left_out_has_the_documented_default),
		cmocka_unit_test(every_fault_is_told_with_its_place_and_a_hint),
		cmocka_unit_test(all_faults_are_told_at_once_and_each_once),
		cmocka_unit_test(a_value_cannot_forge_a_line_of_the_log),
		cmocka_unit_test(a_secret_is_in_no_message),
		cmocka_unit_test(the_schema_is_sound),
		cmocka_unit_test(the_defaults_alone_make_a_configuration),
		cmocka_unit_test(a_file_that_cannot_be_read_says_why),
		cmocka_unit_test(a_fault_stops_only_whom_it_concerns),
		cmocka_unit_test(a_faulty_section_counts_as_absent_and_the_others_hold),
		cmocka_unit_test(a_byte_order_mark_is_skipped_and_named),
		cmocka_unit_test(a_file_that_others_can_write_is_refused),
		cmocka_unit_test(no_descriptors_left_is_not_a_faulty_file),
		cmocka_unit_test_setup(a_complaint_comes_once_where_nobody_reads_along,
				       state_setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
