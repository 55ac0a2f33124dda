/* converge.h - the work of making the SIM have the wanted class. Dialogue: soracom, speedclass.
 *
 * One worker per machine; it goes for another class as soon as that is wanted, also while it
 * waits or a request hangs. */
#ifndef FO_CONVERGE_H
#define FO_CONVERGE_H

#include <stdbool.h>

#include "compiler.h"
#include "conf.h"

/* Makes the SIM have the wanted class, trying again up to `give-up`. With `read_back` the class is
 * read from SORACOM first, and not taken from what is written down. Returns 0 when it has, or
 * when another process is at it, which takes over what is wanted now; -ETIMEDOUT after giving
 * up; -EPERM when SORACOM refuses for good; another -errno; all logged. */
int converge_speedclass(const struct conf_speedclass *conf, bool read_back) FO_MUST_CHECK;

#endif
