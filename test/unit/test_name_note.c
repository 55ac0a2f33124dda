#include "name_note.h"

#include <stdlib.h>

#include "log.h"
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

static struct addr address(const char *text)
{
	struct addr addr = { .family = AF_UNSPEC };

	assert_int_equal(addr_parse(text, AF_UNSPEC, &addr), 0);
	return addr;
}

static void what_is_written_is_read_back(void **state)
{
	struct name_note note = { .host = "api.soracom.io", .until_s = 1234 }, found;

	(void)state;
	assert_int_equal(name_note_load(&found), -ENOENT);
	note.addr = address("2001:db8::80");
	note.server = address("100.127.0.53");
	name_note_save(&note);
	assert_int_equal(name_note_load(&found), 0);
	assert_string_equal(found.host, note.host);
	assert_true(addr_equal(&found.addr, &note.addr));
	assert_true(addr_equal(&found.server, &note.server));
	assert_int_equal(found.until_s, 1234);
}

#define HOST   "host api.soracom.io\n"
#define ADDR   "address 203.0.113.80\n"
#define SERVER "server 100.127.0.53\n"
#define UNTIL  "until 12\n"

static void a_file_that_is_not_wholly_ours_is_no_note(void **state)
{
	static const char *const cases[] = {
		"",
		"\n",
		HOST,
		HOST ADDR SERVER,
		HOST ADDR UNTIL SERVER,
		ADDR HOST SERVER UNTIL,
		HOST ADDR SERVER UNTIL "more\n",
		"host \n" ADDR SERVER UNTIL,
		HOST "address example.com\n" SERVER UNTIL,
		HOST "address 203.0.113.80 1\n" SERVER UNTIL,
		HOST "address 224.0.0.1\n" SERVER UNTIL,
		HOST ADDR "server -\n" UNTIL,
		HOST ADDR SERVER "until -1\n",
		HOST ADDR SERVER "until 99999999999999999999\n",
	};
	struct name_note found;

	(void)state;
	store_note(STORE_RUN, "name", HOST ADDR SERVER UNTIL, 0644);
	assert_int_equal(name_note_load(&found), 0);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		store_note(STORE_RUN, "name", cases[i], 0644);
		CHECK(name_note_load(&found) == -ENOENT, "`%s`", cases[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_is_written_is_read_back, setup),
		cmocka_unit_test_setup(a_file_that_is_not_wholly_ours_is_no_note, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
