#include "sim_rule.h"

#include "support.h"

/* A SIM in order, with something changed in each case. */
static const struct {
	const char *name;
	struct sim_facts facts;
	unsigned code; /* 0: nothing is found */
} cases[] = {
	{ "master, fast",
	  { .line_up = true, .master = true, .due = "s1.fast", .known = "s1.fast" },
	  0 },
	{ "backup, slow", { .line_up = true, .due = "s1.minimum", .known = "s1.minimum" }, 0 },
	{ "a line that is gone", { .due = "s1.minimum", .known = "s1.fast" }, 0 },
	{ "a line that is dead",
	  { .line_up = true, .dead = 1, .due = "s1.minimum", .known = "s1.fast" },
	  0 },
	{ "just booted",
	  { .line_up = true,
	    .due = "s1.minimum",
	    .known = "",
	    .looked_ago_s = INT64_MAX,
	    .up_s = 60 },
	  0 },
	{ "answered, not known now",
	  { .line_up = true, .due = "s1.minimum", .known = "", .looked_ago_s = 90, .up_s = 9000 },
	  0 },
	{ "slow while master",
	  { .line_up = true, .master = true, .due = "s1.fast", .known = "s1.minimum" },
	  503 },
	{ "fast while backup", { .line_up = true, .due = "s1.minimum", .known = "s1.fast" }, 504 },
	{ "never answered",
	  { .line_up = true,
	    .due = "s1.minimum",
	    .known = "",
	    .looked_ago_s = INT64_MAX,
	    .up_s = 900 },
	  505 },
	{ "refused, and right until now",
	  { .line_up = true, .due = "s1.minimum", .known = "s1.minimum", .refused = true },
	  510 },
	{ "refused, and never known",
	  { .line_up = true,
	    .due = "s1.minimum",
	    .known = "",
	    .refused = true,
	    .looked_ago_s = INT64_MAX,
	    .up_s = 900 },
	  510 },
	{ "fo-keepalive never ran",
	  { .due = "s1.minimum", .known = "s1.minimum", .up_s = 7200, .kept_ago_s = INT64_MAX },
	  507 },
	{ "fo-keepalive ran long ago",
	  { .due = "s1.minimum", .known = "s1.minimum", .up_s = 90000, .kept_ago_s = 7200 },
	  507 },
	{ "dead too often", { .due = "s1.minimum", .known = "", .dead = 3 }, 508 },
	{ "more bytes than warn-bytes",
	  { .due = "s1.minimum", .known = "s1.minimum", .month_bytes = 1001 },
	  509 },
	{ "no more than that",
	  { .due = "s1.minimum", .known = "s1.minimum", .month_bytes = 1000 },
	  0 },
};

static void make_conf(struct conf *conf)
{
	memset(conf, 0, sizeof(*conf));
	snprintf(conf->router.uplink, IFNAMSIZ, "ppp0");
	conf->speedclass.present = conf->keepalive.present = true;
	conf->speedclass.warn_bytes = 1000;
	conf->keepalive.redial_after = 3;
}

static void each_fault_has_its_finding_and_no_other(void **state)
{
	static struct findings findings;
	struct conf conf;

	(void)state;
	make_conf(&conf);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		memset(&findings, 0, sizeof(findings));
		sim_rule_check(&conf, &cases[i].facts, &findings);
		CHECK(findings.count == (cases[i].code == 0 ? 0 : 1), "%s: %zu findings",
		      cases[i].name, findings.count);
		if (findings.count == 1)
			CHECK(findings.items[0].code == cases[i].code, "%s: FO%u", cases[i].name,
			      findings.items[0].code);
	}
}

static void a_section_that_is_not_there_has_no_finding(void **state)
{
	const struct sim_facts facts = { .line_up = true,
					 .due = "s1.minimum",
					 .known = "s1.fast",
					 .up_s = 90000,
					 .kept_ago_s = INT64_MAX,
					 .month_bytes = 5000 };
	static struct findings findings;
	struct conf conf;

	(void)state;
	make_conf(&conf);
	conf.speedclass.present = conf.keepalive.present = false;
	sim_rule_check(&conf, &facts, &findings);
	assert_int_equal(findings.count, 0);
	make_conf(&conf);
	conf.speedclass.warn_bytes = 0;
	snprintf(conf.keepalive.redial, sizeof(conf.keepalive.redial), "/bin/true");
	sim_rule_check(
		&conf,
		&(struct sim_facts){ .due = "a", .known = "a", .dead = 9, .month_bytes = 5000 },
		&findings);
	assert_int_equal(findings.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_fault_has_its_finding_and_no_other),
		cmocka_unit_test(a_section_that_is_not_there_has_no_finding),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
