/* text_rule.h - what keepalived does not understand, and what it may not run. Pure. */
#ifndef FO_TEXT_RULE_H
#define FO_TEXT_RULE_H

#include "scene.h"

/* Adds FO102 to FO107, what the parser has objected to. */
void text_rule_check(const struct scene *scene);

/* Adds FO110 to FO118: scripts that keepalived silently disables, or runs as somebody else. */
void text_rule_check_scripts(const struct scene *scene, bool user_known, bool fallback_known);

#endif
