/* tree.h - the files of a router, below a root that may be another than `/`. Edge: files.
 *
 * The root of another router is a directory with its /etc and so on; what is a link there leads to
 * a file below it as well. "" is this machine. */
#ifndef FO_TREE_H
#define FO_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "compiler.h"

/* Opens `path`, an absolute name, with `flags` of open(2), and O_CLOEXEC. Returns a descriptor, or
 * -errno. */
int tree_open(const char *root, const char *path, int flags) FO_MUST_CHECK;

/* Calls `each` for each line of a regular file, without its newline, up to `size` - 1 bytes of it,
 * which it may change; `cut`: there was more. It returns whether to go on. Returns 0 or -errno. */
int tree_read_lines(const char *root, const char *path, size_t size,
		    bool (*each)(void *data, unsigned number, char *line, bool cut),
		    void *data) FO_MUST_CHECK;

int tree_stat(const char *root, const char *path, struct stat *out) FO_MUST_CHECK;

/* Calls `each` for each file that `pattern`, an absolute name, matches, in the order of their
 * names, as glob(7) and with braces. Returns how many there were, directories not counted. */
size_t tree_glob(const char *root, const char *pattern, void (*each)(void *data, const char *path),
		 void *data);

/* Whether somebody else than root could change a file: itself, or a directory on the way to it (a
 * sticky one cannot be). Whoever owns a root that is not `/` stands for root there. Returns 0 and
 * `*safe`, and what can be changed in `culprit`; or -errno. */
int tree_is_safe(const char *root, const char *path, bool *safe, char *culprit,
		 size_t size) FO_MUST_CHECK;

#endif
