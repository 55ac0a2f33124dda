/* store.h - small files that outlive a run. Edge.
 *
 * STORE_RUN is /run/fo, gone after a boot; STORE_LIB is /var/lib/fo, kept. The environment
 * variable FO_STATE_DIR moves both, to $FO_STATE_DIR/run and $FO_STATE_DIR/lib (secure_getenv(3):
 * not for a program with file capabilities).
 *
 * Root and a user of less privilege share them where their group may write (tmpfiles.d(5)): files
 * that are added to and locks are the group's, too, and the others are replaced. Neither trusts
 * what the other may have put there: no link, symbolic or hard, is followed, and no FIFO is waited
 * for. */
#ifndef FO_STORE_H
#define FO_STORE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "compiler.h"

enum store_area { STORE_RUN, STORE_LIB };

/* Writes the whole of `text` as file `name` of `area`, with `mode` whatever the umask: into a
 * temporary file, fsync, rename, so that a reader sees the old or the new, and a loss of power
 * leaves one of them. Makes the directory (0755) when it is missing. Returns 0 or -errno,
 * logged. */
int store_write(enum store_area area, const char *name, const char *text,
		mode_t mode) FO_MUST_CHECK;

/* The same for the file `path`, an absolute name. One right below /run/fo is a file of STORE_RUN,
 * and moves with it; the directory of any other one must be there. */
int store_write_path(const char *path, const char *text, mode_t mode) FO_MUST_CHECK;

/* The same for what is only a convenience: a failure is logged, and costs no more. */
void store_note(enum store_area area, const char *name, const char *text, mode_t mode);

/* Reads file `name` of `area` into `buf` and ends it with NUL, the final newline taken off.
 * Returns 0; -ENOENT, silently, when there is none; -EFBIG when it does not fit; another -errno;
 * these are logged. */
int store_read(enum store_area area, const char *name, char *buf, size_t size) FO_MUST_CHECK;

/* The same for a file as store_write_path has it. */
int store_read_path(const char *path, char *buf, size_t size) FO_MUST_CHECK;

/* Opens file `name` of `area` with `flags` of open(2), among them O_CREAT for one that is made with
 * `mode` where it is missing. Returns 0 and `*fd`, the caller's to close; -ENOENT, silently;
 * another -errno, logged: -EINVAL for what is no regular file, -EMLINK for one with a second name.
 */
int store_open(enum store_area area, const char *name, int flags, mode_t mode,
	       int *fd) FO_MUST_CHECK;

/* Calls file `from` of `area` `to`, in place of one of that name, also after a loss of power.
 * Returns 0 or -errno, logged. */
int store_rename(enum store_area area, const char *from, const char *to) FO_MUST_CHECK;

/* Removes file `name` of `area`, which need not be there, so that it is gone also after a loss of
 * power. Returns 0 or -errno, logged. */
int store_remove(enum store_area area, const char *name) FO_MUST_CHECK;

/* The same where a file that stays does no harm. */
void store_forget(enum store_area area, const char *name);

/* Writes the name of the directory of `area` into `buf` of `size` bytes. Returns 0 or
 * -ENAMETOOLONG, logged. */
int store_directory(enum store_area area, char *buf, size_t size) FO_MUST_CHECK;

#endif
