/* ruleset.h - what a firewall makes of a packet, by the text that nft(8) and iptables-save(8)
 * print. Pure.
 *
 * What a rule asks of a packet is known to match, known not to, or neither: sets with a name, marks
 * and limits are not looked into. So a packet *may* pass where some rule may let it; that it does
 * not is said only where no rule can. */
#ifndef FO_RULESET_H
#define FO_RULESET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addr.h"
#include "compiler.h"

enum ruleset_hook {
	RULESET_OTHER,
	RULESET_INPUT,
	RULESET_FORWARD,
	RULESET_POSTROUTING,
};

/* Names point into the text. */
struct ruleset_name {
	const char *text;
	size_t len;
};

/* Whether `words` stand in it. */
bool ruleset_has(const struct ruleset_name *text, const char *words);

struct ruleset_chain {
	struct ruleset_name table, name; /* of the table its family, too: `inet filter` */
	enum ruleset_hook hook;
	bool translates;   /* of type nat */
	bool drops;	   /* what no rule decides */
	size_t first, end; /* its rules are among these; both 0: it has none */
};

struct ruleset_rule {
	struct ruleset_name text;
	size_t chain;
	bool old; /* in the words of iptables */
};

#define RULESET_CHAINS_MAX 512
#define RULESET_RULES_MAX  4096

/* All zero: it is empty. */
struct ruleset {
	size_t chain_count, rule_count;
	bool more; /* than fit: nothing is said then */
	struct ruleset_chain chains[RULESET_CHAINS_MAX];
	struct ruleset_rule rules[RULESET_RULES_MAX];
};

/* Adds what `nft -s list ruleset` prints: tables of IPv4 and of both families. `text` has to stay.
 */
void ruleset_add_nft(struct ruleset *ruleset, const char *text);

/* Adds what `iptables-save` prints. */
void ruleset_add_iptables(struct ruleset *ruleset, const char *text);

/* An IPv4 packet, or many: addresses are networks. */
struct ruleset_packet {
	const char *iif, *oif;	/* NULL: it has none at that hook */
	uint8_t protocol;	/* 0: any */
	struct addr_prefix src; /* not set: not known */
	struct addr_prefix dst;
	bool is_answer; /* of a connection that is known, which conntrack calls established; else
			   the first packet of a flow */
};

#endif
