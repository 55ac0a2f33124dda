/* ruleset_walk.h - what becomes of a packet in the chains of a firewall. Pure. */
#ifndef FO_RULESET_WALK_H
#define FO_RULESET_WALK_H

#include "ruleset.h"

/* Whether no chain of the hook is sure to drop it. Otherwise `*chain` is the one that does. */
bool ruleset_may_pass(const struct ruleset *ruleset, enum ruleset_hook hook,
		      const struct ruleset_packet *packet, const struct ruleset_chain **chain);

/* Whether some rule may translate its source. */
bool ruleset_may_translate(const struct ruleset *ruleset, const struct ruleset_packet *packet);

/* Whether any rule sets the largest segment of TCP. */
bool ruleset_clamps(const struct ruleset *ruleset);

#endif
