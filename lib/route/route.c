#include "route.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "rule.h"

/* Nobody puts more default routes in front of ours. */
#define DEFAULTS_MAX 8

static uint32_t metric_of(sa_family_t family)
{
	return family == AF_INET6 ? ROUTE_METRIC6 : ROUTE_METRIC4;
}

static uint8_t protocol_of(struct route_table table)
{
	return table.number == ROUTE_MAIN ? RTPROT_KEEPALIVED : RULE_PROTOCOL;
}

static bool is_same_table(struct route_table a, struct route_table b)
{
	return a.family == b.family && a.number == b.number;
}

struct default_query {
	struct route_table table;
	const struct nexthop *want; /* or NULL */
	bool own;		    /* nothing but what we have made */
	struct nexthop hop;	    /* of several, IPv4 uses the first */
	bool present;		    /* that which is wanted */
	struct nexthop other;	    /* another one that must not be there */
};

static void note_hop(struct default_query *query, const struct nexthop *hop, bool is_excess)
{
	if (!nexthop_is_set(&query->hop))
		query->hop = *hop;
	if (query->want != NULL && nexthop_equal(hop, query->want))
		query->present = true;
	else if (is_excess && !nexthop_is_set(&query->other))
		query->other = *hop;
}

/* Among routes of one metric IPv6 chooses by what it knows of the neighbours. IPv4 takes the first:
 * what another program has put behind it is its own affair, but one of ours there is left over. */
static bool is_excess(const struct route_listed *route)
{
	return route->table.family == AF_INET6 || route->protocol == protocol_of(route->table);
}

static int take_default(const struct nlmsghdr *nlh, void *data)
{
	struct default_query *query = data;
	struct route_listed route;
	struct nexthop first;
	bool excess, more;

	if (!route_read_defaults(nlh, &route) || !is_same_table(route.table, query->table) ||
	    route.metric != metric_of(query->table.family) ||
	    (query->own && route.protocol != protocol_of(query->table)))
		return MNL_CB_OK;
	excess = is_excess(&route);
	first = route.hop;
	more = route_read_next(&route);
	/* An IPv4 route of several is none of its hops: part of all flows takes each. */
	if (more && query->table.family == AF_INET)
		return MNL_CB_OK;
	note_hop(query, &first, excess);
	for (; more; more = route_read_next(&route))
		note_hop(query, &route.hop, excess);
	return MNL_CB_OK;
}

/* Logs a failure that has to do with the routes of `family`. Returns `ret`. */
static int fail(int ret, const char *words, sa_family_t family, const char *verb, const char *what)
{
	char text[NEXTHOP_TEXT_MAX + 64];

	snprintf(text, sizeof(text), "cannot %s %s%s", verb, family == AF_INET6 ? "IPv6 " : "",
		 what);
	return netlink_log_failure(ret, words, text);
}

static struct nlmsghdr *request_routes(struct netlink *nl, struct route_table table)
{
	struct nlmsghdr *nlh = netlink_request(nl, RTM_GETROUTE, NLM_F_DUMP);
	struct rtmsg *info = mnl_nlmsg_put_extra_header(nlh, sizeof(*info));

	info->rtm_family = (unsigned char)table.family;
	mnl_attr_put_u32(nlh, RTA_TABLE, table.number);
	return nlh;
}

static int list(struct netlink *nl, netlink_begin *begin, mnl_cb_t take, void *data,
		const char **words)
{
	int ret = netlink_list(nl, begin, take, data, words);

	/* The kernel's word for "this table is empty", with strict checking. */
	return ret == -ENOENT ? 0 : ret;
}

static struct nlmsghdr *begin_defaults(struct netlink *nl, void *data)
{
	struct default_query *query = data;

	*query = (struct default_query){ .table = query->table,
					 .want = query->want,
					 .own = query->own };
	return request_routes(nl, query->table);
}

static int find_default(struct netlink *nl, struct route_table table, struct nexthop *out,
			const char **words)
{
	struct default_query query = { .table = table };
	int ret = list(nl, begin_defaults, take_default, &query, words);

	if (ret == 0)
		*out = query.hop;
	return ret;
}

int route_get_default(struct netlink *nl, struct route_table table, struct nexthop *out)
{
	const char *words;
	int ret = find_default(nl, table, out, &words);

	return ret == 0 ? 0 : fail(ret, words, table.family, "list", "routes");
}

int route_is_shared(struct netlink *nl, struct route_table table, const struct nexthop *hop,
		    bool *out)
{
	struct default_query query = { .table = table, .want = hop };
	const char *words;
	int ret = list(nl, begin_defaults, take_default, &query, &words);

	if (ret == 0)
		*out = nexthop_is_set(&query.other);
	return ret == 0 ? 0 : fail(ret, words, table.family, "list", "routes");
}

/* Default routes of the main table that are not ours. */
struct other_query {
	sa_family_t family;
	const char *dev; /* those of this interface, through a gateway; NULL: any */
	bool found;
	struct route_listed best;
};

static int take_other(const struct nlmsghdr *nlh, void *data)
{
	struct other_query *query = data;
	struct route_listed route;

	if (!route_read_default(nlh, &route) || route.table.number != ROUTE_MAIN ||
	    route.table.family != query->family || route.protocol == RTPROT_KEEPALIVED)
		return MNL_CB_OK;
	if (query->dev != NULL &&
	    (strcmp(route.hop.dev, query->dev) != 0 || !addr_is_set(&route.hop.via)))
		return MNL_CB_OK;
	if (!query->found || route.metric < query->best.metric)
		query->best = route;
	query->found = true;
	return MNL_CB_OK;
}

static struct nlmsghdr *begin_others(struct netlink *nl, void *data)
{
	struct other_query *query = data;

	query->found = false;
	return request_routes(nl, (struct route_table){ query->family, ROUTE_MAIN });
}

static int find_other(struct netlink *nl, struct other_query *query)
{
	const char *words;
	int ret = list(nl, begin_others, take_other, query, &words);

	return ret == 0 ? 0 : fail(ret, words, query->family, "list", "routes");
}

int route_find_gateway(struct netlink *nl, sa_family_t family, const char *dev, struct addr *out)
{
	struct other_query query = { .family = family, .dev = dev };
	int ret = find_other(nl, &query);

	if (ret == 0)
		*out = query.found ? query.best.hop.via : (struct addr){ .family = AF_UNSPEC };
	return ret;
}

int route_has_other_default(struct netlink *nl, sa_family_t family, bool *out)
{
	struct other_query query = { .family = family };
	int ret = find_other(nl, &query);

	if (ret == 0)
		*out = query.found;
	return ret;
}

/* Puts the default route `hop` into a request. Returns the fixed part of it, or NULL with errno
 * when there is no such interface. */
static struct rtmsg *put_default(struct nlmsghdr *nlh, struct route_table table,
				 const struct nexthop *hop)
{
	struct rtmsg *info = mnl_nlmsg_put_extra_header(nlh, sizeof(*info));
	unsigned index = if_nametoindex(hop->dev);

	if (index == 0)
		return NULL;
	info->rtm_family = (unsigned char)table.family;
	mnl_attr_put_u32(nlh, RTA_TABLE, table.number);
	mnl_attr_put_u32(nlh, RTA_OIF, index);
	if (addr_is_set(&hop->via))
		mnl_attr_put(nlh, RTA_GATEWAY, addr_len(table.family), hop->via.bytes);
	if (metric_of(table.family) != 0)
		mnl_attr_put_u32(nlh, RTA_PRIORITY, metric_of(table.family));
	return info;
}

/* With a `protocol` other than 0 only that of who has it. */
static int delete_default_of(struct netlink *nl, struct route_table table,
			     const struct nexthop *hop, uint8_t protocol, const char **words)
{
	struct nlmsghdr *nlh = netlink_request(nl, RTM_DELROUTE, NLM_F_ACK);
	struct rtmsg *info = put_default(nlh, table, hop);
	int ret;

	if (info == NULL)
		return 0;		    /* the interface has gone, and its routes with it */
	info->rtm_scope = RT_SCOPE_NOWHERE; /* any */
	info->rtm_protocol = protocol;
	ret = netlink_ask(nl, nlh, NULL, NULL, words);
	return ret == -ESRCH ? 0 : ret;
}

static int delete_default(struct netlink *nl, struct route_table table, const struct nexthop *hop,
			  const char **words)
{
	return delete_default_of(nl, table, hop, RTPROT_UNSPEC, words);
}

int route_delete_default(struct netlink *nl, struct route_table table, const struct nexthop *hop)
{
	char text[NEXTHOP_TEXT_MAX], what[NEXTHOP_TEXT_MAX + 32];
	const char *words = "";
	int ret = delete_default(nl, table, hop, &words);

	if (ret == 0)
		return 0;
	snprintf(what, sizeof(what), "default route %s", nexthop_format(text, hop));
	return fail(ret, words, table.family, "delete", what);
}

int route_delete_own_defaults(struct netlink *nl, struct route_table table)
{
	struct default_query query = { .table = table, .own = true };
	const char *words = "";
	int ret = 0;

	for (int i = 0; i < DEFAULTS_MAX && ret == 0; i++) {
		ret = list(nl, begin_defaults, take_default, &query, &words);
		if (ret == 0 && !nexthop_is_set(&query.hop))
			return 0;
		if (ret == 0)
			ret = delete_default_of(nl, table, &query.hop, protocol_of(table), &words);
	}
	return ret == 0 ? 0 : fail(ret, words, table.family, "delete", "default route");
}

static int put_first(struct netlink *nl, struct route_table table, const struct nexthop *hop,
		     const char **words)
{
	struct nlmsghdr *nlh =
		netlink_request(nl, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE | NLM_F_ACK);
	struct rtmsg *info = put_default(nlh, table, hop);

	if (info == NULL)
		return -errno;
	info->rtm_protocol = protocol_of(table);
	info->rtm_type = RTN_UNICAST;
	info->rtm_scope = addr_is_set(&hop->via) ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK;
	return netlink_ask(nl, nlh, NULL, NULL, words);
}

/* `hop` is there, but not the first of its metric. The first may look the same: made while its
 * gateway was this router itself. */
static int uncover_default(struct netlink *nl, struct route_table table, const struct nexthop *hop,
			   const char **words)
{
	struct nexthop first;
	int ret = -EEXIST;

	for (int i = 0; i < DEFAULTS_MAX && ret == -EEXIST; i++) {
		ret = find_default(nl, table, &first, words);
		if (ret == 0)
			ret = delete_default(nl, table, &first, words);
		if (ret == 0)
			ret = put_first(nl, table, hop, words);
	}
	return ret;
}

/* A replacement takes one away, of IPv6 only one of its own kind. */
static int make_only_default(struct netlink *nl, struct route_table table,
			     const struct nexthop *hop, const char **words)
{
	for (int i = 0; i < DEFAULTS_MAX; i++) {
		struct default_query query = { .table = table, .want = hop };
		int ret = list(nl, begin_defaults, take_default, &query, words);

		if (ret == 0 && !query.present)
			ret = put_first(nl, table, hop, words);
		else if (ret == 0 && nexthop_is_set(&query.other))
			ret = delete_default(nl, table, &query.other, words);
		else
			return ret;
		if (ret != 0)
			return ret;
	}
	return -EEXIST;
}

int route_replace_default(struct netlink *nl, struct route_table table, const struct nexthop *hop)
{
	char text[NEXTHOP_TEXT_MAX], what[NEXTHOP_TEXT_MAX + 48];
	const char *words = "";
	int ret = put_first(nl, table, hop, &words);

	if (ret == -EEXIST)
		ret = uncover_default(nl, table, hop, &words);
	if (ret == 0)
		ret = make_only_default(nl, table, hop, &words);
	if (ret == 0)
		return 0;
	snprintf(what, sizeof(what), "default route %s", nexthop_format(text, hop));
	if (table.number != ROUTE_MAIN)
		snprintf(what + strlen(what), 24, " in table %u", table.number);
	return fail(ret, words, table.family, "set", what);
}
