#include "history.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "log.h"
#include "store.h"

#define FILE_NAME "history"
#define LOCK_NAME "history.lock"
#define LOCK_MS	  2000

/* Of a line with time and program, and of its text. */
#define LINE_MAX_BYTES 512
#define TEXT_MAX_BYTES 400

int history_read(char buf[static HISTORY_BYTES_MAX])
{
	int ret = store_read(STORE_LIB, FILE_NAME, buf, HISTORY_BYTES_MAX);

	if (ret != 0)
		buf[0] = '\0';
	return ret == -ENOENT ? 0 : ret;
}

/* Writes the line, with its end, in one piece: what a newline in a text would make two is one. */
static size_t write_line(char line[static LINE_MAX_BYTES], const char *program, const char *text)
{
	time_t now = time(NULL);
	struct tm utc;
	char when[32] = "-";
	size_t len;

	if (gmtime_r(&now, &utc) != NULL)
		strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", &utc);
	snprintf(line, LINE_MAX_BYTES - 1, "%s %s: %s", when, program, text);
	for (char *p = strchr(line, '\n'); p != NULL; p = strchr(p, '\n'))
		*p = ' ';
	len = strlen(line);
	memcpy(line + len, "\n", 2);
	return len + 1;
}

/* The rest of `all` from which a line of `len` bytes still fits behind, beginning with a line. */
static const char *drop_oldest(const char *all, size_t len)
{
	while (strlen(all) + 1 + len + 1 > HISTORY_BYTES_MAX) {
		const char *end = strchr(all, '\n');

		all = end == NULL ? "" : end + 1;
	}
	return all;
}

static int append(const char *line, size_t len)
{
	char *all = malloc(HISTORY_BYTES_MAX);
	char *text = malloc(HISTORY_BYTES_MAX);
	int ret = all == NULL || text == NULL ? -ENOMEM : 0;

	if (ret == 0) {
		const char *kept;

		if (history_read(all) != 0) /* logged; a new one begins */
			all[0] = '\0';
		kept = drop_oldest(all, len);
		snprintf(text, HISTORY_BYTES_MAX, "%s%s%s", kept, kept[0] == '\0' ? "" : "\n",
			 line);
		ret = store_write(STORE_LIB, FILE_NAME, text, 0644);
	}
	free(text);
	free(all);
	return ret;
}

void history_add(const char *program, const char *fmt, ...)
{
	char text[TEXT_MAX_BYTES], line[LINE_MAX_BYTES];
	int lock = -1;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	/* Without a lock another line may be lost, without a write this one surely is. */
	if (store_lock(LOCK_NAME, LOCK_MS, &lock) != 0)
		lock = -1;
	if (append(line, write_line(line, program, text)) == -ENOMEM)
		log_err(ENOMEM, "cannot write down: %s", text);
	store_unlock(lock);
}
