/* history.h - what happened to this router, a line an event, in STORE_LIB. Edge: store. */
#ifndef FO_HISTORY_H
#define FO_HISTORY_H

#include <stddef.h>

#include "compiler.h"

/* The file keeps its last lines, about so many bytes. */
#define HISTORY_BYTES_MAX 65536

/* Adds `program: text` with the time (RFC 3339, UTC), and drops the oldest lines where it becomes
 * too long. A failure is logged, and costs the line. */
void history_add(const char *program, const char *fmt, ...) FO_PRINTF(2, 3);

/* Reads all lines, the oldest first. Returns 0, also when there are none, or -errno, logged. */
int history_read(char buf[static HISTORY_BYTES_MAX]) FO_MUST_CHECK;

#endif
