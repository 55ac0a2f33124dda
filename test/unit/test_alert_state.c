#include "alert_state.h"

#include <unistd.h>

#include "store.h"
#include "support.h"

static const struct alert_state full = {
	.memory = { .cursor = 41,
		    .sent_ms = 1,
		    .gap_ms = 2,
		    .sent_wall_s = 3,
		    .sent_count = 4,
		    .failures = 5,
		    .result = ALERT_REFUSED,
		    .tried_ms = 6,
		    .retry_ms = 7,
		    .failing_ms = 8,
		    .is_reported = 1,
		    .class_ms = 9,
		    .mark = 10 },
	.why = "the hook answered 404, which needs a person",
};

static void it_is_read_as_it_was_written(void **state)
{
	struct alert_state read;

	(void)state;
	assert_int_equal(alert_state_load(ALERT_URL, &read), -ENOENT);
	assert_int_equal(alert_state_save(ALERT_URL, &full), 0);
	assert_int_equal(alert_state_load(ALERT_URL, &read), 0);
	assert_memory_equal(&read.memory, &full.memory, sizeof(read.memory));
	assert_string_equal(read.why, full.why);
	assert_int_equal(alert_state_load(ALERT_COMMAND, &read), -ENOENT);
	alert_state_forget(ALERT_URL);
	assert_int_equal(alert_state_load(ALERT_URL, &read), -ENOENT);
}

static void times_of_another_boot_do_not_count(void **state)
{
	char text[ALERT_STATE_TEXT_MAX];
	struct alert_state read;

	(void)state;
	alert_state_format(&full, "a", text);
	assert_int_equal(alert_state_parse(text, "a", &read), 0);
	assert_int_equal(read.memory.retry_ms, 7);
	assert_int_equal(alert_state_parse(text, "b", &read), 0);
	assert_int_equal(read.memory.retry_ms, 0);
	assert_int_equal(read.memory.sent_ms, 0);
	assert_int_equal(read.memory.class_ms, 0);
	assert_int_equal(read.memory.cursor, 41);
	assert_int_equal(read.memory.gap_ms, 0); /* that was told in 1970 */
}

static void what_is_not_whole_is_none(void **state)
{
	static const char *const bad[] = { "",	       "boot a",       "boot a\ncursor",
					   "cursor 1", "boot a\nx 1",  "boot a\ncursor -1",
					   "boot a b", "boot a\nwhy ", "boot a\nresult 4" };
	struct alert_state read;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		CHECK(alert_state_parse(bad[i], "a", &read) ==
			      (strcmp(bad[i], "boot a") == 0 ? 0 : -EINVAL),
		      "`%s`", bad[i]);
	assert_int_equal(store_write(STORE_LIB, "alert.url", "\x01\n", 0644), 0);
	capture_start(STDERR_FILENO);
	assert_int_equal(alert_state_load(ALERT_URL, &read), -ENOENT);
	assert_non_null(strstr(capture_stop(), "ignoring the saved state: it is corrupt"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(it_is_read_as_it_was_written, state_setup),
		cmocka_unit_test_setup(times_of_another_boot_do_not_count, state_setup),
		cmocka_unit_test_setup(what_is_not_whole_is_none, state_setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
