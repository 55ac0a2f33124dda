#include "lookup.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>

/* An answer while it is read. */
struct reading {
	sa_family_t family;
	struct lookup_answer answer;
};

static int take_attr(const struct nlattr *attr, void *data)
{
	struct reading *reading = data;
	struct lookup_answer *answer = &reading->answer;
	uint16_t type = mnl_attr_get_type(attr);
	bool is_u32 = mnl_attr_validate(attr, MNL_TYPE_U32) == 0;
	const struct rtnexthop *first = mnl_attr_get_payload(attr);

	if (type == RTA_TABLE && is_u32)
		answer->table = mnl_attr_get_u32(attr);
	else if (type == RTA_PRIORITY && is_u32)
		answer->metric = mnl_attr_get_u32(attr);
	else if (type == RTA_OIF && is_u32)
		(void)if_indextoname(mnl_attr_get_u32(attr), answer->hop.dev);
	else if (type == RTA_MULTIPATH && mnl_attr_get_payload_len(attr) >= sizeof(*first))
		(void)if_indextoname((unsigned)first->rtnh_ifindex, answer->hop.dev);
	else if (type == RTA_GATEWAY &&
		 addr_from_bytes(reading->family, mnl_attr_get_payload(attr),
				 mnl_attr_get_payload_len(attr), &answer->hop.via) != 0)
		return MNL_CB_ERROR;
	return MNL_CB_OK;
}

static int take_route(const struct nlmsghdr *nlh, void *data)
{
	struct reading *reading = data;
	const struct rtmsg *info = mnl_nlmsg_get_payload(nlh);

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*info))
		return MNL_CB_ERROR;
	reading->answer = (struct lookup_answer){ .reachable = info->rtm_type == RTN_UNICAST,
						  .error = -EHOSTUNREACH,
						  .prefix_len = info->rtm_dst_len,
						  .table = info->rtm_table,
						  .protocol = info->rtm_protocol };
	return mnl_attr_parse(nlh, sizeof(*info), take_attr, reading);
}

/* What the kernel says where no packet would get through. */
static bool means_no_way(int ret)
{
	static const int errors[] = { ENETUNREACH, EHOSTUNREACH, EACCES,  EINVAL,
				      EXDEV,	   ENODEV,	 ENETDOWN };

	for (size_t i = 0; i < ARRAY_LEN(errors); i++) {
		if (ret == -errors[i])
			return true;
	}
	return false;
}

static struct nlmsghdr *make_request(struct netlink *nl, const struct lookup_query *query)
{
	sa_family_t family = query->dst.family;
	struct nlmsghdr *nlh = netlink_request(nl, RTM_GETROUTE, NLM_F_ACK);
	struct rtmsg *info = mnl_nlmsg_put_extra_header(nlh, sizeof(*info));

	info->rtm_family = (unsigned char)family;
	info->rtm_dst_len = (unsigned char)(addr_len(family) * 8);
	/* IPv6 names the real table in every case, and takes no such flag. */
	info->rtm_flags = (query->match ? RTM_F_FIB_MATCH : 0U) |
			  (family == AF_INET ? RTM_F_LOOKUP_TABLE : 0U);
	mnl_attr_put(nlh, RTA_DST, addr_len(family), query->dst.bytes);
	if (addr_is_set(&query->src)) {
		info->rtm_src_len = info->rtm_dst_len;
		mnl_attr_put(nlh, RTA_SRC, addr_len(family), query->src.bytes);
	}
	if (query->iif != 0)
		mnl_attr_put_u32(nlh, RTA_IIF, (uint32_t)query->iif);
	if (query->mark != 0)
		mnl_attr_put_u32(nlh, RTA_MARK, query->mark);
	return nlh;
}

int lookup_route(struct netlink *nl, const struct lookup_query *query, struct lookup_answer *out)
{
	struct reading reading = { .family = query->dst.family };
	const char *words;
	int ret = netlink_ask(nl, make_request(nl, query), take_route, &reading, &words);

	if (means_no_way(ret))
		reading.answer = (struct lookup_answer){ .error = ret };
	else if (ret != 0)
		return netlink_log_failure(ret, words, "cannot look up a route");
	*out = reading.answer;
	return 0;
}

struct addr lookup_internet(sa_family_t family)
{
	static const struct addr root4 = { AF_INET, { 198, 41, 0, 4 } };
	static const struct addr root6 = {
		AF_INET6, { 0x20, 0x01, 0x05, 0x03, 0xba, 0x3e, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0x30 }
	};

	return family == AF_INET6 ? root6 : root4;
}

const char *lookup_protocol(uint8_t protocol, char buf[static LOOKUP_PROTOCOL_MAX])
{
	static const struct {
		uint8_t number;
		const char *name;
	} names[] = {
		{ RTPROT_REDIRECT, "redirect" },
		{ RTPROT_KERNEL, "kernel" },
		{ RTPROT_BOOT, "boot" },
		{ RTPROT_STATIC, "static" },
		{ RTPROT_RA, "ra" },
		{ RTPROT_ZEBRA, "zebra" },
		{ RTPROT_BIRD, "bird" },
		{ RTPROT_DHCP, "dhcp" },
		{ RTPROT_KEEPALIVED, "keepalived" },
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (names[i].number == protocol)
			return names[i].name;
	}
	snprintf(buf, LOOKUP_PROTOCOL_MAX, "protocol %u", protocol);
	return buf;
}
