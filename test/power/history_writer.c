/* history-writer NAME FIRST COUNT - adds events NAME.FIRST, NAME.FIRST+1 and so on, and prints the
 * number of each once it must not be lost any more. With FO_POWER_LOG it adds to that file, a line
 * each, what it does to the files of the history: a write before it is done, a sync after that. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "history.h"

#define FDS_MAX	      64
#define FILE_NAME_MAX 32
#define FILLER	      300

static int log_fd = -1;
static char names[FDS_MAX][FILE_NAME_MAX]; /* of open files of the history */

int __real_openat(int dir, const char *name, int flags, ...);
int __real___openat_2(int dir, const char *name,
		      int flags); /* what -D_FORTIFY_SOURCE makes of it */
ssize_t __real_write(int fd, const void *buf, size_t len);
int __real_fsync(int fd);
int __real_renameat(int from_dir, const char *from, int to_dir, const char *to);
int __wrap_openat(int dir, const char *name, int flags, ...);
ssize_t __wrap_write(int fd, const void *buf, size_t len);
int __wrap_fsync(int fd);
int __wrap_renameat(int from_dir, const char *from, int to_dir, const char *to);

static void note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static void note(const char *fmt, ...)
{
	char line[256];
	va_list ap;
	int len;

	if (log_fd < 0)
		return;
	va_start(ap, fmt);
	len = vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (len < 0 || __real_write(log_fd, line, (size_t)len) != len)
		abort();
}

static const char *name_of(int fd)
{
	return fd >= 0 && fd < FDS_MAX ? names[fd] : "";
}

static bool is_history(const char *name)
{
	return strcmp(name, "history") == 0 || strcmp(name, "history.1") == 0;
}

int __wrap_openat(int dir, const char *name, int flags, ...)
{
	bool made = (flags & O_CREAT) != 0 && faccessat(dir, name, F_OK, 0) != 0;
	int fd;

	if (made && is_history(name))
		note("create %s\n", name);
	fd = __real_openat(dir, name, flags, 0644);
	if (fd >= 0 && fd < FDS_MAX)
		snprintf(names[fd], FILE_NAME_MAX, "%s", is_history(name) ? name : "");
	return fd;
}

static void note_write(const char *name, off_t offset, const uint8_t *buf, size_t len)
{
	char hex[2 * EVENT_LINE_MAX + 3] = "";

	for (size_t i = 0; i < len && 2 * i + 2 < sizeof(hex); i++)
		snprintf(hex + 2 * i, 3, "%02x", (unsigned)buf[i]);
	if (log_fd >= 0)
		dprintf(log_fd, "write %s %" PRId64 " %s\n", name, (int64_t)offset, hex);
}

ssize_t __wrap_write(int fd, const void *buf, size_t len)
{
	struct stat st;

	if (name_of(fd)[0] != '\0' && fstat(fd, &st) == 0)
		note_write(names[fd], st.st_size, buf, len);
	return __real_write(fd, buf, len);
}

/* Of a file, or of the folder. */
int __wrap_fsync(int fd)
{
	struct stat st;
	int ret = __real_fsync(fd);

	/* The number of a folder may be that of a file before it. */
	if (ret == 0 && fstat(fd, &st) == 0 && S_ISDIR(st.st_mode))
		note("syncdir\n");
	else if (ret == 0 && name_of(fd)[0] != '\0')
		note("sync %s\n", names[fd]);
	return ret;
}

int __wrap_renameat(int from_dir, const char *from, int to_dir, const char *to)
{
	if (is_history(from))
		note("rename %s %s\n", from, to);
	return __real_renameat(from_dir, from, to_dir, to);
}

int main(int argc, char *argv[])
{
	const struct history_news news = { "fo-test", EVENT_LINE, "up", 1 };
	const char *log_file = getenv("FO_POWER_LOG");
	char filler[FILLER + 1];
	long first, count;

	if (argc != 4)
		return 64;
	first = strtol(argv[2], NULL, 10);
	count = strtol(argv[3], NULL, 10);
	if (log_file != NULL)
		log_fd = open(log_file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	memset(filler, 'x', FILLER);
	filler[FILLER] = '\0';
	for (long i = first; i < first + count; i++) {
		note("begin %s.%ld\n", argv[1], i);
		history_add(&news, "%s.%ld %.*s", argv[1], i, (int)(i * 37 % FILLER), filler);
		note("done %s.%ld\n", argv[1], i);
		if (dprintf(STDOUT_FILENO, "%ld\n", i) < 0)
			return 1;
	}
	return 0;
}
