#include "flow_ways.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

/* Room for a question: headers, two addresses of IPv6, a mark, an interface. */
#define REQUEST_MAX 128

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

/* Questions that are asked at once, and where their answers go. */
struct round {
	struct question questions[FLOW_WAYS_MAX];
	struct flow_way *out[FLOW_WAYS_MAX];
	int errors[FLOW_WAYS_MAX];
	unsigned count;
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

/* IPv6 answers also where there is no route, with a type that says so. */
static void take_answer(unsigned number, const struct nlmsghdr *nlh, void *data)
{
	struct round *round = data;
	struct flow_way *way = round->out[number];
	const struct nlmsgerr *error = mnl_nlmsg_get_payload(nlh);
	const struct rtmsg *info = mnl_nlmsg_get_payload(nlh);
	size_t len = mnl_nlmsg_get_payload_len(nlh);

	*way = (struct flow_way){ .kind = FLOW_WAY_NOWHERE };
	round->errors[number] = -EBADMSG;
	if (nlh->nlmsg_type == NLMSG_ERROR && len >= sizeof(*error))
		round->errors[number] = error->error;
	if (nlh->nlmsg_type != RTM_NEWROUTE || len < sizeof(*info))
		return;
	round->errors[number] = 0;
	if (info->rtm_type == RTN_LOCAL)
		way->kind = FLOW_WAY_LOCAL;
	else if (info->rtm_type == RTN_UNICAST)
		way->kind = FLOW_WAY_OUT;
	mnl_attr_parse(nlh, sizeof(*info), take_way_attr, way);
}

/* Returns its length. */
static size_t put_request(void *buf, const struct question *question)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct rtmsg *info = mnl_nlmsg_put_extra_header(nlh, sizeof(*info));
	size_t len = addr_len(question->dst.family);

	nlh->nlmsg_type = RTM_GETROUTE;
	nlh->nlmsg_flags = NLM_F_REQUEST;
	info->rtm_family = (unsigned char)question->dst.family;
	info->rtm_dst_len = (unsigned char)(len * 8);
	mnl_attr_put(nlh, RTA_DST, len, question->dst.bytes);
	if (question->mark != 0)
		mnl_attr_put_u32(nlh, RTA_MARK, question->mark);
	if (question->in_index == 0)
		return nlh->nlmsg_len;
	info->rtm_src_len = (unsigned char)(len * 8);
	mnl_attr_put(nlh, RTA_SRC, len, question->src.bytes);
	mnl_attr_put_u32(nlh, RTA_IIF, (uint32_t)question->in_index);
	return nlh->nlmsg_len;
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

static int ask_all(struct flow_ways *ways, struct round *round)
{
	/* One send for all: a call for each would take longer than the look-up. */
	alignas(struct nlmsghdr) FO_UNINITIALIZED char buf[FLOW_WAYS_MAX * REQUEST_MAX];
	size_t len = 0;
	int ret;

	for (unsigned i = 0; i < round->count; i++)
		len += put_request(buf + len, &round->questions[i]);
	if (round->count == 0)
		return 0;
	ret = netlink_ask_each(ways->nl, buf, len, round->count, take_answer, round);
	for (unsigned i = 0; i < round->count && ret == 0; i++)
		ret = is_no_route(round->errors[i]) ? 0 : round->errors[i];
	return ret;
}

/* Once more, as packets of this router, what is not forwarded. */
static int ask_unforwarded(struct flow_ways *ways, const struct round *round)
{
	FO_UNINITIALIZED struct round plain;

	plain.count = 0;
	for (unsigned i = 0; i < round->count; i++) {
		const struct question *question = &round->questions[i];

		if (round->errors[i] != -EHOSTUNREACH || question->in_index == 0)
			continue;
		plain.questions[plain.count] =
			(struct question){ .dst = question->dst, .mark = question->mark };
		plain.out[plain.count++] = round->out[i];
	}
	return ask_all(ways, &plain);
}

static int ask(struct flow_ways *ways, struct round *round)
{
	int ret = ask_all(ways, round);

	if (ret == 0)
		ret = ask_unforwarded(ways, round);
	for (unsigned i = 0; i < round->count && ret == 0; i++) {
		struct answer *answer = place_of(ways, &round->questions[i]);

		answer->question = round->questions[i];
		answer->way = *round->out[i];
	}
	return ret;
}

/* From what is remembered, or in the round to come. */
static void look_up(struct flow_ways *ways, struct round *round, const struct question *question,
		    struct flow_way *out)
{
	const struct answer *answer = place_of(ways, question);

	if (answer->way.kind != FLOW_WAY_UNKNOWN && is_same(&answer->question, question)) {
		*out = answer->way;
		return;
	}
	round->questions[round->count] = *question;
	round->out[round->count++] = out;
}

int flow_ways_find(struct flow_ways *ways, const struct addr *dst, struct flow_way *way)
{
	struct question question = { .dst = *dst };
	FO_UNINITIALIZED struct round round;

	round.count = 0;
	look_up(ways, &round, &question, way);
	return ask(ways, &round);
}

int flow_ways_find_flows(struct flow_ways *ways, const struct flow *const flows[], unsigned count,
			 struct flow_way out[])
{
	FO_UNINITIALIZED struct round round;

	round.count = 0;
	for (unsigned i = 0; i < count; i++) {
		struct question question = { .src = flows[i]->src,
					     .dst = flows[i]->reply_src,
					     .mark = flows[i]->mark };
		struct flow_way back = { .kind = FLOW_WAY_UNKNOWN };
		int ret = flow_ways_find(ways, &flows[i]->src, &back);

		if (ret != 0)
			return ret;
		question.in_index = back.index;
		look_up(ways, &round, &question, &out[i]);
	}
	return ask(ways, &round);
}
