#include "num.h"
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_a_whole_decimal_number_is_a_number),
		cmocka_unit_test(a_time_needs_its_unit),
		cmocka_unit_test(a_share_needs_its_sign),
		cmocka_unit_test(the_extremes_are_reached),
		cmocka_unit_test(a_time_is_written_in_its_largest_whole_unit),
		cmocka_unit_test(a_written_time_reads_back_as_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
