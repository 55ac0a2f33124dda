/* notify_rule.h - whom keepalived tells of a change of state. Pure. */
#ifndef FO_NOTIFY_RULE_H
#define FO_NOTIFY_RULE_H

#include "scene.h"

/* Adds FO170 to FO174. */
void notify_rule_check(const struct scene *scene);

#endif
