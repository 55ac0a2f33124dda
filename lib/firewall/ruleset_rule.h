/* ruleset_rule.h - what one rule of a firewall says about a packet. Pure. */
#ifndef FO_RULESET_RULE_H
#define FO_RULESET_RULE_H

#include "ruleset.h"

enum ruleset_match { RULESET_NO, RULESET_MAYBE, RULESET_YES };

enum ruleset_verdict {
	RULESET_NEXT, /* the next rule decides */
	RULESET_ACCEPT,
	RULESET_DROP,
	RULESET_RETURN,
	RULESET_JUMP,
	RULESET_GOTO,
	RULESET_TRANSLATE,
};

/* Most rules have one; one with a verdict map has some. */
#define RULESET_BRANCHES_MAX 16

struct ruleset_branch {
	enum ruleset_match match;
	enum ruleset_verdict verdict;
	struct ruleset_name target; /* of a jump */
};

struct ruleset_decision {
	size_t count;
	struct ruleset_branch branches[RULESET_BRANCHES_MAX];
};

/* A word of a rule. */
struct ruleset_token {
	const char *text;
	size_t len;
	bool quoted;
};

/* Takes the next word: a quoted one without its quotes, and `{`, `}`, `,` alone. Returns false at
 * the end. */
bool ruleset_next_token(struct ruleset_name *rest, struct ruleset_token *out);

/* Whether it is that word, unquoted. */
bool ruleset_token_is(const struct ruleset_token *token, const char *word);

/* Whether it can be the name of the interface; `wild` at its end stands for anything. */
enum ruleset_match ruleset_match_interface(const struct ruleset_token *token, const char *name,
					   char wild);
enum ruleset_match ruleset_match_protocol(const struct ruleset_token *token, uint8_t protocol);
enum ruleset_match ruleset_match_address(const struct ruleset_token *token,
					 const struct addr_prefix *network);

enum ruleset_match ruleset_not(enum ruleset_match match);

#endif
