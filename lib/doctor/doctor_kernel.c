#include "doctor_kernel.h"

#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "clock.h"
#include "firewall.h"
#include "holder.h"
#include "keepalived_daemon.h"
#include "keepalived_file.h"
#include "kernel_rule.h"
#include "log.h"
#include "lookup.h"
#include "nat.h"
#include "plan_rule.h"
#include "rp_filter.h"
#include "rtnl.h"
#include "switchover.h"
#include "sysctl.h"

/* What follows a change a moment later is no finding. */
#define LOOKS_MAX 5
#define LOOK_US	  300000

/* A switch of the kernel; 0 where there is none. */
static int get_switch(const char *family, const char *dev, const char *leaf)
{
	char name[PLAN_SYSCTL_MAX];
	int value = 0;

	snprintf(name, sizeof(name), "net/%s/conf/%s/%s", family, dev, leaf);
	return sysctl_get(name, &value) == 0 ? value : 0;
}

static int get_mtu(const char *dev)
{
	struct ifreq request = { .ifr_mtu = 0 };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int mtu = 0;

	if (fd < 0)
		return 0;
	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", dev);
	if (ioctl(fd, SIOCGIFMTU, &request) == 0)
		mtu = request.ifr_mtu;
	close(fd);
	return mtu;
}

/* The kernel removes the other addresses of a network with the first one, unless it is to promote
 * one of them: see promote_secondaries in its ip-sysctl documentation. */
static int find_second(struct netlink *nl, int index, const char *name, const struct addr *vip,
		       struct addr *out)
{
	struct rtnl_addrs addrs = { .count = 0 };
	const struct rtnl_addr *first = NULL;
	int ret = rtnl_get_addrs(nl, index, &addrs);

	if (ret != 0 || get_switch("ipv4", "all", "promote_secondaries") != 0 ||
	    get_switch("ipv4", name, "promote_secondaries") != 0)
		return ret;
	for (size_t i = 0; i < addrs.count; i++) {
		if (addr_equal(&addrs.items[i].local, vip) && !addrs.items[i].secondary)
			first = &addrs.items[i];
	}
	for (size_t i = 0; i < addrs.count && first != NULL; i++) {
		const struct rtnl_addr *addr = &addrs.items[i];

		if (addr->secondary && addr->prefix_len == first->prefix_len &&
		    addr_in_prefix(&addr->local, vip, first->prefix_len))
			*out = addr->local;
	}
	return 0;
}

static int find_lan(struct netlink *nl, const char *name, const struct addr *vip,
		    struct kernel_lan *out)
{
	struct rtnl_link link;
	int ret = rtnl_get_link(nl, name, &link);

	if (ret != 0)
		return ret == -ENODEV ? 0 : ret;
	*out = (struct kernel_lan){
		.there = true,
		.up = link.up,
		.forwards = get_switch("ipv4", name, "forwarding") != 0,
		.redirects = get_switch("ipv4", "all", "send_redirects") != 0 ||
			     get_switch("ipv4", name, "send_redirects") != 0,
		.mtu = get_mtu(name),
	};
	return find_second(nl, link.index, name, vip, &out->second);
}

static bool is_link_local(const struct addr *addr)
{
	static const struct addr net = { AF_INET6, { 0xfe, 0x80 } };

	return addr_in_prefix(addr, &net, 10);
}

static int find_addresses(struct netlink *nl, int index, struct kernel_uplink *out)
{
	struct rtnl_addrs addrs = { .count = 0 };
	int ret = rtnl_get_addrs(nl, index, &addrs);

	for (size_t i = 0; ret == 0 && i < addrs.count; i++) {
		const struct addr *addr = &addrs.items[i].local;

		if (addr->family == AF_INET)
			out->address = true;
		else if (!is_link_local(addr))
			out->address6 = true;
	}
	return ret;
}

static int find_uplink(struct netlink *nl, const char *name, struct kernel_uplink *out)
{
	struct rtnl_link link;
	int ret = rtnl_get_link(nl, name, &link);

	if (ret == -ENODEV)
		return rtnl_find_sibling(nl, name, out->sibling);
	if (ret != 0)
		return ret;
	out->there = true;
	out->up = link.up;
	out->forwards = get_switch("ipv4", name, "forwarding") != 0;
	out->strict = rp_filter_is_strict(name);
	out->ignores_ra = get_switch("ipv6", name, "forwarding") != 0 &&
			  get_switch("ipv6", name, "accept_ra") == 1;
	out->mtu = get_mtu(name);
	return find_addresses(nl, link.index, out);
}

/* Whether a gateway is this router itself, and not because it has the VRRP address now. */
static int is_own(struct netlink *nl, const struct conf *conf, const struct nexthop *hop, bool *own)
{
	int index = 0;
	int ret = addr_is_set(&hop->via) && !addr_equal(&hop->via, &conf->router.vip)
			  ? rtnl_find_addr(nl, &hop->via, &index)
			  : 0;

	*own = index != 0 && index != RTNL_LOOPBACK;
	return ret;
}

static int find_state(struct netlink *nl, const struct conf *conf, struct kernel_facts *facts)
{
	int index = 0;
	int ret = rtnl_find_addr(nl, &conf->router.vip, &index);

	facts->master = index != 0;
	return ret;
}

static void add_peer(struct firewall_query *query, const struct addr_prefix *peer)
{
	if (query->peer_count < FIREWALL_PEERS_MAX)
		query->peers[query->peer_count++] = *peer;
}

/* Those of the first instance that have an IPv4 address; any host of the LAN, where none is named.
 */
static void find_peers(const struct keepalived_conf *conf, struct firewall_query *query)
{
	const struct keepalived_block *block =
		keepalived_find_block(conf, KEEPALIVED_INSTANCE, NULL);
	const struct keepalived_entry *entry = NULL;
	struct addr_prefix peer = { .len = 32 };

	while (block != NULL &&
	       (entry = keepalived_next(conf, block, "unicast_peer", entry)) != NULL) {
		if (addr_parse(keepalived_param(entry, 0), AF_INET, &peer.addr) == 0)
			add_peer(query, &peer);
	}
	if (query->peer_count == 0)
		add_peer(query, &query->lans[0].network);
}

static int find_firewall(struct netlink *nl, const struct doctor_order *order,
			 struct firewall *firewall)
{
	const struct conf_router *router = &order->conf->router;
	struct firewall_query query = { .uplink = router->uplink,
					.internet = { lookup_internet(AF_INET), 32 } };
	struct keepalived_conf *conf = calloc(1, sizeof(*conf));
	char id[KEEPALIVED_WORD_MAX];
	int ret = conf == NULL ? -ENOMEM : nat_has_source(AF_INET, &query.any_nat);

	if (conf == NULL)
		log_err(ENOMEM, "cannot look at the packet filter");
	for (size_t i = 0; i < router->lan.count && ret == 0; i++) {
		struct firewall_lan *lan = &query.lans[query.lan_count++];

		lan->name = router->lan.items[i];
		ret = rtnl_find_network(nl, lan->name, &router->vip, &lan->network);
	}
	keepalived_daemon_find_id(order->root, id);
	/* What cannot be read there is said elsewhere. */
	if (ret == 0 && keepalived_file_read(order->root, order->keepalived_conf, id, 0, conf) != 0)
		memset(conf, 0, sizeof(*conf));
	if (ret == 0)
		find_peers(conf, &query);
	free(conf);
	if (ret == 0)
		ret = firewall_end(firewall_begin(), &query, firewall);
	if (ret == -ENOENT)
		log_err(0, "cannot look at the rules of the packet filter: nft(8), or "
			   "iptables-legacy-save(8), is not there");
	return ret;
}

static int find_interfaces(struct netlink *nl, const struct conf *conf, struct kernel_facts *facts)
{
	int ret = find_state(nl, conf, facts);

	for (size_t i = 0; i < conf->router.lan.count && ret == 0; i++)
		ret = find_lan(nl, conf->router.lan.items[i], &conf->router.vip, &facts->lans[i]);
	if (ret == 0)
		ret = find_uplink(nl, conf->router.uplink, &facts->uplink);
	if (ret == 0)
		ret = is_own(nl, conf, &conf->route.backup, &facts->own_backup);
	if (ret == 0)
		ret = is_own(nl, conf, &conf->route.master, &facts->own_master);
	return ret;
}

/* The plan: looked at more than once, for fo-route may be about to put it right. */
static int check_plan(const struct doctor_order *order, struct findings *out)
{
	const struct switchover_order examine = { .reported = NULL };
	FO_UNINITIALIZED struct switchover found;
	int ret = 0;

	if (!order->conf->route.present)
		return 0;
	for (int i = 0; i < LOOKS_MAX; i++) {
		ret = switchover_examine(order->conf, &examine, &found);
		if (ret != 0 || !plan_rule_differs(order->conf, &found))
			break;
		clock_sleep_until_us(clock_mono_us() + LOOK_US);
	}
	return ret == 0 ? plan_rule_check(order->conf, &found, out) : ret;
}

/* Whether the plan can be looked at: its LAN is there. */
static bool has_lan(const struct kernel_facts *facts)
{
	return facts->lans[0].there;
}

int doctor_check_kernel(const struct doctor_order *order, struct findings *out)
{
	const struct conf *conf = order->conf;
	struct kernel_facts facts = { .master = false };
	struct netlink *nl = NULL;
	int ret, other;

	if (order->root[0] != '\0' || conf->router.lan.count == 0)
		return 0;
	ret = rtnl_open(&nl);
	if (ret == 0)
		ret = find_interfaces(nl, conf, &facts);
	if (ret != 0) {
		netlink_close(nl);
		return ret;
	}
	ret = holder_find(nl, &conf->router, &facts.holder, &facts.other);
	other = find_firewall(nl, order, &facts.firewall);
	ret = ret != 0 ? ret : other;
	netlink_close(nl);
	kernel_rule_check(conf, &facts, out);
	other = has_lan(&facts) ? check_plan(order, out) : 0;
	return ret != 0 ? ret : other;
}
