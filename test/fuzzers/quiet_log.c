/* The log of the fuzzers: each message is made, so that what it is made of is looked at, and goes
 * nowhere. */
#include <stdarg.h>
#include <stdio.h>

#include "log.h"

static void format(const char *fmt, va_list ap) FO_PRINTF(1, 0);

static void format(const char *fmt, va_list ap)
{
	static char text[2048];

	vsnprintf(text, sizeof(text), fmt, ap);
}

void log_open(const char *prog, enum log_level max)
{
	(void)prog;
	(void)max;
}

bool log_is_unattended(void)
{
	return false;
}

void log_set_level(enum log_level max)
{
	(void)max;
}

void log_err(int err, const char *fmt, ...)
{
	va_list ap;

	(void)err;
	va_start(ap, fmt);
	format(fmt, ap);
	va_end(ap);
}

void log_warn(int err, const char *fmt, ...)
{
	va_list ap;

	(void)err;
	va_start(ap, fmt);
	format(fmt, ap);
	va_end(ap);
}

void log_info(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	format(fmt, ap);
	va_end(ap);
}

void log_debug(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	format(fmt, ap);
	va_end(ap);
}
