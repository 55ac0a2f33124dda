#include "record.h"

#include <stdlib.h>

#include "support.h"

#define MAX INT64_C(1000)

struct numbers {
	int64_t first, second, third;
};

static const struct record_number table[] = {
	{ "first", offsetof(struct numbers, first) },
	{ "second", offsetof(struct numbers, second) },
	{ "second-too", offsetof(struct numbers, third) },
};

/* A copy that ends with the text: ASan sees each byte too far. */
static char *copy_of(const char *text)
{
	char *copy = malloc(strlen(text) + 1);

	assert_non_null(copy);
	memcpy(copy, text, strlen(text) + 1);
	return copy;
}

static void a_word_ends_with_its_blank_or_its_line(void **state)
{
	static const struct {
		const char *text;
		bool last;
		const char *word, *rest; /* NULL: refused */
	} cases[] = {
		{ "a b\n", false, "a", "b\n" },
		{ "a b\n", true, NULL, NULL },
		{ "a\nb\n", true, "a", "b\n" },
		{ "a\nb\n", false, NULL, NULL },
		{ "a", true, "a", "" },
		{ "a", false, NULL, NULL },
		{ "a\n", true, "a", "" },
		{ "a ", false, "a", "" },
		{ "a ", true, NULL, NULL },
		{ "a  b", false, "a", " b" },
		{ "a\tb\r\n", true, "a\tb\r", "" },
		{ " a\n", false, NULL, NULL },
		{ "\na", true, NULL, NULL },
		{ "", true, NULL, NULL },
		{ "", false, NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char word[RECORD_WORD_MAX] = "untouched", *text = copy_of(cases[i].text);
		const char *rest = text;
		int ret = record_take_word(&rest, cases[i].last, word);

		CHECK(ret == (cases[i].word == NULL ? -EINVAL : 0), "case %zu: %d", i, ret);
		if (ret == 0) {
			assert_string_equal(word, cases[i].word);
			assert_string_equal(rest, cases[i].rest);
		} else {
			assert_ptr_equal(rest, text);
			assert_string_equal(word, "untouched");
		}
		free(text);
	}
}

static void a_longer_word_is_refused(void **state)
{
	char text[RECORD_WORD_MAX + 2], word[RECORD_WORD_MAX];

	(void)state;
	for (size_t len = RECORD_WORD_MAX - 2; len <= RECORD_WORD_MAX; len++) {
		const char *rest = text;
		int ret;

		memset(text, 'x', len);
		memcpy(text + len, "\n", 2);
		ret = record_take_word(&rest, true, word);
		CHECK(ret == (len < RECORD_WORD_MAX ? 0 : -EINVAL), "%zu", len);
		if (ret == 0)
			assert_int_equal(strlen(word), len);
	}
}

static void numbers_are_whole_and_within_bounds(void **state)
{
	static const struct {
		const char *text;
		int64_t value; /* -1: refused */
	} cases[] = {
		{ "0\n", 0 },
		{ "1000", 1000 },
		{ "007\n", 7 },
		{ "1001\n", -1 },
		{ "-1\n", -1 },
		{ "+1\n", -1 },
		{ "1.0\n", -1 },
		{ "1e2\n", -1 },
		{ "0x10\n", -1 },
		{ "a\n", -1 },
		{ "\n", -1 },
		{ "1 \n", -1 },
		{ "1\r\n", -1 },
		{ "1 2\n", -1 },
		{ "", -1 },
		{ "9223372036854775808\n", -1 },
		{ "18446744073709551617\n", -1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *text = cases[i].text;
		int64_t value = -42;
		int ret = record_take_number(&text, true, MAX, &value);

		CHECK(ret == (cases[i].value < 0 ? -EINVAL : 0), "`%s': %d", cases[i].text, ret);
		CHECK(value == (cases[i].value < 0 ? -42 : cases[i].value), "`%s'", cases[i].text);
		if (ret == 0)
			assert_string_equal(text, "");
	}
}

static void a_number_that_is_not_the_last_word_ends_with_a_blank(void **state)
{
	const char *text = "12 34\n", *line = "12\n34\n";
	int64_t value = 0;

	(void)state;
	assert_int_equal(record_take_number(&text, false, MAX, &value), 0);
	assert_int_equal(value, 12);
	assert_string_equal(text, "34\n");
	assert_int_equal(record_take_number(&line, false, MAX, &value), -EINVAL);
	assert_int_equal(value, 12);
}

static void a_named_number_gets_into_its_place(void **state)
{
	const struct numbers before = { 11, 22, 33 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct numbers numbers = before;
		const char *text = "5\nfirst 6\n", *faulty = "1001\n";

		assert_int_equal(record_take_named(table[i].name, &text, table, ARRAY_LEN(table),
						   MAX, &numbers),
				 0);
		assert_string_equal(text, "first 6\n");
		assert_int_equal(numbers.first, i == 0 ? 5 : 11);
		assert_int_equal(numbers.second, i == 1 ? 5 : 22);
		assert_int_equal(numbers.third, i == 2 ? 5 : 33);
		numbers = before;
		assert_int_equal(record_take_named(table[i].name, &faulty, table, ARRAY_LEN(table),
						   MAX, &numbers),
				 -EINVAL);
		assert_memory_equal(&numbers, &before, sizeof(before));
	}
}

static void a_name_of_no_table_is_refused(void **state)
{
	static const char *const names[] = { "", "firs", "firsts", "First", "second-", "third" };
	const struct numbers before = { 11, 22, 33 };
	struct numbers numbers = before;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const char *text = "5\n";

		CHECK(record_take_named(names[i], &text, table, ARRAY_LEN(table), MAX, &numbers) ==
			      -EINVAL,
		      "%s", names[i]);
	}
	/* The last one of the table is none of a shorter one. */
	const char *text = "5\n";

	assert_int_equal(record_take_named("second-too", &text, table, 2, MAX, &numbers), -EINVAL);
	assert_memory_equal(&numbers, &before, sizeof(before));
}

static void what_is_put_is_taken(void **state)
{
	(void)state;
	for (int i = 0; i < 10000; i++) {
		const struct numbers numbers = { random_below(1001), random_below(1001),
						 random_below(1001) };
		struct numbers back = { -1, -1, -1 };
		char buf[128], name[RECORD_WORD_MAX], want[128];
		struct record_writer w = { .buf = buf, .size = sizeof(buf) };
		const char *text = buf;

		record_put_numbers(&w, table, ARRAY_LEN(table), &numbers);
		snprintf(want, sizeof(want), "first %lld\nsecond %lld\nsecond-too %lld\n",
			 (long long)numbers.first, (long long)numbers.second,
			 (long long)numbers.third);
		assert_string_equal(buf, want);
		assert_int_equal(w.used, strlen(buf));
		while (*text != '\0') {
			assert_int_equal(record_take_word(&text, false, name), 0);
			assert_int_equal(
				record_take_named(name, &text, table, ARRAY_LEN(table), MAX, &back),
				0);
		}
		assert_memory_equal(&back, &numbers, sizeof(back));
	}
}

/* For any size and any length: what fits is there, ends with NUL, and nothing behind it is. */
static void what_does_not_fit_is_cut(void **state)
{
	static const char all[] = "one 12\nthree 4567\n89";

	(void)state;
	for (size_t size = 1; size <= sizeof(all) + 2; size++) {
		char *buf = malloc(size);
		struct record_writer w = { .buf = buf, .size = size };
		size_t fits = size - 1 < strlen(all) ? size - 1 : strlen(all);

		assert_non_null(buf);
		record_put(&w, "%s %d\n", "one", 12);
		record_put(&w, "%s", "");
		record_put(&w, "%s %d\n", "three", 4567);
		record_put(&w, "%d", 89);
		CHECK(w.used == fits && strlen(buf) == fits, "%zu: %zu", size, w.used);
		assert_memory_equal(buf, all, fits);
		free(buf);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_word_ends_with_its_blank_or_its_line),
		cmocka_unit_test(a_longer_word_is_refused),
		cmocka_unit_test(numbers_are_whole_and_within_bounds),
		cmocka_unit_test(a_number_that_is_not_the_last_word_ends_with_a_blank),
		cmocka_unit_test(a_named_number_gets_into_its_place),
		cmocka_unit_test(a_name_of_no_table_is_refused),
		cmocka_unit_test(what_is_put_is_taken),
		cmocka_unit_test(what_does_not_fit_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
