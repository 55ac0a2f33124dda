/* clock.h - the time. Edge: asks the kernel. */
#ifndef FO_CLOCK_H
#define FO_CLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

/* Microseconds on CLOCK_MONOTONIC: for durations and deadlines; setting the clock of the machine
 * does not move it. */
int64_t clock_mono_us(void);

/* Seconds on CLOCK_BOOTTIME, which also counts while the machine sleeps: for what
 * must expire. It restarts at every boot, as the files below /run do. */
int64_t clock_boottime_s(void);

/* The same in milliseconds. */
int64_t clock_boottime_ms(void);

/* Which boot this is (/proc/sys/kernel/random/boot_id, random(4)): times of CLOCK_BOOTTIME mean
 * something only together with it. Empty where it cannot be read. Returns `buf`. */
#define CLOCK_BOOT_MAX 40
const char *clock_boot(char buf[static CLOCK_BOOT_MAX]);

/* Seconds since 1970 by the machine's clock, which people and NTP set: for what must survive a
 * boot. */
int64_t clock_wall_s(void);

/* The month of a time since 1970, in UTC, such as 202611; 0 where there is none. */
int64_t clock_month(int64_t wall_s);

/* A time since 1970 as RFC 3339 has it, in UTC; `-` where there is none. Returns `buf`. */
#define CLOCK_TEXT_MAX 40
const char *clock_format_utc(int64_t wall_s, char buf[static CLOCK_TEXT_MAX]);

/* The same as a person reads it: local time, `2026-11-27 14:02:11`. */
const char *clock_format_local(int64_t wall_s, char buf[static CLOCK_TEXT_MAX]);

/* Sleeps until clock_mono_us would give `until_us`, or a signal handler has run. */
void clock_sleep_until_us(int64_t until_us);

/* How long it is until `until_us` (clock_mono_us), for ppoll(2); zero when that has passed. */
struct timespec clock_left(int64_t until_us);

/* Whether the time, of seconds since 1970, can be right for programs that were made at `made_s`:
 * not before that, and not a decade later, by which the certificates of that time have ended. */
bool clock_is_plausible(int64_t wall_s, int64_t made_s);

#endif
