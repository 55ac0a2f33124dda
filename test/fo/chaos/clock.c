/* Another time of day: preloaded into all of a router, by /etc/ld.so.preload. /run/chaos-clock has
 * the seconds by which its clock is ahead; without it the clock is right. What waits goes by the
 * monotonic clock, which does not jump. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long seconds_ahead(void)
{
	char text[32] = "";
	int saved = errno;
	int fd = open("/run/chaos-clock", O_RDONLY | O_CLOEXEC);
	long ahead = 0;

	if (fd >= 0) {
		if (read(fd, text, sizeof(text) - 1) > 0)
			ahead = strtol(text, NULL, 10);
		close(fd);
	}
	errno = saved;
	return ahead;
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
	int ret = (int)syscall(SYS_clock_gettime, clock, now);

	if (ret == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
		now->tv_sec += seconds_ahead();
	return ret;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
	int ret = (int)syscall(SYS_gettimeofday, now, zone);

	if (ret == 0 && now != NULL)
		now->tv_sec += seconds_ahead();
	return ret;
}

time_t time(time_t *out)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	if (out != NULL)
		*out = now.tv_sec;
	return now.tv_sec;
}
