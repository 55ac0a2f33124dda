/* metrics_verb.h - fo-status metrics. Edge: stdout, files. */
#ifndef FO_METRICS_VERB_H
#define FO_METRICS_VERB_H

#include "settings.h"

/* Prints the metrics, or writes them into the file `output` at once. Returns the exit status. */
int metrics_verb_run(const struct conf *conf, const char *output);

#endif
