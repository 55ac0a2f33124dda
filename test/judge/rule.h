/* rule.h - a rule by which a line is judged, ours or another's, at work in virtual time. */
#ifndef FO_JUDGE_RULE_H
#define FO_JUDGE_RULE_H

#include <stdbool.h>
#include <stdint.h>

#include "network.h"

/* A rule at work. Each kind has this first in a struct of its own. */
struct rule {
	/* Goes on at `next_us`, and sets it to when it has to go on again. */
	void (*go_on)(struct rule *rule);
	struct network *network;
	int64_t next_us;
	bool down; /* the verdict */
};

/* Begins to judge `network` at a moment by chance of its first interval. The name is one of
 * peers.c, or `fo` with settings, such as `fo:fall=2,round-timeout=200` (watcher.h). Returns NULL
 * when it is neither. Freed by free(). */
struct rule *rule_begin(const char *name, struct network *network);

#endif
