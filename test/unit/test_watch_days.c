#include "watch_days.h"

#include "support.h"

static struct watch_days days, copy;
static char text[WATCH_DAYS_TEXT_MAX];

static int forget(void **state)
{
	(void)state;
	memset(&days, 0, sizeof(days));
	return 0;
}

static void add(int64_t day, int64_t echoes, int64_t lost, int64_t rtt_us, int64_t rtt_max_us)
{
	const struct watch_day more = { day, echoes, lost, rtt_us, rtt_max_us };

	watch_days_add(&days, &more);
}

static void the_day_is_the_mean_of_its_hours(void **state)
{
	(void)state;
	add(20261127, 100, 0, 1000, 1500);
	add(20261127, 400, 100, 2000, 1800);
	assert_int_equal(days.count, 1);
	assert_int_equal(days.days[0].echoes, 500);
	assert_int_equal(days.days[0].lost, 100);
	assert_int_equal(days.days[0].rtt_us, 1750);
	assert_int_equal(days.days[0].rtt_max_us, 1800);
}

static void days_are_bounded_and_in_order(void **state)
{
	(void)state;
	add(20261127, 1, 0, 1, 1);
	add(20261125, 2, 0, 1, 1); /* a clock that was set back */
	add(20261126, 3, 0, 1, 1);
	assert_int_equal(days.count, 3);
	assert_int_equal(days.days[1].echoes, 3);
	assert_int_equal(days.days[2].echoes, 2);
	for (int i = 0; i < 2 * WATCH_DAYS_MAX; i++)
		add(20270000 + i, 1, 0, 1, 1);
	assert_int_equal(days.count, WATCH_DAYS_MAX);
	assert_int_equal(days.days[0].day, 20270000 + 2 * WATCH_DAYS_MAX - 1);
	add(20000101, 1, 0, 1, 1);
	assert_int_equal(days.days[WATCH_DAYS_MAX - 1].day, 20270000 + WATCH_DAYS_MAX);
}

static void a_boot_is_seen_once(void **state)
{
	char boot[WATCH_DAYS_BOOT_MAX];

	(void)state;
	watch_days_see(&days, "", 1);
	assert_int_equal(days.boots, 0);
	for (int i = 0; i < 100; i++) {
		snprintf(boot, sizeof(boot), "boot-%d", i);
		watch_days_see(&days, boot, (int64_t)i * 10);
		watch_days_see(&days, boot, i * 10 + 5);
	}
	assert_int_equal(days.boots, WATCH_DAYS_BOOTS);
	assert_string_equal(days.seen[0].boot, "boot-99");
	assert_int_equal(days.seen[1].wall_ms, 985);
}

static void a_window_is_a_part_of_the_day(void **state)
{
	struct watch_day day = { .day = 0 };

	(void)state;
	watch_day_take(&day, &(struct quality_sum){ .answered = 90, .lost = 10, .rtt_us = 5000 });
	watch_day_take(&day, &(struct quality_sum){ .lost = 100 });
	watch_day_take(&day, &(struct quality_sum){ .answered = 90, .rtt_us = 7000 });
	assert_int_equal(day.echoes, 290);
	assert_int_equal(day.lost, 110);
	assert_int_equal(day.rtt_us, 6000);
	assert_int_equal(day.rtt_max_us, 7000);
}

static void it_is_read_as_it_was_written(void **state)
{
	(void)state;
	for (int i = 0; i < WATCH_DAYS_MAX; i++)
		add(20270000 + i, INT32_MAX, INT32_MAX / 2, 2999999, 2999999);
	for (int i = 0; i < WATCH_DAYS_BOOTS; i++) {
		char boot[WATCH_DAYS_BOOT_MAX];

		snprintf(boot, sizeof(boot), "%036d", i);
		watch_days_see(&days, boot, INT64_C(4102444800000));
	}
	assert_int_equal(watch_days_parse(watch_days_format(text, &days), &copy), 0);
	assert_int_equal(copy.count, WATCH_DAYS_MAX);
	assert_int_equal(copy.boots, WATCH_DAYS_BOOTS);
	assert_memory_equal(copy.days, days.days, sizeof(days.days));
	assert_string_equal(copy.seen[5].boot, days.seen[5].boot);
	assert_int_equal(copy.seen[5].wall_ms, days.seen[5].wall_ms);
}

static void what_is_not_of_this_form_is_refused(void **state)
{
	static const char *const texts[] = { "x",
					     "day 1 2 3 4\n",
					     "day 1 2 3 4 5\n",
					     "day 1 2 1 4 -5\n",
					     "seen boot\n",
					     "seen boot 1 2\n",
					     "day 1 2 1 4 5",
					     "\n",
					     "day 1 99999999999999999 1 4 5\n" };

	(void)state;
	/* The one without a newline is whole. */
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		CHECK((watch_days_parse(texts[i], &copy) == 0) == (i == 6), "%s", texts[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_day_is_the_mean_of_its_hours, forget),
		cmocka_unit_test_setup(days_are_bounded_and_in_order, forget),
		cmocka_unit_test_setup(a_boot_is_seen_once, forget),
		cmocka_unit_test_setup(a_window_is_a_part_of_the_day, forget),
		cmocka_unit_test_setup(it_is_read_as_it_was_written, forget),
		cmocka_unit_test_setup(what_is_not_of_this_form_is_refused, forget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
