/* value.h - one value of the configuration: from its text to its field. Pure. */
#ifndef FO_VALUE_H
#define FO_VALUE_H

#include <stddef.h>

#include "compiler.h"
#include "schema.h"

/* Reads, checks and stores one value. Returns 0, or -EINVAL / -ERANGE with the reason in `why`,
 * the rest of a sentence such as "is not a time, write 250ms, 3s, 10m or 1h". */
int conf_value_parse(const struct conf_key *key, const char *text, void *field, char *why,
		     size_t why_size) FO_MUST_CHECK;

#endif
