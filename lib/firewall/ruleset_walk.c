#include "ruleset_walk.h"

#include <string.h>

#include "ruleset_iptables.h"
#include "ruleset_nft.h"

/* Chains that jump to one another. */
#define DEPTH_MAX 24

/* What may become of a packet. */
enum { MAY_ACCEPT = 1, MAY_DROP = 2, MAY_TRANSLATE = 4 };

/* How a chain, or a rule, is left. */
enum way {
	GOES_ON, /* with the next rule, for all that is known */
	RETURNS, /* to the chain that has jumped here */
	ENDS,	 /* it is decided */
};

/* What was found of a chain: others jump to it, too, and each by several ways. */
struct walked {
	bool is_known, is_open; /* open: it is being walked */
	unsigned fates;
	enum way way;
};

struct walk {
	const struct ruleset *ruleset;
	const struct ruleset_packet *packet;
	unsigned fates;
	int depth;
	bool may_return; /* out of the chain that is walked: a rule that returns may match */
	struct walked walked[RULESET_CHAINS_MAX];
};

static enum way walk_chain(struct walk *walk, size_t chain);

static size_t find_target(const struct ruleset *ruleset, size_t from,
			  const struct ruleset_name *name)
{
	const struct ruleset_name *table = &ruleset->chains[from].table;
	size_t i;

	for (i = 0; i < ruleset->chain_count; i++) {
		const struct ruleset_chain *chain = &ruleset->chains[i];

		if (chain->name.len == name->len && chain->table.len == table->len &&
		    strncmp(chain->name.text, name->text, name->len) == 0 &&
		    strncmp(chain->table.text, table->text, table->len) == 0)
			break;
	}
	return i;
}

static enum way follow(struct walk *walk, size_t chain, const struct ruleset_branch *branch)
{
	static const unsigned fates[] = { [RULESET_ACCEPT] = MAY_ACCEPT,
					  [RULESET_DROP] = MAY_DROP,
					  [RULESET_TRANSLATE] = MAY_TRANSLATE | MAY_ACCEPT };
	enum way way = ENDS;
	size_t target;

	switch (branch->verdict) {
	case RULESET_NEXT:
		return GOES_ON;
	case RULESET_RETURN:
		way = RETURNS;
		break;
	case RULESET_ACCEPT:
	case RULESET_DROP:
	case RULESET_TRANSLATE:
		walk->fates |= fates[branch->verdict];
		break;
	case RULESET_JUMP:
	case RULESET_GOTO:
		target = find_target(walk->ruleset, chain, &branch->target);
		if (target == walk->ruleset->chain_count)
			return GOES_ON;
		way = walk_chain(walk, target);
		if (way != ENDS)
			way = branch->verdict == RULESET_GOTO ? RETURNS : GOES_ON;
		break;
	}
	if (branch->match == RULESET_YES)
		return way;
	walk->may_return = walk->may_return || way == RETURNS;
	return GOES_ON;
}

static enum way follow_rule(struct walk *walk, const struct ruleset_rule *rule)
{
	FO_UNINITIALIZED struct ruleset_decision decision;

	if (rule->old)
		ruleset_read_iptables(&rule->text, walk->packet, &decision);
	else
		ruleset_read_nft(&rule->text, walk->packet, &decision);
	for (size_t i = 0; i < decision.count; i++) {
		enum way way = follow(walk, rule->chain, &decision.branches[i]);

		if (way != GOES_ON)
			return way;
	}
	return GOES_ON;
}

static enum way walk_rules(struct walk *walk, size_t chain)
{
	const struct ruleset *ruleset = walk->ruleset;
	enum way way = GOES_ON;
	bool may_return = walk->may_return;

	walk->may_return = false;
	for (size_t i = ruleset->chains[chain].first;
	     i < ruleset->chains[chain].end && way == GOES_ON; i++) {
		if (ruleset->rules[i].chain == chain)
			way = follow_rule(walk, &ruleset->rules[i]);
	}
	if (way == ENDS && walk->may_return)
		way = RETURNS;
	walk->may_return = may_return;
	return way;
}

/* Once: what becomes of a packet in a chain does not depend on the way to it. */
static enum way walk_chain(struct walk *walk, size_t chain)
{
	struct walked *walked = &walk->walked[chain];
	unsigned before = walk->fates;

	/* Too deep, or in a circle: anything may become of it. */
	if (walked->is_open || walk->depth == DEPTH_MAX) {
		walk->fates |= MAY_ACCEPT | MAY_DROP | MAY_TRANSLATE;
		return ENDS;
	}
	if (!walked->is_known) {
		walk->fates = 0;
		walk->depth++;
		walked->is_open = true;
		walked->way = walk_rules(walk, chain);
		walked->is_open = false;
		walk->depth--;
		walked->fates = walk->fates;
		walked->is_known = true;
	}
	walk->fates = before | walked->fates;
	return walked->way;
}

/* What may become of the packet in a chain of a hook. */
static unsigned fates_in(const struct ruleset *ruleset, size_t chain,
			 const struct ruleset_packet *packet)
{
	struct walk walk = { .ruleset = ruleset, .packet = packet };

	if (walk_chain(&walk, chain) != ENDS)
		walk.fates |= ruleset->chains[chain].drops ? MAY_DROP : MAY_ACCEPT;
	return walk.fates;
}

bool ruleset_may_pass(const struct ruleset *ruleset, enum ruleset_hook hook,
		      const struct ruleset_packet *packet, const struct ruleset_chain **chain)
{
	for (size_t i = 0; i < ruleset->chain_count && !ruleset->more; i++) {
		const struct ruleset_chain *one = &ruleset->chains[i];

		if (one->hook != hook || one->translates ||
		    (fates_in(ruleset, i, packet) & MAY_ACCEPT) != 0)
			continue;
		*chain = one;
		return false;
	}
	return true;
}

bool ruleset_may_translate(const struct ruleset *ruleset, const struct ruleset_packet *packet)
{
	for (size_t i = 0; i < ruleset->chain_count; i++) {
		const struct ruleset_chain *chain = &ruleset->chains[i];

		if (chain->hook == RULESET_POSTROUTING && chain->translates &&
		    (fates_in(ruleset, i, packet) & MAY_TRANSLATE) != 0)
			return true;
	}
	return ruleset->more;
}

bool ruleset_clamps(const struct ruleset *ruleset)
{
	for (size_t i = 0; i < ruleset->rule_count; i++) {
		const struct ruleset_name *text = &ruleset->rules[i].text;

		if (ruleset_has(text, "maxseg size set") || ruleset_has(text, "TCPMSS"))
			return true;
	}
	return ruleset->more;
}
