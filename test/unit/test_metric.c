#include "metric.h"

#include "support.h"

static struct metric_writer writer(char *buf, size_t size)
{
	struct metric_writer w = { .buf = buf, .size = size };

	memset(buf, 0, size);
	return w;
}

static void a_metric_has_its_help_once_and_a_line_for_each_sample(void **state)
{
	char buf[1024];
	struct metric_writer w = writer(buf, sizeof(buf));

	(void)state;
	metric_put(&w, METRIC_FAULTY, (const char *const[]){ "route" }, 0, 1);
	metric_put(&w, METRIC_FAULTY, (const char *const[]){ "check" }, 1, 1);
	metric_put(&w, METRIC_BYTES, (const char *const[]){ "master", "receive" }, INT64_MAX, 1);
	assert_string_equal(
		buf,
		"# HELP fo_config_faulty 1 where the section of fo.conf has a fault, and is not "
		"used.\n"
		"# TYPE fo_config_faulty gauge\n"
		"fo_config_faulty{section=\"route\"} 0\n"
		"fo_config_faulty{section=\"check\"} 1\n"
		"# HELP fo_uplink_bytes_total Bytes over the metered line since the month began in "
		"UTC, by VRRP state and direction.\n"
		"# TYPE fo_uplink_bytes_total counter\n"
		"fo_uplink_bytes_total{state=\"master\",direction=\"receive\"} "
		"9223372036854775807\n");
}

static void numbers_have_base_units(void **state)
{
	static const struct {
		int64_t value, per;
		const char *text;
	} cases[] = {
		{ 0, 1, "0" },
		{ -7, 1, "-7" },
		{ 433, 1000, "0.433" },
		{ 8214, 1000000, "0.008214" },
		{ 1000, 1000, "1.000" },
		{ -1500, 1000, "-1.500" },
		{ 1, 1000000, "0.000001" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char buf[512], line[64];
		struct metric_writer w = writer(buf, sizeof(buf));

		metric_put(&w, METRIC_DRILL, NULL, cases[i].value, cases[i].per);
		snprintf(line, sizeof(line), "\nfo_drill %s\n", cases[i].text);
		assert_string_equal(strstr(buf, "\nfo_drill "), line);
	}
}

/* A class or an interface is what other programs have written. */
static void no_value_ends_its_label(void **state)
{
	char buf[1024];
	struct metric_writer w = writer(buf, sizeof(buf));

	(void)state;
	metric_put(&w, METRIC_CLASS_INFO, (const char *const[]){ "a\"} 1\nfo_split 1", "\\" }, 1,
		   1);
	assert_non_null(strstr(buf, "\nfo_speed_class_info{due=\"a\\\"} 1\\nfo_split 1\","
				    "known=\"\\\\\"} 1\n"));
}

static void what_does_not_fit_is_noticed(void **state)
{
	char buf[1024];
	size_t whole;

	(void)state;
	{
		struct metric_writer w = writer(buf, sizeof(buf));

		metric_put(&w, METRIC_DRILL, NULL, 1, 1);
		whole = w.used;
	}
	for (size_t size = 1; size <= whole + 1; size++) {
		struct metric_writer w = writer(buf, sizeof(buf));

		w.size = size;
		metric_put(&w, METRIC_DRILL, NULL, 1, 1);
		assert_int_equal(w.used < w.size, size == whole + 1);
		assert_true(w.used <= w.size);
		assert_int_equal(buf[size], '\0');
	}
}

static bool is_snake(const char *text)
{
	return strspn(text, "abcdefghijklmnopqrstuvwxyz_") == strlen(text);
}

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), tail = strlen(end);

	return len > tail && strcmp(text + len - tail, end) == 0;
}

static void names_keep_to_the_conventions(void **state)
{
	(void)state;
	for (size_t i = 0; i < METRICS; i++) {
		const struct metric *metric = &metrics[i];

		CHECK(strncmp(metric->name, "fo_", 3) == 0 && is_snake(metric->name), "%s",
		      metric->name);
		CHECK(ends_with(metric->name, "_total") == metric->is_counter, "%s", metric->name);
		CHECK(ends_with(metric->help, "."), "%s", metric->help);
		for (size_t j = 0; metric->labels[j] != NULL; j++)
			CHECK(is_snake(metric->labels[j]), "%s", metric->name);
		for (size_t j = 0; j < i; j++)
			CHECK(strcmp(metric->name, metrics[j].name) != 0, "%s", metric->name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_metric_has_its_help_once_and_a_line_for_each_sample),
		cmocka_unit_test(numbers_have_base_units),
		cmocka_unit_test(no_value_ends_its_label),
		cmocka_unit_test(what_does_not_fit_is_noticed),
		cmocka_unit_test(names_keep_to_the_conventions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
