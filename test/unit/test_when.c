#include "when.h"

#include <stdlib.h>
#include <time.h>

#include "support.h"

#define NOON INT64_C(1793016000) /* 2026-10-26 12:00 UTC */

static void in_zone(const char *zone)
{
	setenv("TZ", zone, 1);
	tzset();
}

static void a_time_is_that_of_the_router(void **state)
{
	static const struct {
		const char *zone, *text;
		int64_t want;
	} cases[] = {
		{ "UTC", "2h", NOON - 7200 },
		{ "UTC", "3d", NOON - 259200 },
		{ "UTC", "90m", NOON - 5400 },
		{ "UTC", "0s", NOON },
		{ "UTC", "1w", NOON - 604800 },
		{ "UTC", "2026-10-26", NOON - 43200 },
		{ "UTC", "2026-10-26 12:00", NOON },
		{ "UTC", "2026-10-26T12:00:01", NOON + 1 },
		{ "JST-9", "2026-10-26 21:00", NOON },
		{ "JST-9", "2026-10-26", NOON - 75600 },
		/* The day on which the summer ends: 25 hours. */
		{ "CET-1CEST,M3.5.0,M10.5.0/3", "2026-10-25", NOON - 136800 },
		{ "CET-1CEST,M3.5.0,M10.5.0/3", "2026-10-26", NOON - 46800 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int64_t got = 0;

		in_zone(cases[i].zone);
		CHECK(when_parse(cases[i].text, NOON, &got) == 0 && got == cases[i].want,
		      "%s in %s: %+d s", cases[i].text, cases[i].zone, (int)(got - cases[i].want));
	}
}

static void what_is_none_is_refused(void **state)
{
	static const char *const texts[] = {
		"",
		"h",
		"2",
		"-2h",
		"2h ",
		"2hh",
		"1.5h",
		"99999999999999999999h",
		"2026",
		"2026-13-01",
		"2026-02-30",
		"2026-1-1",
		"2026-10-26 ",
		"2026-10-26 25:00",
		"2026-10-26 12",
		"2026-10-26 12:60",
		"2026-10-26 12:00:",
		"1969-12-31",
		"yesterday",
	};
	static const char *const months[] = { "",	"2026",	 "2026-13",   "2026-00",
					      "2026-1", "26-01", "2026-01-01" };
	struct when_month month;
	int64_t got;

	(void)state;
	in_zone("UTC");
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		CHECK(when_parse(texts[i], NOON, &got) == -EINVAL, "%s", texts[i]);
	for (size_t i = 0; i < ARRAY_LEN(months); i++)
		CHECK(when_parse_month(months[i], NOON, &month) == -EINVAL, "%s", months[i]);
}

static void a_month_has_its_days(void **state)
{
	struct when_month month;

	(void)state;
	in_zone("UTC");
	assert_int_equal(when_parse_month("2026-02", NOON, &month), 0);
	assert_int_equal(month.count, 28);
	assert_int_equal(when_parse_month("2028-02", NOON, &month), 0);
	assert_int_equal(month.count, 29);
	assert_int_equal(when_parse_month("2026-12", NOON, &month), 0);
	assert_int_equal(month.count, 31);
	assert_int_equal(month.days[31], 1798761600); /* 2027-01-01 */
	in_zone("JST-9");
	assert_int_equal(when_parse_month(NULL, 1793458800, &month), 0); /* 00:00 there */
	assert_int_equal(month.month, 11);
	assert_int_equal(month.days[0], 1793458800);
	assert_int_equal(when_parse_month(NULL, 1793458799, &month), 0);
	assert_int_equal(month.month, 10);
	assert_int_equal(month.year, 2026);
}

static void a_day_may_have_another_length(void **state)
{
	struct when_month month;
	int64_t hours = 0;

	(void)state;
	in_zone("CET-1CEST,M3.5.0,M10.5.0/3");
	assert_int_equal(when_parse_month("2026-10", NOON, &month), 0);
	for (size_t i = 0; i < month.count; i++) {
		int64_t length = (month.days[i + 1] - month.days[i]) / 3600;

		CHECK(length == (i == 24 ? 25 : 24), "day %zu has %d h", i + 1, (int)length);
		hours += length;
	}
	assert_int_equal(hours, 31 * 24 + 1);
	assert_int_equal(when_parse_month("2026-03", NOON, &month), 0);
	assert_int_equal(month.days[29] - month.days[28], 23 * 3600);
}

static void a_duration_is_for_a_person(void **state)
{
	static const struct {
		int64_t ms;
		const char *want;
	} cases[] = {
		{ 0, "0 ms" },	       { 999, "999 ms" },	   { 1000, "1.0 s" },
		{ 59999, "59.9 s" },   { 60000, "1 min" },	   { 61000, "1 min 01 s" },
		{ 2220000, "37 min" }, { 18120000, "5 h 02 min" }, { 273600000, "3 d 4 h" },
	};
	char text[WHEN_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_string_equal(when_format_lasted(text, cases[i].ms), cases[i].want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_time_is_that_of_the_router),
		cmocka_unit_test(what_is_none_is_refused),
		cmocka_unit_test(a_month_has_its_days),
		cmocka_unit_test(a_day_may_have_another_length),
		cmocka_unit_test(a_duration_is_for_a_person),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
