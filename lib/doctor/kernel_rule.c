#include "kernel_rule.h"

#include <stdio.h>
#include <string.h>

/* What IPv4 and TCP add to a segment. */
#define HEADERS 40

static bool comes_and_goes(const char *name)
{
	static const char *const kinds[] = { "ppp", "wwan", "wwp", "wwx", "usb", "enx", "tun" };

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (strncmp(name, kinds[i], strlen(kinds[i])) == 0)
			return true;
	}
	return false;
}

/* Whether the name is a mistake: what is of that kind is always there. */
static bool is_misnamed(const struct conf *conf, const struct kernel_facts *facts)
{
	return !facts->uplink.there && !comes_and_goes(conf->router.uplink);
}

static void check_holder(const struct conf *conf, const struct kernel_facts *facts,
			 struct findings *out)
{
	char vip[ADDR_TEXT_MAX], mac[MAC_TEXT_MAX];

	addr_format(vip, &conf->router.vip);
	if (facts->holder == KERNEL_HOLDER_NOBODY)
		findings_add(out, 201, vip,
			     "systemctl status keepalived      # on both routers\n"
			     "fo-status show                   # on both routers",
			     "this router is not master, and nobody on %s answers for %s: the LAN "
			     "has no gateway",
			     conf->router.lan.items[0], vip);
	if (facts->holder == KERNEL_HOLDER_TWO)
		findings_add(
			out, 202, vip,
			"tcpdump -ni LAN-INTERFACE vrrp    # on both routers\n"
			"compare unicast_peer, virtual_router_id, version and auth_pass in both "
			"keepalived.conf, and let both firewalls accept protocol 112",
			"this router is master, and the machine with MAC %s answers for %s, "
			"too: each host of the LAN uses one or the other",
			mac_format(mac, &facts->other), vip);
}

static void check_lan(const char *name, const struct kernel_lan *lan, struct findings *out)
{
	char fix[FINDING_FIX_MAX];

	snprintf(fix, sizeof(fix), "ip link show\nip link set %s up", name);
	if (!lan->there)
		findings_add(out, 211, name, "ip link show\ncorrect [router] lan in fo.conf",
			     "there is no interface %s, which [router] lan names: no VRRP, no "
			     "gateway",
			     name);
	else if (!lan->up)
		findings_add(out, 211, name, fix,
			     "%s is down, or its cable is out: this router is no gateway for the "
			     "LAN",
			     name);
}

static void check_second(const struct conf *conf, const char *name, const struct kernel_lan *lan,
			 struct findings *out)
{
	char own[ADDR_TEXT_MAX], vip[ADDR_TEXT_MAX], fix[FINDING_FIX_MAX];

	if (!addr_is_set(&lan->second))
		return;
	addr_format(own, &lan->second);
	addr_format(vip, &conf->router.vip);
	snprintf(fix, sizeof(fix),
		 "sysctl -w net.ipv4.conf.%s.promote_secondaries=1     # and keep it in "
		 "/etc/sysctl.d\n"
		 "or, in keepalived.conf: %s/32 dev %s",
		 name, vip, name);
	findings_add(out, 220, name, fix,
		     "%s came after %s, in the same network: when the VRRP address goes to the "
		     "other router, the kernel removes both, and this one is no longer in the LAN",
		     own, vip);
}

/* What fo-route sees to is part of its plan. */
static void check_redirects(const struct conf *conf, const char *name, const struct kernel_lan *lan,
			    struct findings *out)
{
	char fix[FINDING_FIX_MAX];

	if (conf->route.present && conf->route.redirects == CONF_REDIRECTS_OFF)
		return;
	snprintf(fix, sizeof(fix),
		 "write `redirects = off` below [route]\n"
		 "or: sysctl -w net.ipv4.conf.all.send_redirects=0\n"
		 "and: sysctl -w net.ipv4.conf.%s.send_redirects=0",
		 name);
	if (lan->there && lan->redirects)
		findings_add(out, 207, name, fix,
			     "ICMP redirects send hosts of the LAN around this router, to one that "
			     "does not translate for them");
}

static void check_lans(const struct conf *conf, const struct kernel_facts *facts,
		       struct findings *out)
{
	for (size_t i = 0; i < conf->router.lan.count; i++) {
		check_lan(conf->router.lan.items[i], &facts->lans[i], out);
		check_second(conf, conf->router.lan.items[i], &facts->lans[i], out);
		check_redirects(conf, conf->router.lan.items[i], &facts->lans[i], out);
	}
}

static void check_forwarding(const struct conf *conf, const struct kernel_facts *facts,
			     struct findings *out)
{
	const bool always = conf->route.forwarding == CONF_FORWARDING_KEEP;
	/* Not into the sample's file, which has more in it. */
	const char *const fix =
		always ? "echo net.ipv4.ip_forward=1 >/etc/sysctl.d/90-router.conf\n"
			 "sysctl --system\n"
			 "grep -rs ip_forward /etc/sysctl.d /etc/sysctl.conf # another may say 0"
		       : "fo-route apply\nsystemctl enable --now fo-route";

	if (!conf->route.present || (!always && !facts->master))
		return;
	for (size_t i = 0; i < conf->router.lan.count; i++) {
		const struct kernel_lan *lan = &facts->lans[i];

		if (lan->there && !lan->forwards)
			findings_add(out, 205, conf->router.lan.items[i], fix,
				     "the kernel forwards nothing that comes in by %s%s",
				     conf->router.lan.items[i],
				     always ? ", and with [route] forwarding = keep nothing ever "
					      "switches that on"
					    : "");
	}
	if (facts->uplink.up && !facts->uplink.forwards)
		findings_add(out, 205, conf->router.uplink, fix,
			     "the kernel forwards nothing that comes in by %s: no answer reaches "
			     "the LAN",
			     conf->router.uplink);
}

static void check_uplink(const struct conf *conf, const struct kernel_facts *facts,
			 struct findings *out)
{
	const struct kernel_uplink *uplink = &facts->uplink;
	const char *name = conf->router.uplink;
	char fix[FINDING_FIX_MAX];

	if (is_misnamed(conf, facts)) {
		findings_add(out, 212, name, "ip link show\ncorrect [router] uplink in fo.conf",
			     "there is no interface %s, which [router] uplink names", name);
	} else if (uplink->sibling[0] != '\0') {
		snprintf(fix, sizeof(fix), "write `ifname %s` into the file below /etc/ppp/peers",
			 name);
		findings_add(out, 214, name, fix,
			     "%s is gone, and %s is up: the line has come up under another name, "
			     "and nothing uses it",
			     name, uplink->sibling);
	}
	if (uplink->up && !uplink->address) {
		snprintf(fix, sizeof(fix),
			 "ip addr show dev %s\njournalctl -b | grep -i -e ppp "
			 "-e dhcp",
			 name);
		findings_add(out, 213, name, fix,
			     "%s is up, and has no IPv4 address: nothing can be sent by it", name);
	}
	snprintf(fix, sizeof(fix),
		 "write `table = 87` below [route]\n"
		 "or: sysctl -w net.ipv4.conf.%s.rp_filter=2",
		 name);
	if (uplink->there && uplink->strict && conf->route.present && conf->route.table == 0)
		findings_add(out, 206, name, fix,
			     "the strict reverse path filter drops each answer that comes by %s "
			     "while the default route leads elsewhere: a line that is good again "
			     "never counts as good",
			     name);
}

static void check_ipv6(const struct conf *conf, const struct kernel_facts *facts,
		       struct findings *out)
{
	const struct kernel_uplink *uplink = &facts->uplink;
	char fix[FINDING_FIX_MAX];

	snprintf(fix, sizeof(fix),
		 "echo net.ipv6.conf.%s.accept_ra=2 >/etc/sysctl.d/61-failover-helpers-ra.conf\n"
		 "sysctl --system",
		 conf->router.uplink);
	if (nexthop_is_set(&conf->route.master6) && uplink->up && !uplink->address6 &&
	    uplink->ignores_ra)
		findings_add(
			out, 216, conf->router.uplink, fix,
			"%s has no IPv6 address: this router forwards IPv6, and with accept_ra "
			"= 1 it then takes no router advertisement",
			conf->router.uplink);
}

static void check_gateways(const struct conf *conf, const struct kernel_facts *facts,
			   struct findings *out)
{
	char via[ADDR_TEXT_MAX];

	if (facts->own_backup)
		findings_add(out, 215, "[route] backup",
			     "let [route] backup lead to the VRRP address",
			     "its gateway %s is this router itself: while the other one is master "
			     "nothing of this router reaches the Internet",
			     addr_format(via, &conf->route.backup.via));
	if (facts->own_master)
		findings_add(out, 215, "[route] master",
			     "let [route] master lead to the router of the provider",
			     "its gateway %s is this router itself: as master it leads nowhere",
			     addr_format(via, &conf->route.master.via));
}

static void check_translation(const struct conf *conf, const struct kernel_facts *facts,
			      struct findings *out)
{
	const struct firewall *firewall = &facts->firewall;
	const char *name = conf->router.uplink;
	char fix[FINDING_FIX_MAX];

	snprintf(fix, sizeof(fix),
		 "nft add table ip fo_nat\n"
		 "nft add chain ip fo_nat postrouting '{ type nat hook postrouting priority "
		 "srcnat; }'\n"
		 "nft add rule ip fo_nat postrouting oifname %s masquerade\n"
		 "and for the next boot: the sample nftables.conf",
		 name);
	/* A LAN of public addresses needs none. */
	if (!firewall->translates && addr_is_private(&conf->router.vip) &&
	    !is_misnamed(conf, facts))
		findings_add(
			out, 204, name, fix,
			firewall->any_nat
				? "no rule translates the sources of the LAN %s on %s, but some "
				  "on another interface or for other sources do: the provider "
				  "drops what the LAN sends"
				: "nothing translates sources, neither nftables nor iptables: "
				  "what the LAN %s sends leaves by %s with private addresses, and "
				  "is dropped",
			firewall->lan, name);
}

static void check_forward_chains(const struct conf *conf, const struct firewall *firewall,
				 struct findings *out)
{
	const char *lan = firewall->lan, *uplink = conf->router.uplink;
	const char *chain = firewall->drops_forward;
	char fix[FINDING_FIX_MAX];

	if (chain[0] != '\0') {
		snprintf(fix, sizeof(fix), "nft insert rule %s iifname %s oifname %s accept", chain,
			 lan, uplink);
		findings_add(out, 210, chain, fix,
			     "no rule of that chain can accept what goes from %s to %s, and it "
			     "drops the rest: over this line the LAN has no Internet",
			     lan, uplink);
	} else if (firewall->drops_answers[0] != '\0') {
		chain = firewall->drops_answers;
		snprintf(fix, sizeof(fix), "nft insert rule %s ct state established,related accept",
			 chain);
		findings_add(out, 210, chain, fix,
			     "no rule of that chain can accept what comes back from %s to %s, and "
			     "it drops the rest: over this line the LAN has no Internet",
			     uplink, lan);
	}
}

static void check_firewall(const struct conf *conf, const struct kernel_facts *facts,
			   struct findings *out)
{
	const struct firewall *firewall = &facts->firewall;
	const char *lan = conf->router.lan.items[0], *uplink = conf->router.uplink;
	char fix[FINDING_FIX_MAX];

	check_translation(conf, facts, out);
	if (firewall->drops_vrrp[0] != '\0') {
		snprintf(fix, sizeof(fix), "nft insert rule %s iifname %s ip protocol 112 accept",
			 firewall->drops_vrrp, lan);
		findings_add(out, 209, firewall->drops_vrrp, fix,
			     "no rule of that chain can accept protocol 112 (VRRP) from the other "
			     "router on %s, and it drops the rest: both routers become master",
			     lan);
	}
	check_forward_chains(conf, firewall, out);
	if (facts->uplink.up && facts->uplink.mtu > HEADERS &&
	    facts->uplink.mtu < facts->lans[0].mtu && !firewall->clamps) {
		snprintf(
			fix, sizeof(fix),
			"nft add table inet fo_mss\nnft add chain inet fo_mss forward "
			"'{ type filter hook forward priority mangle; }'\nnft add rule inet fo_mss "
			"forward oifname %s tcp flags syn tcp option maxseg size set rt mtu",
			uplink);
		findings_add(out, 208, uplink, fix,
			     "its packets have %d bytes at most, those of %s %d, and no rule makes "
			     "TCP fit: where ICMP is dropped on the way, pages hang",
			     facts->uplink.mtu, lan, facts->lans[0].mtu);
	}
}

void kernel_rule_check(const struct conf *conf, const struct kernel_facts *facts,
		       struct findings *out)
{
	check_holder(conf, facts, out);
	check_lans(conf, facts, out);
	check_forwarding(conf, facts, out);
	check_uplink(conf, facts, out);
	check_ipv6(conf, facts, out);
	check_gateways(conf, facts, out);
	if (facts->firewall.known)
		check_firewall(conf, facts, out);
}
