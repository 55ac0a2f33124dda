/* screen.h - a situation as a person reads it. Job: headline, concern, stdout. */
#ifndef FO_SCREEN_H
#define FO_SCREEN_H

#include <stdbool.h>

#include "compiler.h"
#include "concern.h"
#include "situation.h"

/* Prints the sentence and then the groups: each with a `!` before what needs attention, and below
 * it what to do. `color` only where a terminal shows it. Returns 0, or -errno, logged, when stdout
 * did not take it all. */
int screen_print(const struct situation *s, const struct concerns *concerns,
		 bool color) FO_MUST_CHECK;

#endif
