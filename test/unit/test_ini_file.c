#include "ini_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include "log.h"
#include "support.h"

struct opened {
	struct ini_file file;
	struct conf_faults faults;
	int ret;
	const char *log;
};

static struct opened open_path(const char *path)
{
	const struct conf_source source = { .path = path, .program = "test" };
	struct opened opened;

	conf_faults_init(&opened.faults, &source);
	capture_start(STDERR_FILENO);
	log_open("test", LOG_LEVEL_DEBUG);
	opened.ret = ini_file_open(path, &opened.faults, &opened.file);
	opened.log = capture_stop();
	return opened;
}

static struct opened open_text(const char *text)
{
	return open_path(temp_file("fo.conf", text, strlen(text)));
}

static void values_come_without_blanks_comments_and_quotes(void **state)
{
	static const struct {
		const char *line, *value;
	} cases[] = {
		{ "key = value", "value" },
		{ "key=value", "value" },
		{ "\t key \t=\t value \t", "value" },
		{ "KEY = Value", "Value" },
		{ "key = value\r", "value" },
		{ "key = value ; comment", "value" },
		{ "key = value # comment", "value" },
		{ "key = two words ; and = comment", "two words" },
		{ "key = \"a;b#c\"", "a;b#c" },
		{ "key = \"a ; b\" ; comment", "a ; b" },
		{ "key = ' kept '", " kept " },
		{ "key = \"it's\"", "it's" },
		{ "key = a=b", "a=b" },
		{ "key = sh -c \"true\"", "sh -c \"true\"" },
		{ "key =", "" },
		{ "key = \"\"", "" },
		{ "key = ; comment", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char text[256];
		struct opened opened;

		snprintf(text, sizeof(text), "; first\n# second\n\n[section]\n%s\n", cases[i].line);
		opened = open_text(text);
		CHECK(opened.ret == 0 && opened.faults.count == 0, "`%s`: %s", cases[i].line,
		      opened.log);
		assert_int_equal(opened.file.count, 2);
		assert_string_equal(opened.file.items[0].section, "section");
		assert_string_equal(opened.file.items[0].name, "");
		assert_null(opened.file.items[0].value);
		assert_string_equal(opened.file.items[1].name, "key");
		assert_int_equal(opened.file.items[1].line, 5);
		CHECK(strcmp(opened.file.items[1].value, cases[i].value) == 0, "`%s`: `%s`",
		      cases[i].line, opened.file.items[1].value);
		assert_string_equal(opened.log, "");
		ini_file_close(&opened.file);
		ini_file_close(&opened.file);
	}
}

static void a_section_may_have_blanks_around_it(void **state)
{
	static const char *const cases[] = {
		"[one]\na = 1\n[two]\na = 2\n",
		"  [one]  \na = 1\n[ Two ]\na = 2",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct opened opened = open_text(cases[i]);

		CHECK(opened.ret == 0 && opened.faults.count == 0, "`%s`: %s", cases[i],
		      opened.log);
		assert_int_equal(opened.file.count, 4);
		assert_string_equal(opened.file.items[3].section, "two");
		CHECK(strcmp(opened.file.items[3].value, "2") == 0, "`%s`", cases[i]);
		ini_file_close(&opened.file);
	}
}

static void every_trap_is_a_fault_with_its_line(void **state)
{
	static const struct {
		const char *text, *fault;
	} cases[] = {
		{ "[a]\nk = 1\nk = 2\n", ":3: [a] k is a duplicate, already set in line 2" },
		{ "[a]\nk = 1\nK = 2\n", ":3: [a] k is a duplicate, already set in line 2" },
		{ "[a]\n[b]\n[A]\n", ":3: [a] is a duplicate, already set in line 1" },
		{ "k = 1\n", ":1: `k` is set before the first [section]" },
		{ "[a]\nk\n", ":2: `k` is neither [section], key = value nor a comment" },
		{ "[a]\n= 1\n", ":2: `= 1` is neither" },
		{ "[a\n", ":1: `[a` is not a section, write [name]" },
		{ "[]\n", ":1: `[]` is not a section" },
		/* iniparser takes neither for a section */
		{ "[a] ; comment\n", ":1: `[a] ; comment` is not a section" },
		{ "[a]\n[b] # x = y\n", ":2: `[b] # x = y` is not a section" },
		{ "[a] b\n", ":1: `[a] b` is not a section" },
		{ "[a]\nk = a;b\n", ":2: [a] k = a;b: put a blank before the comment" },
		{ "[a]\nk = a#b\n", ":2: [a] k = a#b: put a blank before the comment" },
		{ "[a]\nk = \"open\n", ":2: [a] k = \"open: the closing quote is missing" },
		{ "[a]\nk = 'open\"\n", ": the closing quote is missing" },
		{ "[a]\nk = \"a\" b\n",
		  ":2: [a] k = \"a\" b: there is text after the closing quote" },
		{ "[a]\nk = 1 \\\n2\n", ":2: a line cannot be continued with a backslash" },
		{ "[a]\n; comment \\\nk = 1\n", ":2: a line cannot be continued" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct opened opened = open_text(cases[i].text);

		assert_int_equal(opened.ret, 0);
		CHECK(opened.faults.count > 0, "no fault in `%s`", cases[i].text);
		CHECK(strstr(opened.log, cases[i].fault) != NULL, "`%s`: %s", cases[i].text,
		      opened.log);
		CHECK(strncmp(opened.log, "test: /", 7) == 0, "%s", opened.log);
		ini_file_close(&opened.file);
	}
}

static void all_faults_are_told_at_once(void **state)
{
	struct opened opened = open_text("x\n[a]\ny\nk = 1\nk = 2\n");

	(void)state;
	assert_int_equal(opened.faults.count, 3);
	assert_non_null(strstr(opened.log, ":1: "));
	assert_non_null(strstr(opened.log, ":3: "));
	assert_non_null(strstr(opened.log, ":5: "));
	ini_file_close(&opened.file);
}

static void a_nul_byte_is_a_fault(void **state)
{
	static const char text[] = "[a]\nk = 1\0; rest\n";
	struct opened opened = open_path(temp_file("nul", text, sizeof(text) - 1));

	(void)state;
	assert_int_equal(opened.faults.count, 1);
	assert_non_null(strstr(opened.log, ":2: a NUL byte"));
	ini_file_close(&opened.file);
}

/* iniparser refuses the whole file for a line over its buffer, which is not much longer. */
static void a_line_may_have_so_many_bytes_and_no_more(void **state)
{
	for (size_t more = 0; more < 2; more++) {
		char text[INI_FILE_LINE_MAX + 16] = "[a]\nk = ";
		struct opened opened;

		(void)state;
		memset(text + 8, 'x', INI_FILE_LINE_MAX - 4 + more);
		opened = open_text(text);
		CHECK(opened.ret == 0 && opened.faults.count == more, "%s", opened.log);
		if (more == 0)
			assert_int_equal(strlen(opened.file.items[1].value), INI_FILE_LINE_MAX - 4);
		else
			assert_non_null(
				strstr(opened.log, ":2: the line is longer than 1000 bytes"));
		ini_file_close(&opened.file);
	}
}

static void a_name_or_a_file_without_end_is_a_fault(void **state)
{
	char name[2 * INI_FILE_NAME_MAX], text[8192] = "[a]\n";
	struct opened opened;

	(void)state;
	memset(name, 'n', sizeof(name));
	snprintf(text, sizeof(text), "[%.*s]\n[a]\n%.*s = 1\n%.*s = 1\n", INI_FILE_NAME_MAX, name,
		 INI_FILE_NAME_MAX, name, INI_FILE_NAME_MAX - 1, name);
	opened = open_text(text);
	assert_int_equal(opened.faults.count, 2);
	ini_file_close(&opened.file);

	snprintf(text, sizeof(text), "[a]\n");
	for (int i = 0; i < INI_FILE_ITEMS_MAX; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "k%d = 1\n", i);
	opened = open_text(text);
	assert_int_equal(opened.faults.count, 1);
	assert_int_equal(opened.file.count, INI_FILE_ITEMS_MAX);
	assert_non_null(strstr(opened.log, "more than 128 sections and keys"));
	ini_file_close(&opened.file);
}

static void what_is_no_file_is_not_read(void **state)
{
	char fifo[256];
	struct opened opened;

	(void)state;
	snprintf(fifo, sizeof(fifo), "%s", temp_path("fifo"));
	assert_return_code(mkfifo(fifo, 0600), errno);
	alarm(10); /* a FIFO without a writer would block for ever */
	opened = open_path(fifo);
	alarm(0);
	assert_int_equal(opened.ret, -EINVAL);
	assert_non_null(strstr(opened.log, "/fifo is not a regular file"));
	ini_file_close(&opened.file);

	opened = open_path(temp_dir());
	assert_int_equal(opened.ret, -EINVAL);
	assert_non_null(strstr(opened.log, " is not a regular file"));
	ini_file_close(&opened.file);

	opened = open_path("/dev/zero");
	assert_int_equal(opened.ret, -EINVAL);
	ini_file_close(&opened.file);

	opened = open_path("/dev/null/fo.conf");
	assert_int_equal(opened.ret, -ENOTDIR);
	assert_string_equal(opened.log, "test: cannot read /dev/null/fo.conf: Not a directory\n");
	ini_file_close(&opened.file);
}

static void an_empty_file_has_nothing(void **state)
{
	struct opened opened = open_text("");

	(void)state;
	assert_int_equal(opened.ret, 0);
	assert_int_equal(opened.file.count + opened.faults.count, 0);
	ini_file_close(&opened.file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_come_without_blanks_comments_and_quotes),
		cmocka_unit_test(a_section_may_have_blanks_around_it),
		cmocka_unit_test(every_trap_is_a_fault_with_its_line),
		cmocka_unit_test(all_faults_are_told_at_once),
		cmocka_unit_test(a_nul_byte_is_a_fault),
		cmocka_unit_test(a_line_may_have_so_many_bytes_and_no_more),
		cmocka_unit_test(a_name_or_a_file_without_end_is_a_fault),
		cmocka_unit_test(what_is_no_file_is_not_read),
		cmocka_unit_test(an_empty_file_has_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
