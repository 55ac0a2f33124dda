/* track_rule.h - how keepalived learns what the line is like. Pure. */
#ifndef FO_TRACK_RULE_H
#define FO_TRACK_RULE_H

#include "scene.h"

/* Adds FO120 to FO122, about each vrrp_script, and FO130 to FO135, about what is tracked. */
void track_rule_check(const struct scene *scene);

#endif
