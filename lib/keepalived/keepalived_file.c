#include "keepalived_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "keepalived_parser.h"
#include "log.h"
#include "tree.h"

#define INCLUDES_MAX 8 /* one in another */

/* The reading of one file. */
struct reading {
	struct keepalived_parser *parser;
	const char *root, *path;
	struct keepalived_place place; /* of the line at hand */
	struct keepalived_place from;  /* of the line that includes the file */
	unsigned depth;
	int ret; /* the first -errno */
};

static void read_file(void *data, const char *path);

/* The full name of a file that is named in `path`. Returns whether it fits. */
static bool make_full(const char *path, const char *file, char out[static KEEPALIVED_PATH_MAX])
{
	const char *slash = strrchr(path, '/');
	int dir = file[0] == '/' || slash == NULL ? 0 : (int)(slash - path + 1);

	return snprintf(out, KEEPALIVED_PATH_MAX, "%.*s%s", dir, path, file) < KEEPALIVED_PATH_MAX;
}

static void include(struct reading *reading, const char *file)
{
	struct reading inner = *reading;
	char pattern[KEEPALIVED_PATH_MAX];
	bool must_exist;

	inner.from = reading->place;
	inner.depth++;
	if (inner.depth > INCLUDES_MAX || !make_full(reading->path, file, pattern)) {
		reading->parser->conf->partly = true;
		return;
	}
	must_exist = reading->parser->must_exist || strpbrk(file, "*?[{") == NULL;
	if (tree_glob(reading->root, pattern, read_file, &inner) == 0 && must_exist)
		(void)keepalived_add_fault(reading->parser->conf, KEEPALIVED_NO_FILE,
					   reading->place, pattern);
	keepalived_parser_enter(reading->parser, reading->path);
	reading->ret = inner.ret;
}

static bool take_line(void *data, unsigned number, char *line, bool cut)
{
	struct reading *reading = data;
	const char *file;

	reading->place.line = number;
	if (cut)
		(void)keepalived_add_fault(reading->parser->conf, KEEPALIVED_LONG_LINE,
					   reading->place, "");
	file = keepalived_parser_line(reading->parser, reading->place, line);
	if (file != NULL)
		include(reading, file);
	return true;
}

/* keepalived opens a regular file only, and none that is executable. */
static bool is_taken(const struct stat *st)
{
	return S_ISREG(st->st_mode) && (st->st_mode & (S_IXUSR | S_IXGRP | S_IXOTH)) == 0;
}

static void read_file(void *data, const char *path)
{
	struct reading *outer = data;
	struct reading reading = *outer;
	struct keepalived_conf *conf = reading.parser->conf;
	struct stat st;
	int ret = tree_stat(reading.root, path, &st);

	if (conf->file_count == KEEPALIVED_FILES_MAX) {
		conf->partly = true;
		return;
	}
	if (ret == -ENOENT || ret == -ENOTDIR) {
		(void)keepalived_add_fault(conf, KEEPALIVED_NO_FILE, reading.from, path);
		return;
	}
	if (ret == 0 && !is_taken(&st)) {
		(void)keepalived_add_fault(conf, KEEPALIVED_NOT_TAKEN, reading.from, path);
		return;
	}
	reading.path = path;
	keepalived_parser_enter(reading.parser, path);
	reading.place.file = (unsigned)conf->file_count;
	snprintf(conf->files[conf->file_count++], KEEPALIVED_PATH_MAX, "%s", path);
	if (ret == 0)
		ret = tree_read_lines(reading.root, path, KEEPALIVED_LINE_MAX, take_line, &reading);
	if (ret != 0)
		log_err(ret, "cannot read %s%s", reading.root, path);
	ret = ret != 0 ? ret : reading.ret;
	outer->ret = outer->ret != 0 ? outer->ret : ret;
}

int keepalived_file_read(const char *root, const char *path, const char *id, unsigned version,
			 struct keepalived_conf *out)
{
	struct keepalived_parser parser;
	struct reading reading = { .parser = &parser, .root = root };

	keepalived_parser_init(&parser, out, id, version);
	/* The place of a fault of the file itself. */
	snprintf(out->files[0], KEEPALIVED_PATH_MAX, "%s", path);
	read_file(&reading, path);
	keepalived_parser_end(&parser);
	return reading.ret;
}
