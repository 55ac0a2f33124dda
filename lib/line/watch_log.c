#include "watch_log.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "log.h"
#include "store.h"

#define FILE_NAME "watch.days"
#define EVERY_US  INT64_C(3600000000)
#define END_MS	  3000

/* Before this the clock is not set: 2020-01-01. */
#define CLOCK_SET_S INT64_C(1577836800)

static int64_t local_day(int64_t wall_s)
{
	const time_t time = (time_t)wall_s;
	struct tm tm;

	if (localtime_r(&time, &tm) == NULL)
		return 0;
	return (tm.tm_year + INT64_C(1900)) * 10000 + (tm.tm_mon + INT64_C(1)) * 100 + tm.tm_mday;
}

/* What cannot be read is begun again: it is only a picture. */
int watch_log_read(struct watch_days *out)
{
	char *text = malloc(WATCH_DAYS_TEXT_MAX);
	int ret = text == NULL ? -ENOMEM
			       : store_read(STORE_LIB, FILE_NAME, text, WATCH_DAYS_TEXT_MAX);

	out->count = 0;
	out->boots = 0;
	if (ret == 0)
		ret = watch_days_parse(text, out);
	if (ret == -EINVAL)
		log_warn(0, "ignoring %s: it is corrupt", FILE_NAME);
	if (ret != 0) {
		out->count = 0;
		out->boots = 0;
	}
	free(text);
	return ret == -ENOENT || ret == -EINVAL ? 0 : ret;
}

/* In a process of its own. */
static void write_down(const struct watch_log *log)
{
	struct watch_days *days = malloc(sizeof(*days));
	char *text = malloc(WATCH_DAYS_TEXT_MAX), boot[CLOCK_BOOT_MAX];
	struct watch_day day = log->day;

	if (days != NULL && text != NULL && watch_log_read(days) == 0) {
		day.day = local_day(log->began_s);
		if (day.echoes > 0)
			watch_days_add(days, &day);
		watch_days_see(days, clock_boot(boot), clock_wall_s() * 1000);
		store_note(STORE_LIB, FILE_NAME, watch_days_format(text, days), 0644);
	}
	free(days);
	free(text);
}

/* While the clock is not set there is no day to write it to. */
static void flush(struct watch_log *log)
{
	int ret;

	if (clock_wall_s() < CLOCK_SET_S || !aside_is_free(&log->writer))
		return;
	if (log->began_s < CLOCK_SET_S)
		log->began_s = clock_wall_s();
	ret = aside_begin(&log->writer);
	if (ret > 0) {
		write_down(log);
		_exit(0);
	}
	if (ret != 0)
		return;
	log->day = (struct watch_day){ .day = 0 };
	log->next_us = 0;
}

void watch_log_take(struct watch_log *log, const struct quality_sum *quality, int64_t window_us)
{
	int64_t now_us = clock_mono_us();

	if (log->next_us == 0) {
		log->began_s = clock_wall_s();
		/* By the clock's hours, so that what was seen is of one day. */
		log->next_us = now_us + EVERY_US - log->began_s % 3600 * 1000000;
	}
	if (quality != NULL && quality->full && now_us >= log->window_us) {
		watch_day_take(&log->day, quality);
		log->window_us = now_us + window_us;
	}
	if (now_us >= log->next_us)
		flush(log);
}

void watch_log_end(struct watch_log *log)
{
	aside_wait(&log->writer, END_MS);
	flush(log);
	aside_wait(&log->writer, END_MS);
}
