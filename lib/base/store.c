#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log.h"

static const char *const directories[] = { [STORE_RUN] = "/run/fo", [STORE_LIB] = "/var/lib/fo" };
static const char *const moved[] = { [STORE_RUN] = "run", [STORE_LIB] = "lib" };

int store_directory(enum store_area area, char *buf, size_t size)
{
	const char *root = secure_getenv("FO_STATE_DIR");
	int len;

	if (root == NULL || root[0] == '\0')
		len = snprintf(buf, size, "%s", directories[area]);
	else
		len = snprintf(buf, size, "%s/%s", root, moved[area]);
	if (len >= 0 && (size_t)len < size)
		return 0;
	log_err(ENAMETOOLONG, "FO_STATE_DIR");
	return -ENAMETOOLONG;
}

/* keepalived gives its children the umask 0177, under which even a directory is closed. It is
 * open from the beginning: another process may make the same one at the same time, and go on. */
static int make_one(const char *dir)
{
	mode_t before = umask(022);
	int ret = mkdir(dir, 0755) == 0 || errno == EEXIST ? 0 : -errno;

	umask(before);
	return ret;
}

/* Makes `dir`, and its parent where that is missing too. */
static int make_directory(const char *dir)
{
	FO_UNINITIALIZED char parent[PATH_MAX];
	const char *slash = strrchr(dir, '/');
	int ret = make_one(dir);

	if (ret != -ENOENT || slash == NULL || slash == dir)
		return ret;
	snprintf(parent, sizeof(parent), "%.*s", (int)(slash - dir), dir);
	ret = make_one(parent);
	return ret == 0 ? make_one(dir) : ret;
}

static void log_failure(int error, const char *verb, enum store_area area, const char *name)
{
	FO_UNINITIALIZED char dir[PATH_MAX];

	if (store_directory(area, dir, sizeof(dir)) != 0)
		return;
	if (error == -EINVAL || error == -EMLINK || error == -ELOOP)
		log_err(0, "cannot %s %s/%s: it is no regular file, or a link; remove it", verb,
			dir, name);
	else
		log_err(error, "cannot %s %s/%s", verb, dir, name);
}

/* Where a group may write into the directory, it shares its files. keepalived gives its children
 * the umask 0177. */
static int create_in(int dir, const char *name, int flags, mode_t mode)
{
	struct stat st;
	mode_t before;
	int fd;

	if (fstat(dir, &st) == 0 && (st.st_mode & S_IWGRP) != 0)
		mode |= S_IRGRP | S_IWGRP;
	before = umask(0);
	fd = openat(dir, name, flags | O_CREAT, mode);
	umask(before);
	if (fd < 0)
		return -errno;
	/* It has its name also after a loss of power. */
	if (fsync(dir) == 0)
		return fd;
	int ret = -errno;

	close(fd);
	return ret;
}

/* Another user of a directory that is shared may have put anything there: no link of either kind is
 * followed, and a FIFO is not waited for. */
static int open_in(int dir, const char *name, int flags, mode_t mode)
{
	const int safe = (flags & ~O_CREAT) | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
	struct stat st;
	int fd = openat(dir, name, safe, 0);

	if (fd < 0 && errno == ENOENT && (flags & O_CREAT) != 0)
		fd = create_in(dir, name, safe, mode);
	else if (fd < 0)
		fd = -errno;
	if (fd < 0 || fstat(fd, &st) != 0 || (S_ISREG(st.st_mode) && st.st_nlink <= 1))
		return fd;
	close(fd);
	return S_ISREG(st.st_mode) ? -EMLINK : -EINVAL;
}

/* Opens the directory of `area`, which is made where it is missing. */
static int open_directory(enum store_area area, int *out)
{
	FO_UNINITIALIZED char dir[PATH_MAX];
	int ret = store_directory(area, dir, sizeof(dir));

	if (ret != 0)
		return ret;
	ret = make_directory(dir);
	if (ret == 0) {
		*out = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		ret = *out < 0 ? -errno : 0;
	}
	if (ret != 0)
		log_err(ret, "cannot use the state directory %s", dir);
	return ret;
}

static int write_all(int fd, const char *text)
{
	size_t left = strlen(text);

	while (left > 0) {
		ssize_t done = write(fd, text, left);

		if (done < 0 && errno != EINTR)
			return -errno;
		if (done > 0) {
			text += done;
			left -= (size_t)done;
		}
	}
	return 0;
}

/* A name of its own for each writer: two may write the same file at once. */
static int open_temporary(int dir, const char *name, char *temporary, size_t size)
{
	snprintf(temporary, size, ".%s.%d", name, (int)getpid());
	if (unlinkat(dir, temporary, 0) != 0 && errno != ENOENT)
		return -errno;
	int fd = openat(dir, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	return fd < 0 ? -errno : fd;
}

static int fill(int fd, const char *text, mode_t mode)
{
	int ret = write_all(fd, text);

	if (ret == 0 && fchmod(fd, mode) != 0)
		ret = -errno;
	if (ret == 0 && fsync(fd) != 0)
		ret = -errno;
	if (close(fd) != 0 && ret == 0)
		ret = -errno;
	return ret;
}

/* Replaces the file `name` in the directory `dir`. */
static int replace(int dir, const char *name, const char *text, mode_t mode)
{
	char temporary[NAME_MAX];
	int fd = open_temporary(dir, name, temporary, sizeof(temporary));
	int ret = fd < 0 ? fd : fill(fd, text, mode);

	if (ret == 0 && renameat(dir, temporary, dir, name) != 0)
		ret = -errno;
	if (ret == 0 && fsync(dir) != 0)
		ret = -errno;
	if (ret != 0 && fd >= 0)
		unlinkat(dir, temporary, 0);
	return ret;
}

int store_write(enum store_area area, const char *name, const char *text, mode_t mode)
{
	int dir = -1;
	int ret = open_directory(area, &dir);

	if (ret != 0)
		return ret;
	ret = replace(dir, name, text, mode);
	if (ret != 0)
		log_failure(ret, "write", area, name);
	close(dir);
	return ret;
}

void store_note(enum store_area area, const char *name, const char *text, mode_t mode)
{
	if (store_write(area, name, text, mode) != 0)
		return; /* logged */
}

/* The name of a file right below STORE_RUN's usual place, or NULL. */
static const char *name_in_run(const char *path)
{
	size_t len = strlen(directories[STORE_RUN]);

	if (strncmp(path, directories[STORE_RUN], len) != 0 || path[len] != '/' ||
	    strchr(path + len + 1, '/') != NULL)
		return NULL;
	return path + len + 1;
}

int store_write_path(const char *path, const char *text, mode_t mode)
{
	const char *name = name_in_run(path);
	const char *slash = strrchr(path, '/');
	FO_UNINITIALIZED char parent[PATH_MAX];
	int dir, ret;

	if (name != NULL)
		return store_write(STORE_RUN, name, text, mode);
	/* With its slash: the parent of /file is /. */
	snprintf(parent, sizeof(parent), "%.*s", (int)(slash + 1 - path), path);
	dir = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ret = dir < 0 ? -errno : replace(dir, slash + 1, text, mode);
	if (ret != 0)
		log_err(ret, "cannot write %s", path);
	if (dir >= 0)
		close(dir);
	return ret;
}

static int read_all(int fd, char *buf, size_t size)
{
	size_t used = 0;

	while (used < size) {
		ssize_t got = read(fd, buf + used, size - used);

		if (got == 0)
			break;
		if (got < 0 && errno != EINTR)
			return -errno;
		used += got > 0 ? (size_t)got : 0;
	}
	if (used == size)
		return -EFBIG;
	if (used > 0 && buf[used - 1] == '\n')
		used--;
	buf[used] = '\0';
	return 0;
}

static int read_path(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	int ret;

	if (fd < 0 && errno == ENOENT)
		return -ENOENT;
	ret = fd < 0 ? -errno : read_all(fd, buf, size);
	if (fd >= 0)
		close(fd);
	if (ret != 0)
		log_err(ret, "cannot read %s", path);
	return ret;
}

int store_read(enum store_area area, const char *name, char *buf, size_t size)
{
	FO_UNINITIALIZED char path[PATH_MAX + NAME_MAX];
	FO_UNINITIALIZED char dir[PATH_MAX];
	int ret = store_directory(area, dir, sizeof(dir));

	if (ret != 0)
		return ret;
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return read_path(path, buf, size);
}

int store_read_path(const char *path, char *buf, size_t size)
{
	const char *name = name_in_run(path);

	return name != NULL ? store_read(STORE_RUN, name, buf, size) : read_path(path, buf, size);
}

/* Who only reads makes nothing. */
static int find_directory(enum store_area area, int *out)
{
	char path[PATH_MAX];
	int ret = store_directory(area, path, sizeof(path));

	if (ret != 0)
		return ret;
	*out = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*out >= 0)
		return 0;
	ret = -errno;
	if (ret != -ENOENT)
		log_err(ret, "cannot use the state directory %s", path);
	return ret;
}

int store_open(enum store_area area, const char *name, int flags, mode_t mode, int *fd)
{
	bool makes = (flags & O_CREAT) != 0;
	int dir = -1;
	int ret = makes ? open_directory(area, &dir) : find_directory(area, &dir);

	if (ret != 0)
		return ret;
	ret = open_in(dir, name, flags, mode);
	if (ret >= 0)
		*fd = ret;
	else if (ret != -ENOENT)
		log_failure(ret, "open", area, name);
	close(dir);
	return ret < 0 ? ret : 0;
}

int store_rename(enum store_area area, const char *from, const char *to)
{
	int dir = -1;
	int ret = open_directory(area, &dir);

	if (ret != 0)
		return ret;
	if (renameat(dir, from, dir, to) != 0 || fsync(dir) != 0)
		ret = -errno;
	if (ret != 0)
		log_failure(ret, "rename", area, from);
	close(dir);
	return ret;
}

int store_remove(enum store_area area, const char *name)
{
	int dir = -1;
	int ret = open_directory(area, &dir);

	if (ret != 0)
		return ret;
	if (unlinkat(dir, name, 0) == 0)
		ret = fsync(dir) == 0 ? 0 : -errno;
	else if (errno != ENOENT)
		ret = -errno;
	if (ret != 0)
		log_failure(ret, "remove", area, name);
	close(dir);
	return ret;
}

void store_forget(enum store_area area, const char *name)
{
	if (store_remove(area, name) != 0)
		return; /* logged */
}
