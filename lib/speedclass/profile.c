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

#include "child.h"
#include "log.h"
#include "shell_words.h"
#include "url.h"

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

/* Where a profile is looked for: `second` only where there is no `first`; it may be empty. */
struct places {
	char first[PATH_MAX], second[PATH_MAX];
};

static void find_places(const char *name, struct places *out)
{
	const char *folder = secure_getenv("SORACOM_PROFILE_DIR");

	out->second[0] = '\0';
	if (name[0] == '/') {
		snprintf(out->first, sizeof(out->first), "%s", name);
	} else if (folder != NULL && folder[0] != '\0') {
		file_name(folder, "", name, out->first, sizeof(out->first));
	} else {
		file_name(home_directory(), "/.soracom", name, out->first, sizeof(out->first));
		file_name("/", "/.soracom", name, out->second, sizeof(out->second));
	}
	if (strcmp(out->first, out->second) == 0)
		out->second[0] = '\0';
}

/* Returns the descriptor and where it is, or -errno, logged. */
static int open_profile(const char *name, const struct places *places, const char **path)
{
	const int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK;
	const char *second = places->second;
	int fd, ret;

	*path = places->first;
	fd = open(*path, flags);
	if (fd < 0 && errno == ENOENT && second[0] != '\0') {
		*path = second;
		fd = open(*path, flags);
	}
	if (fd >= 0)
		return fd;
	ret = -errno;
	if (ret == -ENOENT && second[0] != '\0')
		log_err(ret, "[speedclass] profile = %s: cannot open %s, nor %s", name,
			places->first, second);
	else
		log_err(ret, "[speedclass] profile = %s: cannot open %s", name, *path);
	return ret;
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
	int ret = -EINVAL;

	if (len < 0) {
		ret = -errno;
		log_err(ret, "cannot read profile %s", path);
	} else if (len == PROFILE_BYTES_MAX) {
		why = "is too long";
	} else {
		ret = simapi_read_profile(text, (size_t)len, out, &why);
	}
	if (why != NULL)
		log_err(0, "profile %s %s", path, why);
	explicit_bzero(text, sizeof(text));
	return ret;
}

int profile_endpoint(const struct simapi_profile *profile, bool global,
		     char endpoint[static SIMAPI_URL_MAX])
{
	const char *fault = profile->endpoint[0] == '\0' ? NULL : url_fault(profile->endpoint);

	if (fault != NULL) {
		log_err(0, "the profile's endpoint %s", fault);
		return -EINVAL;
	}
	if (profile->endpoint[0] != '\0')
		snprintf(endpoint, SIMAPI_URL_MAX, "%s", profile->endpoint);
	else
		snprintf(endpoint, SIMAPI_URL_MAX, "https://%sapi%s.soracom.io",
			 global || strcmp(profile->coverage, "g") == 0 ? "g." : "",
			 profile->sandbox ? "-sandbox" : "");
	return 0;
}

/* What it prints is a profile of its own, of which the credentials count. */
static int take_printed(const char *text, struct simapi_profile *profile)
{
	struct simapi_profile printed;
	const char *why = NULL;
	int ret = simapi_read_profile(text, strlen(text), &printed, &why);

	if (ret == 0 && printed.command[0] != '\0') {
		why = "has a profileCommand itself";
		ret = -EINVAL;
	}
	if (ret != 0) {
		log_err(0, "profileCommand: its output %s", why);
	} else {
		memcpy(printed.endpoint, profile->endpoint, sizeof(printed.endpoint));
		memcpy(printed.coverage, profile->coverage, sizeof(printed.coverage));
		printed.sandbox = profile->sandbox;
		*profile = printed;
	}
	explicit_bzero(&printed, sizeof(printed));
	return ret;
}

int profile_fetch(struct simapi_profile *profile)
{
	char text[PROFILE_BYTES_MAX];
	struct shell_words words;
	const char *fault;
	int ret;

	if (profile->command[0] == '\0')
		return 0;
	fault = shell_words_split(profile->command, &words);
	if (fault != NULL) {
		log_err(0, "profileCommand %s", fault);
		return -EINVAL;
	}
	ret = child_run(words.argv, PROFILE_COMMAND_MS, text, sizeof(text));
	if (ret == 0)
		ret = take_printed(text, profile);
	explicit_bzero(text, sizeof(text));
	return ret;
}

int profile_load(const char *name, struct simapi_profile *out)
{
	struct places places;
	const char *path;
	int fd, ret;

	find_places(name, &places);
	fd = open_profile(name, &places, &path);
	if (fd < 0)
		return fd;
	ret = check_file(fd, path);
	if (ret == 0)
		ret = read_profile(fd, path, out);
	close(fd);
	return ret;
}
