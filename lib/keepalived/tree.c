#include "tree.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int open_below(const char *root, const char *path, int flags)
{
	struct open_how how = { .flags = (unsigned)flags | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT };
	int dir = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int fd;

	if (dir < 0)
		return -errno;
	fd = (int)syscall(SYS_openat2, dir, path, &how, sizeof(how));
	if (fd < 0)
		fd = -errno;
	close(dir);
	return fd;
}

int tree_open(const char *root, const char *path, int flags)
{
	int fd;

	if (root[0] != '\0')
		return open_below(root, path, flags);
	fd = open(path, flags | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int tree_stat(const char *root, const char *path, struct stat *out)
{
	int fd = tree_open(root, path, O_PATH);
	int ret;

	if (fd < 0)
		return fd;
	ret = fstat(fd, out) != 0 ? -errno : 0;
	close(fd);
	return ret;
}

/* A FIFO or a device would block or never end. */
static int open_regular(const char *root, const char *path, FILE **out)
{
	int fd = tree_open(root, path, O_RDONLY | O_NONBLOCK);
	struct stat st;
	int ret = 0;

	if (fd < 0)
		return fd;
	if (fstat(fd, &st) != 0)
		ret = -errno;
	else if (!S_ISREG(st.st_mode))
		ret = S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
	*out = ret == 0 ? fdopen(fd, "r") : NULL;
	if (ret == 0 && *out == NULL)
		ret = -errno;
	if (ret != 0)
		close(fd);
	return ret;
}

int tree_read_lines(const char *root, const char *path, size_t size,
		    bool (*each)(void *data, unsigned number, char *line, bool cut), void *data)
{
	FILE *stream = NULL;
	char *line = NULL, *room = malloc(size);
	size_t allocated = 0;
	unsigned number = 0;
	bool more = true;
	ssize_t len;
	int ret = room == NULL ? -ENOMEM : open_regular(root, path, &stream);

	while (ret == 0 && more) {
		errno = 0;
		len = getline(&line, &allocated, stream);
		if (len < 0) {
			ret = feof(stream) != 0 ? 0 : -errno;
			break;
		}
		while (len > 0 && (line[len - 1] == '\n' || line[len - 1] == '\r'))
			line[--len] = '\0';
		snprintf(room, size, "%s", line);
		more = each(data, ++number, room, strlen(line) >= size);
	}
	free(line);
	free(room);
	if (stream != NULL)
		fclose(stream);
	return ret;
}

size_t tree_glob(const char *root, const char *pattern, void (*each)(void *data, const char *path),
		 void *data)
{
	char whole[PATH_MAX];
	size_t count = 0;
	glob_t found;

	if (snprintf(whole, sizeof(whole), "%s%s", root, pattern) >= (int)sizeof(whole) ||
	    glob(whole, GLOB_MARK | GLOB_BRACE, NULL, &found) != 0)
		return 0;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		const char *path = found.gl_pathv[i];

		if (path[strlen(path) - 1] == '/')
			continue;
		count++;
		each(data, path + strlen(root));
	}
	globfree(&found);
	return count;
}

/* The real name of a file, below the root. */
static int resolve(const char *root, const char *path, char out[static PATH_MAX])
{
	char link[64], base[PATH_MAX] = "";
	int fd = tree_open(root, path, O_PATH);
	ssize_t len;

	if (fd < 0)
		return fd;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	len = readlink(link, out, PATH_MAX - 1);
	close(fd);
	if (len < 0)
		return -errno;
	out[len] = '\0';
	if (root[0] != '\0' && realpath(root, base) == NULL)
		return -errno;
	if (strncmp(out, base, strlen(base)) != 0)
		return -EXDEV;
	memmove(out, out + strlen(base), strlen(out + strlen(base)) + 1);
	return 0;
}

/* check_security() of keepalived's lib/notify.c. */
static bool others_can_change(const struct stat *st, const struct stat *owner)
{
	bool sticky = S_ISDIR(st->st_mode) && (st->st_mode & S_ISVTX) != 0;

	return st->st_uid != owner->st_uid ||
	       (!sticky && ((st->st_mode & S_IWOTH) != 0 ||
			    ((st->st_mode & S_IWGRP) != 0 && st->st_gid != owner->st_gid)));
}

static int find_owner(const char *root, struct stat *out)
{
	memset(out, 0, sizeof(*out));
	return root[0] != '\0' && stat(root, out) != 0 ? -errno : 0;
}

int tree_is_safe(const char *root, const char *path, bool *safe, char *culprit, size_t size)
{
	struct stat st, owner;
	char real[PATH_MAX];
	char *slash = real;
	int ret = resolve(root, path, real);

	if (ret == 0)
		ret = find_owner(root, &owner);
	*safe = true;
	while (ret == 0 && *safe && slash != NULL) {
		const char *name = real[0] == '\0' ? "/" : real;

		ret = tree_stat(root, name, &st);
		if (ret == 0 && others_can_change(&st, &owner)) {
			*safe = false;
			snprintf(culprit, size, "%s", name);
		}
		slash = strrchr(real, '/');
		if (slash != NULL)
			*slash = '\0';
	}
	return ret;
}
