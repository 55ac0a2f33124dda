#include "log.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

#include "support.h"

/* A logger of this process stands at the place of /dev/log. */
static int logger = -1;

int __real_connect(int fd, const struct sockaddr *address, socklen_t len);
int __wrap_connect(int fd, const struct sockaddr *address, socklen_t len);

int __wrap_connect(int fd, const struct sockaddr *address, socklen_t len)
{
	struct sockaddr_un there = { .sun_family = AF_UNIX };

	(void)len;
	assert_string_equal(((const struct sockaddr_un *)address)->sun_path, "/dev/log");
	snprintf(there.sun_path, sizeof(there.sun_path), "%s", temp_path("log"));
	return __real_connect(fd, (const struct sockaddr *)&there, sizeof(there));
}

static void start_logger(void)
{
	struct sockaddr_un here = { .sun_family = AF_UNIX };

	snprintf(here.sun_path, sizeof(here.sun_path), "%s", temp_path("log"));
	unlink(here.sun_path);
	logger = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	assert_return_code(bind(logger, (const struct sockaddr *)&here, sizeof(here)), errno);
}

/* The next datagram, or "". */
static const char *received(void)
{
	static char text[2048];
	ssize_t len = recv(logger, text, sizeof(text) - 1, 0);

	text[len > 0 ? len : 0] = '\0';
	return text;
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

/* Makes `fd` stderr while the line is logged `times` times. */
static void log_times(int fd, int times)
{
	int saved = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 10);

	if (fd >= 0)
		dup2(fd, STDERR_FILENO);
	else
		close(STDERR_FILENO);
	log_open("prog", LOG_LEVEL_INFO);
	for (int i = 0; i < times; i++)
		log_warn(EPERM, "100%% of %s", "it");
	dup2(saved, STDERR_FILENO);
	close(saved);
}

static void log_to(int fd)
{
	log_times(fd, 1);
}

/* What tests before have lost is said in a line of this file. */
static int nothing_lost(void **state)
{
	int file = open(temp_file("rest", "", 0), O_WRONLY);

	(void)state;
	log_to(file);
	close(file);
	return 0;
}

#define LINE "100% of it: Operation not permitted"

static void whatever_stderr_is_gets_the_line(void **state)
{
	int file = open(temp_file("log", "", 0), O_RDWR), sockets[2] = { -1, -1 },
	    pipes[2] = { -1, -1 };
	const int seqpacket = SOCK_SEQPACKET;
	char text[128] = "";

	(void)state;
	start_logger();
	log_to(file);
	assert_true(pread(file, text, sizeof(text) - 1, 0) > 0);
	assert_string_equal(text, "prog: " LINE "\n");
	for (int i = 0; i < 2; i++) {
		memset(text, 0, sizeof(text));
		assert_return_code(
			socketpair(AF_UNIX, i == 0 ? SOCK_STREAM : seqpacket, 0, sockets), errno);
		log_to(sockets[0]);
		assert_true(read(sockets[1], text, sizeof(text) - 1) > 0);
		assert_string_equal(text, "prog: " LINE "\n");
		close(sockets[0]);
		close(sockets[1]);
	}
	memset(text, 0, sizeof(text));
	assert_return_code(pipe(pipes), errno);
	log_to(pipes[1]);
	assert_true(read(pipes[0], text, sizeof(text) - 1) > 0);
	assert_string_equal(text, "prog: " LINE "\n");
	close(pipes[0]);
	close(pipes[1]);
	close(file);
	assert_string_equal(received(), "");
	close(logger);
}

static void closed_or_dev_null_it_goes_to_syslog(void **state)
{
	const int fds[] = { open("/dev/null", O_WRONLY), -1 };
	char start[64];

	(void)state;
	unsetenv("JOURNAL_STREAM");
	start_logger();
	for (size_t i = 0; i < ARRAY_LEN(fds); i++) {
		const char *got;

		log_to(fds[i]);
		got = received();
		snprintf(start, sizeof(start), "<%d>", LOG_DAEMON | LOG_WARNING);
		CHECK(strncmp(got, start, strlen(start)) == 0, "%s", got);
		snprintf(start, sizeof(start), " prog[%d]: %s", (int)getpid(), LINE);
		CHECK(strstr(got, start) != NULL, "%s", got);
		if (fds[i] >= 0)
			close(fds[i]);
	}
	close(logger);
}

static void a_logger_that_comes_back_is_found(void **state)
{
	int null = open("/dev/null", O_WRONLY);

	(void)state;
	start_logger();
	log_to(null);
	assert_string_not_equal(received(), "");
	close(logger);
	log_to(null); /* lost */
	start_logger();
	log_to(null);
	assert_non_null(strstr(received(), "1 earlier message lost"));
	assert_non_null(strstr(received(), LINE));
	close(logger);
	close(null);
}

static void a_logger_that_takes_nothing_is_not_waited_for(void **state)
{
	int null = open("/dev/null", O_WRONLY);
	unsigned taken = 0, lost = 0;
	const char *got;

	(void)state;
	start_logger();
	log_times(null, 5000); /* more than any queue (net.unix.max_dgram_qlen) holds */
	while (received()[0] != '\0')
		taken++;
	assert_in_range(taken, 1, 4999);
	log_to(null);
	got = received();
	got = strstr(got, "]: ");
	assert_non_null(got);
	lost = (unsigned)strtoul(got + 3, NULL, 10);
	assert_non_null(strstr(got, " earlier messages lost"));
	assert_int_equal(taken + lost, 5000);
	close(logger);
	close(null);
}

static void a_reader_that_does_not_read_is_not_waited_for(void **state)
{
	int pipes[2] = { -1, -1 }, sockets[2] = { -1, -1 };
	char text[4096];
	size_t got = 0;

	(void)state;
	assert_return_code(pipe(pipes), errno);
	log_times(pipes[1], 5000);
	assert_return_code(fcntl(pipes[0], F_SETFL, O_NONBLOCK), errno);
	for (ssize_t len = 1; len > 0; got += len > 0 ? (size_t)len : 0)
		len = read(pipes[0], text, sizeof(text));
	assert_in_range(got, 4096, 5000 * strlen("prog: " LINE "\n") - 1);
	log_to(pipes[1]);
	text[read(pipes[0], text, sizeof(text) - 1)] = '\0';
	assert_non_null(strstr(text, " earlier messages lost\nprog: " LINE "\n"));
	close(pipes[0]);
	close(pipes[1]);
	assert_return_code(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets), errno);
	log_times(sockets[0], 50000);
	close(sockets[0]);
	close(sockets[1]);
	log_to(open("/dev/full", O_WRONLY));
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
	assert_true(pread(fd, text, sizeof(text) - 1, 0) > 0);
	assert_string_equal(text, "<4>" LINE "\n");

	snprintf(stream, sizeof(stream), "%ju:%ju", (uintmax_t)st.st_dev, (uintmax_t)st.st_ino + 1);
	setenv("JOURNAL_STREAM", stream, 1);
	log_to(fd);
	memset(text, 0, sizeof(text));
	assert_true(pread(fd, text, sizeof(text) - 1, (off_t)strlen("<4>" LINE "\n")) > 0);
	assert_string_equal(text, "prog: " LINE "\n");
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
	assert_string_equal(text, "prog: " LINE "\r\n");
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
		cmocka_unit_test_setup(whatever_stderr_is_gets_the_line, nothing_lost),
		cmocka_unit_test_setup(closed_or_dev_null_it_goes_to_syslog, nothing_lost),
		cmocka_unit_test_setup(a_logger_that_comes_back_is_found, nothing_lost),
		cmocka_unit_test_setup(a_logger_that_takes_nothing_is_not_waited_for, nothing_lost),
		cmocka_unit_test_setup(a_reader_that_does_not_read_is_not_waited_for, nothing_lost),
		cmocka_unit_test_setup(the_journal_gets_the_priority_only_on_its_own_stream,
				       nothing_lost),
		cmocka_unit_test_setup(a_terminal_gets_the_line, nothing_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
