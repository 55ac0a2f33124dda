/* conf_rule.h - where a fo.conf without a fault contradicts itself. Pure. */
#ifndef FO_CONF_RULE_H
#define FO_CONF_RULE_H

#include "finding.h"
#include "settings.h"

/* Adds FO003 to FO013, but for FO007, with `file` as the place. */
void conf_rule_check(const struct conf *conf, const char *file, struct findings *out);

#endif
