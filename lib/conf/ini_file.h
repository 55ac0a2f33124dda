/* ini_file.h - an INI file, line by line and as values. Edge: only user of iniparser.
 *
 * iniparser alone would not do: the last of two equal keys wins unseen, a directory is an empty
 * file, a value is cut at a `;` or `#` anywhere in it, and what follows a closing quote is lost.
 * So the lines are looked at first, and the values taken from iniparser after that. */
#ifndef FO_INI_FILE_H
#define FO_INI_FILE_H

#include <stddef.h>

#include "compiler.h"

#define INI_FILE_NAME_MAX  48  /* a section or a key */
#define INI_FILE_ITEMS_MAX 128 /* sections and keys in a file */
#define INI_FILE_LINE_MAX  1000

/* A line with a section (`name` is empty) or a key. */
struct ini_item {
	char section[INI_FILE_NAME_MAX]; /* in lower case, as iniparser keeps it */
	char name[INI_FILE_NAME_MAX];
	const char *value; /* owned by the file; NULL with a section */
	unsigned line;
};

struct ini_file {
	const char *path; /* the caller's */
	struct ini_item items[INI_FILE_ITEMS_MAX];
	size_t count;
	unsigned faults;	     /* lines that are not INI, or repeat one; each was logged */
	struct _dictionary_ *values; /* iniparser's */
};

/* Reads `path`. Returns 0, also with `faults`; -errno, logged, when the file cannot be read at
 * all. ini_file_close is due in every case. */
int ini_file_open(const char *path, struct ini_file *file) FO_MUST_CHECK;

void ini_file_close(struct ini_file *file);

#endif
