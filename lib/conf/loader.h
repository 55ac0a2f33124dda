/* loader.h - the configuration file, read and checked. Edge: files, by ini_file. */
#ifndef FO_LOADER_H
#define FO_LOADER_H

#include "compiler.h"
#include "settings.h"

#define CONF_DEFAULT_FILE "/etc/fo/fo.conf"

/* Loads `path`. Every fault of the file is logged with file, line, section, key and value.
 * Returns 0 and `*out`; -EINVAL for a faulty file; another -errno when it cannot be read, also
 * logged. */
int conf_load(const char *path, struct conf *out) FO_MUST_CHECK;

/* Fills `*out` with every default, for programs that can run with no file. */
void conf_defaults(struct conf *out);

#endif
