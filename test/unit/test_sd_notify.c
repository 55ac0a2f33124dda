#include "sd_notify.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "support.h"

/* A service manager: listens at `path`, where `@` begins an abstract name, and is where
 * NOTIFY_SOCKET points. */
static int listen_at(const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	socklen_t len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path));
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	assert_return_code(fd, errno);
	assert_true(strlen(path) < sizeof(at.sun_path));
	memcpy(at.sun_path, path, strlen(path));
	if (path[0] == '@')
		at.sun_path[0] = '\0';
	assert_return_code(bind(fd, (const struct sockaddr *)&at, len), errno);
	assert_int_equal(setenv("NOTIFY_SOCKET", path, 1), 0);
	return fd;
}

/* The next message, or "nothing". */
static const char *next(int fd)
{
	static char text[4096];
	ssize_t len = recv(fd, text, sizeof(text) - 1, 0);

	if (len < 0) {
		assert_int_equal(errno, EAGAIN);
		return "nothing";
	}
	text[len] = '\0';
	return text;
}

static const char *abstract_name(void)
{
	static char name[64];

	snprintf(name, sizeof(name), "@fo-unit-notify-%d", (int)getpid());
	return name;
}

static void check_messages(const char *path)
{
	int fd = listen_at(path);

	sd_notify_send("READY=1");
	assert_string_equal(next(fd), "READY=1");
	sd_notify_send("WATCHDOG=1\nSTATUS=%s: %s, %d%%", "ppp0", "down", 40);
	assert_string_equal(next(fd), "WATCHDOG=1\nSTATUS=ppp0: down, 40%");
	assert_string_equal(next(fd), "nothing");
	close(fd);
}

static void a_socket_in_a_directory_hears_exactly_the_text(void **state)
{
	(void)state;
	check_messages(temp_path("notify"));
}

static void an_abstract_socket_hears_exactly_the_text(void **state)
{
	(void)state;
	check_messages(abstract_name());
}

/* One byte more, and there would be no room for it. */
static void the_longest_path_is_used_and_a_longer_one_is_not(void **state)
{
	struct sockaddr_un at;
	char path[sizeof(at.sun_path) + 1];
	int fd;

	(void)state;
	snprintf(path, sizeof(path), "%s", abstract_name());
	memset(path + strlen(path), 'x', sizeof(path) - strlen(path));
	path[sizeof(at.sun_path) - 1] = '\0';
	fd = listen_at(path);
	sd_notify_send("READY=1");
	assert_string_equal(next(fd), "READY=1");
	path[sizeof(at.sun_path) - 1] = 'x';
	path[sizeof(at.sun_path)] = '\0';
	setenv("NOTIFY_SOCKET", path, 1);
	sd_notify_send("READY=1");
	assert_string_equal(next(fd), "nothing");
	close(fd);
}

static void without_a_manager_nothing_is_said(void **state)
{
	int fd = listen_at(temp_path("unused"));

	(void)state;
	unsetenv("NOTIFY_SOCKET");
	sd_notify_send("READY=1");
	setenv("NOTIFY_SOCKET", "", 1);
	sd_notify_send("READY=1");
	assert_string_equal(next(fd), "nothing");
	close(fd);
}

static void a_relative_path_is_not_used(void **state)
{
	char there[4096];
	int fd = listen_at(temp_path("relative"));

	(void)state;
	assert_non_null(getcwd(there, sizeof(there)));
	assert_return_code(chdir(temp_dir()), errno);
	setenv("NOTIFY_SOCKET", "relative", 1);
	sd_notify_send("READY=1");
	setenv("NOTIFY_SOCKET", "./relative", 1);
	sd_notify_send("READY=1");
	assert_return_code(chdir(there), errno);
	assert_string_equal(next(fd), "nothing");
	close(fd);
}

/* And leaves no descriptor behind: they are few, and the watcher runs for months. */
static void a_manager_that_is_gone_or_busy_is_not_waited_for(void **state)
{
	int fd = listen_at(temp_path("busy")), before, after;
	unsigned heard = 0;

	(void)state;
	alarm(30); /* rather than to hang */
	before = dup(fd);
	close(before);
	for (int i = 0; i < 5000; i++)
		sd_notify_send("WATCHDOG=1");
	while (strcmp(next(fd), "nothing") != 0)
		heard++;
	assert_in_range(heard, 1, 4999); /* it was full */
	sd_notify_send("READY=1");
	assert_string_equal(next(fd), "READY=1");
	after = dup(fd);
	assert_int_equal(after, before);
	close(after);
	close(fd);
	sd_notify_send("READY=1"); /* nobody listens */
	setenv("NOTIFY_SOCKET", temp_path("missing"), 1);
	sd_notify_send("READY=1");
	setenv("NOTIFY_SOCKET", temp_file("a-file", "", 0), 1);
	sd_notify_send("READY=1");
	setenv("NOTIFY_SOCKET", "@", 1);
	sd_notify_send("READY=1");
	alarm(0);
}

static void a_text_without_end_is_cut(void **state)
{
	static char text[5000];
	int fd = listen_at(temp_path("long"));
	const char *got;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	sd_notify_send("STATUS=%s", text);
	got = next(fd);
	assert_int_equal(strncmp(got, "STATUS=xxx", 10), 0);
	assert_in_range(strlen(got), 100, sizeof(text));
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_socket_in_a_directory_hears_exactly_the_text),
		cmocka_unit_test(an_abstract_socket_hears_exactly_the_text),
		cmocka_unit_test(the_longest_path_is_used_and_a_longer_one_is_not),
		cmocka_unit_test(without_a_manager_nothing_is_said),
		cmocka_unit_test(a_relative_path_is_not_used),
		cmocka_unit_test(a_manager_that_is_gone_or_busy_is_not_waited_for),
		cmocka_unit_test(a_text_without_end_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
