#include "when.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "num.h"

/* A hundred years. */
#define AGO_MAX_S INT64_C(3155760000)

/* Takes `digits` digits, and the character behind them where there is one. */
static int take_part(const char **text, size_t digits, char behind, int *out)
{
	char part[8];
	int64_t value;

	if (strspn(*text, "0123456789") != digits)
		return -EINVAL;
	memcpy(part, *text, digits);
	part[digits] = '\0';
	*text += digits;
	if (behind != '\0' && *(*text)++ != behind)
		return -EINVAL;
	*out = num_parse(part, 0, 9999, &value) == 0 ? (int)value : -1;
	return 0;
}

/* The time zone decides what it is in seconds; what is no date, such as the 31st of February, would
 * become another one. */
static int to_seconds(const struct tm *given, int64_t *out)
{
	struct tm tm = *given;
	time_t time;

	tm.tm_isdst = -1;
	time = mktime(&tm);
	if (time == (time_t)-1 || tm.tm_mday != given->tm_mday || tm.tm_mon != given->tm_mon)
		return -EINVAL;
	*out = time;
	return 0;
}

static int take_date(const char **text, struct tm *out)
{
	if (take_part(text, 4, '-', &out->tm_year) != 0 ||
	    take_part(text, 2, '-', &out->tm_mon) != 0 ||
	    take_part(text, 2, '\0', &out->tm_mday) != 0 || out->tm_year < 1970 ||
	    out->tm_mon < 1 || out->tm_mon > 12 || out->tm_mday < 1 || out->tm_mday > 31)
		return -EINVAL;
	out->tm_year -= 1900;
	out->tm_mon--;
	return 0;
}

static int take_clock(const char *text, struct tm *out)
{
	bool seconds = strlen(text) > strlen("hh:mm");

	if (take_part(&text, 2, ':', &out->tm_hour) != 0 ||
	    take_part(&text, 2, seconds ? ':' : '\0', &out->tm_min) != 0 ||
	    (seconds && take_part(&text, 2, '\0', &out->tm_sec) != 0) || *text != '\0' ||
	    out->tm_hour > 23 || out->tm_min > 59 || out->tm_sec > 59)
		return -EINVAL;
	return 0;
}

static int parse_ago(const char *text, int64_t *out)
{
	static const struct {
		char unit;
		int64_t seconds;
	} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 }, { 'w', 604800 } };
	size_t digits = strspn(text, "0123456789");
	char number[NUM_TEXT_MAX];
	int64_t value;

	if (digits == 0 || digits >= sizeof(number) || strlen(text) != digits + 1)
		return -EINVAL;
	memcpy(number, text, digits);
	number[digits] = '\0';
	for (size_t i = 0; i < ARRAY_LEN(units); i++) {
		if (text[digits] != units[i].unit)
			continue;
		if (num_parse(number, 0, AGO_MAX_S / units[i].seconds, &value) != 0)
			return -EINVAL;
		*out = value * units[i].seconds;
		return 0;
	}
	return -EINVAL;
}

int when_parse(const char *text, int64_t now_s, int64_t *out)
{
	struct tm tm = { .tm_sec = 0 };
	int64_t ago_s;

	if (parse_ago(text, &ago_s) == 0) {
		*out = now_s - ago_s;
		return 0;
	}
	if (take_date(&text, &tm) != 0)
		return -EINVAL;
	if (*text != '\0' && ((*text != ' ' && *text != 'T') || take_clock(text + 1, &tm) != 0))
		return -EINVAL;
	return to_seconds(&tm, out);
}

/* The first moment of each day: midnight, or, where the clocks skip that, what mktime(3) makes of
 * it. */
static int fill_days(struct when_month *out)
{
	struct tm tm = { .tm_year = out->year - 1900, .tm_mon = out->month - 1 };

	for (out->count = 0; out->count <= WHEN_DAYS_MAX; out->count++) {
		struct tm day = tm;
		time_t time;

		day.tm_mday = (int)out->count + 1;
		day.tm_isdst = -1;
		time = mktime(&day);
		if (time == (time_t)-1)
			return -EINVAL;
		out->days[out->count] = time;
		if (out->count >= 28 && day.tm_mday != (int)out->count + 1)
			return 0;
	}
	out->count = WHEN_DAYS_MAX;
	return 0;
}

int when_parse_month(const char *text, int64_t now_s, struct when_month *out)
{
	const time_t now = (time_t)now_s;
	struct tm tm;

	if (text == NULL) {
		if (localtime_r(&now, &tm) == NULL)
			return -EINVAL;
		out->year = tm.tm_year + 1900;
		out->month = tm.tm_mon + 1;
		return fill_days(out);
	}
	if (take_part(&text, 4, '-', &out->year) != 0 ||
	    take_part(&text, 2, '\0', &out->month) != 0 || *text != '\0' || out->year < 1970 ||
	    out->month < 1 || out->month > 12)
		return -EINVAL;
	return fill_days(out);
}

const char *when_format_lasted(char buf[static WHEN_TEXT_MAX], int64_t ms)
{
	int64_t s = ms / 1000;

	if (ms < 1000)
		snprintf(buf, WHEN_TEXT_MAX, "%" PRId64 " ms", ms);
	else if (s < 60)
		snprintf(buf, WHEN_TEXT_MAX, "%" PRId64 ".%" PRId64 " s", s, ms % 1000 / 100);
	else if (s < 600 && s % 60 != 0)
		snprintf(buf, WHEN_TEXT_MAX, "%" PRId64 " min %02" PRId64 " s", s / 60, s % 60);
	else if (s < 3600)
		snprintf(buf, WHEN_TEXT_MAX, "%" PRId64 " min", s / 60);
	else if (s < 86400)
		snprintf(buf, WHEN_TEXT_MAX, "%" PRId64 " h %02" PRId64 " min", s / 3600,
			 s % 3600 / 60);
	else
		snprintf(buf, WHEN_TEXT_MAX, "%" PRId64 " d %" PRId64 " h", s / 86400,
			 s % 86400 / 3600);
	return buf;
}
