#include "ini_file.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <iniparser/iniparser.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log.h"
#include "schema.h"

/* What the reading of lines has come to. */
struct cursor {
	struct ini_file *file;
	struct conf_faults *faults;
	FILE *lines; /* takes the lines for iniparser */
	unsigned line;
	char section[INI_FILE_NAME_MAX]; /* empty before the first one */
	bool skip; /* the heading could not be read: which section the lines are of is unknown */
};

#define FAULT(at, ...) conf_fault((at)->faults, (at)->section, (at)->line, __VA_ARGS__)

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

/* Returns whether it was added. */
static bool add_item(struct cursor *at, const char *name)
{
	const struct ini_item *first = find(at->file, at->section, name);
	struct ini_item *item = &at->file->items[at->file->count];

	if (first != NULL) {
		FAULT(at, "[%s]%s%s is a duplicate, already set in line %u", at->section,
		      name[0] == '\0' ? "" : " ", name, first->line);
		return false;
	}
	if (at->file->count == INI_FILE_ITEMS_MAX) {
		FAULT(at, "more than %d sections and keys", INI_FILE_ITEMS_MAX);
		return false;
	}
	memcpy(item->section, at->section, sizeof(item->section));
	snprintf(item->name, sizeof(item->name), "%s", name);
	item->value = NULL;
	item->line = at->line;
	at->file->count++;
	return true;
}

static bool is_comment_or_end(const char *text)
{
	text += strspn(text, " \t");
	return *text == '\0' || *text == ';' || *text == '#';
}

static void read_section(struct cursor *at, const char *text)
{
	const char *end = strchr(text, ']');
	size_t len = end != NULL ? (size_t)(end - text - 1) : strcspn(text + 1, " \t;#");

	at->skip = !take_name(text + 1, len, at->section);
	if (at->skip)
		at->section[0] = '\0';
	/* iniparser takes no comment behind a section. */
	if (at->skip || end == NULL || end[1] != '\0') {
		FAULT(at, "`%s` is not a section, write [name] alone on the line", text);
		at->skip = true;
		return;
	}
	(void)add_item(at, "");
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

/* What stands in [alert] may be a secret, also behind a key that is mistyped. */
static bool hides(const struct cursor *at, const char *name)
{
	const struct conf_key *key = conf_find_key(at->section, name);

	return key == NULL ? strcmp(at->section, "alert") == 0 : key->is_secret;
}

static void read_key(struct cursor *at, const char *text)
{
	const char *equals = strchr(text, '=');
	char name[INI_FILE_NAME_MAX];
	const char *wrong;

	if (at->skip)
		return;
	if (equals == NULL || !take_name(text, (size_t)(equals - text), name)) {
		FAULT(at, "`%s` is neither [section], key = value nor a comment",
		      hides(at, "") ? "..." : text);
		return;
	}
	if (at->section[0] == '\0') {
		FAULT(at, "`%s` is set before the first [section]", name);
		return;
	}
	wrong = value_fault(equals + 1);
	if (wrong != NULL) {
		FAULT(at, "[%s] %s =%s: %s", at->section, name,
		      hides(at, name) ? " ..." : equals + 1, wrong);
		return;
	}
	if (add_item(at, name))
		fprintf(at->lines, "%s\n", text);
}

/* Editors of Windows put it in front. */
static const char bom[] = "\xef\xbb\xbf";

static void read_line(struct cursor *at, char *text, size_t len)
{
	if (at->line == 1 && strncmp(text, bom, strlen(bom)) == 0) {
		FAULT(at, "begins with a UTF-8 byte order mark, which is skipped; save it without");
		text += strlen(bom);
		len -= strlen(bom);
	}
	if (memchr(text, '\0', len) != NULL) {
		FAULT(at, "a NUL byte; is this a text file?");
		return;
	}
	while (len > 0 && isspace((unsigned char)text[len - 1]))
		text[--len] = '\0';
	text += strspn(text, " \t");
	if (len > INI_FILE_LINE_MAX)
		FAULT(at, "the line is longer than %d bytes", INI_FILE_LINE_MAX);
	else if (len > 0 && text[strlen(text) - 1] == '\\')
		FAULT(at, "a line cannot be continued with a backslash");
	else if (*text == '[')
		read_section(at, text);
	else if (!is_comment_or_end(text))
		read_key(at, text);
}

static int read_lines(FILE *stream, struct cursor *at)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t len;
	int ret = 0;

	errno = 0;
	for (len = getline(&line, &size, stream); len >= 0; len = getline(&line, &size, stream)) {
		at->line++;
		read_line(at, line, (size_t)len);
	}
	/* Not at its end: an error of reading, or no memory for a line. */
	if (feof(stream) == 0 || fflush(at->lines) != 0)
		ret = errno != 0 ? -errno : -EIO;
	free(line);
	return ret;
}

static int be_silent(const char *fmt, ...)
{
	(void)fmt;
	return 0;
}

/* Every line is valid by now: what iniparser still objects to, it alone can name. It knows files by
 * name only, and gets one in memory with these lines and no others: whatever becomes of the
 * configuration meanwhile, and without the comments, over which it takes its time. For want of
 * memory it may leave values out, which is no fault of the file. */
static int read_values(struct ini_file *file, struct conf_faults *faults, int lines)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", lines);
	iniparser_set_error_callback(be_silent);
	errno = 0;
	file->values = iniparser_load(path);
	if (errno == ENOMEM) {
		conf_fault_file(faults, -ENOMEM, "cannot read %s", faults->source->path);
		return -ENOMEM;
	}
	if (file->values == NULL) {
		int ret = errno != 0 ? -errno : -EINVAL;

		conf_fault_file(faults, errno, "%s: not understood by iniparser",
				faults->source->path);
		return ret;
	}
	for (size_t i = 0; i < file->count; i++) {
		struct ini_item *item = &file->items[i];
		char key[2 * INI_FILE_NAME_MAX];

		if (item->name[0] == '\0')
			continue;
		snprintf(key, sizeof(key), "%s:%s", item->section, item->name);
		item->value = iniparser_getstring(file->values, key, NULL);
		if (item->value == NULL) {
			conf_fault(faults, item->section, item->line,
				   "[%s] %s: not understood by iniparser", item->section,
				   item->name);
			item->value = "";
		}
	}
	return 0;
}

/* Whether others than the owner can write it: its commands run as root. A group of the
 * owner's own number is the owner alone. */
static bool others_can_write(const struct stat *st)
{
	return (st->st_mode & S_IWOTH) != 0 ||
	       ((st->st_mode & S_IWGRP) != 0 && st->st_gid != 0 && st->st_gid != st->st_uid);
}

/* Returns 0, or -EINVAL, a fault. A FIFO or a device would block or never end. */
static int check_kind(const struct stat *st, struct conf_faults *faults)
{
	if (!S_ISREG(st->st_mode)) {
		conf_fault_file(faults, 0, "%s is not a regular file", faults->source->path);
		return -EINVAL;
	}
	if (others_can_write(st)) {
		conf_fault_file(faults, 0, "%s can be written by others (mode %04o): chmod go-w %s",
				faults->source->path, (unsigned)st->st_mode & 07777,
				faults->source->path);
		return -EINVAL;
	}
	return 0;
}

/* Said of the file that everybody has; another is somebody's own affair. */
static const char *remedy_of(const char *path, int error)
{
	if (strcmp(path, CONF_DEFAULT_FILE) != 0)
		return "";
	if (error == -EACCES)
		return ", which root (sudo) and its group can";
	return error == -ENOENT ? ", which sudo fo-setup writes" : "";
}

static int open_regular(const char *path, struct conf_faults *faults, FILE **out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	int ret;

	if (fd < 0 || fstat(fd, &st) != 0) {
		ret = -errno;
		conf_fault_file(faults, ret, "cannot read %s%s", path, remedy_of(path, ret));
	} else {
		conf_faults_of_file(faults, &st);
		ret = check_kind(&st, faults);
	}
	if (ret == 0) {
		*out = fdopen(fd, "r");
		ret = *out == NULL ? -errno : 0;
	}
	if (ret != 0 && fd >= 0)
		close(fd);
	return ret;
}

static int open_memory(FILE **out)
{
	int fd = memfd_create("fo.conf", MFD_CLOEXEC);
	int ret;

	*out = fd < 0 ? NULL : fdopen(fd, "w");
	ret = *out == NULL ? -errno : 0;
	if (ret != 0 && fd >= 0)
		close(fd);
	return ret;
}

int ini_file_open(const char *path, struct conf_faults *faults, struct ini_file *file)
{
	struct cursor at = { .file = file, .faults = faults };
	FILE *stream = NULL;
	int ret;

	/* Not cleared: the items are most of it. */
	file->count = 0;
	file->values = NULL;
	ret = open_regular(path, faults, &stream);
	if (ret != 0)
		return ret;
	ret = open_memory(&at.lines);
	if (ret == 0)
		ret = read_lines(stream, &at);
	fclose(stream);
	if (ret != 0)
		conf_fault_file(faults, ret, "cannot read %s", path);
	else
		ret = read_values(file, faults, fileno(at.lines));
	if (at.lines != NULL)
		fclose(at.lines);
	return ret;
}

void ini_file_close(struct ini_file *file)
{
	if (file->values != NULL)
		iniparser_freedict(file->values);
	file->values = NULL;
}
