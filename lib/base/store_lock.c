#include "store_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "clock.h"
#include "log.h"
#include "store.h"

/* How often a taken lock is tried: flock(2) has no time-out, and the alarm that could give it one
 * is not this library's to use. */
#define LOCK_POLL_US 2000

/* A signal may come in between, but not without end. */
#define INTERRUPTED_MAX 100

static int lock_within(int fd, int64_t wait_ms)
{
	int64_t deadline_us = clock_mono_us() + wait_ms * 1000;
	int interrupted = 0;

	while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		if (errno == EINTR && interrupted++ < INTERRUPTED_MAX)
			continue;
		if (errno != EWOULDBLOCK)
			return -errno;
		if (clock_mono_us() >= deadline_us)
			return -EWOULDBLOCK;
		clock_sleep_until_us(clock_mono_us() + LOCK_POLL_US);
	}
	return 0;
}

int store_lock(const char *name, int64_t wait_ms, int *fd)
{
	int lock = -1;
	int ret = store_open(STORE_RUN, name, O_RDWR | O_CREAT, 0600, &lock);

	if (ret == -EWOULDBLOCK) /* of open(2): no taken lock */
		return -EIO;
	if (ret != 0)
		return ret;
	ret = lock_within(lock, wait_ms);
	if (ret == 0) {
		*fd = lock;
		return 0;
	}
	if (ret != -EWOULDBLOCK)
		log_err(ret, "cannot lock %s", name);
	close(lock);
	return ret;
}

/* Shared: two that look at the same time do not see each other. */
bool store_lock_is_taken(const char *name)
{
	int lock = -1;
	bool taken;

	if (store_open(STORE_RUN, name, O_RDONLY, 0, &lock) != 0)
		return false;
	taken = flock(lock, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
	close(lock);
	return taken;
}

void store_unlock(int fd)
{
	if (fd >= 0)
		close(fd);
}
