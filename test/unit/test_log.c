#include "log.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "support.h"

/* What the last call of syslog(3) was given. */
static struct {
	int priority;
	char text[2048];
} told;

void __wrap_syslog(int priority, const char *fmt, ...);
void __wrap___syslog_chk(int priority, int flag, const char *fmt, ...);

static void FO_PRINTF(2, 0) keep(int priority, const char *fmt, va_list ap)
{
	told.priority = priority;
	vsnprintf(told.text, sizeof(told.text), fmt, ap);
}

void FO_PRINTF(2, 3) __wrap_syslog(int priority, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	keep(priority, fmt, ap);
	va_end(ap);
}

void FO_PRINTF(3, 4) __wrap___syslog_chk(int priority, int flag, const char *fmt, ...)
{
	va_list ap;

	(void)flag;
	va_start(ap, fmt);
	keep(priority, fmt, ap);
	va_end(ap);
}

/* Everything once, into a pipe. */
static const char *log_all(enum log_level max)
{
	capture_start(STDERR_FILENO);
	log_open("prog", max);
	log_err(ENOENT, "cannot open %s", "x");
	log_warn(-EPERM, "may not");
	log_info("for %d", 1);
	log_debug("deep");
	return capture_stop();
}

static void a_line_has_program_text_and_error(void **state)
{
	(void)state;
	assert_string_equal(log_all(LOG_LEVEL_DEBUG),
			    "prog: cannot open x: No such file or directory\n"
			    "prog: may not: Operation not permitted\nprog: for 1\nprog: deep\n");
}

static void the_level_lets_graver_lines_pass(void **state)
{
	static const unsigned lines[] = { 1, 2, 3, 4 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		unsigned count = 0;

		for (const char *p = log_all((enum log_level)i); *p != '\0'; p++)
			count += *p == '\n';
		assert_int_equal(count, lines[i]);
	}
}

static void no_control_character_reaches_the_log(void **state)
{
	char hostile[128];
	const char *text;

	(void)state;
	for (int c = 1; c < 0x20; c++)
		hostile[c - 1] = (char)c;
	hostile[0x1f] = 0x7f;
	hostile[0x20] = '\0';
	capture_start(STDERR_FILENO);
	log_open("prog", LOG_LEVEL_INFO);
	log_info("a%sb %s", hostile, "für");
	text = capture_stop();
	assert_non_null(strchr(text, 'b'));
	for (const char *p = text; p[1] != '\0'; p++)
		assert_true((unsigned char)*p >= 0x20 && *p != 0x7f);
	assert_non_null(strstr(text, "für"));
}

static void a_long_line_is_cut_and_stays_one_line(void **state)
{
	char text[5000];
	const char *log;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	capture_start(STDERR_FILENO);
	log_open("prog", LOG_LEVEL_INFO);
	log_err(ENOENT, "%s", text);
	log = capture_stop();
	assert_in_range(strlen(log), 1000, 1100);
	assert_ptr_equal(strchr(log, '\n'), log + strlen(log) - 1);
}

static void errno_is_left_as_it_was(void **state)
{
	int after[2];

	(void)state;
	capture_start(STDERR_FILENO);
	log_open("prog", LOG_LEVEL_INFO);
	close(STDERR_FILENO); /* each write fails with EBADF */
	errno = EXDEV;
	log_err(ENOENT, "x");
	after[0] = errno;
	log_debug("x");
	after[1] = errno;
	capture_stop();
	assert_int_equal(after[0], EXDEV);
	assert_int_equal(after[1], EXDEV);
}

/* Makes `fd` stderr while one line is logged. */
static void log_to(int fd)
{
	int saved = dup(STDERR_FILENO);

	memset(&told, 0, sizeof(told));
	fflush(stderr);
	if (fd >= 0)
		dup2(fd, STDERR_FILENO);
	else
		close(STDERR_FILENO);
	log_open("prog", LOG_LEVEL_INFO);
	log_warn(EPERM, "100%% of %s", "it");
	fflush(stderr);
	dup2(saved, STDERR_FILENO);
	close(saved);
}

static void without_anyone_at_stderr_it_goes_to_syslog(void **state)
{
	const int fds[] = { open("/dev/null", O_WRONLY), open(temp_file("log", "", 0), O_WRONLY),
			    -1 };

	(void)state;
	unsetenv("JOURNAL_STREAM");
	for (size_t i = 0; i < ARRAY_LEN(fds); i++) {
		log_to(fds[i]);
		assert_string_equal(told.text, "100% of it: Operation not permitted");
		assert_int_equal(told.priority, LOG_WARNING);
		if (fds[i] >= 0)
			close(fds[i]);
	}
}

static void the_journal_gets_the_priority_only_on_its_own_stream(void **state)
{
	const char *path = temp_file("journal", "", 0);
	int fd = open(path, O_RDWR);
	char stream[64], text[128] = "";
	struct stat st;

	(void)state;
	assert_return_code(fstat(fd, &st), errno);
	snprintf(stream, sizeof(stream), "%ju:%ju", (uintmax_t)st.st_dev, (uintmax_t)st.st_ino);
	setenv("JOURNAL_STREAM", stream, 1);
	log_to(fd);
	assert_string_equal(told.text, "");
	assert_true(pread(fd, text, sizeof(text) - 1, 0) > 0);
	assert_string_equal(text, "<4>100% of it: Operation not permitted\n");

	snprintf(stream, sizeof(stream), "%ju:%ju", (uintmax_t)st.st_dev, (uintmax_t)st.st_ino + 1);
	setenv("JOURNAL_STREAM", stream, 1);
	log_to(fd);
	assert_string_not_equal(told.text, "");
	unsetenv("JOURNAL_STREAM");
	close(fd);
}

static void a_terminal_gets_the_line(void **state)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY), slave;
	char text[128] = "";

	(void)state;
	if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0)
		skip();
	slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	assert_return_code(slave, errno);
	log_to(slave);
	assert_true(read(master, text, sizeof(text) - 1) > 0);
	assert_string_equal(text, "prog: 100% of it: Operation not permitted\r\n");
	assert_string_equal(told.text, "");
	close(slave);
	close(master);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_has_program_text_and_error),
		cmocka_unit_test(the_level_lets_graver_lines_pass),
		cmocka_unit_test(no_control_character_reaches_the_log),
		cmocka_unit_test(a_long_line_is_cut_and_stays_one_line),
		cmocka_unit_test(errno_is_left_as_it_was),
		cmocka_unit_test(without_anyone_at_stderr_it_goes_to_syslog),
		cmocka_unit_test(the_journal_gets_the_priority_only_on_its_own_stream),
		cmocka_unit_test(a_terminal_gets_the_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
