/* converge.h - the work of making the SIM have the wanted class. Dialogue: soracom, speedclass.
 *
 * One worker per machine; it goes for another class as soon as that is wanted, also while it
 * waits or a request hangs. */
#ifndef FO_CONVERGE_H
#define FO_CONVERGE_H

#include <stdbool.h>

#include "compiler.h"
#include "conf.h"
#include "soracom.h"

/* Makes the SIM have the class that is written down as wanted (or `unwritten`, where that could not
 * be written; else NULL), trying again up to `give-up`. With `read_back` the class is read from
 * SORACOM first, and not taken from what is written down. Returns 0 when the SIM has it, or when
 * another process is at it, which takes over what is wanted now; -ETIMEDOUT after giving up; -EPERM
 * when SORACOM refuses for good; another -errno; all logged. */
int converge_speedclass(const struct conf_speedclass *conf, const char *unwritten,
			bool read_back) FO_MUST_CHECK;

/* Tries whether the class may be set, by setting the one that the SIM has anyway. Returns 0 with
 * what came of it in `*result`, and the class in `out`; -EWOULDBLOCK when another process is at
 * work; -ENODATA when the class is not known and may not be read; -ESTALE when another class became
 * wanted meanwhile, which is then the caller's to converge to. */
int converge_try(struct soracom *soracom, char out[static SIMAPI_WORD_MAX],
		 enum soracom_result *result) FO_MUST_CHECK;

#endif
