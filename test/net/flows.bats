#!/usr/bin/env bats
# Which tracked flows fo-route removes, and which it leaves alone, against a real kernel. The flows are
# conntrack(8)'s; the second LAN is a veth, because not every kernel has VLANs.
#
#   lan 192.168.0.10 ────── eth0    192.168.0.2 router ppp0 100.64.0.10 ═══
#   192.168.30.0/24 ─ .30 ─┘
#   192.168.20.9 ────────── eth0.20 192.168.20.2

load netns.bash

setup() {
	net_up
	have_conntrack
}

teardown() { net_down; }

# Networks behind the router that fo.conf does not name.
more_lans() {
	router ip -batch - <<-'LINKS'
		link add eth0.20 type veth peer name host20
		link set host20 up
		link set eth0.20 up
		addr add 192.168.20.2/24 dev eth0.20
		addr add fd00:20::2/64 dev eth0.20 nodad
		addr add fd00:c0a8::2/64 dev eth0 nodad
		route add 192.168.30.0/24 via 192.168.0.30 dev eth0
		route add fd00:30::/64 via fe80::30 dev eth0
	LINKS
}

# A VPN, the routes of which are in a table of its own.
vpn_up() {
	router ip -batch - <<-'LINKS'
		link add tailscale0 type veth peer name peer0
		link set peer0 up
		link set tailscale0 up
		addr add 100.100.9.9/32 dev tailscale0
		addr add fd00:100::9/128 dev tailscale0 nodad
		route add 100.100.0.0/16 dev tailscale0 table 52
		route add fd00:100::/32 dev tailscale0 table 52
	LINKS
}

# No flow any more.
forget() {
	router conntrack -F 2>/dev/null
	router conntrack -F -f ipv6 2>/dev/null
}

# is_right: that nothing is left to do, and that show finds no stale flow, whatever else it finds.
is_right() {
	run fo_route apply
	reports "nothing to do"
	run -0 jq -e '[.wanted[] | select(.what | startswith("no stale"))] | length > 0 and all(.right)' \
		<<<"$(fo_route show --json 2>/dev/null)"
}

# becomes master|backup: and what that router has for it.
becomes() {
	[ "$1" = backup ] || take_vip
	run fo_route "$1"
}

@test "flows that do not fit the line are removed, all others kept" {
	flow 192.168.0.10 8.8.8.8 192.168.0.10   # without translation
	flow 192.168.0.10 8.8.4.4 100.64.0.77    # to an address of yesterday
	flow 192.168.0.10 9.9.9.9 100.64.0.10    # fits
	flow 192.168.0.10 192.168.0.3 192.168.0.3 # within the LAN
	flow 192.168.0.2 1.1.1.1 192.168.0.2     # the router's own
	flow 10.9.9.9 1.0.0.1 10.9.9.9           # of another network
	take_vip
	run fo_route master
	reports "2 stale flows removed"
	run ! has_flow 192.168.0.10 8.8.8.8
	run ! has_flow 192.168.0.10 8.8.4.4
	has_flow 192.168.0.10 9.9.9.9
	has_flow 192.168.0.10 192.168.0.3
	has_flow 192.168.0.2 1.1.1.1
	has_flow 10.9.9.9 1.0.0.1
}

@test "flows towards the neighbour need no translation" {
	flow 192.168.0.10 8.8.8.8 192.168.0.10
	flow 192.168.0.10 9.9.9.9 100.64.0.10
	run fo_route backup
	reports "1 stale flow removed"
	has_flow 192.168.0.10 8.8.8.8
	run ! has_flow 192.168.0.10 9.9.9.9
}

@test "a thousand stale flows go in one switch" {
	router timeout 30 python3 -c '
for port in range(1000):
    print(f"-I -p udp -t 600 -s 192.168.0.10 -d 8.8.8.8 --sport {1024 + port} --dport 53")' |
		router conntrack -R - >/dev/null 2>&1 || skip "this conntrack has no --load-file"
	[ "$(router conntrack -C)" -eq 1000 ]
	take_vip
	run fo_route master
	reports "1000 stale flows removed"
	[ "$(router conntrack -C)" -eq 0 ]
}

@test "conntrack = keep keeps them" {
	configure "conntrack = keep"
	flow 192.168.0.10 8.8.8.8 192.168.0.10
	take_vip
	fo_route master
	has_flow 192.168.0.10 8.8.8.8
}

@test "a redial with another address: the default route is back, flows of the old address go" {
	take_vip
	fo_route master
	redial 100.64.0.77
	flow 192.168.0.10 8.8.8.8 100.64.0.10   # of yesterday
	flow 192.168.0.10 9.9.9.9 100.64.0.77   # fits
	run fo_route apply
	reports "1 stale flow removed"
	default_is "$MASTER"
	run ! has_flow 192.168.0.10 8.8.8.8
	has_flow 192.168.0.10 9.9.9.9
}

@test "a redial with another address: forwarded ports of the old one go, those that fit stay" {
	take_vip
	redial 100.64.0.77
	tracked 203.0.113.7 100.64.0.10 192.168.0.10 203.0.113.7
	tracked 203.0.113.7 100.64.0.77 192.168.0.10 203.0.113.7
	run fo_route apply
	reports "1 stale flow removed"
	run ! has_flow 203.0.113.7 100.64.0.10
	has_flow 203.0.113.7 100.64.0.77
}

@test "flows to a network that has a route of its own stay: they do not take the default route" {
	router ip link add vpn0 type veth peer name vpn1
	router ip link set vpn0 up
	router ip addr add 10.99.0.2/16 dev vpn0
	flow 192.168.0.10 10.99.0.7 192.168.0.10
	flow 192.168.0.10 8.8.8.8 192.168.0.10
	take_vip
	run fo_route master
	reports "1 stale flow removed"
	has_flow 192.168.0.10 10.99.0.7
}

@test "stale IPv6 flows go by the IPv6 route" {
	six_up
	sed -i 's/^vip = .*/&\nvip6 = fd00:c0a8::254/' "$CONF"
	router ip -6 addr add fd00:c0a8::2/64 dev eth0 nodad
	flow fd00:c0a8::10 2001:db8:9::9 fd00:c0a8::10
	take_vip
	fo_route master
	has_flow fd00:c0a8::10 2001:db8:9::9
	router ip -6 addr add fd00:c0a8::254/64 dev eth0 nodad
	run fo_route master
	reports "1 stale flow removed"
	run ! has_flow fd00:c0a8::10 2001:db8:9::9
}

# -- other networks behind this router ---------------------------------------------------------

@test "untranslated flows of a second LAN and of a routed subnet are removed, whatever fo.conf names" {
	local forwarding
	six_up
	more_lans
	take_vip
	for forwarding in 0 1; do
		router sysctl -qw net.ipv4.ip_forward="$forwarding"
		fo_route backup --force
		flow 192.168.20.9 8.8.8.8 192.168.20.9
		flow 192.168.30.9 8.8.8.8 192.168.30.9
		flow fd00:20::9 2001:db8:9::9 fd00:20::9
		flow fd00:30::9 2001:db8:9::9 fd00:30::9
		flow 192.168.20.9 9.9.9.9 100.64.0.10         # fits
		flow 192.168.20.9 192.168.30.9 192.168.20.9   # between them
		flow 192.168.30.9 192.168.0.10 192.168.30.9
		flow fd00:20::9 fd00:30::9 fd00:20::9
		flow 192.168.20.2 1.1.1.1 192.168.20.2        # the router's own
		flow fd00:20::2 2001:db8:9::9 fd00:20::2
		run fo_route master
		reports "2 stale flows removed"
		run ! has_flow 192.168.20.9 8.8.8.8
		run ! has_flow 192.168.30.9 8.8.8.8
		run ! has_flow fd00:20::9 2001:db8:9::9
		run ! has_flow fd00:30::9 2001:db8:9::9
		[ "$(router conntrack -C)" -eq 6 ]
		is_right
		forget
	done
}

@test "flows of a second LAN that are translated to the line go when the router is backup" {
	six_up
	more_lans
	flow 192.168.20.9 8.8.8.8 100.64.0.10
	flow 192.168.30.9 8.8.8.8 100.64.0.10
	flow fd00:20::9 2001:db8:9::9 2001:db8:1::2
	flow 192.168.20.9 9.9.9.9 192.168.20.9
	flow 192.168.20.9 192.168.0.10 192.168.0.2   # from LAN to LAN, translated
	run fo_route backup
	reports "2 stale flows removed"
	has_flow 192.168.20.9 9.9.9.9
	has_flow 192.168.20.9 192.168.0.10
	[ "$(router conntrack -C)" -eq 2 ]
	is_right
}

@test "a second LAN in the list of fo.conf is the way back, too" {
	more_lans
	sed -i 's/^lan = .*/lan = eth0, eth0.20/; s/^backup = .*/backup = via 192.168.20.254 dev eth0.20/' "$CONF"
	flow 192.168.0.10 8.8.8.8 192.168.0.10
	flow 192.168.0.10 9.9.9.9 100.64.0.10
	run fo_route backup
	reports "1 stale flow removed"
	has_flow 192.168.0.10 8.8.8.8
}

@test "ports forwarded to a second LAN from an address that is gone are closed, those that fit stay" {
	more_lans
	take_vip
	redial 100.64.0.77
	tracked 203.0.113.7 100.64.0.10 192.168.20.9 203.0.113.7
	tracked 203.0.113.8 100.64.0.10 192.168.30.9 203.0.113.8
	tracked 203.0.113.7 100.64.0.77 192.168.20.9 203.0.113.7
	tracked 203.0.113.9 100.64.0.10 192.168.0.2 203.0.113.9      # to the router itself
	tracked 192.168.20.9 8.8.8.8 192.168.0.10 192.168.20.9       # redirected on the way out
	run fo_route apply
	reports "2 stale flows removed"
	has_flow 203.0.113.7 100.64.0.77
	has_flow 203.0.113.9 100.64.0.10
	has_flow 192.168.20.9 8.8.8.8
}

# -- flows that the kernel sends elsewhere -----------------------------------------------------

@test "flows that a rule sends into a VPN are left alone, in either state" {
	local state forwarding
	six_up
	more_lans
	vpn_up
	router ip rule add pref 5270 lookup 52
	router ip -6 rule add pref 5270 lookup 52
	for state in backup master; do
		[ "$state" = backup ] || take_vip
		for forwarding in 0 1; do
			router sysctl -qw net.ipv4.ip_forward="$forwarding"
			flow 192.168.0.10 100.100.0.5 100.100.9.9
			flow 192.168.0.10 100.100.0.6 192.168.0.10
			flow fd00:c0a8::10 fd00:100::5 fd00:100::9
			flow 192.168.0.10 8.8.8.8 100.64.0.99   # not into the VPN
			run fo_route "$state"
			reports "1 stale flow removed"
			[ "$(router conntrack -C)" -eq 3 ]
			is_right
			router conntrack -F 2>/dev/null
			router conntrack -F -f ipv6 2>/dev/null
		done
	done
}

@test "flows that their mark sends elsewhere are left alone" {
	local state
	six_up
	more_lans
	vpn_up
	router ip route add default dev tailscale0 table 52
	router ip -6 route add default dev tailscale0 table 52
	router ip rule add fwmark 0x51 lookup 52
	router ip -6 rule add fwmark 0x51 lookup 52
	for state in backup master; do
		flow 192.168.0.10 8.8.8.8 100.100.9.9 --mark 0x51
		flow fd00:c0a8::10 2001:db8:9::9 fd00:100::9 --mark 0x51
		flow 192.168.0.10 8.8.4.4 100.100.9.9
		flow fd00:c0a8::10 2001:db8:9::8 fd00:100::9 --mark 0x52
		becomes "$state"
		reports "1 stale flow removed"
		has_flow 192.168.0.10 8.8.8.8
		has_flow fd00:c0a8::10 2001:db8:9::9
		[ "$(router conntrack -C)" -eq 2 ]
		is_right
		forget
	done
}

@test "flows that their source sends elsewhere are left alone, while they are forwarded" {
	local state
	six_up
	more_lans
	vpn_up
	router ip route add default dev tailscale0 table 52
	router ip -6 route add default dev tailscale0 table 52
	router ip rule add from 192.168.0.10 lookup 52
	router ip rule add iif eth0.20 lookup 52
	router ip -6 rule add from fd00:c0a8::10 lookup 52
	router sysctl -qw net.ipv4.ip_forward=1
	for state in backup master; do
		flow 192.168.0.10 8.8.8.8 100.100.9.9
		flow 192.168.20.9 8.8.8.8 100.100.9.9
		flow fd00:c0a8::10 2001:db8:9::9 fd00:100::9
		flow 192.168.0.11 8.8.8.8 100.100.9.9
		flow fd00:c0a8::11 2001:db8:9::9 fd00:100::9
		becomes "$state"
		reports "1 stale flow removed"
		has_flow 192.168.0.10 8.8.8.8
		has_flow 192.168.20.9 8.8.8.8
		has_flow fd00:c0a8::10 2001:db8:9::9
		[ "$(router conntrack -C)" -eq 3 ]
		is_right
		forget
	done
}

# -- routers that translate nothing ------------------------------------------------------------

# An untranslated flow of each family, with the router master.
untranslated() {
	flow 192.168.0.10 8.8.8.8 192.168.0.10
	flow fd00:c0a8::10 2001:db8:9::9 fd00:c0a8::10
	run fo_route apply
}

@test "on a router that translates nothing untranslated flows are left alone" {
	six_up
	more_lans
	router nft flush ruleset
	# Neither of them translates a source.
	router nft -f - <<-'RULES'
		table inet other {
			chain pre { type nat hook prerouting priority dstnat; }
			chain post { type filter hook postrouting priority filter; }
			chain more { }
		}
	RULES
	take_vip
	fo_route master
	untranslated
	reports "nothing to do"
	has_flow 192.168.0.10 8.8.8.8
	has_flow fd00:c0a8::10 2001:db8:9::9
	is_right
	flow 192.168.0.10 9.9.9.9 100.64.0.77 # translated by rules of before
	run fo_route apply
	reports "1 stale flow removed"
	run ! has_flow 192.168.0.10 9.9.9.9
}

@test "a chain that translates one family says nothing of the other" {
	six_up
	more_lans
	take_vip
	fo_route master
	router nft flush ruleset
	translate ip
	untranslated
	reports "1 stale flow removed"
	has_flow fd00:c0a8::10 2001:db8:9::9
	router nft flush ruleset
	translate ip6
	untranslated
	has_flow 192.168.0.10 8.8.8.8
}

@test "the table nat of the old iptables translates, too" {
	router nft flush ruleset
	take_vip
	fo_route master
	flow 192.168.0.10 8.8.8.8 192.168.0.10
	is_right
	# That kernel's /proc/net, in a mount namespace of the program's own.
	mkdir "$DIR/net"
	printf 'filter\nnat\n' >"$DIR/net/ip_tables_names"
	# shellcheck disable=SC2016
	run router timeout 20 unshare --mount bash -c \
		'mount --bind "$0" "/proc/$$/net" && exec "$@"' "$DIR/net" "$FO_BUILD/cmd/fo-route" -c "$CONF" apply
	reports "1 stale flow removed"
	run ! has_flow 192.168.0.10 8.8.8.8
}

@test "the resident may not see the tables of the old iptables: no flow stays untranslated where there are any" {
	router nft flush ruleset
	take_vip
	fo_route master
	flow 192.168.0.10 8.8.8.8 192.168.0.10
	mkdir "$DIR/net"
	(umask 337 && printf 'nat\n' >"$DIR/net/ip_tables_names")
	chown -R 64990 "$FO_STATE_DIR"
	# shellcheck disable=SC2016
	run router timeout 20 unshare --mount bash -c 'mount --bind "$0" "/proc/$$/net" && exec "$@"' "$DIR/net" \
		setpriv --reuid=64990 --regid=64990 --clear-groups --inh-caps=-all,+net_admin --ambient-caps=-all,+net_admin \
		"$FO_BUILD/cmd/fo-route" -c "$CONF" apply
	reports "1 stale flow removed"
	run ! has_flow 192.168.0.10 8.8.8.8
}
