#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "log.h"
#include "num.h"

/* `err` is an -errno whose text follows, or 0. */
static void FO_PRINTF(3, 4) complain(const struct child *child, int err, const char *fmt, ...)
{
	char text[CHILD_WHY_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (child->why == NULL)
		log_err(err, "%s", text);
	else if (err == 0)
		memcpy(child->why, text, sizeof(text));
	else
		snprintf(child->why, CHILD_WHY_MAX, "%.100s: %.50s", text, strerror(-err));
}

/* A file without a name, at its beginning: unlike a pipe it takes all of `text` at once. Returns
 * its descriptor or -errno. */
static int open_input(const char *text)
{
	size_t len = strlen(text);
	int fd = memfd_create("stdin", MFD_CLOEXEC), ret;

	if (fd < 0)
		return -errno;
	if (pwrite(fd, text, len, 0) == (ssize_t)len)
		return fd;
	ret = errno != 0 ? -errno : -ENOSPC;
	close(fd);
	return ret;
}

/* It must not inherit our blocked signals, nor SIGPIPE ignored. `in` or `stdout_fd` below 0:
 * /dev/null. */
static int spawn(struct child *child, const struct child_order *order, int in, int stdout_fd)
{
	char *const *argv = order->argv;
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
	if (in < 0)
		ret = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	else
		ret = posix_spawn_file_actions_adddup2(&actions, in, 0);
	if (ret == 0 && stdout_fd < 0)
		ret = posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	else if (ret == 0)
		ret = posix_spawn_file_actions_adddup2(&actions, stdout_fd, 1);
	if (ret == 0 && child->all)
		ret = posix_spawn_file_actions_adddup2(&actions, 1, 2);
	if (ret == 0 && child->mute)
		ret = posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
	if (ret == 0)
		ret = posix_spawnp(&child->pid, argv[0], &actions, &attr, argv,
				   order->env == NULL ? environ : order->env);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&actions);
	return -ret;
}

static int start_with(struct child *child, const struct child_order *order, int in)
{
	bool listens = child->out != NULL;
	int pipes[2] = { -1, -1 };
	int ret;

	if (listens && pipe2(pipes, O_CLOEXEC | O_NONBLOCK) != 0)
		return -errno;
	/* The child's end waits where ours is slow. */
	if (listens)
		(void)fcntl(pipes[1], F_SETFL, 0);
	ret = spawn(child, order, in, pipes[1]);
	if (listens)
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

static int start(struct child *child, const struct child_order *order)
{
	int in = order->in == NULL ? -1 : open_input(order->in);
	int ret = order->in != NULL && in < 0 ? in : start_with(child, order, in);

	if (in >= 0)
		close(in);
	return ret;
}

/* Takes what it has printed, as far as that fits. */
static void drain(struct child *child)
{
	ssize_t len;

	if (child->pipe < 0)
		return;
	do {
		len = read(child->pipe, child->out + child->len, child->size - child->len);
		if (len > 0)
			child->len += (size_t)len;
	} while (child->len < child->size && (len > 0 || (len < 0 && errno == EINTR)));
	if (len < 0 && errno == EAGAIN)
		return;
	close(child->pipe);
	child->pipe = -1;
}

static bool prints_too_much(const struct child *child)
{
	return child->out != NULL && child->len >= child->size;
}

/* Until its own end: a daemon that it has started may keep the pipe open for ever. Returns false
 * after `until_us`, and when it has printed too much. */
static bool wait_until(struct child *child, int64_t until_us)
{
	for (;;) {
		struct pollfd polled[] = { { .fd = child->fd, .events = POLLIN },
					   { .fd = child->pipe, .events = POLLIN } };
		struct timespec left = clock_left(until_us);
		int ready = ppoll(polled, ARRAY_LEN(polled), &left, NULL);

		drain(child);
		if (prints_too_much(child))
			return false;
		if ((polled[0].revents & POLLIN) != 0)
			return true;
		if (ready == 0 && clock_mono_us() >= until_us)
			return false;
	}
}

static bool has_ended(const struct child *child, int timeout_ms)
{
	struct pollfd polled = { .fd = child->fd, .events = POLLIN };

	return poll(&polled, 1, timeout_ms) > 0;
}

/* The whole group, and it where it has left that; also what does not heed SIGTERM. */
static void stop_group(const struct child *child)
{
	kill(-child->pid, SIGTERM);
	kill(child->pid, SIGTERM);
	(void)has_ended(child, CHILD_GRACE_MS);
	kill(-child->pid, SIGKILL);
	kill(child->pid, SIGKILL);
}

/* Waits, with an end to it: one that the kernel does not let go, as in the driver of a modem that
 * hangs, is left behind. */
static int finish(struct child *child, int64_t timeout_ms)
{
	char text[NUM_TEXT_MAX];
	bool ended = wait_until(child, clock_mono_us() + timeout_ms * 1000);
	int status = 0;

	if (!ended)
		stop_group(child);
	if (has_ended(child, CHILD_GRACE_MS))
		(void)waitpid(child->pid, &status, 0);
	else
		complain(child, 0, "%s: cannot be ended", child->name);
	if (prints_too_much(child)) {
		complain(child, 0, "%s: printed more than %zu bytes", child->name, child->size - 1);
		return -EFBIG;
	}
	if (!ended) {
		complain(child, 0, "%s: killed: still running after %s", child->name,
			 num_format_ms(text, timeout_ms));
		return -ETIMEDOUT;
	}
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	if (WIFSIGNALED(status))
		complain(child, 0, "%s: ended by signal %d", child->name, WTERMSIG(status));
	else
		complain(child, 0, "%s: exit status %d", child->name, WEXITSTATUS(status));
	return -ECHILD;
}

/* After a failed start, too. */
static void release(struct child *child)
{
	if (child->pipe >= 0)
		close(child->pipe);
	if (child->fd >= 0)
		close(child->fd);
	if (child->out != NULL)
		child->out[child->len < child->size ? child->len : child->size - 1] = '\0';
}

int child_begin(const struct child_order *order, struct child *child)
{
	int ret;

	*child = (struct child){ .name = order->argv[0],
				 .why = order->why,
				 .fd = -1,
				 .pipe = -1,
				 .out = order->out,
				 .size = order->size,
				 .all = order->all,
				 .mute = order->mute };
	ret = start(child, order);
	if (ret != 0) {
		complain(child, ret, "cannot run %s", child->name);
		release(child);
	}
	return ret;
}

int child_end(struct child *child, int64_t timeout_ms)
{
	int ret = finish(child, timeout_ms);

	if (ret == 0 && child->out != NULL && memchr(child->out, '\0', child->len) != NULL) {
		complain(child, 0, "%s: printed a NUL character", child->name);
		ret = -EILSEQ;
	}
	release(child);
	return ret;
}

int child_run_order(const struct child_order *order)
{
	struct child child;
	int ret = child_begin(order, &child);

	return ret != 0 ? ret : child_end(&child, order->timeout_ms);
}

int child_run(char *const argv[], int64_t timeout_ms, char *out, size_t size)
{
	return child_run_order(&(struct child_order){
		.argv = argv, .timeout_ms = timeout_ms, .out = out, .size = size });
}
