#include "machine.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log.h"
#include "tree.h"

bool machine_is_files(const struct machine *machine)
{
	return machine->root[0] != '\0';
}

static void note_failure(struct machine *machine, int error, const char *path)
{
	if (error == ENOENT || error == ENOTDIR || error == ESRCH)
		return;
	log_err(error, "cannot look at %s%s", machine->root, path);
	if (machine->failure == 0)
		machine->failure = -error;
}

bool machine_has(struct machine *machine, const char *path)
{
	int fd = tree_open(machine->root, path, O_PATH | O_NOFOLLOW);

	if (fd < 0) {
		note_failure(machine, -fd, path);
		return false;
	}
	close(fd);
	return true;
}

bool machine_has_program(struct machine *machine, const char *path)
{
	const mode_t any = S_IXUSR | S_IXGRP | S_IXOTH;
	struct stat st;
	int ret = tree_stat(machine->root, path, &st);

	if (ret == 0)
		return S_ISREG(st.st_mode) && (st.st_mode & any) != 0;
	note_failure(machine, -ret, path);
	return false;
}

/* A FIFO or a device of that name must not hold us up. */
static int open_file(const struct machine *machine, const char *path)
{
	struct stat st;
	int fd = tree_open(machine->root, path, O_RDONLY | O_NONBLOCK);

	if (fd < 0 || (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)))
		return fd;
	close(fd);
	return -ENOENT;
}

/* More lines than any file of a person has. */
#define LINES_MAX 100000

static void cut_newline(FILE *file, char *line)
{
	size_t len = strlen(line);

	if (len > 0 && line[len - 1] == '\n') {
		line[len - 1] = '\0';
		return;
	}
	for (int byte = getc(file); byte != EOF && byte != '\n'; byte = getc(file))
		;
}

bool machine_read_lines(struct machine *machine, const char *path, machine_take_line *take,
			void *data)
{
	char line[MACHINE_LINE_MAX];
	int fd = open_file(machine, path);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "re");

	if (file == NULL) {
		note_failure(machine, fd < 0 ? -fd : errno, path);
		if (fd >= 0)
			close(fd);
		return false;
	}
	for (unsigned n = 1; n <= LINES_MAX && fgets(line, sizeof(line), file) != NULL; n++) {
		cut_newline(file, line);
		take(data, line, n);
	}
	if (ferror(file) != 0)
		note_failure(machine, errno, path);
	fclose(file);
	return true;
}

int machine_read(struct machine *machine, const char *path, char *buf, size_t size)
{
	int fd = open_file(machine, path);
	size_t used = 0;
	ssize_t got = 1;

	if (fd < 0) {
		note_failure(machine, -fd, path);
		return -1;
	}
	while (used + 1 < size && got > 0) {
		got = read(fd, buf + used, size - 1 - used);
		used += got > 0 ? (size_t)got : 0;
	}
	if (got < 0)
		note_failure(machine, errno, path);
	close(fd);
	buf[used] = '\0';
	return got < 0 ? -1 : (int)used;
}

static int is_shown(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

bool machine_list(struct machine *machine, const char *path, machine_take_name *take, void *data)
{
	struct dirent **entries = NULL;
	int dir = tree_open(machine->root, path, O_RDONLY | O_DIRECTORY);
	int count = dir < 0 ? dir : scandirat(dir, ".", &entries, is_shown, alphasort);

	if (count < 0)
		note_failure(machine, dir < 0 ? -dir : errno, path);
	for (int i = 0; i < count; i++) {
		take(data, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	if (dir >= 0)
		close(dir);
	return count >= 0;
}

bool machine_is_copy(const char *name)
{
	static const char *const copies[] = { "*~", "*.dpkg-*", "*.before-fo", "*.changed" };

	for (size_t i = 0; i < ARRAY_LEN(copies); i++) {
		if (fnmatch(copies[i], name, 0) == 0)
			return true;
	}
	return false;
}

bool machine_read_link(const struct machine *machine, const char *path, char *buf, size_t size)
{
	int fd = tree_open(machine->root, path, O_PATH | O_NOFOLLOW);
	ssize_t len = fd < 0 ? -1 : readlinkat(fd, "", buf, size - 1);

	buf[len > 0 ? len : 0] = '\0';
	if (fd >= 0)
		close(fd);
	return len > 0;
}

void machine_cut_comment(char *line, const char *marks)
{
	bool at_start = true;

	for (char *p = line; *p != '\0'; p++) {
		if (at_start && strchr(marks, *p) != NULL) {
			*p = '\0';
			return;
		}
		at_start = *p == ' ' || *p == '\t';
	}
}

char *machine_next_word(char **rest)
{
	char *word = *rest + strspn(*rest, " \t\r");
	char quote = *word;

	if (quote == '\0')
		return NULL;
	if ((quote == '"' || quote == '\'') && strchr(word + 1, quote) != NULL)
		*rest = strchr(++word, quote);
	else
		*rest = word + strcspn(word, " \t\r");
	if (**rest != '\0')
		*(*rest)++ = '\0';
	return word;
}

/* A word in a file. */
struct word_search {
	const char *word, *but_not;
	bool found;
};

static void search_line(void *data, char *line, unsigned number)
{
	struct word_search *search = data;

	(void)number;
	machine_cut_comment(line, "#");
	if (line[0] != '!' && line[0] != ';' && strstr(line, search->word) != NULL &&
	    (search->but_not == NULL || strstr(line, search->but_not) == NULL))
		search->found = true;
}

bool machine_file_has(struct machine *machine, const char *path, const char *word,
		      const char *but_not)
{
	struct word_search search = { .word = word, .but_not = but_not };

	(void)machine_read_lines(machine, path, search_line, &search);
	return search.found;
}

const char *machine_value_of(const char *line, const char *key)
{
	size_t len = strlen(key);
	const char *p = line + strspn(line, " \t");

	if (strncasecmp(p, key, len) != 0)
		return NULL;
	p += len;
	p += strspn(p, " \t");
	if (*p != '=')
		return NULL;
	p++;
	return p + strspn(p, " \t");
}
