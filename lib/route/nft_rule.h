/* nft_rule.h - a rule of nf_tables, as data, and how it is written down for the kernel. Edge: nft.
 */
#ifndef FO_NFT_RULE_H
#define FO_NFT_RULE_H

#include <stdint.h>

#include "nft.h"

/* What a packet has to be. */
enum nft_match_kind {
	NFT_MATCH_NOTHING, /* the end of the list */
	NFT_OUT_BY,	   /* it leaves by an interface of the set `name` */
	NFT_LONGER_THAN,   /* `value` bytes, with the IP header */
	NFT_PROTOCOL_IS,   /* IPPROTO_ `value`, behind all extension headers */
	NFT_ICMP_TYPE_IS,  /* `value`, after NFT_PROTOCOL_IS */
	NFT_TCP_HAS,	   /* one of the flags `value`, after NFT_PROTOCOL_IS */
	NFT_PORT_IS,	   /* it goes to port `value`, after NFT_PROTOCOL_IS */
	NFT_PORT_IS_NOT
};

struct nft_match {
	enum nft_match_kind kind;
	uint32_t value;
	const char *name;
};

/* So many packets a second, and so many at once after a pause. `rate` 0: any number. */
struct nft_limit {
	uint32_t rate, burst;
};

#define NFT_MATCHES_MAX 3

struct nft_rule {
	const char *chain;
	struct nft_match matches[NFT_MATCHES_MAX];
	struct {
		const char *set; /* one that is dynamic; NULL: no limit of each source */
		enum nft_key key;
		struct nft_limit limit;
	} source;
	struct nft_limit limit; /* of all sources together; beyond it the next rule decides */
	uint32_t verdict;	/* NF_ACCEPT, NF_DROP, NFT_GOTO */
	const char *target;	/* of NFT_GOTO */
};

/* Adds a rule at the end of its chain. */
void nft_add_rule(struct nft_batch *batch, const struct nft_rule *rule);

#endif
