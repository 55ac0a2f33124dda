/* kept.h - a record in memory, and on the disk as often as a loss of power is worth it. Edge:
 * store. */
#ifndef FO_KEPT_H
#define FO_KEPT_H

#include <stdbool.h>

#include "compiler.h"

/* Room for the text of a record. */
#define KEPT_TEXT_MAX 4096

/* Reads `text` into `out`. Returns 0 or -EINVAL. */
typedef int kept_parse(const char *text, void *out);

/* Reads the record `name`, the one in memory where it is there and good, for that is never the
 * older one; after a boot there is only the other. `what` is what a complaint about a corrupt one
 * calls it. Returns 0 and `out`; -ENOENT, silently, when there is none; another -errno, logged. */
int kept_load(const char *name, const char *what, kept_parse *parse, void *out) FO_MUST_CHECK;

/* Writes it to memory; to the disk where it is `lasting`, and where memory cannot be written, in
 * which nothing older is left then. Returns 0 when kept_load will find it, or -errno, logged. */
int kept_save(const char *name, const char *text, bool lasting) FO_MUST_CHECK;

#endif
