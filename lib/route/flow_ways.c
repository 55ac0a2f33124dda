#include "flow_ways.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#define ANSWERS_BITS 10
#define ANSWERS	     (1U << ANSWERS_BITS)

/* A packet. The rest of the bytes of each address is zero. */
struct question {
	struct addr src, dst; /* src is none: a packet of this router */
	uint32_t mark;
	int in_index; /* 0: a packet of this router */
};

struct answer {
	struct question question;
	struct flow_way way; /* unknown: the place is free */
};

struct flow_ways {
	struct netlink *nl;
	struct answer answers[ANSWERS]; /* each has one place, by its hash */
};

int flow_ways_open(struct netlink *nl, struct flow_ways **out)
{
	struct flow_ways *ways = calloc(1, sizeof(*ways));

	if (ways == NULL)
		return -ENOMEM;
	ways->nl = nl;
	*out = ways;
	return 0;
}

void flow_ways_close(struct flow_ways *ways)
{
	free(ways);
}

static uint64_t mix(uint64_t hash, uint64_t word)
{
	hash = (hash ^ word) * 0x9e3779b97f4a7c15U;
	return hash ^ hash >> 29;
}

static uint64_t mix_addr(uint64_t hash, const struct addr *addr)
{
	uint64_t words[2];

	memcpy(words, addr->bytes, sizeof(words));
	return mix(mix(hash, words[0]), words[1]);
}

static struct answer *place_of(struct flow_ways *ways, const struct question *question)
{
	uint64_t hash = mix(question->mark, (uint64_t)question->in_index);

	hash = mix_addr(mix_addr(hash, &question->src), &question->dst);
	return &ways->answers[hash >> (64 - ANSWERS_BITS)];
}

static bool is_same(const struct question *a, const struct question *b)
{
	return a->mark == b->mark && a->in_index == b->in_index && addr_equal(&a->dst, &b->dst) &&
	       addr_equal(&a->src, &b->src);
}

static int take_way_attr(const struct nlattr *attr, void *data)
{
	struct flow_way *way = data;
	uint16_t type = mnl_attr_get_type(attr), len = mnl_attr_get_payload_len(attr);

	if (type == RTA_OIF && mnl_attr_validate(attr, MNL_TYPE_U32) == 0)
		way->index = (int)mnl_attr_get_u32(attr);
	else if (type == RTA_GATEWAY &&
		 addr_from_bytes(len == addr_len(AF_INET) ? AF_INET : AF_INET6,
				 mnl_attr_get_payload(attr), len, &way->via) != 0)
		way->via.family = AF_UNSPEC;
	return MNL_CB_OK;
}

/* The answer is one message. IPv6 answers also where there is no route, with a type that says so.
 */
static int take_way(const struct nlmsghdr *nlh, void *data)
{
	struct flow_way *way = data;
	const struct rtmsg *info = mnl_nlmsg_get_payload(nlh);

	if (nlh->nlmsg_type != RTM_NEWROUTE || mnl_nlmsg_get_payload_len(nlh) < sizeof(*info))
		return MNL_CB_STOP;
	if (info->rtm_type == RTN_LOCAL)
		way->kind = FLOW_WAY_LOCAL;
	else if (info->rtm_type == RTN_UNICAST)
		way->kind = FLOW_WAY_OUT;
	mnl_attr_parse(nlh, sizeof(*info), take_way_attr, way);
	return MNL_CB_STOP;
}

static const struct nlmsghdr *request(struct netlink *nl, const struct question *question)
{
	struct nlmsghdr *nlh = netlink_request(nl, RTM_GETROUTE, 0);
	struct rtmsg *info = mnl_nlmsg_put_extra_header(nlh, sizeof(*info));
	size_t len = addr_len(question->dst.family);

	info->rtm_family = (unsigned char)question->dst.family;
	info->rtm_dst_len = (unsigned char)(len * 8);
	mnl_attr_put(nlh, RTA_DST, len, question->dst.bytes);
	if (question->mark != 0)
		mnl_attr_put_u32(nlh, RTA_MARK, question->mark);
	if (question->in_index == 0)
		return nlh;
	info->rtm_src_len = (unsigned char)(len * 8);
	mnl_attr_put(nlh, RTA_SRC, len, question->src.bytes);
	mnl_attr_put_u32(nlh, RTA_IIF, (uint32_t)question->in_index);
	return nlh;
}

/* Without a route, or with one that refuses, the kernel answers with the error that the packet
 * would cause; EHOSTUNREACH also where nothing is forwarded. */
static bool is_no_route(int ret)
{
	switch (ret) {
	case -ENETUNREACH:
	case -EHOSTUNREACH:
	case -EACCES: /* `prohibit` */
	case -EINVAL: /* `blackhole`, or an address that no packet may have */
	case -EXDEV:  /* the reverse path is another one */
	case -ENODEV: /* the interface has gone meanwhile */
		return true;
	default:
		return false;
	}
}

static int ask(struct flow_ways *ways, const struct question *question, struct flow_way *way)
{
	struct question plain = { .dst = question->dst, .mark = question->mark };
	const char *words;
	int ret = netlink_ask(ways->nl, request(ways->nl, question), take_way, way, &words);

	if (ret == -EHOSTUNREACH && question->in_index != 0)
		ret = netlink_ask(ways->nl, request(ways->nl, &plain), take_way, way, &words);
	return is_no_route(ret) ? 0 : ret;
}

static int find(struct flow_ways *ways, const struct question *question, struct flow_way *way)
{
	struct answer *answer = place_of(ways, question);

	if (answer->way.kind == FLOW_WAY_UNKNOWN || !is_same(&answer->question, question)) {
		struct flow_way found = { .kind = FLOW_WAY_NOWHERE };
		int ret = ask(ways, question, &found);

		if (ret != 0)
			return ret;
		answer->question = *question;
		answer->way = found;
	}
	*way = answer->way;
	return 0;
}

int flow_ways_find(struct flow_ways *ways, const struct addr *dst, struct flow_way *way)
{
	struct question question = { .dst = *dst };

	return find(ways, &question, way);
}

int flow_ways_find_flow(struct flow_ways *ways, const struct flow *flow, struct flow_way *way)
{
	struct question question = { .src = flow->src, .dst = flow->reply_src, .mark = flow->mark };
	struct flow_way back = { .kind = FLOW_WAY_NOWHERE };
	int ret = flow_ways_find(ways, &flow->src, &back);

	question.in_index = back.index;
	return ret == 0 ? find(ways, &question, way) : ret;
}
