/* clock.h - the time. Edge: asks the kernel. */
#ifndef FO_CLOCK_H
#define FO_CLOCK_H

#include <stdint.h>
#include <time.h>

/* Microseconds on CLOCK_MONOTONIC: for durations and deadlines; setting the clock of the machine
 * does not move it. */
int64_t clock_mono_us(void);

/* Seconds on CLOCK_BOOTTIME, which also counts while the machine sleeps: for what
 * must expire. It starts anew at every boot, as the files below /run do. */
int64_t clock_boottime_s(void);

/* Seconds since 1970 by the machine's clock, which people and NTP set: for what must survive a
 * boot. */
int64_t clock_wall_s(void);

/* Sleeps until clock_mono_us would give `until_us`, or a signal handler has run. */
void clock_sleep_until_us(int64_t until_us);

/* How long it is until `until_us` (clock_mono_us), for ppoll(2); zero when that has passed. */
struct timespec clock_left(int64_t until_us);

#endif
