#include "clock.h"

#include <time.h>

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

int64_t clock_wall_s(void)
{
	return time(NULL);
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
