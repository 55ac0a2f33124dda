/* script_facts.h - a program that keepalived.conf names, as it is on the disk. Edge: files, by
 * tree.
 */
#ifndef FO_SCRIPT_FACTS_H
#define FO_SCRIPT_FACTS_H

#include "keepalived_conf.h"
#include "script_call.h"

/* Looks at the program of the call. What cannot be looked at is not known: as if it were right. */
void script_facts_look(const char *root, struct script_call *call);

/* Whether a user of that name is there. */
bool script_facts_has_user(const char *root, const char *name);

#endif
