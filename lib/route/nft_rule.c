#include "nft_rule.h"

#include <arpa/inet.h>
#include <endian.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <net/if.h>

/* Where the fields are: RFC 791, RFC 8200, RFC 9293, RFC 768. */
#define SOURCE4_AT   12
#define SOURCE6_AT   8
#define TCP_FLAGS_AT 13
#define PORT_AT	     2

/* An expression of a rule: a list element with a name and data. */
struct expr {
	struct nlattr *element, *data;
};

static struct expr begin(struct nlmsghdr *nlh, uint16_t type, const char *name)
{
	struct expr expr;

	expr.element = mnl_attr_nest_start(nlh, type);
	mnl_attr_put_strz(nlh, NFTA_EXPR_NAME, name);
	expr.data = mnl_attr_nest_start(nlh, NFTA_EXPR_DATA);
	return expr;
}

static void end(struct nlmsghdr *nlh, const struct expr *expr)
{
	mnl_attr_nest_end(nlh, expr->data);
	mnl_attr_nest_end(nlh, expr->element);
}

static void put_be32(struct nlmsghdr *nlh, uint16_t type, uint32_t value)
{
	mnl_attr_put_u32(nlh, type, htonl(value));
}

static void put_data(struct nlmsghdr *nlh, uint16_t type, const void *value, size_t len)
{
	struct nlattr *data = mnl_attr_nest_start(nlh, type);

	mnl_attr_put(nlh, NFTA_DATA_VALUE, len, value);
	mnl_attr_nest_end(nlh, data);
}

/* All expressions load into, and compare, register 1. */

static void put_meta(struct nlmsghdr *nlh, enum nft_meta_keys key)
{
	struct expr expr = begin(nlh, NFTA_LIST_ELEM, "meta");

	put_be32(nlh, NFTA_META_DREG, NFT_REG_1);
	put_be32(nlh, NFTA_META_KEY, key);
	end(nlh, &expr);
}

static void put_payload(struct nlmsghdr *nlh, enum nft_payload_bases base, uint32_t at,
			uint32_t len)
{
	struct expr expr = begin(nlh, NFTA_LIST_ELEM, "payload");

	put_be32(nlh, NFTA_PAYLOAD_DREG, NFT_REG_1);
	put_be32(nlh, NFTA_PAYLOAD_BASE, base);
	put_be32(nlh, NFTA_PAYLOAD_OFFSET, at);
	put_be32(nlh, NFTA_PAYLOAD_LEN, len);
	end(nlh, &expr);
}

static void put_compare(struct nlmsghdr *nlh, enum nft_cmp_ops op, const void *value, size_t len)
{
	struct expr expr = begin(nlh, NFTA_LIST_ELEM, "cmp");

	put_be32(nlh, NFTA_CMP_SREG, NFT_REG_1);
	put_be32(nlh, NFTA_CMP_OP, op);
	put_data(nlh, NFTA_CMP_DATA, value, len);
	end(nlh, &expr);
}

static void put_compare_byte(struct nlmsghdr *nlh, enum nft_cmp_ops op, uint32_t value)
{
	uint8_t byte = (uint8_t)value;

	put_compare(nlh, op, &byte, sizeof(byte));
}

static void put_port(struct nlmsghdr *nlh, enum nft_cmp_ops op, uint32_t value)
{
	uint16_t port = htons((uint16_t)value);

	put_payload(nlh, NFT_PAYLOAD_TRANSPORT_HEADER, PORT_AT, sizeof(port));
	put_compare(nlh, op, &port, sizeof(port));
}

static void put_tcp_flags(struct nlmsghdr *nlh, uint32_t flags)
{
	uint8_t mask = (uint8_t)flags, none = 0;
	struct expr expr;

	put_payload(nlh, NFT_PAYLOAD_TRANSPORT_HEADER, TCP_FLAGS_AT, sizeof(mask));
	expr = begin(nlh, NFTA_LIST_ELEM, "bitwise");
	put_be32(nlh, NFTA_BITWISE_SREG, NFT_REG_1);
	put_be32(nlh, NFTA_BITWISE_DREG, NFT_REG_1);
	put_be32(nlh, NFTA_BITWISE_LEN, sizeof(mask));
	put_data(nlh, NFTA_BITWISE_MASK, &mask, sizeof(mask));
	put_data(nlh, NFTA_BITWISE_XOR, &none, sizeof(none));
	end(nlh, &expr);
	put_compare_byte(nlh, NFT_CMP_NEQ, 0);
}

/* The length is in the byte order of the machine, and greater and less are of bytes. */
static void put_longer_than(struct nlmsghdr *nlh, uint32_t len)
{
	uint32_t value = htonl(len);
	struct expr expr;

	put_meta(nlh, NFT_META_LEN);
	expr = begin(nlh, NFTA_LIST_ELEM, "byteorder");
	put_be32(nlh, NFTA_BYTEORDER_SREG, NFT_REG_1);
	put_be32(nlh, NFTA_BYTEORDER_DREG, NFT_REG_1);
	put_be32(nlh, NFTA_BYTEORDER_OP, NFT_BYTEORDER_HTON);
	put_be32(nlh, NFTA_BYTEORDER_LEN, sizeof(value));
	put_be32(nlh, NFTA_BYTEORDER_SIZE, sizeof(value));
	end(nlh, &expr);
	put_compare(nlh, NFT_CMP_GT, &value, sizeof(value));
}

static void put_out_by(struct nlmsghdr *nlh, const char *set)
{
	struct expr expr;

	put_meta(nlh, NFT_META_OIFNAME);
	expr = begin(nlh, NFTA_LIST_ELEM, "lookup");
	mnl_attr_put_strz(nlh, NFTA_LOOKUP_SET, set);
	put_be32(nlh, NFTA_LOOKUP_SREG, NFT_REG_1);
	end(nlh, &expr);
}

static void put_match(struct nlmsghdr *nlh, const struct nft_match *match)
{
	switch (match->kind) {
	case NFT_OUT_BY:
		put_out_by(nlh, match->name);
		break;
	case NFT_LONGER_THAN:
		put_longer_than(nlh, match->value);
		break;
	case NFT_PROTOCOL_IS:
		put_meta(nlh, NFT_META_L4PROTO);
		put_compare_byte(nlh, NFT_CMP_EQ, match->value);
		break;
	case NFT_ICMP_TYPE_IS:
		put_payload(nlh, NFT_PAYLOAD_TRANSPORT_HEADER, 0, 1);
		put_compare_byte(nlh, NFT_CMP_EQ, match->value);
		break;
	case NFT_TCP_HAS:
		put_tcp_flags(nlh, match->value);
		break;
	case NFT_PORT_IS:
		put_port(nlh, NFT_CMP_EQ, match->value);
		break;
	case NFT_PORT_IS_NOT:
		put_port(nlh, NFT_CMP_NEQ, match->value);
		break;
	case NFT_MATCH_NOTHING:
		break;
	}
}

/* Within a rule (NFTA_LIST_ELEM), or within the elements of a set. */
static void put_limit(struct nlmsghdr *nlh, uint16_t type, const struct nft_limit *limit)
{
	struct expr expr = begin(nlh, type, "limit");

	mnl_attr_put_u64(nlh, NFTA_LIMIT_RATE, htobe64(limit->rate));
	mnl_attr_put_u64(nlh, NFTA_LIMIT_UNIT, htobe64(1));
	put_be32(nlh, NFTA_LIMIT_BURST, limit->burst);
	put_be32(nlh, NFTA_LIMIT_TYPE, NFT_LIMIT_PKTS);
	put_be32(nlh, NFTA_LIMIT_FLAGS, 0);
	end(nlh, &expr);
}

static void put_source_limit(struct nlmsghdr *nlh, const struct nft_rule *rule)
{
	bool six = rule->source.key == NFT_KEY_IPV6;
	struct expr expr;

	put_payload(nlh, NFT_PAYLOAD_NETWORK_HEADER, six ? SOURCE6_AT : SOURCE4_AT, six ? 16 : 4);
	expr = begin(nlh, NFTA_LIST_ELEM, "dynset");
	mnl_attr_put_strz(nlh, NFTA_DYNSET_SET_NAME, rule->source.set);
	put_be32(nlh, NFTA_DYNSET_OP, NFT_DYNSET_OP_UPDATE);
	put_be32(nlh, NFTA_DYNSET_SREG_KEY, NFT_REG_1);
	put_limit(nlh, NFTA_DYNSET_EXPR, &rule->source.limit);
	end(nlh, &expr);
}

static void put_verdict(struct nlmsghdr *nlh, const struct nft_rule *rule)
{
	struct expr expr = begin(nlh, NFTA_LIST_ELEM, "immediate");
	struct nlattr *data, *verdict;

	put_be32(nlh, NFTA_IMMEDIATE_DREG, NFT_REG_VERDICT);
	data = mnl_attr_nest_start(nlh, NFTA_IMMEDIATE_DATA);
	verdict = mnl_attr_nest_start(nlh, NFTA_DATA_VERDICT);
	put_be32(nlh, NFTA_VERDICT_CODE, rule->verdict);
	if (rule->target != NULL)
		mnl_attr_put_strz(nlh, NFTA_VERDICT_CHAIN, rule->target);
	mnl_attr_nest_end(nlh, verdict);
	mnl_attr_nest_end(nlh, data);
	end(nlh, &expr);
}

void nft_add_rule(struct nft_batch *batch, const struct nft_rule *rule)
{
	struct nlmsghdr *nlh = nft_add(batch, NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND);
	struct nlattr *list;

	mnl_attr_put_strz(nlh, NFTA_RULE_CHAIN, rule->chain);
	list = mnl_attr_nest_start(nlh, NFTA_RULE_EXPRESSIONS);
	for (size_t i = 0; i < NFT_MATCHES_MAX; i++)
		put_match(nlh, &rule->matches[i]);
	if (rule->source.set != NULL)
		put_source_limit(nlh, rule);
	if (rule->limit.rate > 0)
		put_limit(nlh, NFTA_LIST_ELEM, &rule->limit);
	put_verdict(nlh, rule);
	mnl_attr_nest_end(nlh, list);
	nft_end(batch, nlh);
}
