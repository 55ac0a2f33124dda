#include "log.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "utf8.h"

enum log_sink { SINK_STDERR, SINK_JOURNAL, SINK_SYSLOG };

/* The longest line; what is longer is cut. Not above PIPE_BUF: a line is written in one piece. */
#define LINE_MAX_BYTES 1024

#define SYSLOG_PATH "/dev/log"

static const char *log_prog = "fo";
static enum log_level log_max = LOG_LEVEL_INFO;
static enum log_sink log_sink = SINK_STDERR;
static int log_syslog = -1;   /* the socket, connected */
static unsigned log_lost = 0; /* messages that were not taken */

static const int priorities[] = {
	[LOG_LEVEL_ERROR] = LOG_ERR,
	[LOG_LEVEL_WARNING] = LOG_WARNING,
	[LOG_LEVEL_INFO] = LOG_INFO,
	[LOG_LEVEL_DEBUG] = LOG_DEBUG,
};

/* systemd sets JOURNAL_STREAM to device:inode of the stream it connected (systemd.exec(5)); it
 * is inherited, so only the comparison shows whether stderr still is that stream. */
static bool is_journal(const struct stat *st)
{
	const char *stream = getenv("JOURNAL_STREAM");
	char mine[64];

	snprintf(mine, sizeof(mine), "%ju:%ju", (uintmax_t)st->st_dev, (uintmax_t)st->st_ino);
	return stream != NULL && strcmp(stream, mine) == 0;
}

static bool is_null(const struct stat *st)
{
	return S_ISCHR(st->st_mode) && st->st_rdev == makedev(1, 3);
}

static enum log_sink choose_sink(void)
{
	struct stat st;

	if (fstat(STDERR_FILENO, &st) != 0 || is_null(&st))
		return SINK_SYSLOG;
	return is_journal(&st) ? SINK_JOURNAL : SINK_STDERR;
}

void log_open(const char *prog, enum log_level max)
{
	log_prog = prog;
	log_max = max;
	log_sink = choose_sink();
}

bool log_is_unattended(void)
{
	return log_sink != SINK_STDERR;
}

void log_set_level(enum log_level max)
{
	log_max = max;
}

/* Returns whether the line was taken. A socket is asked without waiting; for all else poll(2) shows
 * whether there is room: O_NONBLOCK would be set for everyone who shares the file. */
static bool write_stderr(const char *line, size_t len)
{
	struct pollfd fd = { .fd = STDERR_FILENO, .events = POLLOUT };
	ssize_t done = send(STDERR_FILENO, line, len, MSG_DONTWAIT | MSG_NOSIGNAL);

	if (done < 0 && errno == ENOTSOCK && poll(&fd, 1, 0) == 1)
		done = write(STDERR_FILENO, line, len);
	return done == (ssize_t)len;
}

static int open_syslog(void)
{
	const struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = SYSLOG_PATH };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof(address)) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

/* Tries a second time with a new socket: the logger may have been started again. A full queue is
 * final. */
static bool send_syslog(const char *datagram, size_t len)
{
	for (int attempt = 0; attempt < 2; attempt++) {
		if (log_syslog < 0)
			log_syslog = open_syslog();
		if (log_syslog < 0)
			return false;
		if (send(log_syslog, datagram, len, MSG_NOSIGNAL) == (ssize_t)len)
			return true;
		if (errno == EAGAIN || errno == ENOBUFS)
			return false;
		close(log_syslog);
		log_syslog = -1;
	}
	return false;
}

/* As syslog(3) sends it, which would wait: `<PRI>Mmm dd hh:mm:ss TAG[PID]: TEXT` (RFC 3164). */
static bool write_syslog(enum log_level level, const char *line)
{
	char datagram[LINE_MAX_BYTES + 128], stamp[32] = "";
	time_t now = time(NULL);
	struct tm tm;

	if (localtime_r(&now, &tm) != NULL)
		strftime(stamp, sizeof(stamp), "%h %e %T ", &tm);
	snprintf(datagram, sizeof(datagram), "<%d>%s%s[%d]: %s", LOG_DAEMON | priorities[level],
		 stamp, log_prog, (int)getpid(), line);
	return send_syslog(datagram, strlen(datagram));
}

static bool write_line(enum log_level level, const char *line)
{
	char text[LINE_MAX_BYTES + 128];

	if (log_sink == SINK_SYSLOG)
		return write_syslog(level, line);
	if (log_sink == SINK_JOURNAL)
		snprintf(text, sizeof(text), "<%d>%s\n", priorities[level], line);
	else
		snprintf(text, sizeof(text), "%s: %s\n", log_prog, line);
	return write_stderr(text, strlen(text));
}

static void write_or_count(enum log_level level, const char *line)
{
	char lost[64];

	if (log_lost > 0) {
		snprintf(lost, sizeof(lost), "%u earlier message%s lost", log_lost,
			 log_lost == 1 ? "" : "s");
		if (write_line(LOG_LEVEL_WARNING, lost))
			log_lost = 0;
	}
	if (!write_line(level, line))
		log_lost++;
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
	utf8_make_printable(line);
	write_or_count(level, line);
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
