#!/usr/bin/env bats
# The nftables sample on a router between a LAN and a line:
#
#   lan 192.168.0.10 ─── eth0 router 192.168.0.1 ppp0 100.64.0.10 ─── far0 100.64.0.1

load netns.bash

SAMPLE=$BATS_TEST_DIRNAME/../../etc/nftables.conf

setup() {
	nets_up ROUTER LAN FAR
	router ip link add eth0 type veth peer name eth0 netns "$LAN"
	router ip link add ppp0 type veth peer name far0 netns "$FAR"
	router sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0
	router ip -batch - <<-'LINKS'
		addr add 192.168.0.1/24 dev eth0
		addr add 100.64.0.10/24 dev ppp0
		link set eth0 up
		link set ppp0 up
		route add default via 100.64.0.1
	LINKS
	lan ip -batch - <<-'LINKS'
		addr add 192.168.0.10/24 dev eth0
		link set eth0 up
		route add default via 192.168.0.1
	LINKS
	far ip addr add 100.64.0.1/24 dev far0
	far ip link set far0 up
	router nft -f "$SAMPLE"
	router nft -f "$SAMPLE"
	counts far input 'ip saddr 100.64.0.10' own
	counts far input 'ip saddr != 100.64.0.10' foreign
	counts far input "tcp option maxseg size 1414" fitting
}

teardown() { net_down; }

far() {
	nsenter --target "$FAR" --net -- "$@"
}

# counts WHERE HOOK MATCH NAME: what arrives there.
counts() {
	"$1" nft -f - <<-RULES
		table inet count_$4 {
			counter seen { }
			chain look {
				type filter hook $2 priority 10
				$3 counter name seen
			}
		}
	RULES
}

# seen WHERE NAME: how many.
seen() {
	"$1" nft list counter inet "count_$2" seen | sed -n 's/.*packets \([0-9]*\).*/\1/p'
}

# pings WHERE [OPTION...]: that an echo is answered.
pings() {
	"$1" ping -n -c 1 -W 1 "${@:2}" 100.64.0.1 >/dev/null
}

@test "LAN and router leave with the line's address" {
	pings lan
	pings router
	[ "$(seen far own)" -eq 2 ]
	[ "$(seen far foreign)" -eq 0 ]
}

@test "nothing leaves with another source: private networks of any kind, the router's LAN address" {
	local source
	for source in 10.9.9.9 172.16.5.5 100.100.0.5 8.8.4.4; do
		lan ip addr add "$source/32" dev eth0
		router ip route add "$source/32" dev eth0
	done
	router nft delete table ip fo_nat # something else has gone wrong
	for source in 192.168.0.10 10.9.9.9 172.16.5.5 100.100.0.5 8.8.4.4; do
		run ! pings lan -I "$source"
	done
	run ! pings router -I 192.168.0.1
	[ "$(seen far foreign)" -eq 0 ]
	[ "$(seen far own)" -eq 0 ]
	pings router
}

@test "a router behind another NAT may use its own private address" {
	router ip addr replace 192.168.1.2/24 dev ppp0
	router ip addr del 100.64.0.10/24 dev ppp0
	far ip addr add 192.168.1.1/24 dev far0
	router ip route replace default via 192.168.1.1
	router ping -n -c 1 -W 1 192.168.1.1 >/dev/null
	lan ping -n -c 1 -W 1 192.168.1.1 >/dev/null
	[ "$(seen far foreign)" -eq 2 ]
}

@test "TCP of the LAN announces segments that fit into the line" {
	router ip link set ppp0 mtu 1454
	lan python3 -c 'import socket
try:
    socket.create_connection(("100.64.0.1", 9), 1)
except ConnectionRefusedError:
    pass'
	[ "$(seen far fitting)" -eq 1 ]
}

# vrrp_from ADDRESS: a packet of VRRP from that host of the LAN.
vrrp_from() {
	lan python3 -c 'import socket, sys
sock = socket.socket(socket.AF_INET, socket.SOCK_RAW, 112)
sock.bind((sys.argv[1], 0))
sock.sendto(b"1", ("192.168.0.1", 0))' "$1"
}

@test "VRRP comes in from the other router only" {
	counts router input 'ip protocol 112' vrrp
	lan ip addr add 192.168.0.2/24 dev eth0
	vrrp_from 192.168.0.10
	vrrp_from 192.168.0.2
	eventually 5 vrrp_seen
	[ "$(router nft list chain ip fo_guard input | sed -n 's/.*packets \([0-9]*\).*/\1/p')" -eq 1 ]
}

vrrp_seen() {
	[ "$(seen router vrrp)" -eq 1 ]
}
