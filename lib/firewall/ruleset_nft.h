/* ruleset_nft.h - a rule in the words of nft(8). Pure. */
#ifndef FO_RULESET_NFT_H
#define FO_RULESET_NFT_H

#include "ruleset_rule.h"

/* What it says about the packet. */
void ruleset_read_nft(const struct ruleset_name *rule, const struct ruleset_packet *packet,
		      struct ruleset_decision *out);

#endif
