#include "ini_file.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <iniparser/iniparser.h>
#include <stdbool.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log.h"

/* What the reading of lines has come to. */
struct cursor {
	struct ini_file *file;
	FILE *lines; /* takes the lines for iniparser */
	unsigned line;
	char section[INI_FILE_NAME_MAX];
};

static void FO_PRINTF(2, 3) fault(struct cursor *at, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	log_err(0, "%s:%u: %s", at->file->path, at->line, text);
	at->file->faults++;
}

/* The part of the `len` bytes at `*text` without the blanks around it. Returns its length. */
static size_t trim(const char **text, size_t len)
{
	for (; len > 0 && isblank((unsigned char)**text); len--)
		(*text)++;
	while (len > 0 && isblank((unsigned char)(*text)[len - 1]))
		len--;
	return len;
}

static void make_lower(char *text)
{
	for (; *text != '\0'; text++) {
		if (*text >= 'A' && *text <= 'Z')
			*text = (char)(*text - 'A' + 'a');
	}
}

/* The name in these bytes, in lower case. */
static bool take_name(const char *text, size_t len, char out[static INI_FILE_NAME_MAX])
{
	len = trim(&text, len);
	if (len == 0 || len >= INI_FILE_NAME_MAX)
		return false;
	memcpy(out, text, len);
	out[len] = '\0';
	make_lower(out);
	return true;
}

static const struct ini_item *find(const struct ini_file *file, const char *section,
				   const char *name)
{
	for (size_t i = 0; i < file->count; i++) {
		const struct ini_item *item = &file->items[i];

		if (strcmp(item->section, section) == 0 && strcmp(item->name, name) == 0)
			return item;
	}
	return NULL;
}

static void add_item(struct cursor *at, const char *name)
{
	const struct ini_item *first = find(at->file, at->section, name);
	struct ini_item *item = &at->file->items[at->file->count];

	if (first != NULL) {
		fault(at, "[%s] %s%sstands here again, first in line %u; keep one of them",
		      at->section, name, name[0] == '\0' ? "" : " ", first->line);
		return;
	}
	if (at->file->count == INI_FILE_ITEMS_MAX) {
		fault(at, "more than %d sections and keys", INI_FILE_ITEMS_MAX);
		return;
	}
	memcpy(item->section, at->section, sizeof(item->section));
	snprintf(item->name, sizeof(item->name), "%s", name);
	item->value = NULL;
	item->line = at->line;
	at->file->count++;
}

static bool is_comment_or_end(const char *text)
{
	text += strspn(text, " \t");
	return *text == '\0' || *text == ';' || *text == '#';
}

static void read_section(struct cursor *at, const char *text)
{
	const char *end = strchr(text, ']');

	/* iniparser takes no comment behind a section. */
	if (end == NULL || end[1] != '\0' ||
	    !take_name(text + 1, (size_t)(end - text - 1), at->section)) {
		fault(at, "`%s` is not a section, write [name] alone on the line", text);
		return;
	}
	add_item(at, "");
	fprintf(at->lines, "%s\n", text);
}

/* iniparser would cut such values without a word. */
static const char *value_fault(const char *value)
{
	size_t cut;

	value += strspn(value, " \t");
	if (*value == '"' || *value == '\'') {
		const char *end = strchr(value + 1, *value);

		if (end == NULL)
			return "the closing quote is missing";
		return is_comment_or_end(end + 1) ? NULL : "there is text after the closing quote";
	}
	cut = strcspn(value, ";#");
	if (value[cut] != '\0' && cut > 0 && !isblank((unsigned char)value[cut - 1]))
		return "put a blank before the comment, or the value in double quotes";
	return NULL;
}

static void read_key(struct cursor *at, const char *text)
{
	const char *equals = strchr(text, '=');
	char name[INI_FILE_NAME_MAX];
	const char *trap;

	if (equals == NULL || !take_name(text, (size_t)(equals - text), name)) {
		fault(at, "`%s` is neither [section], key = value nor a comment", text);
		return;
	}
	if (at->section[0] == '\0') {
		fault(at, "`%s` stands before the first [section]", name);
		return;
	}
	trap = value_fault(equals + 1);
	if (trap != NULL) {
		fault(at, "[%s] %s =%s: %s", at->section, name, equals + 1, trap);
		return;
	}
	add_item(at, name);
	fprintf(at->lines, "%s\n", text);
}

static void read_line(struct cursor *at, char *text, size_t len)
{
	if (memchr(text, '\0', len) != NULL) {
		fault(at, "a NUL byte; is this a text file?");
		return;
	}
	while (len > 0 && isspace((unsigned char)text[len - 1]))
		text[--len] = '\0';
	text += strspn(text, " \t");
	if (len > INI_FILE_LINE_MAX)
		fault(at, "the line is longer than %d bytes", INI_FILE_LINE_MAX);
	else if (len > 0 && text[strlen(text) - 1] == '\\')
		fault(at, "a line cannot be continued with a backslash");
	else if (*text == '[')
		read_section(at, text);
	else if (!is_comment_or_end(text))
		read_key(at, text);
}

static int read_lines(FILE *stream, FILE *lines, struct ini_file *file)
{
	struct cursor at = { .file = file, .lines = lines };
	char *line = NULL;
	size_t size = 0;
	ssize_t len;
	int ret = 0;

	for (len = getline(&line, &size, stream); len >= 0; len = getline(&line, &size, stream)) {
		at.line++;
		read_line(&at, line, (size_t)len);
	}
	if (ferror(stream) != 0 || fflush(lines) != 0)
		ret = -EIO;
	free(line);
	return ret;
}

static int be_silent(const char *fmt, ...)
{
	(void)fmt;
	return 0;
}

/* Every line is valid by now: what iniparser still objects to, it alone can name. It
 * knows files by name only, and gets one in memory with these lines and no others: whatever becomes
 * of the configuration meanwhile, and without the comments, over which it takes its time. */
static int read_values(struct ini_file *file, int lines)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", lines);
	iniparser_set_error_callback(be_silent);
	file->values = iniparser_load(path);
	if (file->values == NULL) {
		log_err(0, "%s: not understood by iniparser", file->path);
		return -EINVAL;
	}
	for (size_t i = 0; i < file->count; i++) {
		struct ini_item *item = &file->items[i];
		char key[2 * INI_FILE_NAME_MAX];

		if (item->name[0] == '\0')
			continue;
		snprintf(key, sizeof(key), "%s:%s", item->section, item->name);
		item->value = iniparser_getstring(file->values, key, NULL);
		if (item->value == NULL) {
			log_err(0, "%s:%u: [%s] %s: not understood by iniparser", file->path,
				item->line, item->section, item->name);
			return -EINVAL;
		}
	}
	return 0;
}

/* A FIFO or a device would block or never end. */
static int open_regular(const char *path, FILE **out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	FILE *stream;

	if (fd < 0 || fstat(fd, &st) != 0) {
		int ret = -errno;

		log_err(ret, "cannot read %s", path);
		if (fd >= 0)
			close(fd);
		return ret;
	}
	if (!S_ISREG(st.st_mode)) {
		log_err(0, "%s is not a regular file", path);
		close(fd);
		return -EINVAL;
	}
	stream = fdopen(fd, "r");
	if (stream == NULL) {
		close(fd);
		return -ENOMEM;
	}
	*out = stream;
	return 0;
}

static int open_memory(FILE **out)
{
	int fd = memfd_create("fo.conf", MFD_CLOEXEC);

	*out = fd < 0 ? NULL : fdopen(fd, "w");
	if (*out != NULL)
		return 0;
	if (fd >= 0)
		close(fd);
	return -ENOMEM;
}

int ini_file_open(const char *path, struct ini_file *file)
{
	FILE *stream = NULL, *lines = NULL;
	int ret;

	/* Not cleared: the items are most of it. */
	file->path = path;
	file->count = 0;
	file->faults = 0;
	file->values = NULL;
	ret = open_regular(path, &stream);
	if (ret != 0)
		return ret;
	ret = open_memory(&lines);
	if (ret == 0)
		ret = read_lines(stream, lines, file);
	fclose(stream);
	if (ret != 0)
		log_err(ret, "cannot read %s", path);
	else if (file->faults == 0)
		ret = read_values(file, fileno(lines));
	if (lines != NULL)
		fclose(lines);
	return ret;
}

void ini_file_close(struct ini_file *file)
{
	if (file->values != NULL)
		iniparser_freedict(file->values);
	file->values = NULL;
}
