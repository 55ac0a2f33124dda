/* keepalived_file.h - keepalived.conf and what it includes, read from the disk. Edge: files, by
 * tree. */
#ifndef FO_KEEPALIVED_FILE_H
#define FO_KEEPALIVED_FILE_H

#include "compiler.h"
#include "keepalived_conf.h"

/* Reads `path` below `root` (tree.h), for a keepalived with that identity and version, see
 * keepalived_parser.h. What is not right becomes a fault in `*out`, also a file that is missing or
 * that keepalived skips. Returns 0, or -errno, logged, for one that is there and cannot be read. */
int keepalived_file_read(const char *root, const char *path, const char *id, unsigned version,
			 struct keepalived_conf *out) FO_MUST_CHECK;

#endif
