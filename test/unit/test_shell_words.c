#include "shell_words.h"

#include "support.h"

/* The words of `text`, joined by `|`; or what is wrong. */
static const char *joined(const char *text)
{
	static char buf[2048];
	static struct shell_words words;
	const char *fault = shell_words_split(text, &words);
	size_t len = 0;

	if (fault != NULL)
		return fault;
	for (size_t i = 0; words.argv[i] != NULL; i++)
		len += (size_t)snprintf(buf + len, sizeof(buf) - len, "%s%s", i == 0 ? "" : "|",
					words.argv[i]);
	return buf;
}

static void words_are_those_of_a_shell(void **state)
{
	static const struct {
		const char *text, *words;
	} cases[] = {
		{ "a", "a" },
		{ "  /usr/bin/poff \t -a\n", "/usr/bin/poff|-a" },
		{ "'a b'  \"c d\"e", "a b|c de" },
		{ "a '' \"\" b", "a|||b" },
		{ "a\\ b \\'c\\'", "a b|'c'" },
		{ "\"a\\\"b\\\\c\\n\"", "a\"b\\c\\n" },
		{ "'$x `y` ; | \"'", "$x `y` ; | \"" },
		{ "\"; | & < > ( ) * ? [ # ~\"", "; | & < > ( ) * ? [ # ~" },
		{ "\"\\$x\" \\$x \\;", "$x|$x|;" },
		{ "sh -c 'echo \"$1\"; exit'", "sh|-c|echo \"$1\"; exit" },
		{ "--key=v --list=a,b:c@d%e^f_g+h}", "--key=v|--list=a,b:c@d%e^f_g+h}" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		CHECK(strcmp(joined(cases[i].text), cases[i].words) == 0, "`%s`: %s", cases[i].text,
		      joined(cases[i].text));
}

static void what_needs_a_shell_or_is_no_command_is_refused(void **state)
{
	static const struct {
		const char *text, *fault;
	} cases[] = {
		{ "", "names no command" },	  { " \t ", "names no command" },
		{ "a; b", "needs a shell" },	  { "a | b", "needs a shell" },
		{ "a & b", "needs a shell" },	  { "a >b", "needs a shell" },
		{ "a $b", "needs a shell" },	  { "a \"$b\"", "needs a shell" },
		{ "a \"`b`\"", "needs a shell" }, { "a *.c", "needs a shell" },
		{ "~/a", "needs a shell" },	  { "a {b,c}", "needs a shell" },
		{ "a 'b", "not closed" },	  { "a \"b", "not closed" },
		{ "a \"b\\", "not closed" },	  { "a \"b\\\"", "not closed" },
		{ "a \\", "ends with \\" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		CHECK(strstr(joined(cases[i].text), cases[i].fault) != NULL, "`%s`: %s",
		      cases[i].text, joined(cases[i].text));
}

static void bounds_are_kept(void **state)
{
	char text[sizeof(((struct shell_words *)NULL)->text) + 2];
	struct shell_words words;

	(void)state;
	memset(text, 'x', sizeof(text));
	text[sizeof(words.text) - 1] = '\0';
	assert_null(shell_words_split(text, &words));
	assert_int_equal(strlen(words.argv[0]), sizeof(words.text) - 1);
	assert_null(words.argv[1]);
	text[sizeof(words.text) - 1] = 'x';
	text[sizeof(words.text)] = '\0';
	assert_string_equal(shell_words_split(text, &words), "is too long");
	memset(text, 0, sizeof(text));
	for (size_t i = 0; i < SHELL_WORDS_MAX; i++)
		memcpy(text + 2 * i, "w ", 3);
	assert_null(shell_words_split(text, &words));
	assert_non_null(words.argv[SHELL_WORDS_MAX - 1]);
	assert_null(words.argv[SHELL_WORDS_MAX]);
	memcpy(text + (size_t)2 * SHELL_WORDS_MAX, "w", 2);
	assert_string_equal(shell_words_split(text, &words), "has too many words");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_those_of_a_shell),
		cmocka_unit_test(what_needs_a_shell_or_is_no_command_is_refused),
		cmocka_unit_test(bounds_are_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
