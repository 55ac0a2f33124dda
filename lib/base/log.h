/* log.h - one line an event, where it will be found. Edge: writes.
 *
 * To stderr, whatever it is (a terminal, a pipe, a file, a socket, the journal); to syslog only
 * where stderr is closed or /dev/null, as below keepalived. A log that takes nothing (a hung
 * journald, a reader that does not read) is never waited for: the message is dropped and counted,
 * and the next one that is taken counts what is missing. */
#ifndef FO_LOG_H
#define FO_LOG_H

#include <stdarg.h>
#include <stdbool.h>

#include "compiler.h"
#include "log_level.h"

/* Chooses the sink. `prog` is kept, not copied. Until then everything goes to stderr. */
void log_open(const char *prog, enum log_level max);

/* Whether no person reads along: messages go to the journal or to syslog. */
bool log_is_unattended(void);

/* Lets pass what is at least as grave as `max`. */
void log_set_level(enum log_level max);

/* Write one line, without a newline in `fmt`. `err` is an errno or its negative, whose text is
 * appended; 0: none. errno is left as it was. */
void log_err(int err, const char *fmt, ...) FO_PRINTF(2, 3);
void log_warn(int err, const char *fmt, ...) FO_PRINTF(2, 3);
void log_info(const char *fmt, ...) FO_PRINTF(1, 2);
void log_debug(const char *fmt, ...) FO_PRINTF(1, 2);

#endif
