/* name_note.h - the address at which SORACOM's server was found last, /run/fo/name. Edge: store.
 *
 * Only an address at which the right server has answered is written down. */
#ifndef FO_NAME_NOTE_H
#define FO_NAME_NOTE_H

#include <stdint.h>

#include "addr.h"
#include "compiler.h"

#define NAME_HOST_MAX 256 /* RFC 1035, 2.3.4, with its end */

struct name_note {
	char host[NAME_HOST_MAX];
	struct addr addr;
	struct addr server; /* the name server that named it */
	int64_t until_s;    /* clock_boottime_s: it need not be asked for before */
};

/* Reads it. Returns 0 and `*out`, or -ENOENT where there is none that is wholly valid. */
int name_note_load(struct name_note *out) FO_MUST_CHECK;

/* Writes it. A failure is logged, and costs a look-up. */
void name_note_save(const struct name_note *note);

#endif
