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

struct class_order {
	const char *speed_class; /* that the caller wants; "": whatever is recorded */
	bool written;		 /* it is recorded as wanted, and goes for what is recorded later */
	bool read_back; /* the class is read from SORACOM first, not taken from what is known */
};

/* Sets the class that is recorded as wanted, trying again up to `give-up`; that of the order where
 * it could not be written, or cannot be read. Returns 0 when the SIM has it, or when another
 * process is at it, which takes over what is wanted now; -ETIMEDOUT after giving up: the next run
 * may do it; -EPERM when SORACOM refuses for good, also the look at a class that is right; another
 * -errno; all logged. */
int class_worker_run(const struct conf_speedclass *conf,
		     const struct class_order *order) FO_MUST_CHECK;

/* Tries whether the class may be set, by setting the one that the SIM has anyway. Returns 0 with
 * what came of it in `*result`, and the class in `out`; -EWOULDBLOCK when another process is at
 * work; -ENODATA when the class is not known and may not be read; -ESTALE when another class became
 * wanted meanwhile, which is then the caller's to converge to. */
int class_worker_try(struct soracom *soracom, char out[static SIM_CLASS_MAX],
		     enum soracom_result *result) FO_MUST_CHECK;

#endif
