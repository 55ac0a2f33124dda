/* store_lock.h - locks, which are files of STORE_RUN. Edge: flock(2). */
#ifndef FO_STORE_LOCK_H
#define FO_STORE_LOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "compiler.h"

/* Takes the lock `name`, waiting up to `wait_ms` for whoever holds it. The kernel frees it when the
 * process ends, however it ends. Returns 0 and the descriptor `*fd` for store_unlock; -EWOULDBLOCK,
 * silently, when it stayed taken, and for no other reason; another -errno, logged. */
int store_lock(const char *name, int64_t wait_ms, int *fd) FO_MUST_CHECK;

/* Whether somebody has the lock now. What cannot be looked at counts as free; it is logged. */
bool store_lock_is_taken(const char *name);

/* Frees a lock; -1 is allowed. */
void store_unlock(int fd);

#endif
