#include "profile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log.h"

#define PROFILE_BYTES_MAX 16384

static const char *home_directory(void)
{
	const char *home = secure_getenv("HOME");
	const struct passwd *user;

	if (home != NULL && home[0] == '/')
		return home;
	user = getpwuid(geteuid());
	return user != NULL ? user->pw_dir : "/";
}

/* The tools make `.` and `/` in a profile's name into `-`; so a name never leaves its folder. */
static void file_name(const char *folder, const char *below, const char *name, char *path,
		      size_t size)
{
	char safe[SIMAPI_TEXT_MAX];
	size_t i;

	for (i = 0; name[i] != '\0' && i + 1 < sizeof(safe); i++)
		safe[i] = name[i];
	safe[i] = '\0';
	for (char *p = safe; *p != '\0'; p++) {
		if (*p == '.' || *p == '/')
			*p = '-';
	}
	snprintf(path, size, "%s%s/%s.json", strcmp(folder, "/") == 0 ? "" : folder, below, safe);
}

static int open_profile(const char *name, char *path, size_t size)
{
	const char *folder = secure_getenv("SORACOM_PROFILE_DIR");
	const int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK;
	int fd;

	if (name[0] == '/') {
		snprintf(path, size, "%s", name);
	} else if (folder != NULL && folder[0] != '\0') {
		file_name(folder, "", name, path, size);
	} else {
		char fallback[PATH_MAX];

		file_name(home_directory(), "/.soracom", name, path, size);
		file_name("/", "/.soracom", name, fallback, sizeof(fallback));
		if (access(path, F_OK) != 0 && access(fallback, F_OK) == 0)
			snprintf(path, size, "%s", fallback);
	}
	fd = open(path, flags);
	return fd < 0 ? -errno : fd;
}

static int check_file(int fd, const char *path)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return -errno;
	if (!S_ISREG(st.st_mode)) {
		log_err(0, "profile %s is not a regular file", path);
		return -EINVAL;
	}
	if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
		log_err(0, "profile %s can be read or changed by others; run: chmod 600 %s", path,
			path);
		return -EACCES;
	}
	if (st.st_uid != geteuid() && st.st_uid != 0) {
		log_err(0, "profile %s belongs to user %u; run: chown %u %s", path,
			(unsigned)st.st_uid, (unsigned)geteuid(), path);
		return -EACCES;
	}
	return 0;
}

static int read_profile(int fd, const char *path, struct simapi_profile *out)
{
	char text[PROFILE_BYTES_MAX];
	const char *why = NULL;
	ssize_t len = read(fd, text, sizeof(text));
	int ret;

	if (len < 0) {
		ret = -errno;
		log_err(ret, "cannot read profile %s", path);
	} else {
		ret = simapi_read_profile(text, (size_t)len, out, &why);
	}
	if (why != NULL)
		log_err(0, "profile %s %s", path, why);
	explicit_bzero(text, sizeof(text));
	return ret;
}

int profile_load(const char *name, struct simapi_profile *out)
{
	char path[PATH_MAX];
	int fd = open_profile(name, path, sizeof(path));
	int ret;

	if (fd < 0) {
		log_err(fd, "[speedclass] profile = %s: cannot open %s", name, path);
		return fd;
	}
	ret = check_file(fd, path);
	if (ret == 0)
		ret = read_profile(fd, path, out);
	close(fd);
	return ret;
}
