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

# on_bridge ROUTER: its LAN address is on br0, of which eth0 is a port.
on_bridge() {
	lab exec "$1" sh -c 'address=$(ip -4 -o addr show dev eth0 | awk "{ print \$4 }")
		ip link add br0 type bridge forward_delay 0
		ip link set br0 up
		ip addr flush dev eth0
		ip link set eth0 master br0
		ip addr add "$address" dev br0'
}

@test "the VIP on a bridge that fo.conf does not name: the LAN has the Internet, over and back" {
	local router
	vrrp 's/ dev eth0$/ dev br0/; s/^    interface eth0/    interface br0/'
	for router in main sub; do
		conf "$router" backup "via 192.168.0.254 dev br0"
	done
	lab up --build "$FO_BUILD" --etc "$ETC" --owner "$$" --no-keepalived
	for router in main sub; do
		on_bridge "$router"
		lab router "$router" start-keepalived
	done
	carried_by main
	[ "$(vip_dev main)" = br0 ]
	over_and_back
}

# mistaken ROUTER: show, apply and a state by hand name the mistake; the LAN has the Internet all the same.
mistaken() {
	local mistake="keepalived says master, but 192.168.0.253 of fo.conf is on no interface; this router has 192.168.0.254"
	lan_reaches_internet
	run -2 lab exec "$1" fo-route show
	says "$mistake"
	[[ "$output" =~ all_right\ +no ]]
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

# In the normal state, too: nobody answers for the address of its fo.conf.
@test "sub has another vip in fo.conf: the LAN lives during a failover, and the mistake is named" {
	conf sub vip 192.168.0.253
	lab_up "$ETC"
	carried_by main sub
	lab line main blackhole on
	has_vip sub
	mistaken sub
	class_is s1.fast
	lab line main blackhole off
	carried_by main sub
}
