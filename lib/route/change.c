#include "change.h"

#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>

#include "lookup.h"
#include "rtnl.h"
#include "rule.h"
#include "store.h"

/* Of the kernel, PID_MAX_LIMIT: a port above is one that the kernel has chosen. */
#define PID_LIMIT 4194304

/* A VPN takes the Internet with two routes, each to half of it, which go before a default route. */
#define HALF 1

int change_open(struct netlink **out)
{
	return rtnl_open_monitor(RTNL_LINKS | RTNL_ADDRS | RTNL_ROUTES | RTNL_RULES | RTNL_SWITCHES,
				 out);
}

static int take_link_attr(const struct nlattr *attr, void *data)
{
	struct change *change = data;

	if (mnl_attr_get_type(attr) == IFLA_IFNAME &&
	    mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) == 0)
		snprintf(change->dev, sizeof(change->dev), "%s", mnl_attr_get_str(attr));
	return MNL_CB_OK;
}

/* A route while it is read. */
struct reading {
	sa_family_t family;
	struct change *change;
};

static int take_route_attr(const struct nlattr *attr, void *data)
{
	const struct reading *reading = data;
	struct change *change = reading->change;
	uint16_t type = mnl_attr_get_type(attr);
	bool is_u32 = mnl_attr_validate(attr, MNL_TYPE_U32) == 0;

	if (type == RTA_TABLE && is_u32)
		change->table = mnl_attr_get_u32(attr);
	else if (type == RTA_OIF && is_u32)
		(void)if_indextoname(mnl_attr_get_u32(attr), change->hop.dev);
	else if (type == RTA_GATEWAY &&
		 addr_from_bytes(reading->family, mnl_attr_get_payload(attr),
				 mnl_attr_get_payload_len(attr), &change->hop.via) != 0)
		change->hop.via.family = AF_UNSPEC;
	return MNL_CB_OK;
}

static int take_rule_attr(const struct nlattr *attr, void *data)
{
	struct change *change = data;
	bool is_u32 = mnl_attr_validate(attr, MNL_TYPE_U32) == 0;

	if (mnl_attr_get_type(attr) == FRA_TABLE && is_u32)
		change->table = mnl_attr_get_u32(attr);
	else if (mnl_attr_get_type(attr) == FRA_PRIORITY && is_u32)
		change->priority = mnl_attr_get_u32(attr);
	return MNL_CB_OK;
}

static void take_route(const struct nlmsghdr *nlh, struct change *change)
{
	const struct rtmsg *info = mnl_nlmsg_get_payload(nlh);
	struct reading reading = { .family = info->rtm_family, .change = change };

	if (info->rtm_dst_len > HALF || (info->rtm_flags & RTM_F_CLONED) != 0)
		return;
	change->kind = CHANGE_ROUTE;
	change->table = info->rtm_table;
	change->protocol = info->rtm_protocol;
	mnl_attr_parse(nlh, sizeof(*info), take_route_attr, &reading);
}

static int take(const struct nlmsghdr *nlh, void *data)
{
	struct change *change = data;
	size_t len = mnl_nlmsg_get_payload_len(nlh);

	change->port = nlh->nlmsg_pid;
	switch (nlh->nlmsg_type) {
	case RTM_DELLINK:
	case RTM_NEWLINK:
		if (len >= sizeof(struct ifinfomsg)) {
			change->kind = CHANGE_LINK;
			rtnl_read_link(nlh, &change->link);
			mnl_attr_parse(nlh, sizeof(struct ifinfomsg), take_link_attr, change);
		}
		break;
	case RTM_DELADDR:
	case RTM_NEWADDR:
		change->kind = CHANGE_ADDR;
		break;
	case RTM_DELROUTE:
	case RTM_NEWROUTE:
		if (len >= sizeof(struct rtmsg))
			take_route(nlh, change);
		break;
	case RTM_DELRULE:
	case RTM_NEWRULE:
		if (len >= sizeof(struct fib_rule_hdr)) {
			change->kind = CHANGE_RULE;
			mnl_attr_parse(nlh, sizeof(struct fib_rule_hdr), take_rule_attr, change);
		}
		break;
	case RTM_NEWNETCONF:
		change->kind = CHANGE_SWITCH;
		break;
	default:
		break;
	}
	change->gone = nlh->nlmsg_type == RTM_DELLINK || nlh->nlmsg_type == RTM_DELADDR ||
		       nlh->nlmsg_type == RTM_DELROUTE || nlh->nlmsg_type == RTM_DELRULE;
	return MNL_CB_OK;
}

int change_next(struct netlink *nl, struct change *out)
{
	struct change change = { .kind = CHANGE_NONE };
	int ret = netlink_receive(nl, take, &change);

	if (ret == 0)
		*out = change;
	return ret;
}

bool change_uncovers(const struct change *change)
{
	return change->gone && (change->kind == CHANGE_ROUTE || change->kind == CHANGE_RULE);
}

bool change_takes_ours(const struct change *change)
{
	return change->kind == CHANGE_ROUTE && change->gone &&
	       (change->protocol == RTPROT_KEEPALIVED || change->protocol == RULE_PROTOCOL);
}

bool change_says_more(const struct change *before, const struct change *change)
{
	return before->kind == CHANGE_NONE ||
	       (before->kind != CHANGE_LOST && change->kind != CHANGE_SWITCH);
}

static void describe_what(const struct change *change, char *buf, size_t size)
{
	char hop[NEXTHOP_TEXT_MAX], who[LOOKUP_PROTOCOL_MAX];

	switch (change->kind) {
	case CHANGE_ROUTE:
		snprintf(buf, size, "default route %s (%s)", nexthop_format(hop, &change->hop),
			 lookup_protocol(change->protocol, who));
		break;
	case CHANGE_RULE:
		snprintf(buf, size, "rule %u to table %u", change->priority, change->table);
		break;
	case CHANGE_SWITCH:
		snprintf(buf, size, "a switch of net.ipv4.conf");
		break;
	case CHANGE_LINK:
		snprintf(buf, size, "interface %s", change->dev);
		break;
	case CHANGE_ADDR:
	case CHANGE_NONE:
	case CHANGE_LOST:
		snprintf(buf, size, "an address");
		break;
	}
}

const char *change_describe(const struct change *change, char buf[static CHANGE_TEXT_MAX])
{
	char what[96], path[32], name[32];

	describe_what(change, what, sizeof(what));
	snprintf(path, sizeof(path), "/proc/%u/comm", change->port);
	if (change->kind == CHANGE_LOST)
		snprintf(buf, CHANGE_TEXT_MAX, "more changes at once than can be told apart");
	else if (change->kind == CHANGE_NONE)
		snprintf(buf, CHANGE_TEXT_MAX, "a change of which the kernel tells nobody");
	else if (change->kind == CHANGE_SWITCH)
		snprintf(buf, CHANGE_TEXT_MAX, "%s was changed", what);
	else if (change->port == 0)
		snprintf(buf, CHANGE_TEXT_MAX, "%s was %s by the kernel", what,
			 change->gone ? "removed" : "made");
	else if (change->port > PID_LIMIT)
		snprintf(buf, CHANGE_TEXT_MAX, "%s was %s by a program that cannot be named", what,
			 change->gone ? "removed" : "made");
	else if (store_read_path(path, name, sizeof(name)) == 0)
		snprintf(buf, CHANGE_TEXT_MAX, "%s was %s by %s, process %u", what,
			 change->gone ? "removed" : "made", name, change->port);
	else
		snprintf(buf, CHANGE_TEXT_MAX, "%s was %s by process %u, which has ended", what,
			 change->gone ? "removed" : "made", change->port);
	return buf;
}
