#include "line_dns.h"

#include <stdlib.h>

#include "log.h"
#include "record.h"
#include "store.h"
#include "support.h"

static int setup(void **state)
{
	static unsigned count;
	char name[32];

	(void)state;
	log_open("test", LOG_LEVEL_ERROR);
	snprintf(name, sizeof(name), "state%u", count++);
	return setenv("FO_STATE_DIR", temp_path(name), 1);
}

/* As pppd calls a script; NULL: the variable is not there. */
static void note(const char *iface, const char *dns1, const char *dns2)
{
	const char *const values[] = { iface, dns1, dns2 };
	static const char *const names[] = { "IFNAME", "DNS1", "DNS2" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (values[i] == NULL)
			unsetenv(names[i]);
		else
			setenv(names[i], values[i], 1);
	}
	line_dns_note();
}

/* The servers of a line, as one text. */
static const char *known(const char *iface)
{
	static char text[LINE_DNS_MAX * (ADDR_TEXT_MAX + 1) + 1];
	struct addr servers[LINE_DNS_MAX];
	char addr[ADDR_TEXT_MAX];
	size_t count = line_dns_load(iface, servers);
	struct record_writer w = { .buf = text, .size = sizeof(text) };

	text[0] = '\0';
	for (size_t i = 0; i < count; i++)
		record_put(&w, "%s%s", i == 0 ? "" : " ", addr_format(addr, &servers[i]));
	return text;
}

static void each_line_has_the_servers_of_its_last_dial(void **state)
{
	(void)state;
	assert_string_equal(known("ppp0"), "");
	note("ppp0", "100.127.0.53", "100.127.1.53");
	note("ppp1", "192.0.2.1", NULL);
	assert_string_equal(known("ppp0"), "100.127.0.53 100.127.1.53");
	assert_string_equal(known("ppp1"), "192.0.2.1");
	note("ppp0", "2001:db8::53", NULL);
	assert_string_equal(known("ppp0"), "2001:db8::53");
	note("ppp0", NULL, NULL);
	assert_string_equal(known("ppp0"), "");
	assert_string_equal(known("ppp1"), "192.0.2.1");
}

static void outside_of_a_script_of_pppd_nothing_is_noted(void **state)
{
	(void)state;
	note("ppp0", "192.0.2.1", NULL);
	note(NULL, "192.0.2.2", NULL);
	assert_string_equal(known("ppp0"), "192.0.2.1");
}

static void what_is_no_host_is_left_out(void **state)
{
	static const char *const cases[] = {
		"",	      "example.com",	      "0.0.0.0", "224.0.0.1",
		"192.0.2.1 ", "192.0.2.1\n192.0.2.3", "::",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		note("ppp0", cases[i], "192.0.2.2");
		CHECK(strcmp(known("ppp0"), "192.0.2.2") == 0, "`%s`: %s", cases[i], known("ppp0"));
	}
}

static void a_name_that_is_no_interface_touches_no_file(void **state)
{
	static const char *const cases[] = { "", "../speedclass.known", "a/b", "sixteen-letters-",
					     "ppp0\n" };
	char text[64];

	(void)state;
	store_note(STORE_RUN, "speedclass.known", "s1.fast", 0644);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		note(cases[i], "192.0.2.1", NULL);
		CHECK(known(cases[i])[0] == '\0', "`%s`", cases[i]);
	}
	assert_int_equal(store_read(STORE_RUN, "speedclass.known", text, sizeof(text)), 0);
	assert_string_equal(text, "s1.fast");
}

static void a_garbled_file_gives_no_server(void **state)
{
	(void)state;
	store_note(STORE_RUN, "dns.ppp0", "nonsense\n192.0.2.1\n", 0644);
	assert_string_equal(known("ppp0"), "");
	store_note(STORE_RUN, "dns.ppp0", "192.0.2.1\n192.0.2.2\n192.0.2.3\n", 0644);
	assert_string_equal(known("ppp0"), "192.0.2.1 192.0.2.2");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(each_line_has_the_servers_of_its_last_dial, setup),
		cmocka_unit_test_setup(outside_of_a_script_of_pppd_nothing_is_noted, setup),
		cmocka_unit_test_setup(what_is_no_host_is_left_out, setup),
		cmocka_unit_test_setup(a_name_that_is_no_interface_touches_no_file, setup),
		cmocka_unit_test_setup(a_garbled_file_gives_no_server, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
