/* refusal.h - what it means that SORACOM refuses, and what to do about it. Edge: log. */
#ifndef FO_REFUSAL_H
#define FO_REFUSAL_H

#include <stdbool.h>
#include <stdint.h>

#include "settings.h"

/* Logs it, for the answer `status` to an update, or to a look at the SIM. */
void refusal_explain(const struct conf_speedclass *conf, int64_t status, bool update);

#endif
