#!/usr/bin/env bats
# `fo-status doctor` hears the other router: a real keepalived in a namespace of its own, in which one thing differs; and
# sees the order of the addresses on the LAN.

bats_require_minimum_version 1.5.0
load netns.bash

setup() {
	need keepalived
	nets_up ROUTER LAN
	router ip link add eth0 type veth peer name eth0 netns "$LAN"
	router ip address add 192.168.0.1/24 dev eth0
	router ip link set eth0 up
	lan ip address add 192.168.0.2/24 dev eth0
	lan ip link set eth0 up
	cp "$BATS_TEST_DIRNAME/../../etc/main/fo.conf" "$BATS_TEST_DIRNAME/../../etc/main/keepalived.conf" "$DIR"
}

teardown() {
	net_down
}

other_is_master() {
	lan ip -4 address show | grep -q "inet $VIP\|inet 192.168.0.250\|inet 192.168.20.254"
}

# other [SCRIPT]: keepalived as the sample for `sub` has it, without scripts, and with a change by sed(1).
other() {
	sed -E '/^ *notify/d; /track_file/,/\}/d; s/eth0 *$/eth0/' "$BATS_TEST_DIRNAME/../../etc/sub/keepalived.conf" |
		sed -E "${1:-}" >"$DIR/other.conf"
	nsenter --target "$LAN" --net -- unshare --mount --pid --fork --kill-child sh -c \
		'mount -t tmpfs none /run && exec keepalived --dont-fork --log-console --use-file "$0"' \
		"$DIR/other.conf" 3>&- >"$DIR/other.log" 2>&1 &
	started $!
	eventually 20 other_is_master || { cat "$DIR/other.log" >&2; return 1; }
}

# wire_codes: what is found of the other router.
wire_codes() {
	router "$FO_BUILD/cmd/fo-status" doctor -c "$DIR/fo.conf" --keepalived "$DIR/keepalived.conf" "$@" \
		>"$DIR/said" 2>&1 || [ $? -lt 64 ]
	grep -oE '^FO18[0-9]' "$DIR/said" | sort -u | paste -sd ' '
}

# heard CODE: that this alone was found.
heard() {
	local codes
	codes=$(wire_codes)
	[ "$codes" = "$1" ] || { echo "not '$1' but '$codes'"; cat "$DIR/said"; return 1; }
}

@test "a neighbour that agrees is no finding, nor is silence" {
	heard ""
	other
	heard ""
}

@test "a neighbour with another virtual_router_id is heard, unless nobody listens" {
	other 's/virtual_router_id 51/virtual_router_id 52/'
	heard FO180
	grep -q '192.168.0.2 has the same address with the virtual_router_id 52' "$DIR/said"
	[ -z "$(wire_codes --no-listen)" ]
}

@test "a neighbour with another version, by multicast, is heard" {
	other 's/version 3/version 2/; s/advert_int 0.1/advert_int 1/; /unicast_src_ip/d; /unicast_peer/,/\}/d'
	heard FO181
}

@test "multicast on one side, unicast on the other" {
	other '/unicast_src_ip/d; /unicast_peer/,/\}/d'
	heard FO187
	grep -q '192.168.0.2 sends to the multicast group, and this router has unicast_peer' "$DIR/said"
	sed -i '/unicast_src_ip/d; /unicast_peer/,/}/d' "$DIR/keepalived.conf"
	heard ""
}

@test "unicast on the other side, multicast here" {
	sed -i '/unicast_src_ip/d; /unicast_peer/,/}/d' "$DIR/keepalived.conf"
	other
	heard FO187
	grep -q '192.168.0.2 sends to this router alone, and this router has no unicast_peer' "$DIR/said"
}

# What a VLAN or a macvlan on top of the LAN's interface receives passes that one, too.
@test "the same virtual_router_id on an interface on top of the LAN's is another network's affair" {
	router ip link add link eth0 name guest type macvlan mode bridge
	router ip link set guest up
	router ip address add 192.168.20.1/24 dev guest
	lan ip address add 192.168.20.2/24 dev eth0
	other 's/192\.168\.0\.254/192.168.20.254/; s/unicast_src_ip .*/unicast_src_ip 192.168.20.2/; s/192\.168\.0\.1$/192.168.20.1/'
	router timeout 10 tcpdump -i guest -c 1 -n ip proto 112
	heard ""
}

@test "a neighbour that is no peer is heard" {
	sed -i 's/^        192.168.0.2$/        192.168.0.3/' "$DIR/keepalived.conf"
	other
	heard FO186
}

# addresses PROMOTE ADDRESS…: on the LAN, in this order.
addresses() {
	router sh -c "echo $1 >/proc/sys/net/ipv4/conf/eth0/promote_secondaries; echo 0 >/proc/sys/net/ipv4/conf/all/promote_secondaries"
	router ip address flush dev eth0
	for address in "${@:2}"; do
		router ip address add "$address" dev eth0
	done
	wire_codes --no-listen >/dev/null
}

@test "the own address behind the VRRP address goes with it, unless the kernel promotes it" {
	addresses 0 192.168.0.254/24 192.168.0.1/24
	grep -q '^FO220 error: eth0' "$DIR/said"
	grep -q '192.168.0.1 came after 192.168.0.254' "$DIR/said"
	router ip address del 192.168.0.254/24 dev eth0
	[ -z "$(router ip -4 address show dev eth0)" ]
	addresses 1 192.168.0.254/24 192.168.0.1/24
	run ! grep -q FO220 "$DIR/said"
	addresses 0 192.168.0.1/24 192.168.0.254/24
	run ! grep -q FO220 "$DIR/said"
	addresses 0 192.168.0.254/32 192.168.0.1/24
	run ! grep -q FO220 "$DIR/said"
}

@test "who may not listen says so" {
	chmod -R a+rX "$DIR"
	run router setpriv --reuid 65534 --clear-groups --bounding-set -all \
		"$FO_BUILD/cmd/fo-status" doctor -c "$DIR/fo.conf" --keepalived "$DIR/keepalived.conf"
	[ "$status" -eq 2 ]
	says "cannot listen to VRRP on eth0"
}
