#include "sysctl.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "log.h"
#include "num.h"

static int open_switch(const char *name, int flags)
{
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "/proc/sys/%s", name);
	fd = open(path, flags | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int sysctl_get(const char *name, int *out)
{
	char text[32];
	int64_t value = 0;
	ssize_t got;
	int fd = open_switch(name, O_RDONLY);
	int ret = fd;

	if (fd == -ENOENT)
		return fd;
	if (fd >= 0) {
		got = read(fd, text, sizeof(text) - 1);
		ret = got < 0 ? -errno : 0;
		text[got > 0 ? got : 0] = '\0';
		text[strcspn(text, "\n")] = '\0';
		close(fd);
	}
	if (ret == 0)
		ret = num_parse(text, INT_MIN, INT_MAX, &value);
	if (ret != 0) {
		log_err(ret, "cannot read sysctl %s", name);
		return ret;
	}
	*out = (int)value;
	return 0;
}

int sysctl_set(const char *name, int value)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%d\n", value);
	int fd = open_switch(name, O_WRONLY);
	int ret = fd;

	if (fd == -ENOENT)
		return fd;
	if (fd >= 0) {
		ret = write(fd, text, (size_t)len) == len ? 0 : -errno;
		close(fd);
	}
	if (ret != 0)
		log_err(ret, "cannot set sysctl %s to %d", name, value);
	return ret;
}
