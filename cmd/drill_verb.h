/* drill_verb.h - fo-route drill TIME. Edge: arguments. */
#ifndef FO_DRILL_VERB_H
#define FO_DRILL_VERB_H

#include <stdint.h>

#include "cli.h"

/* Takes the operands of the verb: a time, in milliseconds. Returns as `parse` of a verb. */
int drill_verb_parse(const struct cli *cli, int count, char *operands[], int64_t *for_ms);

/* Does it. Returns the exit status. */
int drill_verb_run(const struct cli *cli, const struct conf *conf, int64_t for_ms);

#endif
