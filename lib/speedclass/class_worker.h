/* class_worker.h - the work of making the SIM have the wanted class. Job: soracom, speedclass.
 *
 * One worker per machine; it goes for another class as soon as that is wanted, also while it
 * waits or a request hangs. */
#ifndef FO_CLASS_WORKER_H
#define FO_CLASS_WORKER_H

#include <stdbool.h>

#include "compiler.h"
#include "settings.h"
#include "soracom.h"

/* Sets the class that is recorded as wanted (or `unwritten`, where that could not
 * be written; else NULL), trying again up to `give-up`. With `read_back` the class is read from
 * SORACOM first, and not taken from what is written down. Returns 0 when the SIM has it, or when
 * another process is at it, which takes over what is wanted now; -ETIMEDOUT after giving up; -EPERM
 * when SORACOM refuses for good; another -errno; all logged. */
int class_worker_run(const struct conf_speedclass *conf, const char *unwritten,
		     bool read_back) FO_MUST_CHECK;

/* Tries whether the class may be set, by setting the one that the SIM has anyway. Returns 0 with
 * what came of it in `*result`, and the class in `out`; -EWOULDBLOCK when another process is at
 * work; -ENODATA when the class is not known and may not be read; -ESTALE when another class became
 * wanted meanwhile, which is then the caller's to converge to. */
int class_worker_try(struct soracom *soracom, char out[static SIM_CLASS_MAX],
		     enum soracom_result *result) FO_MUST_CHECK;

#endif
