#include <stdio.h>
#include <string.h>

#include "keepalived_daemon.h"
#include "keepalived_parser.h"
#include "support.h"

static struct keepalived_conf conf;
static struct keepalived_parser parser;

/* Reads a text of several lines; what wants to be included is left out. */
static void parse_as(const char *text, const char *id, unsigned version)
{
	struct keepalived_place place = { .line = 0 };

	keepalived_parser_init(&parser, &conf, id, version);
	while (*text != '\0') {
		char line[KEEPALIVED_LINE_MAX];
		size_t len = strcspn(text, "\n");

		assert_in_range(len, 0, sizeof(line) - 1);
		memcpy(line, text, len);
		line[len] = '\0';
		place.line++;
		(void)keepalived_parser_line(&parser, place, line);
		text += len + (text[len] == '\n' ? 1 : 0);
	}
	keepalived_parser_end(&parser);
}

static void parse(const char *text)
{
	parse_as(text, "", 0);
}

static const struct keepalived_block *instance(void)
{
	return keepalived_find_block(&conf, KEEPALIVED_INSTANCE, NULL);
}

/* The first word behind `word` in the first instance. */
static const char *value(const char *word)
{
	const struct keepalived_entry *entry = keepalived_get(&conf, instance(), word);

	return entry == NULL ? "none" : keepalived_param(entry, 0);
}

static void assert_fault(size_t i, enum keepalived_fault_kind kind, unsigned line, const char *word)
{
	assert_true(i < conf.fault_count);
	assert_int_equal(conf.faults[i].kind, kind);
	assert_int_equal(conf.faults[i].place.line, line);
	assert_string_equal(conf.faults[i].word, word);
}

static void blocks_and_lists(void **state)
{
	const struct keepalived_entry *entry;

	(void)state;
	parse("vrrp_script check {\n  script \"/bin/true -a\" root\n  weight -60 reverse\n}\n"
	      "vrrp_instance VI_1 {\n"
	      "  state MASTER\n"
	      "  virtual_ipaddress {\n    192.0.2.1/24 dev eth0\n    192.0.2.2 no_track\n  }\n"
	      "  authentication {\n    auth_pass secret\n  }\n"
	      "  priority 100\n  priority 200\n}\n");
	assert_int_equal(conf.fault_count, 0);
	assert_string_equal(instance()->name, "VI_1");
	assert_int_equal(instance()->place.line, 5);
	assert_string_equal(value("state"), "MASTER");
	assert_string_equal(value("auth_pass"), "secret");
	assert_string_equal(value("priority"), "200"); /* the last one */
	entry = keepalived_next(&conf, instance(), "virtual_ipaddress", NULL);
	assert_string_equal(keepalived_param(entry, 0), "192.0.2.1/24");
	assert_string_equal(keepalived_option(entry, "dev"), "eth0");
	assert_string_equal(keepalived_option(entry, "eth0"), "");
	assert_string_equal(keepalived_option(entry, "label"), "");
	entry = keepalived_next(&conf, instance(), "virtual_ipaddress", entry);
	assert_true(keepalived_has(entry, "no_track"));
	assert_int_equal(entry->place.line, 9);
	assert_null(keepalived_next(&conf, instance(), "virtual_ipaddress", entry));
	entry = keepalived_get(&conf, keepalived_find_block(&conf, KEEPALIVED_SCRIPT, "check"),
			       "script");
	assert_int_equal(entry->count, 2);
	assert_string_equal(keepalived_param(entry, 0), "/bin/true -a");
	assert_string_equal(keepalived_param(entry, 2), "");
}

static void comments_and_quotes(void **state)
{
	(void)state;
	parse("! one\n# another { \nvrrp_instance \"V I\"! {\n{ # }\n"
	      "  interface \"eth0 # no comment\" ! but this\n  state BACK\\#UP\n}\n");
	assert_int_equal(conf.fault_count, 0);
	assert_string_equal(instance()->name, "V I");
	assert_string_equal(value("interface"), "eth0 # no comment");
	assert_string_equal(value("state"), "BACK#UP");
}

static void braces_on_any_line(void **state)
{
	(void)state;
	parse("vrrp_instance A\n\n{ state MASTER\nunicast_peer { 192.0.2.1\n192.0.2.2 } priority 9 "
	      "}");
	assert_int_equal(conf.fault_count, 0);
	assert_string_equal(value("state"), "MASTER");
	assert_string_equal(value("unicast_peer"), "192.0.2.2");
	assert_string_equal(value("priority"), "9");
}

static void braces_that_do_not_match(void **state)
{
	(void)state;
	parse("vrrp_instance A {\n  state MASTER\n");
	assert_fault(0, KEEPALIVED_OPEN_BRACE, 1, "{");
	parse("}\nvrrp_instance A {\n}\n");
	assert_fault(0, KEEPALIVED_CLOSE_BRACE, 1, "}");
	assert_non_null(instance());
	parse("vrrp_instance A\n  state MASTER\n}\n");
	assert_fault(0, KEEPALIVED_NO_BRACE, 1, "vrrp_instance");
	assert_string_equal(value("state"), "MASTER");
	parse("vrrp_instance A");
	assert_fault(0, KEEPALIVED_NO_BRACE, 1, "vrrp_instance");
	parse("vrrp_instance A {\n  state MASTER {\n    raise 3\n  }\n  priority 3\n}\n");
	assert_fault(0, KEEPALIVED_OPEN_BRACE, 2, "{");
	assert_int_equal(conf.fault_count, 1);
	assert_string_equal(value("priority"), "3");
	parse("vrrp_instance A {\n  interface \"eth0\n}\n");
	assert_fault(0, KEEPALIVED_OPEN_QUOTE, 2, "interface \"eth0");
}

static void unknown_words(void **state)
{
	(void)state;
	parse("vrrp_script x {\n  raise 3\n}\nscript 1\nvrrp_foo {\n  bar {\n  }\n  state X\n}\n"
	      "vrrp_instance A {\n  rise 1\n}\n");
	assert_fault(0, KEEPALIVED_UNKNOWN_WORD, 2, "raise");
	assert_string_equal(conf.faults[0].near, "rise");
	assert_fault(1, KEEPALIVED_UNKNOWN_WORD, 4, "script");
	assert_fault(2, KEEPALIVED_UNKNOWN_WORD, 5, "vrrp_foo"); /* and nothing in it */
	assert_fault(3, KEEPALIVED_UNKNOWN_WORD, 11, "rise");
	assert_int_equal(conf.fault_count, 4);
	/* A later keepalived may know it; a word that looks mistyped it does not. */
	parse_as("frobnicate\nvrrp_instanse A {\n}\n", "", 20400);
	assert_fault(0, KEEPALIVED_UNKNOWN_WORD, 2, "vrrp_instanse");
	parse_as("vrrp_instance A {\n  timer_expired_backup\n}\n", "", 20207);
	assert_fault(0, KEEPALIVED_TOO_NEW, 2, "timer_expired_backup");
	assert_int_equal(conf.faults[0].since, 20208);
	parse_as("vrrp_instance A {\n  timer_expired_backup\n}\n", "", 20208);
	assert_int_equal(conf.fault_count, 0);
}

static void definitions(void **state)
{
	(void)state;
	parse("$IF= eth0\n$IF=eth1\n$ALL=state MASTER \\\n  priority 7 \\\n\n"
	      "$A=$B\n$B=$A\n"
	      "vrrp_instance A {\n  interface x${IF}y\n  $ALL\n  virtual_router_id $NONE\n}\n");
	assert_int_equal(conf.fault_count, 0);
	assert_string_equal(value("interface"), "xeth1y");
	assert_string_equal(value("state"), "MASTER");
	assert_string_equal(value("priority"), "7");
	assert_string_equal(value("virtual_router_id"), "$NONE");
	assert_false(conf.partly);
	/* keepalived does not take a blank there. */
	parse("$IF = eth0\n");
	assert_fault(0, KEEPALIVED_UNKNOWN_WORD, 1, "$IF");
	/* One that names itself ends. */
	parse("$A=x$A\nvrrp_instance A {\n  interface $A\n}\n");
	assert_true(conf.partly);
}

static void conditions(void **state)
{
	const char *text = "vrrp_instance A {\n  @one priority 1\n  @^one priority 2\n  @one\n}\n";

	(void)state;
	parse_as(text, "", 0);
	assert_string_equal(value("priority"), "2");
	parse_as(text, "one", 0);
	assert_string_equal(value("priority"), "1");
	parse_as(text, "on", 0);
	assert_string_equal(value("priority"), "2");
}

static void includes(void **state)
{
	char line[KEEPALIVED_LINE_MAX] = "  includea \"/etc/a b.conf\" # all";
	char other[KEEPALIVED_LINE_MAX] = "include a b";
	const char *file;

	(void)state;
	keepalived_parser_init(&parser, &conf, "", 0);
	file = keepalived_parser_line(&parser, (struct keepalived_place){ .line = 1 }, line);
	assert_non_null(file);
	assert_string_equal(file, "/etc/a b.conf");
	assert_null(keepalived_parser_line(&parser, (struct keepalived_place){ .line = 2 }, other));
}

static void more_than_fits(void **state)
{
	char line[KEEPALIVED_LINE_MAX];
	struct keepalived_place place = { .line = 0 };

	(void)state;
	keepalived_parser_init(&parser, &conf, "", 0);
	for (; place.line < 3 * KEEPALIVED_ENTRIES_MAX; place.line++) {
		snprintf(line, sizeof(line), "vrrp_instance A {");
		(void)keepalived_parser_line(&parser, place, line);
		snprintf(line, sizeof(line), "state BACKUP } raise");
		(void)keepalived_parser_line(&parser, place, line);
	}
	keepalived_parser_end(&parser);
	assert_true(conf.partly);
	assert_int_equal(conf.fault_count, KEEPALIVED_FAULTS_MAX);
}

static void versions(void **state)
{
	(void)state;
	assert_int_equal(keepalived_daemon_version("Keepalived v2.2.7 (01/16,2022)"), 20207);
	assert_int_equal(keepalived_daemon_version("1:2.2.7-1+b2"), 20207);
	assert_int_equal(keepalived_daemon_version("2.3"), 20300);
	assert_int_equal(keepalived_daemon_version("v2.4.0"), 20400);
	assert_int_equal(keepalived_daemon_version("99999999999.7.1"), 990701);
	assert_int_equal(keepalived_daemon_version("none"), 0);
	assert_int_equal(keepalived_daemon_version(""), 0);
	assert_int_equal(keepalived_daemon_version("7"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks_and_lists),   cmocka_unit_test(comments_and_quotes),
		cmocka_unit_test(braces_on_any_line), cmocka_unit_test(braces_that_do_not_match),
		cmocka_unit_test(unknown_words),      cmocka_unit_test(definitions),
		cmocka_unit_test(conditions),	      cmocka_unit_test(includes),
		cmocka_unit_test(more_than_fits),     cmocka_unit_test(versions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
