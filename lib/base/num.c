#include "num.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* A decimal number at the start of `text`; `*rest` is what follows it. */
static int parse_prefix(const char *text, int64_t *out, const char **rest)
{
	const char *p = text;
	bool negative = *p == '-';
	bool overflow = false;
	int64_t value = 0;

	if (negative)
		p++;
	if (*p < '0' || *p > '9')
		return -EINVAL;
	for (; *p >= '0' && *p <= '9'; p++) {
		overflow |= __builtin_mul_overflow(value, 10, &value);
		overflow |= __builtin_add_overflow(value, *p - '0', &value);
	}
	*rest = p;
	if (overflow)
		return -ERANGE;
	*out = negative ? -value : value;
	return 0;
}

static int in_bounds(int64_t value, int64_t min, int64_t max, int64_t *out)
{
	if (value < min || value > max)
		return -ERANGE;
	*out = value;
	return 0;
}

int num_parse(const char *text, int64_t min, int64_t max, int64_t *out)
{
	const char *rest = text;
	int64_t value = 0;
	int ret = parse_prefix(text, &value, &rest);

	if (ret == -EINVAL || *rest != '\0')
		return -EINVAL;
	return ret != 0 ? ret : in_bounds(value, min, max, out);
}

/* The largest first; the smallest is 1. */
struct unit {
	const char *name;
	int64_t factor;
};

static const struct unit times[] = { { "h", 3600000 }, { "m", 60000 }, { "s", 1000 }, { "ms", 1 } };

static const struct unit sizes[] = { { "T", INT64_C(1) << 40 },
				     { "G", INT64_C(1) << 30 },
				     { "M", INT64_C(1) << 20 },
				     { "K", INT64_C(1) << 10 },
				     { "", 1 } };

static int parse_with_unit(const char *text, const struct unit *units, size_t count, int64_t min,
			   int64_t max, int64_t *out)
{
	const char *rest = text;
	int64_t value = 0;
	int ret = parse_prefix(text, &value, &rest);

	if (ret == -EINVAL)
		return -EINVAL;
	if (strcmp(text, "0") == 0)
		return in_bounds(0, min, max, out);
	for (size_t i = 0; i < count; i++) {
		if (strcmp(rest, units[i].name) != 0)
			continue;
		if (ret != 0 || __builtin_mul_overflow(value, units[i].factor, &value))
			return -ERANGE;
		return in_bounds(value, min, max, out);
	}
	return -EINVAL;
}

int num_parse_ms(const char *text, int64_t min, int64_t max, int64_t *out)
{
	return parse_with_unit(text, times, ARRAY_LEN(times), min, max, out);
}

int num_parse_size(const char *text, int64_t min, int64_t max, int64_t *out)
{
	return parse_with_unit(text, sizes, ARRAY_LEN(sizes), min, max, out);
}

int num_parse_pct(const char *text, int64_t min, int64_t max, int64_t *out)
{
	const char *rest = text;
	int64_t value = 0;
	int ret = parse_prefix(text, &value, &rest);

	if (ret == -EINVAL || (strcmp(rest, "%") != 0 && strcmp(text, "0") != 0))
		return -EINVAL;
	return ret != 0 ? ret : in_bounds(value, min, max, out);
}

static const char *format_with_unit(char buf[static NUM_TEXT_MAX], const struct unit *units,
				    int64_t value)
{
	size_t i = 0;

	if (value == 0) {
		snprintf(buf, NUM_TEXT_MAX, "0");
		return buf;
	}
	while (value % units[i].factor != 0)
		i++;
	snprintf(buf, NUM_TEXT_MAX, "%" PRId64 "%s", value / units[i].factor, units[i].name);
	return buf;
}

const char *num_format_ms(char buf[static NUM_TEXT_MAX], int64_t ms)
{
	return format_with_unit(buf, times, ms);
}

const char *num_format_size(char buf[static NUM_TEXT_MAX], int64_t size)
{
	return format_with_unit(buf, sizes, size);
}

const char *num_format_bytes(char buf[static NUM_TEXT_MAX], int64_t bytes)
{
	const struct unit *unit = sizes;
	char decimals[4] = "";
	int64_t whole;
	unsigned hundredths;

	while (unit->factor > 1 && bytes < unit->factor)
		unit++;
	whole = bytes / unit->factor;
	hundredths = (unsigned)(bytes % unit->factor * 100 / unit->factor) % 100;
	if (whole < 100)
		snprintf(decimals, sizeof(decimals), ".%02u", hundredths);
	if (whole >= 10 || hundredths % 10 == 0)
		decimals[2] = '\0';
	if (decimals[1] == '0' && decimals[2] == '\0')
		decimals[0] = '\0';
	snprintf(buf, NUM_TEXT_MAX, "%" PRId64 "%s %sB", whole, decimals, unit->name);
	return buf;
}

static bool is_leap(int64_t year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int64_t days_of_month(int64_t year, int month)
{
	static const uint8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return days[month] + (month == 1 && is_leap(year));
}

/* gmtime(3) reads /etc/localtime. */
const char *num_format_date(char buf[static NUM_TEXT_MAX], int64_t seconds)
{
	const int64_t years = INT64_C(146097) * 86400; /* 400 of them */
	int64_t year = 1970 + 400 * (seconds / years), days = seconds % years / 86400;
	int month = 0;

	if (seconds < 0 || seconds > INT64_C(253402300799)) { /* after 9999 */
		snprintf(buf, NUM_TEXT_MAX, "nonsense");
		return buf;
	}
	for (; days >= 365 + is_leap(year); year++)
		days -= 365 + is_leap(year);
	for (; days >= days_of_month(year, month); month++)
		days -= days_of_month(year, month);
	snprintf(buf, NUM_TEXT_MAX, "%04d-%02d-%02d", (int)year, month + 1, (int)days + 1);
	return buf;
}
