#include "route_message.h"

#include <linux/rtnetlink.h>
#include <net/if.h>

static int take_attr(const struct nlattr *attr, void *data)
{
	struct route_listed *route = data;
	uint16_t type = mnl_attr_get_type(attr);
	bool is_u32 = mnl_attr_validate(attr, MNL_TYPE_U32) == 0;

	if (type == RTA_TABLE && is_u32)
		route->table.number = mnl_attr_get_u32(attr);
	else if (type == RTA_PRIORITY && is_u32)
		route->metric = mnl_attr_get_u32(attr);
	else if (type == RTA_OIF && is_u32)
		(void)if_indextoname(mnl_attr_get_u32(attr), route->hop.dev);
	else if (type == RTA_GATEWAY &&
		 addr_from_bytes(route->table.family, mnl_attr_get_payload(attr),
				 mnl_attr_get_payload_len(attr), &route->hop.via) != 0)
		route->hop.via.family = AF_UNSPEC;
	else if (type == RTA_MULTIPATH) {
		route->rest = mnl_attr_get_payload(attr);
		route->rest_len = mnl_attr_get_payload_len(attr);
	}
	return MNL_CB_OK;
}

static bool read_route(const struct nlmsghdr *nlh, struct route_listed *out)
{
	const struct rtmsg *info = mnl_nlmsg_get_payload(nlh);

	*out = (struct route_listed){ .table = { info->rtm_family, info->rtm_table },
				      .protocol = info->rtm_protocol };
	if (info->rtm_dst_len != 0 || info->rtm_tos != 0 || info->rtm_type != RTN_UNICAST ||
	    (info->rtm_flags & RTM_F_CLONED) != 0)
		return false;
	mnl_attr_parse(nlh, sizeof(*info), take_attr, out);
	return true;
}

bool route_read_default(const struct nlmsghdr *nlh, struct route_listed *out)
{
	return read_route(nlh, out) && nexthop_is_set(&out->hop);
}

bool route_read_defaults(const struct nlmsghdr *nlh, struct route_listed *out)
{
	return read_route(nlh, out) && (nexthop_is_set(&out->hop) || route_read_next(out));
}

bool route_read_next(struct route_listed *route)
{
	const struct rtnexthop *hop = route->rest;
	size_t len = route->rest_len < sizeof(*hop) ? 0 : hop->rtnh_len;

	if (len < sizeof(*hop) || len > route->rest_len)
		return false;
	route->hop = (struct nexthop){ .dev = "" };
	(void)if_indextoname((unsigned)hop->rtnh_ifindex, route->hop.dev);
	(void)mnl_attr_parse_payload(hop + 1, len - sizeof(*hop), take_attr, route);
	len = (len + RTNH_ALIGNTO - 1) & ~(size_t)(RTNH_ALIGNTO - 1);
	route->rest = len < route->rest_len ? (const char *)route->rest + len : NULL;
	route->rest_len -= len < route->rest_len ? len : route->rest_len;
	return nexthop_is_set(&route->hop);
}
