/* machine.h - the files of the router that is looked at: this machine, or a directory. Edge: files,
 * by tree.
 *
 * What is not there is no failure. What is there and cannot be looked at is logged. */
#ifndef FO_MACHINE_H
#define FO_MACHINE_H

#include <stdbool.h>
#include <stddef.h>

#include "compiler.h"

#define MACHINE_NAME_MAX 160 /* of a file, without the root */
#define MACHINE_PATH_MAX 1024
#define MACHINE_LINE_MAX 2048 /* a longer line is cut off */

struct machine {
	const char *root; /* "": this machine; else names are meant below it */
	int failure;	  /* the first -errno of what could not be looked at; 0: none */
};

/* Whether nothing but files can be looked at: it is a directory. */
bool machine_is_files(const struct machine *machine);

bool machine_has(struct machine *machine, const char *path);

/* Whether it is a regular file that somebody may execute. */
bool machine_has_program(struct machine *machine, const char *path);

/* Takes a line without its newline, which it may change; lines count from 1. */
typedef void machine_take_line(void *data, char *line, unsigned number);

/* Hands out the lines of a file. Returns whether it is there. */
bool machine_read_lines(struct machine *machine, const char *path, machine_take_line *take,
			void *data);

/* Reads the first `size - 1` bytes of a file, ended with NUL. Returns how many; -1: not there. */
int machine_read(struct machine *machine, const char *path, char *buf, size_t size);

/* Takes the name of a file, without its directory. */
typedef void machine_take_name(void *data, const char *name);

/* Hands out the names in a directory in their order, but for those that begin with a dot. Returns
 * whether it is there. */
bool machine_list(struct machine *machine, const char *path, machine_take_name *take, void *data);

/* Whether the name of a file is that of a copy that an editor, dpkg(1) or fo-setup(8) has left
 * beside it. */
bool machine_is_copy(const char *name);

/* Reads where a symbolic link leads. Returns whether it could be read; why not is not logged. */
bool machine_read_link(const struct machine *machine, const char *path, char *buf, size_t size);

/* Whether `word` stands anywhere in a file, but in comments, and on a line without `but_not` (NULL:
 * on any). */
bool machine_file_has(struct machine *machine, const char *path, const char *word,
		      const char *but_not);

/* Cuts a comment off, which begins with one of `marks` at the start of a word. */
void machine_cut_comment(char *line, const char *marks);

/* Takes the next word of a line, without quotes around it. Returns it, or NULL at the end. */
char *machine_next_word(char **rest);

/* The value of a line `KEY = VALUE`, the key in any case; NULL: the line is about another key. */
const char *machine_value_of(const char *line, const char *key);

#endif
