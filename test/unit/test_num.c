#include "num.h"

#include <time.h>

#include "support.h"

struct number {
	const char *text;
	int ret;
	int64_t value;
};

typedef int parse_fn(const char *text, int64_t min, int64_t max, int64_t *out);

static void check_all(parse_fn *parse, const struct number *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const int64_t untouched = 4711;
		int64_t value = untouched;
		int ret = parse(cases[i].text, -1000, 10000000, &value);

		CHECK(ret == cases[i].ret, "`%s` gives %d", cases[i].text, ret);
		CHECK(value == (ret == 0 ? cases[i].value : untouched), "`%s` is %lld",
		      cases[i].text, (long long)value);
	}
}

static void only_a_whole_decimal_number_is_a_number(void **state)
{
	static const struct number cases[] = {
		{ "0", 0, 0 },
		{ "7", 0, 7 },
		{ "-1000", 0, -1000 },
		{ "-1001", -ERANGE, 0 },
		{ "10000000", 0, 10000000 },
		{ "10000001", -ERANGE, 0 },
		{ "010", 0, 10 }, /* not octal */
		{ "-0", 0, 0 },
		{ "9223372036854775807", -ERANGE, 0 },
		{ "9223372036854775808", -ERANGE, 0 },
		{ "-9223372036854775808", -ERANGE, 0 },
		{ "99999999999999999999999999", -ERANGE, 0 },
		{ "-99999999999999999999999999", -ERANGE, 0 },
		{ "", -EINVAL, 0 },
		{ "-", -EINVAL, 0 },
		{ "--1", -EINVAL, 0 },
		{ "+1", -EINVAL, 0 },
		{ " 1", -EINVAL, 0 },
		{ "1 ", -EINVAL, 0 },
		{ "1x", -EINVAL, 0 },
		{ "0x10", -EINVAL, 0 },
		{ "1e3", -EINVAL, 0 },
		{ "1.5", -EINVAL, 0 },
		{ "99999999999999999999999999x", -EINVAL, 0 },
	};

	(void)state;
	check_all(num_parse, cases, ARRAY_LEN(cases));
}

static void a_time_needs_its_unit(void **state)
{
	static const struct number cases[] = {
		{ "250ms", 0, 250 },
		{ "3s", 0, 3000 },
		{ "10m", 0, 600000 },
		{ "1h", 0, 3600000 },
		{ "0", 0, 0 },
		{ "0s", 0, 0 },
		{ "-1s", 0, -1000 },
		{ "3h", -ERANGE, 0 },
		{ "-2s", -ERANGE, 0 },
		{ "9223372036854775807h", -ERANGE, 0 },
		{ "99999999999999999999ms", -ERANGE, 0 },
		{ "250", -EINVAL, 0 },
		{ "00", -EINVAL, 0 },
		{ "3 s", -EINVAL, 0 },
		{ "3S", -EINVAL, 0 },
		{ "3sec", -EINVAL, 0 },
		{ "1h30m", -EINVAL, 0 },
		{ "1.5s", -EINVAL, 0 },
		{ "s", -EINVAL, 0 },
		{ "", -EINVAL, 0 },
	};

	(void)state;
	check_all(num_parse_ms, cases, ARRAY_LEN(cases));
}

static void a_share_needs_its_sign(void **state)
{
	static const struct number cases[] = {
		{ "40%", 0, 40 },
		{ "0%", 0, 0 },
		{ "0", 0, 0 },
		{ "40", -EINVAL, 0 },
		{ "40 %", -EINVAL, 0 },
		{ "40%%", -EINVAL, 0 },
		{ "%", -EINVAL, 0 },
		{ "", -EINVAL, 0 },
		{ "4.5%", -EINVAL, 0 },
		{ "-1001%", -ERANGE, 0 },
		{ "99999999999999999999%", -ERANGE, 0 },
	};

	(void)state;
	check_all(num_parse_pct, cases, ARRAY_LEN(cases));
}

static void a_size_may_have_a_unit(void **state)
{
	static const struct number cases[] = {
		{ "0", 0, 0 },
		{ "1234", 0, 1234 },
		{ "1K", 0, 1024 },
		{ "9M", 0, INT64_C(9) * 1024 * 1024 },
		{ "10M", -ERANGE, 0 },
		{ "1G", -ERANGE, 0 },
		{ "8388608T", -ERANGE, 0 }, /* 2^63 */
		{ "-1K", -ERANGE, 0 },
		{ "1k", -EINVAL, 0 },
		{ "1KB", -EINVAL, 0 },
		{ "1 K", -EINVAL, 0 },
		{ "1.5K", -EINVAL, 0 },
		{ "K", -EINVAL, 0 },
		{ "", -EINVAL, 0 },
	};

	(void)state;
	check_all(num_parse_size, cases, ARRAY_LEN(cases));
}

static void a_size_is_written_for_a_file_and_for_a_person(void **state)
{
	static const struct {
		int64_t size;
		const char *exact, *shown;
	} cases[] = {
		{ 0, "0", "0 B" },
		{ 1023, "1023", "1023 B" },
		{ 1024, "1K", "1 KB" },
		{ 1536, "1536", "1.5 KB" },
		{ 10239, "10239", "9.99 KB" },
		{ 12900, "12900", "12.5 KB" },
		{ 1024 * 1024 - 1, "1048575", "1023 KB" },
		{ INT64_C(1) << 30, "1G", "1 GB" },
		{ 1095216660, "1095216660", "1.01 GB" },
		{ 1095216661, "1095216661", "1.02 GB" },
		{ INT64_C(1024) << 40, "1024T", "1024 TB" },
		{ INT64_MAX, "9223372036854775807", "8388607 TB" },
	};
	char buf[NUM_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_string_equal(num_format_size(buf, cases[i].size), cases[i].exact);
		assert_string_equal(num_format_bytes(buf, cases[i].size), cases[i].shown);
	}
}

/* INT64_MIN is a number like any other: no overflow on the way to it. */
static void the_extremes_are_reached(void **state)
{
	int64_t value = 0;

	(void)state;
	assert_int_equal(num_parse("9223372036854775807", INT64_MIN, INT64_MAX, &value), 0);
	assert_true(value == INT64_MAX);
	assert_int_equal(num_parse("-9223372036854775807", INT64_MIN, INT64_MAX, &value), 0);
	assert_true(value == -INT64_MAX);
}

static void a_time_is_written_in_its_largest_whole_unit(void **state)
{
	static const struct number cases[] = {
		{ "0", 0, 0 },
		{ "1ms", 0, 1 },
		{ "1500ms", 0, 1500 },
		{ "1s", 0, 1000 },
		{ "90s", 0, 90000 },
		{ "10m", 0, 600000 },
		{ "1h", 0, 3600000 },
		{ "36h", 0, 129600000 },
		{ "9223372036854775807ms", 0, INT64_MAX },
	};
	char buf[NUM_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_string_equal(num_format_ms(buf, cases[i].value), cases[i].text);
}

static void a_written_time_reads_back_as_itself(void **state)
{
	(void)state;
	for (int i = 0; i < 10000; i++) {
		int64_t ms = (int64_t)random_next() << random_below(20);
		int64_t back = -1;
		char buf[NUM_TEXT_MAX];

		ms -= ms % (random_below(2) == 0 ? 1 : 60000);
		CHECK(num_parse_ms(num_format_ms(buf, ms), 0, INT64_MAX, &back) == 0 && back == ms,
		      "%lld ms is written %s", (long long)ms, buf);
	}
}

static void a_day_is_that_of_the_calendar(void **state)
{
	char buf[NUM_TEXT_MAX], want[NUM_TEXT_MAX];

	(void)state;
	for (int64_t s = 0; s < INT64_C(253402300800); s += INT64_C(43199) * 7) {
		const time_t time = (time_t)s;
		struct tm utc;

		if (time != s)
			break; /* it has 32 bits, and nothing to compare with after 2038 */
		assert_non_null(gmtime_r(&time, &utc));
		assert_true(strftime(want, sizeof(want), "%Y-%m-%d", &utc) > 0);
		assert_string_equal(num_format_date(buf, s), want);
	}
	assert_string_equal(num_format_date(buf, 951782400), "2000-02-29");
	assert_string_equal(num_format_date(buf, INT64_C(253402300799)), "9999-12-31");
	assert_string_equal(num_format_date(buf, INT64_C(253402300800)), "nonsense");
	assert_string_equal(num_format_date(buf, -1), "nonsense");
	assert_string_equal(num_format_date(buf, INT64_MAX), "nonsense");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_a_whole_decimal_number_is_a_number),
		cmocka_unit_test(a_time_needs_its_unit),
		cmocka_unit_test(a_share_needs_its_sign),
		cmocka_unit_test(a_size_may_have_a_unit),
		cmocka_unit_test(a_size_is_written_for_a_file_and_for_a_person),
		cmocka_unit_test(the_extremes_are_reached),
		cmocka_unit_test(a_time_is_written_in_its_largest_whole_unit),
		cmocka_unit_test(a_written_time_reads_back_as_itself),
		cmocka_unit_test(a_day_is_that_of_the_calendar),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
