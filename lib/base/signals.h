/* signals.h - signals as something to be read. Edge: signalfd(2). */
#ifndef FO_SIGNALS_H
#define FO_SIGNALS_H

#include <stddef.h>

#include "compiler.h"

/* Blocks the `count` signals of `list`, which from then on arrive at the descriptor `*out` (to be
 * polled for input, and closed). Returns 0 or -errno, logged. */
int signals_open(const int *list, size_t count, int *out) FO_MUST_CHECK;

/* The next signal that has arrived, 0 when there is none. */
int signals_next(int fd);

/* Ends this process by a signal, even one that is ignored: who was asked to end says so in its
 * status. */
void signals_die(int number);

#endif
