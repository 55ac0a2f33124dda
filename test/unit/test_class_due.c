#include "class_due.h"
#include "speedclass.h"

#include <stdlib.h>
#include <unistd.h>

#include "support.h"

static const struct conf_speedclass conf = { .present = true,
					     .master = "s1.fast",
					     .backup = "s1.minimum" };
static const struct conf_speedclass capped = {
	.present = true, .master = "s1.fast", .backup = "s1.minimum", .max_raised_ms = 3600000
};

/* What the router answers, question after question; the last answer stays. */
struct answers {
	bool master[8];
	int count, asked;
	int error;
};

static int answer(void *data, bool *master)
{
	struct answers *answers = data;
	int i = answers->asked < answers->count ? answers->asked : answers->count - 1;

	answers->asked++;
	if (answers->error != 0)
		return answers->error;
	*master = answers->master[i];
	return 0;
}

static bool split;

static bool is_split(void)
{
	return split;
}

static struct class_due due_by(const struct conf_speedclass *section, struct answers *answers)
{
	return (struct class_due){
		.conf = section, .is_master = answer, .is_split = is_split, .data = answers
	};
}

static const char *wanted(void)
{
	static char text[SIM_CLASS_MAX];

	speedclass_load_wanted(text);
	return text;
}

static void the_class_goes_by_the_state(void **state)
{
	(void)state;
	for (int master = 0; master <= 1; master++) {
		struct answers answers = { .master = { master == 1 }, .count = 1 };
		const struct class_due due = due_by(&conf, &answers);
		const char *speed_class = NULL;
		bool written = false;

		assert_int_equal(class_due_find(&due, &speed_class), 0);
		assert_string_equal(speed_class, master == 1 ? "s1.fast" : "s1.minimum");
		assert_int_equal(class_due_want(&due, &speed_class, &written), 0);
		assert_string_equal(speed_class, master == 1 ? "s1.fast" : "s1.minimum");
		assert_true(written);
		assert_string_equal(wanted(), speed_class);
	}
}

static void a_split_lowers_the_class_where_that_is_wanted(void **state)
{
	struct conf_speedclass lower = conf;
	struct answers answers = { .master = { true }, .count = 1 };
	const struct class_due due = due_by(&lower, &answers), keep = due_by(&conf, &answers);
	const char *speed_class = NULL;
	bool written = false;

	(void)state;
	lower.split = CONF_SPLIT_LOWER;
	assert_int_equal(class_due_want(&due, &speed_class, &written), 0);
	assert_string_equal(speed_class, "s1.fast");
	speedclass_learn("s1.fast");
	speedclass_note_look();
	assert_false(class_due_is_overdue(&due));
	split = true;
	assert_true(class_due_is_overdue(&due));
	assert_false(class_due_is_overdue(&keep));
	capture_start(2);
	assert_int_equal(class_due_want(&due, &speed_class, &written), 0);
	assert_non_null(strstr(capture_stop(), "because of [speedclass] split"));
	assert_string_equal(wanted(), "s1.minimum");
	/* Said once. */
	capture_start(2);
	assert_int_equal(class_due_want(&due, &speed_class, &written), 0);
	assert_string_equal(capture_stop(), "");
	split = false;
	assert_int_equal(class_due_want(&due, &speed_class, &written), 0);
	assert_string_equal(wanted(), "s1.fast");
}

static void to_find_writes_nothing(void **state)
{
	struct answers answers = { .master = { true }, .count = 1 };
	const struct class_due due = due_by(&capped, &answers);
	const char *speed_class = NULL;

	(void)state;
	assert_int_equal(class_due_find(&due, &speed_class), 0);
	assert_int_not_equal(access(state_path("run"), F_OK), 0);
	assert_int_not_equal(access(state_path("lib"), F_OK), 0);
}

static void who_writes_last_looks_last(void **state)
{
	/* Master when asked first; the address is gone when that was written down. */
	struct answers answers = { .master = { true, false, false }, .count = 3 };
	const struct class_due due = due_by(&conf, &answers);
	const char *speed_class = NULL;
	bool written = false;

	(void)state;
	assert_int_equal(class_due_want(&due, &speed_class, &written), 0);
	assert_string_equal(speed_class, "s1.minimum");
	assert_string_equal(wanted(), "s1.minimum");
	assert_int_equal(answers.asked, 3);
}

static void a_state_that_never_rests_ends(void **state)
{
	struct answers answers = { .master = { true, false, true, false, true, false, true, false },
				   .count = 8 };
	const struct class_due due = due_by(&conf, &answers);
	const char *speed_class = NULL;
	bool written = false;

	(void)state;
	assert_int_equal(class_due_want(&due, &speed_class, &written), 0);
	assert_in_range(answers.asked, 2, 8);
}

static void a_router_that_cannot_tell_is_an_error_and_overdue(void **state)
{
	struct answers answers = { .count = 1, .error = -ENODEV };
	const struct class_due due = due_by(&conf, &answers);
	const char *speed_class = NULL;
	bool written = false;

	(void)state;
	assert_int_equal(class_due_find(&due, &speed_class), -ENODEV);
	assert_int_equal(class_due_want(&due, &speed_class, &written), -ENODEV);
	assert_true(class_due_is_overdue(&due));
	assert_string_equal(wanted(), "");
}

static void it_is_overdue_unless_the_class_is_known_and_read_lately(void **state)
{
	struct answers answers = { .master = { true }, .count = 1 };
	const struct class_due due = due_by(&conf, &answers);

	(void)state;
	assert_true(class_due_is_overdue(&due));
	speedclass_learn("s1.fast");
	assert_true(class_due_is_overdue(&due)); /* never read back */
	speedclass_note_look();
	assert_false(class_due_is_overdue(&due));
	speedclass_learn("s1.minimum");
	assert_true(class_due_is_overdue(&due));
	answers.master[0] = false;
	assert_false(class_due_is_overdue(&due));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_class_goes_by_the_state, state_setup),
		cmocka_unit_test_setup(a_split_lowers_the_class_where_that_is_wanted, state_setup),
		cmocka_unit_test_setup(to_find_writes_nothing, state_setup),
		cmocka_unit_test_setup(who_writes_last_looks_last, state_setup),
		cmocka_unit_test_setup(a_state_that_never_rests_ends, state_setup),
		cmocka_unit_test_setup(a_router_that_cannot_tell_is_an_error_and_overdue,
				       state_setup),
		cmocka_unit_test_setup(it_is_overdue_unless_the_class_is_known_and_read_lately,
				       state_setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
