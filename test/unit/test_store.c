#include "store.h"
#include "store_lock.h"

#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "log.h"
#include "support.h"

static mode_t mode_of(const char *name)
{
	struct stat st;

	assert_return_code(lstat(state_path(name), &st), errno);
	return st.st_mode & 07777;
}

static unsigned files_in(const char *name)
{
	DIR *dir = opendir(state_path(name));
	unsigned count = 0;

	assert_non_null(dir);
	for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir))
		count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
	closedir(dir);
	return count;
}

/* Runs `body` in a child, which ends with its status. */
static pid_t start_child(void (*body)(void))
{
	pid_t pid = fork();

	assert_return_code(pid, errno);
	if (pid == 0) {
		body();
		_exit(1);
	}
	return pid;
}

static int status_of(pid_t pid)
{
	int status = -1;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void what_was_written_is_read(void **state)
{
	char buf[16];

	(void)state;
	assert_int_equal(store_read(STORE_RUN, "state", buf, sizeof(buf)), -ENOENT);
	assert_int_equal(store_write(STORE_RUN, "state", "master\n", 0644), 0);
	assert_int_equal(store_read(STORE_RUN, "state", buf, sizeof(buf)), 0);
	assert_string_equal(buf, "master");
	assert_int_equal(store_write(STORE_RUN, "state", "backup", 0644), 0);
	assert_int_equal(store_read(STORE_RUN, "state", buf, sizeof(buf)), 0);
	assert_string_equal(buf, "backup");
	assert_int_equal(store_read(STORE_LIB, "state", buf, sizeof(buf)), -ENOENT);
	assert_int_equal(files_in("run"), 1); /* no temporary file is left */
	assert_int_equal(store_remove(STORE_RUN, "state"), 0);
	assert_int_equal(store_remove(STORE_RUN, "state"), 0);
	assert_int_equal(store_read(STORE_RUN, "state", buf, sizeof(buf)), -ENOENT);
}

static void modes_do_not_follow_the_umask(void **state)
{
	(void)state;
	assert_int_equal(store_write(STORE_RUN, "public", "x", 0644), 0);
	assert_int_equal(store_write(STORE_LIB, "secret", "x", 0600), 0);
	assert_int_equal(mode_of("run"), 0755);
	assert_int_equal(mode_of("lib"), 0755);
	assert_int_equal(mode_of("run/public"), 0644);
	assert_int_equal(mode_of("lib/secret"), 0600);
	umask(0);
	assert_int_equal(store_write(STORE_RUN, "secret", "x", 0600), 0);
	assert_int_equal(mode_of("run/secret"), 0600);
}

static void a_file_that_does_not_fit_is_refused(void **state)
{
	char buf[8];
	const char *log;
	int ret;

	(void)state;
	assert_int_equal(store_write(STORE_RUN, "seven", "1234567", 0644), 0);
	assert_int_equal(store_read(STORE_RUN, "seven", buf, sizeof(buf)), 0);
	assert_string_equal(buf, "1234567");
	assert_int_equal(store_write(STORE_RUN, "eight", "12345678", 0644), 0);
	capture_start(STDERR_FILENO);
	log_open("test", LOG_LEVEL_DEBUG);
	ret = store_read(STORE_RUN, "eight", buf, sizeof(buf));
	log = capture_stop();
	assert_int_equal(ret, -EFBIG);
	assert_non_null(strstr(log, "/eight: File too large"));
}

enum { WRITERS = 8, WRITES = 40, TEXT_LEN = 20000 };

/* Writes one letter many times over; which one, the process decides. */
static void write_often(void)
{
	static char text[TEXT_LEN + 1];

	memset(text, 'a' + getpid() % 26, TEXT_LEN);
	for (int i = 0; i < WRITES; i++) {
		if (store_write(STORE_RUN, "shared", text, 0644) != 0)
			_exit(2);
	}
	_exit(0);
}

static void a_reader_among_writers_sees_one_whole_text(void **state)
{
	static char buf[TEXT_LEN + 2];
	pid_t pids[WRITERS];

	(void)state;
	assert_int_equal(store_write(STORE_RUN, "shared", "a", 0644), 0);
	for (int i = 0; i < WRITERS; i++)
		pids[i] = start_child(write_often);
	for (int i = 0; i < 2000; i++) {
		assert_int_equal(store_read(STORE_RUN, "shared", buf, sizeof(buf)), 0);
		assert_true(buf[0] >= 'a' && buf[0] <= 'z');
		for (size_t j = 1; buf[j] != '\0'; j++)
			assert_int_equal(buf[j], buf[0]);
		assert_true(strlen(buf) == 1 || strlen(buf) == TEXT_LEN);
	}
	for (int i = 0; i < WRITERS; i++)
		assert_int_equal(status_of(pids[i]), 0);
	assert_int_equal(files_in("run"), 1);
}

static void write_first(void)
{
	_exit(store_write(STORE_RUN, "first", "x", 0644) == 0 ? 0 : 2);
}

/* Whoever comes first makes the directories: all of them must be able to be second. */
static void many_may_be_the_first(void **state)
{
	(void)state;
	for (int round = 0; round < 50; round++) {
		pid_t pids[WRITERS];

		state_setup(state);
		for (int i = 0; i < WRITERS; i++)
			pids[i] = start_child(write_first);
		for (int i = 0; i < WRITERS; i++)
			CHECK(status_of(pids[i]) == 0, "round %d", round);
	}
}

static void a_symbolic_link_is_replaced_and_never_followed(void **state)
{
	char target[256], told[600], buf[16];
	struct stat st;
	int fd = -1;

	(void)state;
	snprintf(target, sizeof(target), "%s", temp_file("target", "untouched", 9));
	assert_int_equal(store_write(STORE_RUN, "other", "x", 0644), 0);
	assert_return_code(symlink(target, state_path("run/link")), errno);
	capture_start(STDERR_FILENO);
	log_open("test", LOG_LEVEL_DEBUG);
	int read_ret = store_read(STORE_RUN, "link", buf, sizeof(buf));
	int lock_ret = store_lock("link", 0, &fd);
	const char *log = capture_stop();

	assert_int_equal(read_ret, -ELOOP);
	assert_int_equal(lock_ret, -ELOOP);
	snprintf(told, sizeof(told),
		 "test: cannot open %s: it is no regular file, or a link; remove it\n",
		 state_path("run/link"));
	assert_non_null(strstr(log, told));
	assert_int_equal(store_write(STORE_RUN, "link", "new", 0644), 0);
	assert_return_code(lstat(state_path("run/link"), &st), errno);
	assert_true(S_ISREG(st.st_mode));
	assert_return_code(stat(target, &st), errno);
	assert_int_equal(st.st_size, 9);
}

static int open_to_add(const char *name, int *fd)
{
	return store_open(STORE_RUN, name, O_RDWR | O_CREAT | O_APPEND, 0644, fd);
}

/* What is added would be added to the other name, too. */
static void a_hard_link_is_not_opened(void **state)
{
	char target[256], buf[16];
	int fd = -1;

	(void)state;
	assert_int_equal(store_write(STORE_LIB, "target", "untouched", 0644), 0);
	assert_int_equal(store_write(STORE_RUN, "other", "x", 0644), 0);
	snprintf(target, sizeof(target), "%s", state_path("lib/target"));
	assert_return_code(link(target, state_path("run/link")), errno);
	assert_int_equal(open_to_add("link", &fd), -EMLINK);
	assert_int_equal(store_lock("link", 0, &fd), -EMLINK);
	assert_int_equal(store_write(STORE_RUN, "link", "new", 0644), 0);
	assert_int_equal(store_read(STORE_LIB, "target", buf, sizeof(buf)), 0);
	assert_string_equal(buf, "untouched");
}

/* A test that hangs is ended by its time. */
static void a_fifo_is_not_waited_for(void **state)
{
	char buf[16];
	int fd = -1, end;

	(void)state;
	assert_int_equal(store_write(STORE_RUN, "other", "x", 0644), 0);
	assert_return_code(mkfifo(state_path("run/fifo"), 0666), errno);
	assert_int_equal(open_to_add("fifo", &fd), -EINVAL);
	assert_int_equal(store_lock("fifo", 0, &fd), -EINVAL);
	assert_int_equal(store_read(STORE_RUN, "fifo", buf, sizeof(buf)), 0);
	assert_string_equal(buf, "");
	end = open(state_path("run/fifo"), O_RDWR | O_NONBLOCK | O_CLOEXEC);
	assert_return_code(end, errno);
	assert_int_equal(store_read(STORE_RUN, "fifo", buf, sizeof(buf)), -EAGAIN);
	close(end);
	assert_int_equal(store_write(STORE_RUN, "fifo", "new", 0644), 0);
	assert_int_equal(store_read(STORE_RUN, "fifo", buf, sizeof(buf)), 0);
	assert_string_equal(buf, "new");
}

/* A file of root's in a directory that another user can enter. Nobody else can make it one. */
static void prepare_for_others(void)
{
	if (geteuid() != 0)
		skip();
	assert_int_equal(store_write(STORE_RUN, "state", "old", 0644), 0);
	assert_return_code(chmod(temp_dir(), 0755), errno);
	assert_return_code(chmod(state_path("."), 0755), errno);
}

#define SHARING_GROUP 65533

/* With the group, and nothing else of root's. */
static void share(void)
{
	int fd = -1;

	umask(0177);
	if (setgroups(0, NULL) != 0 || setgid(SHARING_GROUP) != 0 || setuid(65532) != 0)
		_exit(3);
	if (open_to_add("roots", &fd) != 0 || write(fd, "2", 1) != 1 ||
	    store_lock("roots.lock", 0, &fd) != 0)
		_exit(4);
	if (open_to_add("others", &fd) != 0 || store_lock("others.lock", 0, &fd) != 0 ||
	    store_write(STORE_RUN, "state", "new", 0644) != 0)
		_exit(5);
	/* A secret of root's can be taken away, and not be seen. */
	_exit(store_read(STORE_RUN, "secret", (char[16]){ 0 }, 16) == -EACCES ? 0 : 6);
}

static void a_group_that_may_write_shares_what_is_added_to_and_the_locks(void **state)
{
	char buf[16];
	int fd = -1;

	(void)state;
	prepare_for_others();
	assert_return_code(chown(state_path("run"), 0, SHARING_GROUP), errno);
	assert_return_code(chmod(state_path("run"), 02775), errno);
	assert_int_equal(store_write(STORE_RUN, "secret", "x", 0600), 0);
	assert_int_equal(open_to_add("roots", &fd), 0);
	assert_int_equal(write(fd, "1", 1), 1);
	close(fd);
	assert_int_equal(store_lock("roots.lock", 0, &fd), 0);
	store_unlock(fd);
	assert_int_equal(status_of(start_child(share)), 0);
	assert_int_equal(store_read(STORE_RUN, "roots", buf, sizeof(buf)), 0);
	assert_string_equal(buf, "12");
	assert_int_equal(store_read(STORE_RUN, "state", buf, sizeof(buf)), 0);
	assert_string_equal(buf, "new");
	assert_int_equal(mode_of("run/roots"), 0664);
	assert_int_equal(mode_of("run/roots.lock"), 0660);
	assert_int_equal(mode_of("run/others"), 0664);
	assert_int_equal(mode_of("run/others.lock"), 0660);
}

/* Somebody else's temporary file, or a trap, where ours would be. */
static void a_planted_temporary_file_is_not_written_through(void **state)
{
	char target[256], name[64];
	struct stat st;

	(void)state;
	snprintf(target, sizeof(target), "%s", temp_file("target", "untouched", 9));
	assert_int_equal(store_write(STORE_RUN, "other", "x", 0644), 0);
	snprintf(name, sizeof(name), "run/.planted.%d", (int)getpid());
	assert_return_code(symlink(target, state_path(name)), errno);
	assert_int_equal(store_write(STORE_RUN, "planted", "new", 0644), 0);
	assert_return_code(stat(target, &st), errno);
	assert_int_equal(st.st_size, 9);
	assert_int_equal(files_in("run"), 2);
}

/* As nobody: root may write everywhere. */
static void write_as_nobody(void)
{
	if (setgid(65534) != 0 || setuid(65534) != 0)
		_exit(3);
	_exit(store_write(STORE_RUN, "state", "x", 0644) == -EACCES ? 0 : 2);
}

static void a_directory_that_cannot_be_written_is_told(void **state)
{
	const char *log;
	int status;

	(void)state;
	prepare_for_others();
	capture_start(STDERR_FILENO);
	log_open("test", LOG_LEVEL_DEBUG);
	status = status_of(start_child(write_as_nobody));
	log = capture_stop();
	assert_int_equal(status, 0);
	assert_non_null(strstr(log, "cannot write "));
	assert_non_null(strstr(log, "/state: Permission denied"));
	assert_int_equal(files_in("run"), 1);
}

static void a_state_directory_that_is_a_file_is_told(void **state)
{
	const char *log;
	int ret;

	(void)state;
	setenv("FO_STATE_DIR", temp_file("file", "", 0), 1);
	capture_start(STDERR_FILENO);
	log_open("test", LOG_LEVEL_DEBUG);
	ret = store_write(STORE_RUN, "state", "x", 0644);
	log = capture_stop();
	assert_int_equal(ret, -ENOTDIR);
	assert_non_null(strstr(log, "cannot use the state directory "));
}

static void the_name_of_the_state_directory_is_bounded(void **state)
{
	static char root[5000];
	char buf[8];

	(void)state;
	memset(root, 'x', sizeof(root) - 1);
	root[0] = '/';
	setenv("FO_STATE_DIR", root, 1);
	assert_int_equal(store_read(STORE_RUN, "state", buf, sizeof(buf)), -ENAMETOOLONG);
}

static int ready[2];

/* Takes the lock, says so, and keeps it until it is killed. */
static void hold_lock(void)
{
	int fd = -1;

	if (store_lock("lock", 0, &fd) != 0 || write(ready[1], "x", 1) != 1)
		_exit(2);
	pause();
}

static void a_lock_is_had_by_one_and_freed_by_death(void **state)
{
	int fd = -1;
	int64_t start_us, took_us;
	char byte;
	pid_t holder;

	(void)state;
	assert_return_code(pipe(ready), errno);
	holder = start_child(hold_lock);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	assert_int_equal(mode_of("run/lock"), 0600);
	assert_int_equal(store_lock("lock", 0, &fd), -EWOULDBLOCK);
	start_us = clock_mono_us();
	assert_int_equal(store_lock("lock", 100, &fd), -EWOULDBLOCK);
	took_us = clock_mono_us() - start_us;
	assert_true(took_us >= 100000);
	assert_int_equal(fd, -1);
	assert_int_equal(store_lock("another", 0, &fd), 0);
	store_unlock(fd);

	kill(holder, SIGKILL);
	assert_int_equal(store_lock("lock", 10000, &fd), 0);
	assert_int_equal(status_of(holder), 128 + SIGKILL);
	store_unlock(fd);
	close(ready[0]);
	close(ready[1]);
}

static void a_freed_lock_can_be_taken_again(void **state)
{
	int fd = -1, again = -1;

	(void)state;
	assert_int_equal(store_lock("lock", 0, &fd), 0);
	assert_int_equal(store_lock("lock", 0, &again), -EWOULDBLOCK);
	store_unlock(fd);
	assert_int_equal(store_lock("lock", 0, &again), 0);
	assert_int_equal(fcntl(again, F_GETFD), FD_CLOEXEC);
	store_unlock(again);
	store_unlock(-1);
}

/* Where the state directory is, a path below /run/fo goes, too. */
static void a_path_below_run_is_a_file_of_it(void **state)
{
	char buf[16];

	(void)state;
	assert_int_equal(store_read_path("/run/fo/line", buf, sizeof(buf)), -ENOENT);
	assert_int_equal(store_write_path("/run/fo/line", "1\n", 0644), 0);
	assert_int_equal(mode_of("run/line"), 0644);
	assert_int_equal(store_read(STORE_RUN, "line", buf, sizeof(buf)), 0);
	assert_string_equal(buf, "1");
	assert_int_equal(store_write(STORE_RUN, "line", "0\n", 0644), 0);
	assert_int_equal(store_read_path("/run/fo/line", buf, sizeof(buf)), 0);
	assert_string_equal(buf, "0");
	assert_int_equal(files_in("run"), 1);
	/* Not one that only begins like it. */
	assert_int_equal(store_write(STORE_RUN, "no-such", "x", 0644), 0);
	assert_int_equal(store_read_path("/run/fo-no-such", buf, sizeof(buf)), -ENOENT);
}

static void any_other_path_is_taken_as_it_is(void **state)
{
	char path[512], buf[16];

	(void)state;
	assert_int_equal(store_write(STORE_RUN, "other", "x", 0644), 0);
	assert_return_code(mkdir(state_path("own"), 0755), errno);
	assert_return_code(chmod(state_path("own"), 0755), errno);
	snprintf(path, sizeof(path), "%s", state_path("own/line"));
	assert_int_equal(store_read_path(path, buf, sizeof(buf)), -ENOENT);
	assert_int_equal(store_write_path(path, "1\n", 0640), 0);
	assert_int_equal(mode_of("own/line"), 0640);
	assert_int_equal(store_read_path(path, buf, sizeof(buf)), 0);
	assert_string_equal(buf, "1");
	assert_int_equal(store_write_path(path, "0\n", 0640), 0);
	assert_int_equal(store_read_path(path, buf, sizeof(buf)), 0);
	assert_string_equal(buf, "0");
	assert_int_equal(files_in("own"), 1); /* no temporary file is left */
}

/* Not below it, though they begin alike, or not right below it: their directory is not made. */
static void the_directory_of_another_path_must_be_there(void **state)
{
	static const char *const paths[] = { "/run/fo-unit-no-such/line", "/run/fo/no-such/line",
					     "/run/fo-unit-no-such/a/line" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		const char *log;
		int ret;

		capture_start(STDERR_FILENO);
		log_open("test", LOG_LEVEL_DEBUG);
		ret = store_write_path(paths[i], "1\n", 0644);
		log = capture_stop();
		assert_int_equal(ret, -ENOENT);
		assert_non_null(strstr(log, "cannot write "));
		assert_non_null(strstr(log, paths[i]));
	}
}

static void a_path_to_a_link_or_a_large_file_is_not_read(void **state)
{
	char path[512], buf[4];
	int link_ret, large_ret;

	(void)state;
	assert_int_equal(store_write(STORE_RUN, "large", "12345", 0644), 0);
	assert_return_code(symlink("large", state_path("run/link")), errno);
	snprintf(path, sizeof(path), "%s", state_path("run/link"));
	capture_start(STDERR_FILENO);
	log_open("test", LOG_LEVEL_DEBUG);
	link_ret = store_read_path(path, buf, sizeof(buf));
	large_ret = store_read_path("/run/fo/large", buf, sizeof(buf));
	capture_stop();
	assert_int_equal(link_ret, -ELOOP);
	assert_int_equal(large_ret, -EFBIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_was_written_is_read, state_setup),
		cmocka_unit_test_setup(modes_do_not_follow_the_umask, state_setup),
		cmocka_unit_test_setup(a_file_that_does_not_fit_is_refused, state_setup),
		cmocka_unit_test_setup(a_reader_among_writers_sees_one_whole_text, state_setup),
		cmocka_unit_test_setup(many_may_be_the_first, state_setup),
		cmocka_unit_test_setup(a_symbolic_link_is_replaced_and_never_followed, state_setup),
		cmocka_unit_test_setup(a_hard_link_is_not_opened, state_setup),
		cmocka_unit_test_setup(a_fifo_is_not_waited_for, state_setup),
		cmocka_unit_test_setup(a_group_that_may_write_shares_what_is_added_to_and_the_locks,
				       state_setup),
		cmocka_unit_test_setup(a_planted_temporary_file_is_not_written_through,
				       state_setup),
		cmocka_unit_test_setup(a_directory_that_cannot_be_written_is_told, state_setup),
		cmocka_unit_test_setup(a_state_directory_that_is_a_file_is_told, state_setup),
		cmocka_unit_test_setup(the_name_of_the_state_directory_is_bounded, state_setup),
		cmocka_unit_test_setup(a_lock_is_had_by_one_and_freed_by_death, state_setup),
		cmocka_unit_test_setup(a_freed_lock_can_be_taken_again, state_setup),
		cmocka_unit_test_setup(a_path_below_run_is_a_file_of_it, state_setup),
		cmocka_unit_test_setup(any_other_path_is_taken_as_it_is, state_setup),
		cmocka_unit_test_setup(the_directory_of_another_path_must_be_there, state_setup),
		cmocka_unit_test_setup(a_path_to_a_link_or_a_large_file_is_not_read, state_setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
