#include "child.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "support.h"

#define LONG_MS 20000 /* far above what any of these takes */

/* Runs `script` in a shell; what it has printed is in `out`. */
static int run(const char *script, int64_t timeout_ms, char *out, size_t size)
{
	char shell[] = "/bin/sh", option[] = "-c", text[512];
	char *const argv[] = { shell, option, text, NULL };

	snprintf(text, sizeof(text), "%s", script);
	return child_run(argv, timeout_ms, out, size);
}

static int run_quietly(const char *script, int64_t timeout_ms, const char **said)
{
	int ret;

	capture_start(STDERR_FILENO);
	ret = run(script, timeout_ms, NULL, 0);
	*said = capture_stop();
	return ret;
}

static void what_it_prints_is_ours(void **state)
{
	char out[64];

	(void)state;
	assert_int_equal(run("printf 'a b\\n'; printf c", LONG_MS, out, sizeof(out)), 0);
	assert_string_equal(out, "a b\nc");
	assert_int_equal(run("exit 0", LONG_MS, out, sizeof(out)), 0);
	assert_string_equal(out, "");
	capture_start(STDERR_FILENO);
	assert_int_equal(run("printf 'a\\0b'", LONG_MS, out, sizeof(out)), -EILSEQ);
	assert_non_null(strstr(capture_stop(), "/bin/sh: printed a NUL character"));
}

static void it_gets_what_it_is_to_read_and_no_other_environment(void **state)
{
	char shell[] = "/bin/sh", option[] = "-c", script[] = "cat; echo \"${A-}:${HOME-none}\"";
	char *const argv[] = { shell, option, script, NULL };
	char variable[] = "A=b", path[] = "PATH=/usr/bin:/bin", out[128], why[CHILD_WHY_MAX] = "";
	char *const env[] = { variable, path, NULL };
	struct child_order order = { .argv = argv,
				     .env = env,
				     .in = "some words\n",
				     .timeout_ms = LONG_MS,
				     .out = out,
				     .size = sizeof(out),
				     .why = why };

	(void)state;
	assert_int_equal(child_run_order(&order), 0);
	assert_string_equal(out, "some words\nb:none\n");
	assert_string_equal(why, "");
	memcpy(script, "exit 4", sizeof("exit 4"));
	capture_start(STDERR_FILENO);
	assert_int_equal(child_run_order(&order), -ECHILD);
	assert_string_equal(capture_stop(), "");
	assert_string_equal(why, "/bin/sh: exit status 4");
	shell[0] = '-';
	assert_int_equal(child_run_order(&order), -ENOENT);
	assert_string_equal(why, "cannot run -bin/sh: No such file or directory");
}

static void its_end_tells(void **state)
{
	char missing[] = "/nonexistent/command", tmp[] = "/tmp";
	char *const nothing[] = { missing, NULL };
	char *const folder[] = { tmp, NULL };
	const char *said;

	(void)state;
	assert_int_equal(run_quietly("exit 0", LONG_MS, &said), 0);
	assert_string_equal(said, "");
	assert_int_equal(run_quietly("exit 3", LONG_MS, &said), -ECHILD);
	assert_non_null(strstr(said, "/bin/sh: exit status 3"));
	assert_int_equal(run_quietly("kill -KILL $$", LONG_MS, &said), -ECHILD);
	assert_non_null(strstr(said, "/bin/sh: ended by signal 9"));
	capture_start(STDERR_FILENO);
	assert_int_equal(child_run(nothing, LONG_MS, NULL, 0), -ENOENT);
	assert_int_equal(child_run(folder, LONG_MS, NULL, 0), -EACCES);
	said = capture_stop();
	assert_non_null(strstr(said, "cannot run /nonexistent/command: No such file"));
}

/* Also one that does not heed SIGTERM, and what it has started. */
static void it_does_not_take_for_ever(void **state)
{
	char script[256], path[128];
	const char *said;
	int fd;

	(void)state;
	assert_int_equal(run_quietly("sleep 60", 50, &said), -ETIMEDOUT);
	assert_non_null(strstr(said, "killed: still running after 50ms"));
	snprintf(path, sizeof(path), "%s", temp_path("held"));
	assert_return_code(mkfifo(path, 0600), errno);
	snprintf(script, sizeof(script),
		 "trap '' TERM; (exec 9<>%s; sleep 60) & sleep 60; sleep 60", path);
	assert_int_equal(run_quietly(script, 50, &said), -ETIMEDOUT);
	/* Nobody reads the pipe any more. */
	for (int64_t until_us = clock_mono_us() + 10000000; clock_mono_us() < until_us;) {
		fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
		if (fd < 0)
			break;
		close(fd);
	}
	assert_int_equal(open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC), -1);
	assert_int_equal(errno, ENXIO);
}

static void nor_does_one_that_has_left_its_group(void **state)
{
	const char *said;
	int64_t begin_us = clock_mono_us();

	(void)state;
	assert_int_equal(run_quietly("exec perl -e '$SIG{TERM} = \"IGNORE\"; "
				     "setpgrp(0, getpgrp(getppid())); sleep 60'",
				     1000, &said),
			 -ETIMEDOUT);
	assert_null(strstr(said, "cannot be ended"));
	assert_true(clock_mono_us() - begin_us < 30000000);
}

static void a_daemon_that_keeps_the_pipe_is_not_waited_for(void **state)
{
	char out[64];
	int64_t begin_us = clock_mono_us();

	(void)state;
	assert_int_equal(run("setsid sleep 20 2>/dev/null & echo done", LONG_MS, out, sizeof(out)),
			 0);
	assert_string_equal(out, "done\n");
	assert_true(clock_mono_us() - begin_us < 15000000);
}

static void what_does_not_fit_is_an_error_but_ends(void **state)
{
	char out[16];
	const char *said;
	int ret;

	(void)state;
	capture_start(STDERR_FILENO);
	ret = run("head -c 1000000 /dev/zero | tr '\\0' x", LONG_MS, out, sizeof(out));
	said = capture_stop();
	assert_int_equal(ret, -EFBIG);
	assert_non_null(strstr(said, "more than 15 bytes"));
	assert_string_equal(out, "xxxxxxxxxxxxxxx");
	assert_int_equal(run("printf 0123456789abcde", LONG_MS, out, sizeof(out)), 0);
	assert_string_equal(out, "0123456789abcde");
}

/* Nothing of ours but stderr: no input, no descriptor, no blocked or ignored signal. */
static void it_begins_clean(void **state)
{
	sigset_t all, before;
	char out[256];
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	(void)state;
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	(void)signal(SIGPIPE, SIG_IGN);
	/* 32 and 33 are glibc's own. */
	assert_int_equal(run("readlink /proc/self/fd/0; while read -r name value; do case $name in "
			     "SigBlk:|SigIgn:) echo $((0x$value & 0x7fffffff)) ;; esac; done "
			     "</proc/self/status",
			     LONG_MS, out, sizeof(out)),
			 0);
	(void)signal(SIGPIPE, SIG_DFL);
	sigprocmask(SIG_SETMASK, &before, NULL);
	assert_string_equal(out, "/dev/null\n0\n0\n");
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_it_prints_is_ours),
		cmocka_unit_test(it_gets_what_it_is_to_read_and_no_other_environment),
		cmocka_unit_test(its_end_tells),
		cmocka_unit_test(it_does_not_take_for_ever),
		cmocka_unit_test(nor_does_one_that_has_left_its_group),
		cmocka_unit_test(a_daemon_that_keeps_the_pipe_is_not_waited_for),
		cmocka_unit_test(what_does_not_fit_is_an_error_but_ends),
		cmocka_unit_test(it_begins_clean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
