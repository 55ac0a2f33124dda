#include "spell.h"
#include "support.h"

static void the_distance_is_the_number_of_edits(void **state)
{
	static const struct {
		const char *a, *b;
		size_t distance;
	} cases[] = {
		{ "", "", 0 },
		{ "timeout", "timeout", 0 },
		{ "", "need", 4 },
		{ "timout", "timeout", 1 },
		{ "tiemout", "timeout", 2 },
		{ "kitten", "sitting", 3 },
		{ "abc", "xyz", 3 },
		{ "rtt-up", "rtt-down", 4 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		size_t distance = spell_distance(cases[i].a, cases[i].b);

		CHECK(distance == cases[i].distance, "%s, %s: %zu", cases[i].a, cases[i].b,
		      distance);
	}
}

static void a_longer_word_than_the_longest_is_like_nothing(void **state)
{
	char word[SPELL_WORD_MAX + 2];

	(void)state;
	memset(word, 'a', sizeof(word));
	word[SPELL_WORD_MAX] = '\0';
	assert_int_equal(spell_distance(word, word), 0);
	word[SPELL_WORD_MAX] = 'a';
	word[SPELL_WORD_MAX + 1] = '\0';
	assert_int_equal(spell_distance(word, word), SPELL_WORD_MAX);
	assert_int_equal(spell_distance("a", word), SPELL_WORD_MAX);
}

static void random_word(char word[static 9])
{
	size_t len = random_below(9);

	for (size_t i = 0; i < len; i++)
		word[i] = (char)('a' + random_below(3));
	word[len] = '\0';
}

static void the_distance_is_a_metric(void **state)
{
	char a[9], b[9], c[9];

	(void)state;
	for (int i = 0; i < 20000; i++) {
		random_word(a);
		random_word(b);
		random_word(c);
		CHECK(spell_distance(a, b) == spell_distance(b, a), "%s, %s", a, b);
		CHECK((spell_distance(a, b) == 0) == (strcmp(a, b) == 0), "%s, %s", a, b);
		CHECK(spell_distance(a, c) <= spell_distance(a, b) + spell_distance(b, c),
		      "%s, %s, %s", a, b, c);
	}
}

static void only_a_near_word_is_suggested(void **state)
{
	(void)state;
	assert_true(spell_is_near("timout", 1));
	assert_true(spell_is_near("intervall", 3));
	assert_false(spell_is_near("intervall", 4));
	assert_true(spell_is_near("vp", 1));
	assert_false(spell_is_near("v", 1)); /* every letter would have to change */
	assert_false(spell_is_near("", 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_distance_is_the_number_of_edits),
		cmocka_unit_test(a_longer_word_than_the_longest_is_like_nothing),
		cmocka_unit_test(the_distance_is_a_metric),
		cmocka_unit_test(only_a_near_word_is_suggested),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
