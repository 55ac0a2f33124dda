/* aside.h - work that must not be waited for, in a process of its own. Edge: processes. */
#ifndef FO_ASIDE_H
#define FO_ASIDE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "compiler.h"

/* One process at a time. All zero: there is none. */
struct aside {
	pid_t pid;
};

/* Whether no such process is running. Never waits. */
bool aside_is_free(struct aside *aside);

/* Goes on in two processes. The new one has no descriptor but stdin, stdout and stderr, so that it
 * holds no lock of ours; it gets the signals that we get; and it ends with _exit(2). Returns 1
 * there, 0 here, or -errno. Only while aside_is_free. */
int aside_begin(struct aside *aside) FO_MUST_CHECK;

/* Waits for it, `wait_ms` at most. */
void aside_wait(struct aside *aside, int64_t wait_ms);

#endif
