#include "clock.h"

#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int64_t clock_mono_us(void)
{
	struct timespec now = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t clock_boottime_s(void)
{
	struct timespec now = { 0 };

	clock_gettime(CLOCK_BOOTTIME, &now);
	return now.tv_sec;
}

int64_t clock_boottime_ms(void)
{
	struct timespec now = { 0 };

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

const char *clock_boot(char buf[static CLOCK_BOOT_MAX])
{
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	ssize_t len = fd < 0 ? -1 : read(fd, buf, CLOCK_BOOT_MAX - 1);

	buf[len > 0 ? len : 0] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
	if (fd >= 0)
		close(fd);
	return buf;
}

int64_t clock_wall_s(void)
{
	return time(NULL);
}

/* Whether `wall_s` is a time here: where time_t has 32 bits, as on armhf of Debian 12, none after
 * 2038 is. */
static bool to_time(int64_t wall_s, time_t *out)
{
	*out = (time_t)wall_s;
	return *out == wall_s;
}

int64_t clock_month(int64_t wall_s)
{
	time_t time;
	struct tm utc;

	if (!to_time(wall_s, &time) || gmtime_r(&time, &utc) == NULL)
		return 0;
	return (utc.tm_year + INT64_C(1900)) * 100 + utc.tm_mon + 1;
}

void clock_sleep_until_us(int64_t until_us)
{
	struct timespec until = { .tv_sec = until_us / 1000000,
				  .tv_nsec = until_us % 1000000 * 1000 };

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
}

struct timespec clock_left(int64_t until_us)
{
	int64_t left_us = until_us - clock_mono_us();

	if (left_us < 0)
		left_us = 0;
	return (struct timespec){ .tv_sec = left_us / 1000000,
				  .tv_nsec = left_us % 1000000 * 1000 };
}

const char *clock_format_utc(int64_t wall_s, char buf[static CLOCK_TEXT_MAX])
{
	time_t time;
	struct tm tm;

	if (!to_time(wall_s, &time) || gmtime_r(&time, &tm) == NULL ||
	    strftime(buf, CLOCK_TEXT_MAX, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		memcpy(buf, "-", 2);
	return buf;
}

const char *clock_format_local(int64_t wall_s, char buf[static CLOCK_TEXT_MAX])
{
	time_t time;
	struct tm tm;

	if (!to_time(wall_s, &time) || localtime_r(&time, &tm) == NULL ||
	    strftime(buf, CLOCK_TEXT_MAX, "%Y-%m-%d %H:%M:%S", &tm) == 0)
		memcpy(buf, "-", 2);
	return buf;
}

#define DECADE_S INT64_C(315576000)

bool clock_is_plausible(int64_t wall_s, int64_t made_s)
{
	return wall_s >= made_s && wall_s - made_s < DECADE_S;
}
