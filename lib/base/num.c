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

static const struct unit {
	const char *name;
	int64_t ms;
} units[] = { { "h", 3600000 }, { "m", 60000 }, { "s", 1000 }, { "ms", 1 } };

int num_parse_ms(const char *text, int64_t min, int64_t max, int64_t *out)
{
	const char *rest = text;
	int64_t value = 0;
	int ret = parse_prefix(text, &value, &rest);

	if (ret == -EINVAL)
		return -EINVAL;
	if (strcmp(text, "0") == 0)
		return in_bounds(0, min, max, out);
	for (size_t i = 0; i < ARRAY_LEN(units); i++) {
		if (strcmp(rest, units[i].name) != 0)
			continue;
		if (ret != 0 || __builtin_mul_overflow(value, units[i].ms, &value))
			return -ERANGE;
		return in_bounds(value, min, max, out);
	}
	return -EINVAL;
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

const char *num_format_ms(char buf[static NUM_TEXT_MAX], int64_t ms)
{
	size_t i = 0;

	if (ms == 0) {
		snprintf(buf, NUM_TEXT_MAX, "0");
		return buf;
	}
	while (ms % units[i].ms != 0)
		i++;
	snprintf(buf, NUM_TEXT_MAX, "%" PRId64 "%s", ms / units[i].ms, units[i].name);
	return buf;
}
