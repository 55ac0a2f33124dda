/* Runs a command in a host of the lab: `lab exec` and `lab wait`, of which a run of the tests has
 * thousands. It knows no more of a lab than the number of the process that holds the host's
 * namespaces. The lab compiles it by itself (fo/lab/execute.py).
 *
 * usage: enter FILE exec COMMAND...
 *        enter FILE wait SECONDS COMMAND...
 * FILE: `PID` or `PID mnt` in it, where the host has a file system of its own; the last part of its
 * name is that of the host. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* As the lab's other commands (fo/errors.py), and a shell. */
enum { EXIT_NO = 1, EXIT_CANNOT = 2, EXIT_NOT_FOUND = 127, EXIT_SIGNAL = 128 };

/* From try to try; after a second nobody minds the longer one, and another test has the processor.
 */
enum { PAUSE_MS = 20, LONG_PAUSE_MS = 100, LONG_AFTER_MS = 1000 };

static const struct {
	const char *name;
	int flag;
} kinds[] = {
	/* The mount namespace last: its /proc may be another one. */
	{ "net", CLONE_NEWNET },
	{ "uts", CLONE_NEWUTS },
	{ "pid", CLONE_NEWPID },
	{ "mnt", CLONE_NEWNS },
};

enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

__attribute__((format(printf, 1, 2), noreturn)) static void fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("lab: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	exit(EXIT_CANNOT);
}

static const char *name_of(const char *file)
{
	const char *slash = strrchr(file, '/');

	return slash != NULL ? slash + 1 : file;
}

/* Moves this process into the namespaces of the host; the pid namespace is for later children. */
static void enter(const char *file)
{
	FILE *stream = fopen(file, "re");
	char line[32] = "", *own = line, path[64];
	int fds[KINDS], count;
	long pid = 0;

	if (stream != NULL && fgets(line, sizeof(line), stream) != NULL)
		pid = strtol(line, &own, 10);
	if (stream == NULL || pid <= 0)
		fail("%s has no power, or is not in this lab (see up)", name_of(file));
	fclose(stream);
	count = strcmp(own, " mnt\n") == 0 ? KINDS : KINDS - 1;
	for (int i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "/proc/%ld/ns/%s", pid, kinds[i].name);
		fds[i] = open(path, O_RDONLY | O_CLOEXEC);
		if (fds[i] < 0)
			fail("%s: %s: %s", name_of(file), path, strerror(errno));
	}
	for (int i = 0; i < count; i++) {
		if (setns(fds[i], kinds[i].flag) != 0)
			fail("%s: setns %s: %s", name_of(file), kinds[i].name, strerror(errno));
		close(fds[i]);
	}
}

/* In a child: ends with its parent, whichever way that ends. */
static void die_with(pid_t parent)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || (parent != 0 && getppid() != parent))
		_exit(EXIT_CANNOT);
}

/* A terminal sends its signals to the command as well; others know only this process. */
static int forward_until_end(pid_t child, const sigset_t *signals)
{
	bool typed = isatty(STDIN_FILENO) == 1;
	int status, number;

	for (;;) {
		if (sigwait(signals, &number) != 0)
			continue;
		if (number == SIGCHLD && waitpid(child, &status, WNOHANG) == child)
			return WIFEXITED(status) ? WEXITSTATUS(status)
						 : EXIT_SIGNAL + WTERMSIG(status);
		if (number != SIGCHLD && !(typed && (number == SIGINT || number == SIGQUIT)))
			kill(child, number);
	}
}

/* Only children enter a pid namespace, so this process stays, as their messenger. */
static int run(const char *file, char *argv[])
{
	static const int forwarded[] = {
		SIGCHLD, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGINT, SIGQUIT
	};
	sigset_t signals, before;
	pid_t child;

	enter(file);
	sigemptyset(&signals);
	for (size_t i = 0; i < sizeof(forwarded) / sizeof(forwarded[0]); i++)
		sigaddset(&signals, forwarded[i]);
	sigprocmask(SIG_BLOCK, &signals, &before);
	child = fork();
	if (child < 0)
		fail("fork: %s", strerror(errno));
	if (child == 0) {
		die_with(0); /* its parent has no number in this pid namespace */
		sigprocmask(SIG_SETMASK, &before, NULL);
		execvp(argv[0], argv);
		fprintf(stderr, "%s: %s\n", argv[0], strerror(errno));
		_exit(EXIT_NOT_FOUND);
	}
	return forward_until_end(child, &signals);
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* One run of the command, in a process of its own, until `end_ms` at most. */
static bool attempt(const char *file, char *argv[], int output, int64_t end_ms)
{
	struct pollfd end = { .events = POLLIN };
	pid_t parent = getpid(), child = fork();
	int64_t left_ms = end_ms - now_ms();
	int status;

	if (child < 0)
		fail("fork: %s", strerror(errno));
	if (child == 0) {
		die_with(parent);
		dup2(output, STDOUT_FILENO);
		dup2(output, STDERR_FILENO);
		exit(run(file, argv));
	}
	end.fd = pidfd_open(child, 0);
	if (poll(&end, 1, left_ms > 0 ? (int)left_ms : 0) == 0)
		kill(child, SIGKILL);
	close(end.fd);
	return waitpid(child, &status, 0) == child && status == 0;
}

static void show(int output, int fd)
{
	off_t start = 0;

	while (sendfile(fd, output, &start, 1 << 20) > 0)
		;
}

/* Repeats the command until it succeeds; shows the output of the last run. */
static int wait_for(const char *file, const char *seconds, char *argv[])
{
	char *end;
	double time_s = strtod(seconds, &end);
	int64_t begin_ms = now_ms(), end_ms = begin_ms + (int64_t)(time_s * 1000);

	if (*seconds == '\0' || *end != '\0' || !(time_s >= 0 && time_s < 1e6))
		fail("'%s' is no number of seconds", seconds);
	for (;;) {
		int output = memfd_create("output", MFD_CLOEXEC);

		if (attempt(file, argv, output, end_ms)) {
			show(output, STDOUT_FILENO);
			return 0;
		}
		if (now_ms() >= end_ms) {
			show(output, STDERR_FILENO);
			break;
		}
		close(output);
		poll(NULL, 0, now_ms() - begin_ms < LONG_AFTER_MS ? PAUSE_MS : LONG_PAUSE_MS);
	}
	fprintf(stderr, "lab: not within %s s in %s:", seconds, name_of(file));
	for (; *argv != NULL; argv++)
		fprintf(stderr, " %s", *argv);
	fputc('\n', stderr);
	return EXIT_NO;
}

int main(int argc, char *argv[])
{
	if (argc >= 4 && strcmp(argv[2], "exec") == 0)
		return run(argv[1], argv + 3);
	if (argc >= 5 && strcmp(argv[2], "wait") == 0)
		return wait_for(argv[1], argv[3], argv + 4);
	fail("usage: enter FILE exec|wait SECONDS COMMAND...");
}
