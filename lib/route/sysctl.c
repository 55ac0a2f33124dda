#include "sysctl.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "log.h"
#include "num.h"
#include "store.h"

#define SAVED_NAME "route.sysctls"

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

static bool is_valid(const char *name)
{
	return strncmp(name, "net/ipv4/", strlen("net/ipv4/")) == 0 && strstr(name, "..") == NULL &&
	       strlen(name) < PLAN_SYSCTL_MAX;
}

static bool parse_saved(char *line, struct plan_switch *out)
{
	char *blank = strchr(line, ' ');
	int64_t value = 0;

	if (blank == NULL)
		return false;
	*blank = '\0';
	if (!is_valid(line) || num_parse(blank + 1, 0, 1, &value) != 0)
		return false;
	memcpy(out->name, line, strlen(line) + 1);
	out->value = (int)value;
	return true;
}

void sysctl_load_saved(struct plan_saved *out)
{
	char text[PLAN_ITEMS_MAX * (PLAN_SYSCTL_MAX + 4)];
	char *rest = NULL;

	out->count = 0;
	if (store_read(STORE_RUN, SAVED_NAME, text, sizeof(text)) != 0)
		return;
	for (char *line = strtok_r(text, "\n", &rest); line != NULL && out->count < PLAN_ITEMS_MAX;
	     line = strtok_r(NULL, "\n", &rest)) {
		if (!parse_saved(line, &out->items[out->count])) {
			log_warn(0, "%s: not as it was written; what the switches had is lost",
				 SAVED_NAME);
			out->count = 0;
			return;
		}
		out->count++;
	}
}

void sysctl_save(const char *name, int value)
{
	char text[PLAN_ITEMS_MAX * (PLAN_SYSCTL_MAX + 4)];
	struct plan_saved saved;
	size_t used = 0;

	sysctl_load_saved(&saved);
	for (size_t i = 0; i < saved.count; i++) {
		if (strcmp(saved.items[i].name, name) == 0)
			return;
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s %d\n",
					 saved.items[i].name, saved.items[i].value);
	}
	if (saved.count == PLAN_ITEMS_MAX || (value != 0 && value != 1))
		return;
	snprintf(text + used, sizeof(text) - used, "%s %d\n", name, value);
	(void)!store_write(STORE_RUN, SAVED_NAME, text, 0644);
}

void sysctl_forget_saved(void)
{
	(void)!store_remove(STORE_RUN, SAVED_NAME);
}
