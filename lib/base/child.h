/* child.h - another program, run without a shell and not for ever. Edge: processes. */
#ifndef FO_CHILD_H
#define FO_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "compiler.h"

/* Runs the program `argv[0]` (looked for in PATH where it has no slash) with `argv`, in a process
 * group of its own, and waits for its end. Its stdin is /dev/null; its stdout goes to `out`, ended
 * with NUL, or to /dev/null when that is NULL; its stderr is ours. After `timeout_ms` the whole
 * group gets SIGTERM, and SIGKILL CHILD_GRACE_MS later; one that does not end even then is left.
 * Returns 0 when it ended with exit status 0; -ETIMEDOUT; -EFBIG when `size` bytes cannot hold what
 * it printed; -EILSEQ when that has a NUL in it, at which a text would end; -ECHILD when it failed;
 * -ENOENT, -EACCES or another -errno when it could not be run. Logged, with its name and no more of
 * `argv`. */
int child_run(char *const argv[], int64_t timeout_ms, char *out, size_t size) FO_MUST_CHECK;

/* A program, with more than its arguments. */
struct child_order {
	char *const *argv;
	char *const *env; /* its whole environment; NULL: ours */
	const char *in;	  /* what it reads from stdin; NULL: nothing */
	int64_t timeout_ms;
	char *out; /* of `size` bytes, as child_run has it; NULL: its stdout is /dev/null */
	size_t size;
	bool all;  /* what it prints on its stderr goes to `out`, too */
	bool mute; /* its stderr is /dev/null */
	char *why; /* of CHILD_WHY_MAX bytes: what went wrong stands there, and is not logged; NULL:
		    * it is */
};

/* The same. */
int child_run_order(const struct child_order *order) FO_MUST_CHECK;

/* A program that runs. */
struct child {
	const char *name;
	char *why; /* of struct child_order */
	pid_t pid; /* of its group too */
	int fd;	   /* its end can be polled here */
	int pipe;  /* of its stdout; -1: none, or at its end */
	char *out;
	size_t size, len;
	bool all, mute; /* its stderr */
};

/* The same in two steps, so that other work is done meanwhile. `argv[0]`, `out` and `why` of the
 * order stay in use; its `timeout_ms` is not used. Returns 0, and child_end has to follow; or
 * -errno. What it prints beyond what a pipe holds waits for child_end. */
int child_begin(const struct child_order *order, struct child *child) FO_MUST_CHECK;

/* Waits for it, for `timeout_ms` from now. */
int child_end(struct child *child, int64_t timeout_ms) FO_MUST_CHECK;

#define CHILD_GRACE_MS 2000
#define CHILD_WHY_MAX  160

#endif
