/* ruleset_iptables.h - a rule in the words of iptables-save(8). Pure. */
#ifndef FO_RULESET_IPTABLES_H
#define FO_RULESET_IPTABLES_H

#include "ruleset_rule.h"

/* What it says about the packet. A target that is no word of iptables may be a chain. */
void ruleset_read_iptables(const struct ruleset_name *rule, const struct ruleset_packet *packet,
			   struct ruleset_decision *out);

#endif
