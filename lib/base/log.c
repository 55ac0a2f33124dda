#include "log.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

enum log_sink { SINK_STDERR, SINK_JOURNAL, SINK_SYSLOG };

/* The longest line; what is longer is cut. */
#define LINE_MAX_BYTES 1024

static const char *log_prog = "fo";
static enum log_level log_max = LOG_LEVEL_INFO;
static enum log_sink log_sink = SINK_STDERR;

static const int priorities[] = {
	[LOG_LEVEL_ERROR] = LOG_ERR,
	[LOG_LEVEL_WARNING] = LOG_WARNING,
	[LOG_LEVEL_INFO] = LOG_INFO,
	[LOG_LEVEL_DEBUG] = LOG_DEBUG,
};

/* systemd sets JOURNAL_STREAM to device:inode of the stream it connected (systemd.exec(5)); it
 * is inherited, so only the comparison tells whether stderr still is that stream. */
static bool is_journal(const struct stat *st)
{
	const char *stream = getenv("JOURNAL_STREAM");
	char mine[64];

	snprintf(mine, sizeof(mine), "%ju:%ju", (uintmax_t)st->st_dev, (uintmax_t)st->st_ino);
	return stream != NULL && strcmp(stream, mine) == 0;
}

static enum log_sink choose_sink(void)
{
	struct stat st;

	if (fstat(STDERR_FILENO, &st) != 0)
		return SINK_SYSLOG;
	if (is_journal(&st))
		return SINK_JOURNAL;
	return S_ISFIFO(st.st_mode) || isatty(STDERR_FILENO) ? SINK_STDERR : SINK_SYSLOG;
}

void log_open(const char *prog, enum log_level max)
{
	log_prog = prog;
	log_max = max;
	log_sink = choose_sink();
	if (log_sink == SINK_SYSLOG)
		openlog(prog, LOG_PID, LOG_DAEMON);
}

bool log_is_unattended(void)
{
	return log_sink != SINK_STDERR;
}

void log_set_level(enum log_level max)
{
	log_max = max;
}

static void write_line(enum log_level level, const char *line)
{
	if (log_sink == SINK_SYSLOG)
		syslog(priorities[level], "%s", line);
	else if (log_sink == SINK_JOURNAL)
		fprintf(stderr, "<%d>%s\n", priorities[level], line);
	else
		fprintf(stderr, "%s: %s\n", log_prog, line);
}

/* Text of peers and files can reach a message: no control character of theirs reaches a
 * terminal or makes a second line of a log. */
static void make_printable(char *line)
{
	for (char *p = line; *p != '\0'; p++) {
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			*p = '?';
	}
}

static void FO_PRINTF(3, 0) vlog(enum log_level level, int err, const char *fmt, va_list ap)
{
	int saved_errno = errno;
	char line[LINE_MAX_BYTES];
	size_t len;

	if (level > log_max)
		return;
	vsnprintf(line, sizeof(line), fmt, ap);
	len = strlen(line);
	if (err != 0)
		snprintf(line + len, sizeof(line) - len, ": %s", strerror(abs(err)));
	make_printable(line);
	write_line(level, line);
	errno = saved_errno;
}

void log_err(int err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vlog(LOG_LEVEL_ERROR, err, fmt, ap);
	va_end(ap);
}

void log_warn(int err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vlog(LOG_LEVEL_WARNING, err, fmt, ap);
	va_end(ap);
}

void log_info(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vlog(LOG_LEVEL_INFO, 0, fmt, ap);
	va_end(ap);
}

void log_debug(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vlog(LOG_LEVEL_DEBUG, 0, fmt, ap);
	va_end(ap);
}
