#include "aside.h"

#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"

/* Each function of libc that fo-route did not have yet costs it a quarter of a per cent of a
 * switch, in the dynamic linker: so no pidfd_open(2), no close_range(2). None of our programs has
 * more descriptors than this. */
#define DESCRIPTORS_MAX 64

#define LOOK_US 2000

bool aside_is_free(struct aside *aside)
{
	/* Where SIGCHLD is ignored there is nothing to wait for. */
	if (aside->pid != 0 && waitpid(aside->pid, NULL, WNOHANG) != 0)
		aside->pid = 0;
	return aside->pid == 0;
}

int aside_begin(struct aside *aside)
{
	pid_t pid = fork();

	if (pid < 0)
		return -errno;
	if (pid == 0) {
		for (int fd = STDERR_FILENO + 1; fd < DESCRIPTORS_MAX; fd++)
			close(fd);
		return 1;
	}
	aside->pid = pid;
	return 0;
}

void aside_wait(struct aside *aside, int64_t wait_ms)
{
	int64_t now_us = clock_mono_us(), until_us = now_us + wait_ms * 1000;

	while (!aside_is_free(aside) && now_us < until_us) {
		clock_sleep_until_us(now_us + LOOK_US);
		now_us = clock_mono_us();
	}
}
