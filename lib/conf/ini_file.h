/* ini_file.h - an INI file, line by line and as values. Edge: only user of iniparser.
 *
 * iniparser alone would not do: the last of two equal keys wins unseen, a directory is an empty
 * file, a value is cut at a `;` or `#` anywhere in it, and what follows a closing quote is lost.
 * So the lines are looked at first, and the values taken from iniparser after that. */
#ifndef FO_INI_FILE_H
#define FO_INI_FILE_H

#include <stddef.h>

#include "compiler.h"
#include "faults.h"

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
	struct ini_item items[INI_FILE_ITEMS_MAX];
	size_t count;
	struct _dictionary_ *values; /* iniparser's */
};

/* Reads `path`. Lines that are not INI, or repeat one, become faults and are left out. Returns 0,
 * also with faults; -EINVAL, a fault, for a file that must not be used (a directory, or one that
 * others can write); another -errno, a fault too, when it cannot be read now. ini_file_close is due
 * in every case. */
int ini_file_open(const char *path, struct conf_faults *faults,
		  struct ini_file *file) FO_MUST_CHECK;

void ini_file_close(struct ini_file *file);

#endif
