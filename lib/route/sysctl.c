#include "sysctl.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "compiler.h"
#include "log.h"
#include "num.h"
#include "record.h"
#include "store.h"

#define SAVED_NAME "route.sysctls"

static int open_switch(const char *name, int flags)
{
	FO_UNINITIALIZED char path[PATH_MAX];
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
	return strncmp(name, "net/ipv4/", strlen("net/ipv4/")) == 0 && strstr(name, "..") == NULL;
}

static_assert(PLAN_SYSCTL_MAX >= RECORD_WORD_MAX, "a name in the file fits into a switch");

/* Takes the next line, `NAME VALUE`. */
static bool take_saved(const char **text, struct plan_switch *out)
{
	char name[RECORD_WORD_MAX];
	int64_t value = 0;

	if (record_take_word(text, false, name) != 0 || !is_valid(name) ||
	    record_take_number(text, true, 1, &value) != 0)
		return false;
	memcpy(out->name, name, sizeof(name));
	out->value = (int)value;
	return true;
}

#define SAVED_TEXT_MAX (PLAN_SAVED_MAX * (PLAN_SYSCTL_MAX + 4))

void sysctl_load_saved(struct plan_saved *out)
{
	char text[SAVED_TEXT_MAX];
	const char *rest = text;

	out->count = 0;
	if (store_read(STORE_RUN, SAVED_NAME, text, sizeof(text)) != 0)
		return;
	while (*rest != '\0') {
		if (out->count == PLAN_SAVED_MAX || !take_saved(&rest, &out->items[out->count])) {
			log_warn(0, "%s: corrupt; the original sysctl values are lost", SAVED_NAME);
			out->count = 0;
			return;
		}
		out->count++;
	}
}

void sysctl_save(const char *name, int value)
{
	char text[SAVED_TEXT_MAX];
	struct record_writer w = { .buf = text, .size = sizeof(text) };
	struct plan_saved saved;

	sysctl_load_saved(&saved);
	for (size_t i = 0; i < saved.count; i++) {
		if (strcmp(saved.items[i].name, name) == 0)
			return;
		record_put(&w, "%s %d\n", saved.items[i].name, saved.items[i].value);
	}
	if (saved.count == PLAN_SAVED_MAX || (value != 0 && value != 1)) {
		log_warn(0, "sysctl %s: its value %d is not kept, and will not be restored", name,
			 value);
		return;
	}
	record_put(&w, "%s %d\n", name, value);
	store_note(STORE_RUN, SAVED_NAME, text, 0644);
}

void sysctl_forget_saved(void)
{
	store_forget(STORE_RUN, SAVED_NAME);
}
