#include "rule.h"

#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>

/* A rule of a list, and what else tells whose it is. */
struct listed {
	sa_family_t family;
	struct rule rule;
	uint8_t protocol;
};

static void take_text(const struct nlattr *attr, char out[static IFNAMSIZ])
{
	if (mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) == 0)
		snprintf(out, IFNAMSIZ, "%s", mnl_attr_get_str(attr));
}

static int take_attr(const struct nlattr *attr, void *data)
{
	struct listed *listed = data;
	struct rule *rule = &listed->rule;
	bool is_u32 = mnl_attr_validate(attr, MNL_TYPE_U32) == 0;

	switch (mnl_attr_get_type(attr)) {
	case FRA_PRIORITY:
		rule->priority = is_u32 ? mnl_attr_get_u32(attr) : 0;
		break;
	case FRA_TABLE:
		rule->table = is_u32 ? mnl_attr_get_u32(attr) : 0;
		break;
	case FRA_SUPPRESS_PREFIXLEN:
		rule->no_default = is_u32 && mnl_attr_get_u32(attr) == 0;
		break;
	case FRA_PROTOCOL:
		listed->protocol = mnl_attr_get_u8(attr);
		break;
	case FRA_SRC:
		if (addr_from_bytes(listed->family, mnl_attr_get_payload(attr),
				    mnl_attr_get_payload_len(attr), &rule->from) != 0)
			return MNL_CB_ERROR;
		break;
	case FRA_OIFNAME:
		take_text(attr, rule->oif);
		break;
	case FRA_IIFNAME:
		take_text(attr, rule->iif);
		break;
	default:
		break;
	}
	return MNL_CB_OK;
}

static struct listed read_rule(const struct nlmsghdr *nlh)
{
	const struct fib_rule_hdr *info = mnl_nlmsg_get_payload(nlh);
	struct listed listed = { .family = info->family,
				 .rule = { .table = info->table, .from_len = info->src_len } };

	mnl_attr_parse(nlh, sizeof(*info), take_attr, &listed);
	return listed;
}

static int take_ours(const struct nlmsghdr *nlh, void *data)
{
	struct rule_set *set = data;
	const struct listed listed = read_rule(nlh);

	/* More than there can be are somebody's joke; what is left out is found the next time. */
	if (listed.protocol == RULE_PROTOCOL)
		(void)rule_set_add(set, &listed.rule);
	return MNL_CB_OK;
}

static struct nlmsghdr *request_list(struct netlink *nl, sa_family_t family)
{
	struct nlmsghdr *nlh = netlink_request(nl, RTM_GETRULE, NLM_F_DUMP);
	struct fib_rule_hdr *info = mnl_nlmsg_put_extra_header(nlh, sizeof(*info));

	info->family = (uint8_t)family;
	return nlh;
}

static int list(struct netlink *nl, sa_family_t family, mnl_cb_t take, void *data)
{
	const char *words;
	int ret = netlink_ask(nl, request_list(nl, family), take, data, &words);

	/* Rules come in their order, in a few parts; who changes them meanwhile is noticed by the
	 * next look. A kernel without policy routing has none. */
	if (ret == -EINTR || ret == -EAFNOSUPPORT || ret == -EOPNOTSUPP)
		return 0;
	return ret == 0 ? 0 : netlink_log_failure(ret, words, "cannot list rules");
}

int rule_get_ours(struct netlink *nl, sa_family_t family, struct rule_set *out)
{
	out->count = 0;
	return list(nl, family, take_ours, out);
}

static void put_rule(struct nlmsghdr *nlh, sa_family_t family, const struct rule *rule)
{
	struct fib_rule_hdr *info = mnl_nlmsg_put_extra_header(nlh, sizeof(*info));

	info->family = (uint8_t)family;
	info->action = FR_ACT_TO_TBL;
	mnl_attr_put_u32(nlh, FRA_PRIORITY, rule->priority);
	mnl_attr_put_u32(nlh, FRA_TABLE, rule->table);
	mnl_attr_put_u8(nlh, FRA_PROTOCOL, RULE_PROTOCOL);
	if (addr_is_set(&rule->from)) {
		info->src_len = (uint8_t)rule->from_len;
		mnl_attr_put(nlh, FRA_SRC, addr_len(family), rule->from.bytes);
	}
	if (rule->oif[0] != '\0')
		mnl_attr_put_strz(nlh, FRA_OIFNAME, rule->oif);
	if (rule->iif[0] != '\0')
		mnl_attr_put_strz(nlh, FRA_IIFNAME, rule->iif);
	if (rule->no_default)
		mnl_attr_put_u32(nlh, FRA_SUPPRESS_PREFIXLEN, 0);
}

/* Adds or deletes a rule; that it is there, or gone, already is as good. */
static int change(struct netlink *nl, uint16_t type, sa_family_t family, const struct rule *rule)
{
	bool add = type == RTM_NEWRULE;
	uint16_t flags = (uint16_t)(add ? NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK : NLM_F_ACK);
	struct nlmsghdr *nlh = netlink_request(nl, type, flags);
	const char *words;
	char what[64];
	int ret;

	put_rule(nlh, family, rule);
	ret = netlink_ask(nl, nlh, NULL, NULL, &words);
	if (ret == 0 || ret == (add ? -EEXIST : -ENOENT))
		return 0;
	snprintf(what, sizeof(what), "cannot %s the %srule %u for table %u", add ? "add" : "delete",
		 family == AF_INET6 ? "IPv6 " : "", rule->priority, rule->table);
	return netlink_log_failure(ret, words, what);
}

static int change_missing(struct netlink *nl, uint16_t type, sa_family_t family,
			  const struct rule_set *from, const struct rule_set *other)
{
	for (size_t i = 0; i < from->count; i++) {
		int ret = 0;

		if (!rule_set_has(other, &from->items[i]))
			ret = change(nl, type, family, &from->items[i]);
		if (ret != 0)
			return ret;
	}
	return 0;
}

int rule_replace(struct netlink *nl, sa_family_t family, const struct rule_set *have,
		 const struct rule_set *want)
{
	int ret = change_missing(nl, RTM_NEWRULE, family, want, have);

	return ret == 0 ? change_missing(nl, RTM_DELRULE, family, have, want) : ret;
}

struct table_query {
	uint32_t table, priority;
};

static int take_table(const struct nlmsghdr *nlh, void *data)
{
	struct table_query *query = data;
	const struct listed listed = read_rule(nlh);

	if (query->priority == 0 && listed.rule.table == query->table)
		query->priority = listed.rule.priority;
	return MNL_CB_OK;
}

int rule_find_table(struct netlink *nl, sa_family_t family, uint32_t table, uint32_t *priority)
{
	struct table_query query = { .table = table };
	int ret = list(nl, family, take_table, &query);

	if (ret == 0)
		*priority = query.priority;
	return ret;
}
