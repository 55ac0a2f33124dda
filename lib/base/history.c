#include "history.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "log.h"
#include "store.h"
#include "store_lock.h"

#define FILE_NAME  "history"
#define OLDER_NAME "history.1"
#define LOCK_NAME  "history.lock"
#define LOCK_MS	   2000

/* An older event is looked for in so many bytes at the end of the file. In more rubbish than that
 * none is found: numbers start at 1 again, and how long a state has lasted is not known. */
#define TAIL_BYTES 65536

static_assert(EVENT_BOOT_MAX == CLOCK_BOOT_MAX, "a boot's name fits");

/* Lines */

/* Takes the next line of `*text`, which ends at `end`: its length, without the newline. The last
 * one need not have any. Returns it, or NULL behind the last one. */
static const char *next_line(const char **text, const char *end, size_t *len)
{
	const char *line = *text, *stop;

	if (line == end)
		return NULL;
	stop = memchr(line, '\n', (size_t)(end - line));
	*len = (size_t)((stop == NULL ? end : stop) - line);
	*text = stop == NULL ? end : stop + 1;
	return line;
}

/* Adding */

/* What the end of a file shows. */
struct past {
	int64_t id;	   /* of the last event; 0: none */
	bool found;	   /* one of the kind that is looked for, in the same boot */
	struct event last; /* the last one of them */
};

static ssize_t read_at(int fd, int64_t offset, char *buf, size_t size)
{
	return lseek(fd, offset, SEEK_SET) < 0 ? -1 : read(fd, buf, size);
}

static void read_tail(int fd, const struct event *event, struct past *out)
{
	FO_UNINITIALIZED char tail[TAIL_BYTES];
	struct stat st;
	int64_t from = fstat(fd, &st) == 0 && st.st_size > TAIL_BYTES ? st.st_size - TAIL_BYTES : 0;
	ssize_t got = read_at(fd, from, tail, sizeof(tail));
	const char *text = tail, *line;
	struct event one;
	size_t len;

	while (got > 0 && (line = next_line(&text, tail + got, &len)) != NULL) {
		if (event_parse(line, len, &one) != 0)
			continue;
		out->id = one.id;
		if (one.kind != event->kind || strcmp(one.boot, event->boot) != 0)
			continue;
		out->found = true;
		out->last = one;
	}
}

/* The file `fd`, and the older one where that does not tell enough. */
static void read_past(int fd, const struct event *event, struct past *out)
{
	struct past older = { .id = 0 };
	int other = -1;

	*out = older;
	read_tail(fd, event, out);
	if ((out->id != 0 && (out->found || !event_kind_lasts(event->kind))) ||
	    store_open(STORE_LIB, OLDER_NAME, O_RDONLY, 0, &other) != 0)
		return;
	read_tail(other, event, &older);
	close(other);
	if (out->id == 0)
		out->id = older.id;
	if (!out->found && older.found) {
		out->found = true;
		out->last = older.last;
	}
}

/* Completes an event. Returns whether it is one. */
static bool complete(struct event *event, const struct past *past)
{
	bool once = event->kind == EVENT_STATE || event->kind == EVENT_LTE;

	event->id = past->id + 1;
	if (!past->found)
		return true;
	if (event_kind_lasts(event->kind) && event->lasted_ms == 0 &&
	    event->boot_ms > past->last.boot_ms)
		event->lasted_ms = event->boot_ms - past->last.boot_ms;
	return !once || strcmp(event->value, past->last.value) != 0;
}

/* Opens the file, in which there is room for one more event. */
static int open_file(int *fd, int64_t *size)
{
	for (int i = 0; i < 2; i++) {
		struct stat st;
		int ret = store_open(STORE_LIB, FILE_NAME, O_RDWR | O_CREAT | O_APPEND, 0644, fd);

		if (ret != 0)
			return ret;
		*size = fstat(*fd, &st) == 0 ? st.st_size : 0;
		if (*size + EVENT_LINE_MAX < HISTORY_BYTES_MAX)
			return 0;
		close(*fd);
		ret = store_rename(STORE_LIB, FILE_NAME, OLDER_NAME);
		if (ret != 0)
			return ret;
	}
	return -EFBIG;
}

/* The end of a line that a loss of power has cut, or a full disk, comes first. */
static int write_line(int fd, int64_t size, const struct event *event)
{
	char line[1 + EVENT_LINE_MAX] = "\n", last = '\n';
	size_t len = 1 + event_format(line + 1, event);
	bool is_cut = size > 0 && (read_at(fd, size - 1, &last, 1) != 1 || last != '\n');
	const char *from = is_cut ? line : line + 1;
	ssize_t done;

	len -= is_cut ? 0 : 1;
	done = write(fd, from, len);
	if (done == (ssize_t)len)
		return fsync(fd) == 0 ? 0 : -errno;
	return done < 0 ? -errno : -ENOSPC;
}

static int append(struct event *event)
{
	FO_UNINITIALIZED struct past past;
	int64_t size = 0;
	int fd = -1;
	int ret = open_file(&fd, &size);

	if (ret != 0)
		return ret;
	read_past(fd, event, &past);
	if (complete(event, &past))
		ret = write_line(fd, size, event);
	close(fd);
	return ret;
}

static int64_t wall_ms(void)
{
	struct timespec now;

	return clock_gettime(CLOCK_REALTIME, &now) != 0 || now.tv_sec < 0
		       ? 0
		       : (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void history_note(struct event *out, const struct history_news *news, const char *fmt, va_list ap)
{
	*out = (struct event){ .kind = news->kind, .lasted_ms = news->lasted_ms };
	out->wall_ms = wall_ms();
	out->boot_ms = clock_boottime_ms();
	clock_boot(out->boot);
	snprintf(out->program, sizeof(out->program), "%s", news->program);
	snprintf(out->value, sizeof(out->value), "%s", news->value);
	vsnprintf(out->text, sizeof(out->text), fmt, ap);
}

void history_keep(const struct event *event)
{
	struct event copy = *event;
	int lock = -1, ret;

	/* Without a lock two events may get one number, without a write this one surely is lost. */
	if (store_lock(LOCK_NAME, LOCK_MS, &lock) != 0)
		lock = -1;
	ret = append(&copy);
	if (ret != 0)
		log_err(ret, "not in the history: %s", event->text);
	store_unlock(lock);
}

void history_add(const struct history_news *news, const char *fmt, ...)
{
	struct event event;
	va_list ap;

	va_start(ap, fmt);
	history_note(&event, news, fmt, ap);
	va_end(ap);
	history_keep(&event);
}

/* Reading */

/* When a boot began, by the last clock that is known of it. */
struct boot {
	char name[EVENT_BOOT_MAX];
	int64_t began_ms;
};

struct boots {
	struct boot *items;
	size_t count;
};

static struct boot *find_boot(const struct boots *boots, const char *name)
{
	for (size_t i = boots->count; i-- > 0;) {
		if (strcmp(boots->items[i].name, name) == 0)
			return &boots->items[i];
	}
	return NULL;
}

static int note_boot(struct boots *boots, const char *name, int64_t began_ms)
{
	struct boot *boot = find_boot(boots, name);

	if (boot == NULL) {
		size_t size = (boots->count + 1) * sizeof(*boots->items);
		struct boot *items = realloc(boots->items, size);

		if (items == NULL)
			return -ENOMEM;
		boots->items = items;
		boot = &items[boots->count++];
		snprintf(boot->name, sizeof(boot->name), "%s", name);
	}
	boot->began_ms = began_ms;
	return 0;
}

/* The last `max` bytes of a file, the caller's to free; none is empty. */
static int read_file(const char *name, size_t max, char **out, size_t *len)
{
	int fd = -1;
	int ret = store_open(STORE_LIB, name, O_RDONLY, 0, &fd);
	struct stat st;
	off_t from = 0;
	ssize_t got;
	char *text;

	*len = 0;
	if (ret != 0)
		return ret == -ENOENT ? 0 : ret;
	text = malloc(max);
	if (text == NULL)
		ret = -ENOMEM;
	else if (fstat(fd, &st) == 0 && st.st_size > (off_t)max)
		from = st.st_size - (off_t)max;
	while (ret == 0 && *len < max &&
	       (got = read_at(fd, from + (off_t)*len, text + *len, max - *len)) > 0)
		*len += (size_t)got;
	close(fd);
	*out = text;
	return ret;
}

static int note_boots(struct boots *boots, const char *text, size_t len)
{
	const char *end = text + len, *line;
	struct event event;
	int ret = 0;

	while (ret == 0 && (line = next_line(&text, end, &len)) != NULL) {
		if (event_parse(line, len, &event) == 0)
			ret = note_boot(boots, event.boot, event.wall_ms - event.boot_ms);
	}
	return ret;
}

/* Returns false when the taker has enough. */
static bool hand_out(const struct boots *boots, const char *text, size_t len, history_take *take,
		     void *data)
{
	const char *end = text + len, *line;
	struct event event;

	while ((line = next_line(&text, end, &len)) != NULL) {
		const struct boot *boot;

		if (event_parse(line, len, &event) != 0)
			continue;
		boot = find_boot(boots, event.boot);
		event.wall_ms = boot == NULL ? event.wall_ms : boot->began_ms + event.boot_ms;
		if (!take(&event, data))
			return false;
	}
	return true;
}

static int read_last(size_t max, history_take *take, void *data)
{
	static const char *const names[] = { OLDER_NAME, FILE_NAME };
	char *text[ARRAY_LEN(names)] = { NULL }, boot[CLOCK_BOOT_MAX];
	size_t len[ARRAY_LEN(names)] = { 0 };
	struct boots boots = { .count = 0 };
	int ret = 0;

	for (size_t i = 0; i < ARRAY_LEN(names) && ret == 0; i++) {
		ret = read_file(names[i], max, &text[i], &len[i]);
		if (ret == 0)
			ret = note_boots(&boots, text[i], len[i]);
	}
	if (ret == 0 && find_boot(&boots, clock_boot(boot)) != NULL)
		ret = note_boot(&boots, boot, wall_ms() - clock_boottime_ms());
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (ret == 0 && !hand_out(&boots, text[i], len[i], take, data))
			break;
	}
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		free(text[i]);
	free(boots.items);
	if (ret != 0)
		log_err(ret, "cannot read the history");
	return ret;
}

int64_t history_mark(void)
{
	struct stat st;
	int fd = -1, ret = store_open(STORE_LIB, FILE_NAME, O_RDONLY, 0, &fd);

	if (ret == 0)
		ret = fstat(fd, &st);
	if (fd >= 0)
		close(fd);
	return ret == 0 ? (int64_t)st.st_ino * HISTORY_BYTES_MAX + st.st_size : 0;
}

int history_read(history_take *take, void *data)
{
	return read_last(HISTORY_BYTES_MAX, take, data);
}

int history_read_recent(history_take *take, void *data)
{
	return read_last(HISTORY_RECENT_BYTES, take, data);
}

/* The first event of a boot. */
struct first {
	char boot[CLOCK_BOOT_MAX];
	int64_t boot_ms; /* -1: none yet */
};

static bool take_first(const struct event *event, void *data)
{
	struct first *first = data;

	if (strcmp(event->boot, first->boot) == 0)
		first->boot_ms = event->boot_ms;
	return first->boot_ms < 0;
}

int64_t history_running_ms(void)
{
	struct first first = { .boot_ms = -1 };

	clock_boot(first.boot);
	if (history_read_recent(take_first, &first) != 0 || first.boot_ms < 0)
		return 0;
	return clock_boottime_ms() - first.boot_ms;
}
