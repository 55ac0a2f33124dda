#include "ruleset_nft.h"

#include <string.h>

/* A rule while it is read. */
struct reading {
	struct ruleset_name rest;
	const struct ruleset_packet *packet;
	enum ruleset_match match; /* of what was read so far */
	bool vague;		  /* what follows is not understood */
	struct ruleset_decision *out;
};

/* Compares a word with what the packet has. */
typedef enum ruleset_match compare_word(const struct ruleset_packet *packet,
					const struct ruleset_token *token);

static enum ruleset_match compare_iif(const struct ruleset_packet *packet,
				      const struct ruleset_token *token)
{
	return ruleset_match_interface(token, packet->iif, '*');
}

static enum ruleset_match compare_oif(const struct ruleset_packet *packet,
				      const struct ruleset_token *token)
{
	return ruleset_match_interface(token, packet->oif, '*');
}

static enum ruleset_match compare_protocol(const struct ruleset_packet *packet,
					   const struct ruleset_token *token)
{
	return ruleset_match_protocol(token, packet->protocol);
}

static enum ruleset_match compare_src(const struct ruleset_packet *packet,
				      const struct ruleset_token *token)
{
	return ruleset_match_address(token, &packet->src);
}

static enum ruleset_match compare_dst(const struct ruleset_packet *packet,
				      const struct ruleset_token *token)
{
	return ruleset_match_address(token, &packet->dst);
}

static enum ruleset_match compare_state(const struct ruleset_packet *packet,
					const struct ruleset_token *token)
{
	return ruleset_token_is(token, packet->is_answer ? "established" : "new") ? RULESET_YES
										  : RULESET_NO;
}

/* Nothing redirects it: firewalld lets in what is. */
static enum ruleset_match compare_status(const struct ruleset_packet *packet,
					 const struct ruleset_token *token)
{
	(void)packet;
	return ruleset_token_is(token, "dnat") ? RULESET_NO : RULESET_MAYBE;
}

static enum ruleset_match compare_family(const struct ruleset_packet *packet,
					 const struct ruleset_token *token)
{
	(void)packet;
	return ruleset_token_is(token, "ipv4") || ruleset_token_is(token, "ip") ? RULESET_YES
										: RULESET_NO;
}

static enum ruleset_match compare_vaguely(const struct ruleset_packet *packet,
					  const struct ruleset_token *token)
{
	(void)packet;
	(void)token;
	return RULESET_MAYBE;
}

static bool peek(const struct reading *reading, struct ruleset_token *out)
{
	struct ruleset_name rest = reading->rest;

	return ruleset_next_token(&rest, out);
}

/* Takes the next word where it is that one. */
static bool accept_word(struct reading *reading, const char *word)
{
	struct ruleset_token token;

	if (!peek(reading, &token) || !ruleset_token_is(&token, word))
		return false;
	return ruleset_next_token(&reading->rest, &token);
}

static void add_match(struct reading *reading, enum ruleset_match match)
{
	if (match < reading->match && !reading->vague)
		reading->match = match;
}

/* From here on nothing of the rule is understood. */
static void become_vague(struct reading *reading)
{
	add_match(reading, RULESET_MAYBE);
	reading->vague = true;
}

static void add_branch(struct reading *reading, enum ruleset_match match,
		       enum ruleset_verdict verdict, const struct ruleset_name *target)
{
	struct ruleset_decision *out = reading->out;
	enum ruleset_match own = reading->match;

	if (match < own && !reading->vague)
		own = match;
	if (own == RULESET_NO || verdict == RULESET_NEXT)
		return;
	if (out->count < RULESET_BRANCHES_MAX)
		out->branches[out->count++] = (struct ruleset_branch){ own, verdict, *target };
}

/* Reads a verdict that begins with `token`. Returns whether it is one. */
static bool read_verdict(struct reading *reading, const struct ruleset_token *token,
			 enum ruleset_match match)
{
	static const struct {
		const char *word;
		enum ruleset_verdict verdict;
	} verdicts[] = {
		{ "accept", RULESET_ACCEPT },
		{ "drop", RULESET_DROP },
		{ "reject", RULESET_DROP },
		{ "return", RULESET_RETURN },
		{ "jump", RULESET_JUMP },
		{ "goto", RULESET_GOTO },
		{ "masquerade", RULESET_TRANSLATE },
		{ "snat", RULESET_TRANSLATE },
		{ "queue", RULESET_ACCEPT },
		{ "continue", RULESET_NEXT },
	};
	struct ruleset_token target = { .len = 0 };

	for (size_t i = 0; i < ARRAY_LEN(verdicts); i++) {
		enum ruleset_verdict verdict = verdicts[i].verdict;

		if (!ruleset_token_is(token, verdicts[i].word))
			continue;
		if ((verdict == RULESET_JUMP || verdict == RULESET_GOTO) &&
		    !ruleset_next_token(&reading->rest, &target))
			return true;
		add_branch(reading, match, verdict,
			   &(struct ruleset_name){ target.text, target.len });
		return true;
	}
	return false;
}

/* Reads `{ "eth0" : accept, "ppp0" : jump wan }`. */
static void read_map(struct reading *reading, compare_word *compare)
{
	struct ruleset_token token;
	enum ruleset_match match = RULESET_NO;

	if (!accept_word(reading, "{")) { /* a map with a name */
		const struct ruleset_name none = { .len = 0 };

		add_branch(reading, RULESET_MAYBE, RULESET_ACCEPT, &none);
		add_branch(reading, RULESET_MAYBE, RULESET_TRANSLATE, &none);
		return;
	}
	while (ruleset_next_token(&reading->rest, &token) && !ruleset_token_is(&token, "}")) {
		if (ruleset_token_is(&token, ",")) {
			match = RULESET_NO;
		} else if (ruleset_token_is(&token, ":")) {
			if (ruleset_next_token(&reading->rest, &token))
				(void)read_verdict(reading, &token, match);
		} else {
			match = compare(reading->packet, &token);
		}
	}
}

static enum ruleset_match read_set(struct reading *reading, compare_word *compare)
{
	enum ruleset_match best = RULESET_NO;
	struct ruleset_token token;

	while (ruleset_next_token(&reading->rest, &token) && !ruleset_token_is(&token, "}")) {
		enum ruleset_match match = compare(reading->packet, &token);

		if (!ruleset_token_is(&token, ",") && match > best)
			best = match;
	}
	return best;
}

/* Reads what stands after a key: `eth0`, `!= eth0`, `{ … }`, `@name`, `vmap { … }`. */
static void read_operand(struct reading *reading, compare_word *compare)
{
	bool inverted = accept_word(reading, "!=");
	enum ruleset_match match = RULESET_MAYBE;
	struct ruleset_token token;

	if (accept_word(reading, "vmap")) {
		read_map(reading, compare);
		return;
	}
	(void)accept_word(reading, "==");
	if (accept_word(reading, ".")) { /* keys together */
		become_vague(reading);
		return;
	}
	if (accept_word(reading, "{")) {
		match = read_set(reading, compare);
	} else if (ruleset_next_token(&reading->rest, &token)) {
		if (token.quoted || token.len == 0 || strchr("@<>&", token.text[0]) == NULL)
			match = compare(reading->packet, &token);
		/* A list without braces: `ct state established,related`. */
		while (accept_word(reading, ",") && ruleset_next_token(&reading->rest, &token)) {
			enum ruleset_match other = compare(reading->packet, &token);

			match = other > match ? other : match;
		}
	}
	add_match(reading, inverted ? ruleset_not(match) : match);
}

static void read_ip(struct reading *reading)
{
	struct ruleset_token token;

	if (!ruleset_next_token(&reading->rest, &token))
		return;
	if (ruleset_token_is(&token, "protocol"))
		read_operand(reading, compare_protocol);
	else if (ruleset_token_is(&token, "saddr"))
		read_operand(reading, compare_src);
	else if (ruleset_token_is(&token, "daddr"))
		read_operand(reading, compare_dst);
	else
		read_operand(reading, compare_vaguely);
}

/* `fib saddr . oif type != local`: words that are keys elsewhere. */
static void read_fib(struct reading *reading)
{
	struct ruleset_token token;

	do {
		if (!ruleset_next_token(&reading->rest, &token))
			return;
	} while (accept_word(reading, "."));
	if (ruleset_next_token(&reading->rest, &token))
		read_operand(reading, compare_vaguely);
}

static void read_ct(struct reading *reading)
{
	struct ruleset_token token;

	if (!ruleset_next_token(&reading->rest, &token))
		return;
	if (ruleset_token_is(&token, "state"))
		read_operand(reading, compare_state);
	else if (ruleset_token_is(&token, "status"))
		read_operand(reading, compare_status);
	else
		read_operand(reading, compare_vaguely);
}

static void read_target(struct reading *reading)
{
	const struct ruleset_name none = { .len = 0 };
	struct ruleset_token token;
	bool target = accept_word(reading, "target");

	if (!target || !ruleset_next_token(&reading->rest, &token)) {
		become_vague(reading);
		return;
	}
	token.quoted = false;
	if (ruleset_token_is(&token, "MASQUERADE") || ruleset_token_is(&token, "SNAT"))
		add_branch(reading, RULESET_YES, RULESET_TRANSLATE, &none);
}

/* What is not asked of the packet. Returns whether it is that. */
static bool skip_statement(struct reading *reading, const struct ruleset_token *token)
{
	static const char *const with_value[] = { "prefix", "level", "group", "flags", "comment" };
	struct ruleset_token value;

	if (ruleset_token_is(token, "counter")) {
		while ((accept_word(reading, "packets") || accept_word(reading, "bytes") ||
			accept_word(reading, "name")) &&
		       ruleset_next_token(&reading->rest, &value))
			;
		return true;
	}
	if (ruleset_token_is(token, "log") || ruleset_token_is(token, "meta"))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(with_value); i++) {
		if (ruleset_token_is(token, with_value[i]))
			return ruleset_next_token(&reading->rest, &value);
	}
	return false;
}

static void skip_braces(struct reading *reading)
{
	struct ruleset_token token;
	int depth = 1;

	while (depth > 0 && ruleset_next_token(&reading->rest, &token)) {
		if (ruleset_token_is(&token, "{"))
			depth++;
		else if (ruleset_token_is(&token, "}"))
			depth--;
	}
}

/* `tcp dport 22`: at best a part of that protocol. */
static void read_transport(struct reading *reading, const struct ruleset_token *token)
{
	struct ruleset_token field;

	add_match(reading, ruleset_match_protocol(token, reading->packet->protocol));
	if (ruleset_next_token(&reading->rest, &field))
		read_operand(reading, compare_vaguely);
}

static bool is_transport(const struct ruleset_token *token)
{
	static const char *const words[] = { "tcp",  "udp", "icmp", "icmpv6", "sctp",
					     "dccp", "esp", "ah",   "igmp",   "udplite" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (ruleset_token_is(token, words[i]))
			return true;
	}
	return false;
}

/* Returns false for a word that is no key of those that are understood. */
static bool read_key(struct reading *reading, const struct ruleset_token *token)
{
	if (ruleset_token_is(token, "iif") || ruleset_token_is(token, "iifname"))
		read_operand(reading, compare_iif);
	else if (ruleset_token_is(token, "oif") || ruleset_token_is(token, "oifname"))
		read_operand(reading, compare_oif);
	else if (ruleset_token_is(token, "l4proto"))
		read_operand(reading, compare_protocol);
	else if (ruleset_token_is(token, "nfproto") || ruleset_token_is(token, "protocol"))
		read_operand(reading, compare_family);
	else if (ruleset_token_is(token, "ip"))
		read_ip(reading);
	else if (ruleset_token_is(token, "ip6"))
		add_match(reading, RULESET_NO);
	else if (ruleset_token_is(token, "fib"))
		read_fib(reading);
	else if (ruleset_token_is(token, "ct"))
		read_ct(reading);
	else if (ruleset_token_is(token, "xt"))
		read_target(reading);
	else if (is_transport(token))
		read_transport(reading, token);
	else if (ruleset_token_is(token, "{"))
		skip_braces(reading);
	else
		return false;
	return true;
}

static void read_word(struct reading *reading, const struct ruleset_token *token)
{
	if (!skip_statement(reading, token) && !read_key(reading, token))
		add_match(reading, RULESET_MAYBE);
}

void ruleset_read_nft(const struct ruleset_name *rule, const struct ruleset_packet *packet,
		      struct ruleset_decision *out)
{
	struct reading reading = { *rule, packet, RULESET_YES, false, out };
	struct ruleset_token token;

	out->count = 0;
	while (ruleset_next_token(&reading.rest, &token)) {
		if (read_verdict(&reading, &token, RULESET_YES))
			return;
		read_word(&reading, &token);
	}
}
