#include "process.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NAMESPACE_MAX 64 /* net:[4026531840] */

/* The name of a process's network namespace. Returns 0 or -errno: none for a zombie. */
static int get_namespace(const char *pid, char out[static NAMESPACE_MAX])
{
	char path[PATH_MAX];
	ssize_t len;

	snprintf(path, sizeof(path), "/proc/%s/ns/net", pid);
	len = readlink(path, out, NAMESPACE_MAX - 1);
	if (len < 0)
		return -errno;
	out[len] = '\0';
	return 0;
}

static bool is_called(const char *pid, const char *name)
{
	char path[PATH_MAX], comm[32];
	ssize_t len;
	int fd;

	snprintf(path, sizeof(path), "/proc/%s/comm", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	len = read(fd, comm, sizeof(comm) - 1);
	close(fd);
	comm[len > 0 ? len : 0] = '\0';
	comm[strcspn(comm, "\n")] = '\0';
	return strcmp(comm, name) == 0;
}

/* Without privilege another user's namespace is not shown; there is hardly a second one then. */
static bool is_near(const char *pid, const char *own)
{
	char other[NAMESPACE_MAX];
	int ret = get_namespace(pid, other);

	return ret == -EACCES || ret == -EPERM || (ret == 0 && strcmp(own, other) == 0);
}

static int is_process(const struct dirent *entry)
{
	return entry->d_name[0] >= '1' && entry->d_name[0] <= '9';
}

bool process_runs(const char *name)
{
	char own[NAMESPACE_MAX];
	struct dirent **entries = NULL;
	int count = scandir("/proc", &entries, is_process, NULL);
	bool found = false;

	if (get_namespace("self", own) != 0)
		own[0] = '\0';
	for (int i = 0; i < count; i++) {
		const char *pid = entries[i]->d_name;

		found = found || (is_called(pid, name) && is_near(pid, own));
		free(entries[i]);
	}
	free(entries);
	return found;
}
