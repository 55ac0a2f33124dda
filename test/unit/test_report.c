#include "report.h"

#include <cjson/cJSON.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "log.h"
#include "support.h"

#define HOSTILE "a\"b\\c\n\x1b[2Jd"

static struct report *sample(void)
{
	struct report *report = report_new();

	report_text(report, "interface", "ppp0");
	report_flag(report, "up", true);
	report_number(report, "answered", 4294967296123);
	report_thousandths(report, "took_ms", 12034);
	report_bytes(report, "sent_bytes", 1610612736);
	report_row(report, "targets");
	report_text(report, "address", "1.1.1.1");
	report_text(report, "answer", "silent");
	report_end_row(report);
	report_row(report, "targets");
	report_text(report, "address", "2001:db8::1");
	report_text(report, "answer", HOSTILE);
	report_thousandths(report, "rtt_ms", 7);
	report_end_row(report);
	return report;
}

static const char *print(const struct report *report, bool json, int *ret)
{
	capture_start(STDOUT_FILENO);
	*ret = report_print(report, json);
	return capture_stop();
}

static void json_is_one_line_that_reads_back(void **state)
{
	struct report *report = sample();
	int ret = -1;
	const char *text = print(report, true, &ret);
	cJSON *tree = cJSON_Parse(text);
	const cJSON *row;

	(void)state;
	assert_int_equal(ret, 0);
	assert_non_null(tree);
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
	assert_string_equal(cJSON_GetObjectItem(tree, "interface")->valuestring, "ppp0");
	assert_true(cJSON_IsTrue(cJSON_GetObjectItem(tree, "up")));
	assert_non_null(strstr(text, "\"answered\":4294967296123"));
	assert_non_null(strstr(text, "\"took_ms\":12.034"));
	assert_non_null(strstr(text, "\"sent_bytes\":1610612736"));
	assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(tree, "targets")), 2);
	row = cJSON_GetArrayItem(cJSON_GetObjectItem(tree, "targets"), 1);
	assert_string_equal(cJSON_GetObjectItem(row, "answer")->valuestring, HOSTILE);
	assert_non_null(strstr(text, "\"rtt_ms\":0.007"));
	cJSON_Delete(tree);
	report_free(report);
}

static void a_person_gets_aligned_names_and_tables(void **state)
{
	struct report *report = sample();
	int ret = -1;
	const char *text = print(report, false, &ret);

	(void)state;
	assert_int_equal(ret, 0);
	assert_string_equal(text, "interface   ppp0\n"
				  "up          yes\n"
				  "answered    4294967296123\n"
				  "took_ms     12.034\n"
				  "sent_bytes  1.5 GB\n"
				  "targets\n"
				  "  address      answer\n"
				  "  1.1.1.1      silent\n"
				  "  2001:db8::1  a\"b\\c??[2Jd  0.007\n");
	report_free(report);
}

/* What an API or a file may hold: C1 as UTF-8, an override, bytes that are not UTF-8. */
static void hostile_text_neither_breaks_json_nor_moves_a_cursor(void **state)
{
	static const unsigned char hostile[] = { 'a',  0xc2, 0x9b, 'b',	 0xe2, 0x80, 0xae, 'c',
						 0xff, 'd',  0xc3, 0xbc, 0xe2, 0x82, 0 };
	/* The same, but U+FFFD for each byte that is not UTF-8. */
	static const unsigned char read_back[] = { 'a',	 0xc2, 0x9b, 'b',  0xe2, 0x80, 0xae,
						   'c',	 0xef, 0xbf, 0xbd, 'd',	 0xc3, 0xbc,
						   0xef, 0xbf, 0xbd, 0xef, 0xbf, 0xbd, 0 };
	struct report *report = report_new();
	cJSON *tree;
	const char *text;
	int ret = -1;

	(void)state;
	report_text(report, "text", (const char *)hostile);
	text = print(report, true, &ret);
	assert_int_equal(ret, 0);
	for (const char *p = text; *p != '\0'; p++)
		CHECK((unsigned char)*p < 0x80 || strncmp(p, "\xc3\xbc", 2) == 0 ||
			      (p > text && strncmp(p - 1, "\xc3\xbc", 2) == 0),
		      "byte %x", (unsigned char)*p);
	tree = cJSON_Parse(text);
	assert_non_null(tree);
	assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(tree, "text")),
			    (const char *)read_back);
	cJSON_Delete(tree);
	assert_string_equal(print(report, false, &ret), "text  a?b?c?d\xc3\xbc??\n");
	report_free(report);
}

static void a_report_without_memory_says_so(void **state)
{
	const char *log;
	int ret;

	(void)state;
	report_text(NULL, "a", "b");
	report_number(NULL, "a", 1);
	report_flag(NULL, "a", true);
	report_thousandths(NULL, "a", 1);
	report_row(NULL, "a");
	report_end_row(NULL);
	report_free(NULL);
	capture_start(STDERR_FILENO);
	log_open("test", LOG_LEVEL_INFO);
	ret = report_print(NULL, true);
	log = capture_stop();
	assert_int_equal(ret, -ENOMEM);
	assert_string_equal(log, "test: cannot print: Cannot allocate memory\n");
}

static unsigned allocations, failing;

static void *failing_malloc(size_t size)
{
	return allocations++ == failing ? NULL : malloc(size);
}

/* "A failed allocation is remembered and told by report_print": whichever it is. */
static void each_failed_allocation_is_told(void **state)
{
	cJSON_Hooks hooks = { .malloc_fn = failing_malloc, .free_fn = free };

	(void)state;
	cJSON_InitHooks(&hooks);
	failing = 0;
	do {
		struct report *report;
		int ret = 0;

		allocations = 0;
		report = sample();
		print(report, true, &ret);
		report_free(report);
		CHECK((ret == 0) == (failing >= allocations), "allocation %u: %d", failing, ret);
		failing++;
	} while (failing <= allocations);
	cJSON_InitHooks(NULL);
}

static void a_full_disk_is_told(void **state)
{
	struct report *report = sample();
	int full = open("/dev/full", O_WRONLY), saved, ret;

	(void)state;
	if (full < 0)
		skip();
	fflush(stdout);
	saved = dup(STDOUT_FILENO);
	dup2(full, STDOUT_FILENO);
	ret = report_print(report, false);
	dup2(saved, STDOUT_FILENO);
	clearerr(stdout);
	close(saved);
	close(full);
	report_free(report);
	assert_int_equal(ret, -ENOSPC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_is_one_line_that_reads_back),
		cmocka_unit_test(a_person_gets_aligned_names_and_tables),
		cmocka_unit_test(hostile_text_neither_breaks_json_nor_moves_a_cursor),
		cmocka_unit_test(a_report_without_memory_says_so),
		cmocka_unit_test(each_failed_allocation_is_told),
		cmocka_unit_test(a_full_disk_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
