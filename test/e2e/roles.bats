#!/usr/bin/env bats
# Who is master: the VRRP address on any interface; and the two files disagree about it.

load lab
load field

# vip_dev ROUTER: where the address is.
vip_dev() {
	lab exec "$1" ip -4 -o addr show | awk '$4 ~ /^192\.168\.0\.254\// { print $2 }'
}

@test "use_vmac on both routers: the LAN has the Internet, over and back" {
	vrrp 's/^    virtual_router_id 51/&\n    use_vmac vrrp.51\n    vmac_xmit_base/; s| dev eth0$||'
	lab_up "$ETC"
	carried_by main
	[ "$(vip_dev main)" = vrrp.51 ]
	over_and_back
	run ! grep -v ' 0 0$' <<<"$(lab counter)"
}

@test "the VIP on a bridge beside the LAN's interface: the LAN has the Internet, over and back" {
	local router
	vrrp 's|192.168.0.254/24 dev eth0|192.168.0.254/32 dev br9|'
	for router in main sub; do
		mkdir -p "$ETC/$router/root/etc"
		printf '#!/bin/sh\nip link add br9 type bridge\nip link set br9 up\n' >"$ETC/$router/root/etc/rc.local"
		chmod +x "$ETC/$router/root/etc/rc.local"
	done
	lab_up "$ETC"
	for router in main sub; do # the bridge is to be there before keepalived, which lab_up does not promise
		wait_for "$router" 5 "ip link show br9"
	done
	carried_by main
	[ "$(vip_dev main)" = br9 ]
	over_and_back
}

# mistaken ROUTER: show, apply and a state by hand name the mistake; the LAN has the Internet all the same.
mistaken() {
	local mistake="keepalived says master, but 192.168.0.253 of fo.conf is on no interface; this router has 192.168.0.254"
	lan_reaches_internet
	run -2 lab exec "$1" fo-route show
	says "$mistake"
	says "all_right  no"
	logs "$1" "$mistake"
}

@test "main has another vip in fo.conf: the LAN lives, and the mistake is named" {
	conf main vip 192.168.0.253
	lab_up "$ETC"
	mistaken main
	[ "$(first_hop)" = 192.168.0.1 ]
	lab line main blackhole on
	has_vip sub
	lan_reaches_internet
	lab line main blackhole off
	has_vip main 15
	mistaken main
}

@test "sub has another vip in fo.conf: the LAN lives during a failover, and the mistake is named" {
	conf sub vip 192.168.0.253
	lab_up "$ETC"
	carried_by main
	lab line main blackhole on
	has_vip sub
	mistaken sub
	class_is s1.fast
	lab line main blackhole off
	carried_by main
}
