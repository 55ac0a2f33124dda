/* peers.h - others' rules, with the settings that they are published with. */
#ifndef FO_JUDGE_PEERS_H
#define FO_JUDGE_PEERS_H

#include "rule.h"

/* As rule_begin, for the names in peers.c. */
struct rule *peer_begin(const char *name, struct network *network);

#endif
