/* loader.h - the configuration file, read and checked. Edge: files, by ini_file. */
#ifndef FO_LOADER_H
#define FO_LOADER_H

#include "compiler.h"
#include "faults.h"
#include "settings.h"

/* Loads `source->path`. Every fault of the file is logged with file, line, section, key and value:
 * as an error where it concerns the program (conf_faults), else as a warning; a faulty section then
 * counts as not present, and stands in `out->faulty`. Returns 0; -EINVAL for a file that is wrong;
 * another -errno when it cannot be read now. `*out` is filled in every case: the defaults, and what
 * was valid. */
int conf_load(const struct conf_source *source, struct conf *out) FO_MUST_CHECK;

/* Fills `*out` with every default, for programs that can run with no file. */
void conf_defaults(struct conf *out);

#endif
