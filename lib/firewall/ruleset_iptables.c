#include "ruleset_iptables.h"

#include <string.h>

/* A rule while it is read. */
struct reading {
	struct ruleset_name rest;
	const struct ruleset_packet *packet;
	enum ruleset_match match;
	bool inverted; /* the next one */
};

static void add_match(struct reading *reading, enum ruleset_match match)
{
	if (reading->inverted)
		match = ruleset_not(match);
	if (match < reading->match)
		reading->match = match;
	reading->inverted = false;
}

/* `RELATED,ESTABLISHED`, of which `token` is the first. */
static bool has_state(const struct ruleset_packet *packet, struct ruleset_token token,
		      struct ruleset_name *rest)
{
	const char *state = packet->is_answer ? "ESTABLISHED" : "NEW";
	bool has = ruleset_token_is(&token, state);
	struct ruleset_name after = *rest;

	while (ruleset_next_token(&after, &token) && ruleset_token_is(&token, ",") &&
	       ruleset_next_token(&after, &token)) {
		has = has || ruleset_token_is(&token, state);
		*rest = after;
	}
	return has;
}

/* `-i eth0`. Returns false for an option that is not understood. */
static bool read_option(struct reading *reading, const struct ruleset_token *option)
{
	const struct ruleset_packet *packet = reading->packet;
	struct ruleset_name rest = reading->rest;
	struct ruleset_token value;

	if (!ruleset_next_token(&rest, &value))
		return false;
	if (ruleset_token_is(option, "-i"))
		add_match(reading, ruleset_match_interface(&value, packet->iif, '+'));
	else if (ruleset_token_is(option, "-o"))
		add_match(reading, ruleset_match_interface(&value, packet->oif, '+'));
	else if (ruleset_token_is(option, "-p"))
		add_match(reading, ruleset_match_protocol(&value, packet->protocol));
	else if (ruleset_token_is(option, "-s"))
		add_match(reading, ruleset_match_address(&value, &packet->src));
	else if (ruleset_token_is(option, "-d"))
		add_match(reading, ruleset_match_address(&value, &packet->dst));
	else if (ruleset_token_is(option, "--ctstate") || ruleset_token_is(option, "--state"))
		add_match(reading, has_state(packet, value, &rest) ? RULESET_YES : RULESET_NO);
	else if (!ruleset_token_is(option, "-m") && !ruleset_token_is(option, "--comment"))
		return false;
	reading->rest = rest;
	return true;
}

/* Targets that end nothing are a jump to a chain that is not there. */
static enum ruleset_verdict verdict_of(const struct ruleset_token *target, bool goes)
{
	static const struct {
		const char *word;
		enum ruleset_verdict verdict;
	} targets[] = {
		{ "ACCEPT", RULESET_ACCEPT },	     { "DROP", RULESET_DROP },
		{ "REJECT", RULESET_DROP },	     { "RETURN", RULESET_RETURN },
		{ "MASQUERADE", RULESET_TRANSLATE }, { "SNAT", RULESET_TRANSLATE },
		{ "NETMAP", RULESET_TRANSLATE },     { "NFQUEUE", RULESET_ACCEPT },
	};

	for (size_t i = 0; i < ARRAY_LEN(targets); i++) {
		if (ruleset_token_is(target, targets[i].word))
			return targets[i].verdict;
	}
	return goes ? RULESET_GOTO : RULESET_JUMP;
}

void ruleset_read_iptables(const struct ruleset_name *rule, const struct ruleset_packet *packet,
			   struct ruleset_decision *out)
{
	struct reading reading = { *rule, packet, RULESET_YES, false };
	struct ruleset_token token, target;

	out->count = 0;
	while (ruleset_next_token(&reading.rest, &token)) {
		bool goes = ruleset_token_is(&token, "-g");

		if (ruleset_token_is(&token, "!")) {
			reading.inverted = true;
		} else if (goes || ruleset_token_is(&token, "-j")) {
			if (!ruleset_next_token(&reading.rest, &target) ||
			    reading.match == RULESET_NO)
				return;
			out->branches[out->count++] =
				(struct ruleset_branch){ reading.match,
							 verdict_of(&target, goes),
							 { target.text, target.len } };
			return;
		} else if (!read_option(&reading, &token)) {
			add_match(&reading, RULESET_MAYBE);
		}
	}
}
