#include "watch_request.h"

#include <unistd.h>

#include "store.h"
#include "support.h"

#define NOW_US INT64_C(1000000000)

static bool is_there(const char *name)
{
	return access(state_path(name), F_OK) == 0;
}

static void a_drill_lasts_as_long_as_it_is_asked_for(void **state)
{
	(void)state;
	assert_int_equal(watch_request_look_drill(NOW_US), WATCH_REQUEST_NONE);
	assert_int_equal(watch_request_drill(NOW_US), 0);
	assert_int_equal(watch_request_look_drill(NOW_US), WATCH_REQUEST_FRESH);
	assert_int_equal(watch_request_look_drill(NOW_US + WATCH_REQUEST_DRILL_US - 1),
			 WATCH_REQUEST_FRESH);
	assert_int_equal(watch_request_look_drill(NOW_US + WATCH_REQUEST_DRILL_US),
			 WATCH_REQUEST_OLD);
	/* Of another boot. */
	assert_int_equal(watch_request_look_drill(NOW_US - 1), WATCH_REQUEST_OLD);
	watch_request_end_drill();
	assert_int_equal(watch_request_look_drill(NOW_US), WATCH_REQUEST_NONE);
}

static void what_is_no_time_is_no_drill(void **state)
{
	static const char *const texts[] = { "", "x\n", "-1\n", "1000000000 1\n",
					     "99999999999999999999999999999999\n" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		store_note(STORE_RUN, "watch.drill", texts[i], 0644);
		assert_int_equal(watch_request_look_drill(NOW_US), WATCH_REQUEST_OLD);
	}
}

static void the_way_back_waits_until_it_is_taken(void **state)
{
	(void)state;
	assert_false(watch_request_is_waiting());
	assert_false(watch_request_wants_back(NOW_US));
	assert_int_equal(watch_request_back(NOW_US), 0);
	assert_true(watch_request_is_waiting());
	assert_true(watch_request_wants_back(NOW_US + 1));
	watch_request_end_back();
	assert_false(watch_request_is_waiting());
}

/* Nobody was there to take it. */
static void an_old_wish_is_forgotten(void **state)
{
	(void)state;
	assert_int_equal(watch_request_back(NOW_US), 0);
	assert_true(is_there("run/watch.back"));
	assert_false(watch_request_wants_back(NOW_US + WATCH_REQUEST_BACK_US));
	assert_false(is_there("run/watch.back"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_drill_lasts_as_long_as_it_is_asked_for, state_setup),
		cmocka_unit_test_setup(what_is_no_time_is_no_drill, state_setup),
		cmocka_unit_test_setup(the_way_back_waits_until_it_is_taken, state_setup),
		cmocka_unit_test_setup(an_old_wish_is_forgotten, state_setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
