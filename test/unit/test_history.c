#include "history.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "log.h"
#include "store.h"
#include "support.h"

/* Of a line: the time, a blank, the program, a colon and a blank. */
#define WHEN_LEN    20
#define TEXT_AT	    (WHEN_LEN + strlen(" test: "))
#define CUT_AT	    399
#define NEVER_ENDED "2026-11-24T10:00:00Z test: of a power loss"

/* The disk's time is not what is tested here: with it, many writers at once are not slow. */
int __wrap_fsync(int fd);

int __wrap_fsync(int fd)
{
	return fcntl(fd, F_GETFD) < 0 ? -1 : 0;
}

/* The file as it is, not as it is read; its length, or -1. */
static long raw(char *buf, size_t size)
{
	FILE *file = fopen(state_path("lib/history"), "r");
	size_t len;

	if (file == NULL)
		return -1;
	len = fread(buf, 1, size, file);
	fclose(file);
	return (long)len;
}

/* Puts a file there that history_add has not written. */
static void plant(const void *bytes, size_t len)
{
	FILE *file;

	assert_int_equal(store_write(STORE_LIB, "history", "", 0644), 0);
	file = fopen(state_path("lib/history"), "w");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

static char all[HISTORY_BYTES_MAX];

/* Reads them; returns how many there are. */
static unsigned lines(void)
{
	unsigned count = 1;

	assert_int_equal(history_read(all), 0);
	for (const char *p = strchr(all, '\n'); p != NULL; p = strchr(p + 1, '\n'))
		count++;
	return all[0] == '\0' ? 0 : count;
}

/* The text of a line, which is checked to have all that is before it; the next one is `*next`, or
 * NULL. */
static const char *text_of(char *line, char **next)
{
	struct tm tm = { .tm_sec = 0 };
	char *end;

	if (line == NULL) {
		fail_msg("a line is missing");
		return "";
	}
	end = strchr(line, '\n');
	*next = end == NULL ? NULL : end + 1;
	if (end != NULL)
		*end = '\0';
	CHECK(strptime(line, "%Y-%m-%dT%H:%M:%SZ", &tm) == line + WHEN_LEN, "%s", line);
	CHECK(strncmp(line + WHEN_LEN, " test: ", 7) == 0, "%s", line);
	return line + TEXT_AT;
}

static void lines_are_in_the_order_of_events(void **state)
{
	char raw_text[256];
	char *next = all;
	long len;

	(void)state;
	assert_int_equal(lines(), 0);
	for (int i = 0; i < 5; i++) {
		history_add("test", "%s %d", "event", i);
		assert_int_equal(lines(), i + 1);
	}
	for (int i = 0; i < 5; i++) {
		const char *text = text_of(next, &next);
		char want[16];

		snprintf(want, sizeof(want), "event %d", i);
		assert_string_equal(text, want);
	}
	assert_null(next);
	/* In the file, too, each has its end. */
	len = raw(raw_text, sizeof(raw_text));
	assert_int_equal(len, 5 * (int)(TEXT_AT + strlen("event 0\n")));
	assert_int_equal(raw_text[len - 1], '\n');
}

static void a_line_has_the_time_in_utc_and_the_program(void **state)
{
	time_t before = time(NULL), after, told;
	struct tm tm = { .tm_sec = 0 };

	(void)state;
	setenv("TZ", "Asia/Tokyo", 1);
	tzset();
	history_add("fo-keepalive", "ppp0: %s", "alive");
	unsetenv("TZ");
	tzset();
	after = time(NULL);
	assert_int_equal(lines(), 1);
	assert_string_equal(all + WHEN_LEN, " fo-keepalive: ppp0: alive");
	assert_ptr_equal(strptime(all, "%Y-%m-%dT%H:%M:%SZ", &tm), all + WHEN_LEN);
	told = timegm(&tm);
	assert_true(told >= before && told <= after);
}

static void all_may_read_it(void **state)
{
	struct stat st;

	(void)state;
	history_add("test", "x");
	assert_return_code(stat(state_path("lib/history"), &st), errno);
	assert_int_equal(st.st_mode & 07777, 0644);
}

static void a_newline_in_a_text_makes_no_line(void **state)
{
	char *next;

	(void)state;
	history_add("test", "one\ntwo\n\nthree\n");
	history_add("te\nst", "four");
	assert_int_equal(lines(), 2);
	assert_string_equal(text_of(all, &next), "one two  three ");
	assert_string_equal(next + WHEN_LEN, " te st: four");
}

static void a_long_text_is_cut(void **state)
{
	char text[2000], *next = all;

	(void)state;
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	history_add("test", "%s", text);
	text[CUT_AT] = '\0';
	history_add("test", "%s", text);
	text[CUT_AT - 1] = '\0';
	history_add("test", "%s", text);
	memset(text, 'p', sizeof(text) - 1);
	history_add(text, "no room");
	assert_int_equal(lines(), 4);
	assert_int_equal(strlen(text_of(next, &next)), CUT_AT);
	assert_int_equal(strlen(text_of(next, &next)), CUT_AT);
	assert_int_equal(strlen(text_of(next, &next)), CUT_AT - 1);
	assert_in_range(strlen(next), 400, 511);
}

/* The number after `word`, which `*text` begins with; that is then behind it. */
static int number_after(const char **text, const char *word)
{
	char *end = NULL;
	long number;

	CHECK(strncmp(*text, word, strlen(word)) == 0, "%s", *text);
	number = strtol(*text + strlen(word), &end, 10);
	assert_true(end > *text + strlen(word));
	*text = end;
	return (int)number;
}

/* Checks that the lines are those up to `last`, whole, in order, none missing. Returns the number
 * of the first. */
static unsigned check_numbered(unsigned last)
{
	char *next = all;
	unsigned first = 0, number = 0;

	for (unsigned count = 0; next != NULL; count++) {
		const char *text = text_of(next, &next);

		number = (unsigned)number_after(&text, "event ");
		first = count == 0 ? number : first;
		assert_int_equal(number, first + count);
		assert_int_equal(text[strlen(text) - 1], '.');
	}
	assert_int_equal(number, last);
	return first;
}

static void the_oldest_lines_are_dropped_and_all_others_kept(void **state)
{
	static char file[HISTORY_BYTES_MAX + 1];
	unsigned first = 0;
	long len = 0;

	(void)state;
	for (unsigned i = 0; i < 700; i++) {
		uint32_t pad = random_below(350);
		long before = len;
		unsigned was_first = first;

		history_add("test", "event %u %*s.", i, (int)pad, "");
		len = raw(file, sizeof(file));
		assert_in_range(len, 1, HISTORY_BYTES_MAX - 1);
		assert_int_equal(file[len - 1], '\n');
		(void)lines();
		first = check_numbered(i);
		/* No more than has to be: with the last one dropped, it would not have fitted. */
		if (first == was_first)
			assert_true(len > before);
		else
			assert_true(len > HISTORY_BYTES_MAX - 1 - 2 * 512);
	}
	assert_in_range(first, 100, 699);
}

/* To the byte: a file that is as long as it can be, and one byte more. */
static void a_file_may_have_all_bytes_but_one(void **state)
{
	static char file[HISTORY_BYTES_MAX + 1];
	const size_t line_len = TEXT_AT + strlen("new\n");

	(void)state;
	for (size_t over = 0; over < 2; over++) {
		size_t len = HISTORY_BYTES_MAX - 1 - line_len + over;

		memset(file, 'a', len);
		file[99] = '\n';
		file[len - 1] = '\n';
		plant(file, len);
		history_add("test", "new");
		assert_int_equal(lines(), 3 - over);
		assert_int_equal(raw(file, sizeof(file)),
				 over == 0 ? HISTORY_BYTES_MAX - 1 : HISTORY_BYTES_MAX - 100);
		assert_string_equal(strrchr(all, '\n') + 1 + TEXT_AT, "new");
	}
}

static void a_file_without_its_last_end_goes_on_with_a_line(void **state)
{
	(void)state;
	plant(NEVER_ENDED, strlen(NEVER_ENDED));
	history_add("test", "next");
	assert_int_equal(lines(), 2);
	assert_memory_equal(all, NEVER_ENDED "\n", strlen(NEVER_ENDED) + 1);
	assert_string_equal(strchr(all, '\n') + 1 + TEXT_AT, "next");
}

static void a_file_that_is_one_line_too_long_is_begun_anew(void **state)
{
	static char file[HISTORY_BYTES_MAX - 1];

	(void)state;
	memset(file, 'x', sizeof(file));
	plant(file, sizeof(file));
	history_add("test", "after");
	assert_int_equal(lines(), 1);
	assert_string_equal(all + TEXT_AT, "after");
}

static void a_huge_file_is_told_and_begun_anew(void **state)
{
	static char file[3 * HISTORY_BYTES_MAX];
	const char *log;
	int ret;

	(void)state;
	for (size_t len = HISTORY_BYTES_MAX; len <= sizeof(file); len += sizeof(file) - len + 1) {
		memset(file, 'x', sizeof(file));
		plant(file, len);
		capture_start(STDERR_FILENO);
		log_open("test", LOG_LEVEL_DEBUG);
		ret = history_read(all);
		history_add("test", "after");
		log = capture_stop();
		assert_int_equal(ret, -EFBIG);
		assert_non_null(strstr(log, "lib/history: File too large"));
		assert_int_equal(lines(), 1);
		assert_string_equal(all + TEXT_AT, "after");
	}
}

static void a_corrupt_file_costs_what_is_corrupt(void **state)
{
	static char file[5000];

	(void)state;
	for (int i = 0; i < 300; i++) {
		size_t len = random_below(sizeof(file));

		for (size_t j = 0; j < len; j++)
			file[j] = (char)random_below(256);
		plant(file, len);
		history_add("test", "after %d", i);
		assert_in_range(lines(), 1, sizeof(file));
		const char *last = strrchr(all, '\n');

		last = last == NULL ? all : last + 1;
		CHECK(strlen(last) > TEXT_AT && strncmp(last + TEXT_AT, "after ", 6) == 0, "%s",
		      last);
	}
}

/* root may write everywhere, but not below a file. */
static void a_line_that_cannot_be_written_is_told(void **state)
{
	const char *log;
	int ret;

	(void)state;
	setenv("FO_STATE_DIR", temp_file("file", "", 0), 1);
	capture_start(STDERR_FILENO);
	log_open("test", LOG_LEVEL_DEBUG);
	history_add("test", "lost");
	ret = history_read(all);
	log = capture_stop();
	assert_non_null(strstr(log, "cannot use the state directory "));
	assert_non_null(strstr(log, "Not a directory"));
	assert_int_not_equal(ret, 0);
	assert_string_equal(all, "");
}

/* Without the lock's directory, it is written all the same. */
static void a_line_is_written_without_the_lock_where_that_cannot_be_had(void **state)
{
	const char *log;

	(void)state;
	history_add("test", "one");
	assert_return_code(unlink(state_path("run/history.lock")), errno);
	assert_return_code(rmdir(state_path("run")), errno);
	FILE *file = fopen(state_path("run"), "w");

	assert_non_null(file);
	fclose(file);
	capture_start(STDERR_FILENO);
	log_open("test", LOG_LEVEL_DEBUG);
	history_add("test", "two");
	log = capture_stop();
	assert_non_null(strstr(log, "Not a directory"));
	assert_int_equal(lines(), 2);
}

enum { WRITERS = 8, WRITES = 12 };

static int go[2];

/* All begin at once: when the pipe is closed. */
static void add_some(int writer)
{
	char byte;

	close(go[1]);
	if (read(go[0], &byte, 1) != 0)
		_exit(2);
	for (int i = 0; i < WRITES; i++)
		history_add("test", "writer %d event %d.", writer, i);
	_exit(0);
}

static void many_at_once_lose_nothing(void **state)
{
	int next_of[WRITERS] = { 0 }, status = -1;
	pid_t pids[WRITERS];
	char *next = all;

	(void)state;
	assert_return_code(pipe(go), errno);
	for (int i = 0; i < WRITERS; i++) {
		pids[i] = fork();
		assert_return_code(pids[i], errno);
		if (pids[i] == 0)
			add_some(i);
	}
	close(go[0]);
	close(go[1]);
	for (int i = 0; i < WRITERS; i++) {
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_int_equal(status, 0);
	}
	assert_int_equal(lines(), WRITERS * WRITES);
	while (next != NULL) {
		const char *text = text_of(next, &next);
		int writer = number_after(&text, "writer ");

		assert_in_range(writer, 0, WRITERS - 1);
		assert_int_equal(number_after(&text, " event "), next_of[writer]++);
		assert_string_equal(text, ".");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(lines_are_in_the_order_of_events, state_setup),
		cmocka_unit_test_setup(a_line_has_the_time_in_utc_and_the_program, state_setup),
		cmocka_unit_test_setup(all_may_read_it, state_setup),
		cmocka_unit_test_setup(a_newline_in_a_text_makes_no_line, state_setup),
		cmocka_unit_test_setup(a_long_text_is_cut, state_setup),
		cmocka_unit_test_setup(the_oldest_lines_are_dropped_and_all_others_kept,
				       state_setup),
		cmocka_unit_test_setup(a_file_may_have_all_bytes_but_one, state_setup),
		cmocka_unit_test_setup(a_file_without_its_last_end_goes_on_with_a_line,
				       state_setup),
		cmocka_unit_test_setup(a_file_that_is_one_line_too_long_is_begun_anew, state_setup),
		cmocka_unit_test_setup(a_huge_file_is_told_and_begun_anew, state_setup),
		cmocka_unit_test_setup(a_corrupt_file_costs_what_is_corrupt, state_setup),
		cmocka_unit_test_setup(a_line_that_cannot_be_written_is_told, state_setup),
		cmocka_unit_test_setup(a_line_is_written_without_the_lock_where_that_cannot_be_had,
				       state_setup),
		cmocka_unit_test_setup(many_at_once_lose_nothing, state_setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
