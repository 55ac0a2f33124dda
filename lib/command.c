#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "log.h"
#include "num.h"

#define COMMAND_GRACE_US (COMMAND_GRACE_MS * INT64_C(1000))

/* A program that runs. */
struct child {
	const char *name;
	pid_t pid; /* of its group too */
	int fd;	   /* its end can be polled here */
	int pipe;  /* of its stdout; -1: none, or at its end */
	char *out;
	size_t size, len;
};

/* It shall not find our blocked signals, nor SIGPIPE ignored. */
static int spawn(struct child *child, char *const argv[], int stdout_fd)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	sigset_t none, all;
	int ret = posix_spawn_file_actions_init(&actions);

	if (ret != 0)
		return -ret;
	ret = posix_spawnattr_init(&attr);
	if (ret != 0) {
		posix_spawn_file_actions_destroy(&actions);
		return -ret;
	}
	sigemptyset(&none);
	sigfillset(&all);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setsigdefault(&attr, &all);
	posix_spawnattr_setpgroup(&attr, 0);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
						POSIX_SPAWN_SETSIGDEF);
	ret = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	if (ret == 0 && stdout_fd < 0)
		ret = posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	else if (ret == 0)
		ret = posix_spawn_file_actions_adddup2(&actions, stdout_fd, 1);
	if (ret == 0)
		ret = posix_spawnp(&child->pid, argv[0], &actions, &attr, argv, environ);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&actions);
	return -ret;
}

static int start(struct child *child, char *const argv[])
{
	int pipes[2] = { -1, -1 };
	int ret;

	if (child->out != NULL && pipe2(pipes, O_CLOEXEC | O_NONBLOCK) != 0)
		return -errno;
	/* The child's end shall wait where ours is slow. */
	if (pipes[1] >= 0)
		(void)fcntl(pipes[1], F_SETFL, 0);
	ret = spawn(child, argv, pipes[1]);
	if (pipes[1] >= 0)
		close(pipes[1]);
	child->pipe = pipes[0];
	if (ret != 0)
		return ret;
	child->fd = pidfd_open(child->pid, 0);
	if (child->fd >= 0)
		return 0;
	ret = -errno;
	kill(-child->pid, SIGKILL);
	(void)waitpid(child->pid, NULL, 0);
	return ret;
}

/* Takes what it has printed. What does not fit is taken all the same, or it would never end. */
static void drain(struct child *child)
{
	char rest[512];
	ssize_t len;

	if (child->pipe < 0)
		return;
	do {
		bool full = child->len >= child->size;

		len = read(child->pipe, full ? rest : child->out + child->len,
			   full ? sizeof(rest) : child->size - child->len);
		if (len > 0)
			child->len += (size_t)len;
	} while (len > 0 || (len < 0 && errno == EINTR));
	if (len < 0 && errno == EAGAIN)
		return;
	close(child->pipe);
	child->pipe = -1;
}

/* Until its own end: a daemon that it has started may keep the pipe open for ever. Returns false
 * after `until_us`. */
static bool wait_until(struct child *child, int64_t until_us)
{
	for (;;) {
		struct pollfd polled[] = { { .fd = child->fd, .events = POLLIN },
					   { .fd = child->pipe, .events = POLLIN } };
		struct timespec left = clock_left(until_us);
		int ready = ppoll(polled, ARRAY_LEN(polled), &left, NULL);

		drain(child);
		if ((polled[0].revents & POLLIN) != 0)
			return true;
		if (ready == 0 && clock_mono_us() >= until_us)
			return false;
	}
}

/* Waits, with an end to it. */
static int finish(struct child *child, int64_t timeout_ms)
{
	char text[NUM_TEXT_MAX];
	bool in_time = wait_until(child, clock_mono_us() + timeout_ms * 1000);
	int status = 0;

	if (!in_time) {
		log_err(0, "%s: stopped, for it took longer than %s", child->name,
			num_format_ms(text, timeout_ms));
		kill(-child->pid, SIGTERM);
		(void)wait_until(child, clock_mono_us() + COMMAND_GRACE_US);
		kill(-child->pid, SIGKILL);
	}
	while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR)
		;
	if (!in_time)
		return -ETIMEDOUT;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	if (WIFSIGNALED(status))
		log_err(0, "%s: ended by signal %d", child->name, WTERMSIG(status));
	else
		log_err(0, "%s: exit status %d", child->name, WEXITSTATUS(status));
	return -ECHILD;
}

int command_run(char *const argv[], int64_t timeout_ms, char *out, size_t size)
{
	struct child child = { .name = argv[0], .fd = -1, .pipe = -1, .out = out, .size = size };
	int ret = start(&child, argv);

	if (ret != 0)
		log_err(ret, "cannot run %s", argv[0]);
	else
		ret = finish(&child, timeout_ms);
	if (child.pipe >= 0)
		close(child.pipe);
	if (child.fd >= 0)
		close(child.fd);
	if (out == NULL)
		return ret;
	if (ret == 0 && child.len >= size) {
		log_err(0, "%s: printed more than %zu bytes", argv[0], size - 1);
		ret = -EFBIG;
	}
	out[child.len < size ? child.len : size - 1] = '\0';
	return ret;
}
