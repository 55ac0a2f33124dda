#include "clock.h"

#include <ctype.h>

#include "support.h"

/* As random(4) has it: five groups of hexadecimal digits. */
static void a_boot_has_one_name(void **state)
{
	char first[CLOCK_BOOT_MAX], second[CLOCK_BOOT_MAX];

	(void)state;
	memset(first, 'x', sizeof(first));
	memset(second, 'y', sizeof(second));
	assert_ptr_equal(clock_boot(first), first);
	assert_string_equal(clock_boot(second), first);
	assert_int_equal(strlen(first), 36);
	for (size_t i = 0; i < 36; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		CHECK(dash ? first[i] == '-' : isxdigit((unsigned char)first[i]) != 0, "%s", first);
	}
}

static void milliseconds_of_the_boot_are_those_of_its_seconds(void **state)
{
	int64_t before_s = clock_boottime_s(), ms = clock_boottime_ms();
	int64_t after_s = clock_boottime_s();

	(void)state;
	assert_true(before_s > 0);
	assert_true(before_s <= ms / 1000 && ms / 1000 <= after_s);
}

/* Neither stands still, nor goes back; a second is as long for both. */
static void milliseconds_go_on(void **state)
{
	int64_t start_us = clock_mono_us(), start_ms = clock_boottime_ms(), last_ms = start_ms;

	(void)state;
	clock_sleep_until_us(start_us + 30000);
	for (int i = 0; i < 1000; i++) {
		int64_t now_ms = clock_boottime_ms();

		assert_true(now_ms >= last_ms);
		last_ms = now_ms;
	}
	assert_true(last_ms - start_ms >= 29);
	assert_true(last_ms - start_ms <= (clock_mono_us() - start_us) / 1000 + 1);
}

static void a_month_is_that_of_utc(void **state)
{
	(void)state;
	assert_true(clock_month(0) == 197001);
	assert_true(clock_month(1795714931) == 202611);
	assert_true(clock_month(1798761599) == 202612); /* the last second of the year */
	assert_true(clock_month(1798761600) == 202701);
	assert_true(clock_month(INT64_MAX) == 0);
}

static void a_decade_of_times_is_plausible(void **state)
{
	const int64_t made_s = 1795714931; /* in 2026 */

	(void)state;
	assert_false(clock_is_plausible(0, made_s));
	assert_false(clock_is_plausible(made_s - 1, made_s));
	assert_true(clock_is_plausible(made_s, made_s));
	assert_true(clock_is_plausible(made_s + INT64_C(283996800), made_s)); /* nine years */
	assert_false(clock_is_plausible(INT64_C(2145916800), made_s));	      /* 2038 */
	assert_false(clock_is_plausible(INT64_MAX, made_s));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_boot_has_one_name),
		cmocka_unit_test(milliseconds_of_the_boot_are_those_of_its_seconds),
		cmocka_unit_test(milliseconds_go_on),
		cmocka_unit_test(a_month_is_that_of_utc),
		cmocka_unit_test(a_decade_of_times_is_plausible),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
