#!/usr/bin/env bats
# The line's own routing table and its rules, what the kernel does with them, and gateways that are
# learned.

load netns.bash

setup() { net_up; }

teardown() { net_down; }

# goes WHERE ARGUMENT…: that `ip route get ARGUMENT…` has the text WHERE.
goes() {
	has "$(router ip route get "${@:2}" 2>&1)" "$1"
}

# The rules of ours, a line each, without their numbers. (`[detached]`: the interface is gone.)
rules() {
	router ip "${1:--4}" rule show | sed 's/ \[detached\]//' | sed -n 's/^87[0-9]*:[[:space:]]*\(.*[^ ]\) proto 87 *$/\1/p'
}

RULES="from 100.64.0.10 lookup main suppress_prefixlength 0
from 100.64.0.10 lookup 87
from all oif ppp0 lookup main suppress_prefixlength 0
from all oif ppp0 lookup 87"

@test "in every state what is bound to the line, or to its address, leaves by it" {
	local word
	for word in backup fault stop master; do
		[ "$word" != master ] || take_vip
		fo_route "$word"
		[ "$(rules)" = "$RULES" ]
		goes "dev ppp0" 8.8.8.8 oif ppp0
		goes "dev ppp0" 8.8.8.8 from 100.64.0.10
		# Neighbours, and networks with a route of their own, stay where they are.
		goes "dev eth0" 192.168.0.10 from 100.64.0.10
		goes "dev lo" 192.168.0.2 from 100.64.0.10
	done
}

@test "before any state was reported, and with stop = keep, the line has its table too" {
	fo_route apply
	[ "$(rules)" = "$RULES" ]
	fo_route clear
	configure "stop = keep"
	fo_route stop
	[ "$(rules)" = "$RULES" ]
	default_is "$BACKUP"
}

@test "table = 0: neither rules nor a table; another number is another table" {
	configure "table = 0"
	fo_route backup
	[ -z "$(rules)" ]
	configure "table = 4711"
	fo_route backup
	goes "dev ppp0 table 4711" 8.8.8.8 oif ppp0
	run -0 router ip route show table 4711
	[[ "$output" == "default dev ppp0 proto 87 scope link"* ]]
	# The rules of before go when the number changes, and so does the route of that table.
	configure
	fo_route backup
	[ "$(rules)" = "$RULES" ]
	[ -z "$(router ip route show table 4711 2>/dev/null)" ]
}

@test "a redial: the rules follow the address at once, and nothing of the old one is left" {
	fo_route backup
	ppp_down
	fo_route apply
	[ "$(rules)" = "$(tail -n 2 <<<"$RULES")" ]
	ppp_up 100.64.9.9
	fo_route apply
	[ "$(rules)" = "${RULES//100.64.0.10/100.64.9.9}" ]
	goes "dev ppp0" 8.8.8.8 from 100.64.9.9
}

@test "clear removes rules, table and switches, and our default route where there is another" {
	router sysctl -qw net.ipv4.ip_forward=1
	configure "forwarding = global" "linger = 0"
	fo_route backup
	[ "$(sysctl_of net.ipv4.ip_forward)" = 0 ]
	router ip rule add pref 100 from 10.9.9.9 lookup 87
	router ip route add default via 192.168.0.1 dev eth0 metric 100
	run -0 fo_route clear
	[ -z "$(rules)" ]
	[ -z "$(router ip route show table 87 2>/dev/null)" ]
	default_is "default via 192.168.0.1 dev eth0 metric 100"
	[ "$(sysctl_of net.ipv4.ip_forward)" = 1 ]
	# A rule that somebody else has made stays.
	router ip rule show | grep -q '^100:'
	fo_route backup
	router ip route del default via 192.168.0.1 dev eth0 metric 100
	fo_route clear
	default_is "$BACKUP"
}

@test "clear leaves a default route that somebody else has made, also where it is the only one, or fits" {
	take_vip
	router ip route replace default dev ppp0
	fo_route master
	fo_route clear
	router ip route show default | grep -q '^default dev ppp0 scope link'
	# Ours behind it goes.
	router ip route append default via 192.168.0.1 dev eth0 proto keepalived
	fo_route clear
	router ip route show default | grep -q '^default dev ppp0 scope link'
	[ "$(router ip route show default | wc -l)" = 1 ]
}

@test "the samples for iproute2 name the table and who has made its rules" {
	mkdir -p "$DIR/etc"
	cp -r "$BATS_TEST_DIRNAME/../../etc/iproute2" "$DIR/etc/"
	fo_route backup
	# Debian 13 has no /etc/iproute2 of its own.
	run -0 router unshare --mount bash -ec "
		mount -t overlay -o lowerdir=$DIR/etc:/etc overlay /etc
		ip rule show
		ip route show table fo"
	has "$output" "from 100.64.0.10 lookup fo proto fo"
	has "$output" "default dev ppp0 proto fo scope link"
}

@test "the sysctl sample is one that the kernel takes" {
	run -0 router sysctl -p "$BATS_TEST_DIRNAME/../../etc/sysctl.d/60-failover-helpers.conf"
	[ "$(sysctl_of net.ipv4.ip_forward) $(sysctl_of net.ipv4.conf.all.rp_filter)" = "1 1" ]
	# What is commented out, too.
	sed -n 's/^#\(net\.\)/\1/p' "$BATS_TEST_DIRNAME/../../etc/sysctl.d/60-failover-helpers.conf" >"$DIR/more"
	[ -s "$DIR/more" ]
	sed -i '/nf_conntrack_max/d' "$DIR/more" # of the whole machine
	run -0 router sysctl -p "$DIR/more"
}

# A provider's gateway behind an Ethernet, in a namespace of its own: it answers for itself alone.
ethernet_up() {
	unshare --net sleep infinity 3>&- &
	started $!
	GATEWAY=$!
	eventually 5 has_own_net "$GATEWAY"
	router ip link add eth1 type veth peer name wan netns "$GATEWAY"
	router ip link set eth1 up
	router ip addr add 198.51.100.10/24 dev eth1
	gateway sysctl -qw net.ipv4.conf.all.arp_ignore=1 net.ipv4.ip_forward=1
	gateway ip link set lo up
	gateway ip link set wan up
	gateway ip addr add 198.51.100.1/24 dev wan
	gateway ip addr add 198.51.100.2/24 dev wan
	gateway ip addr add 8.8.8.8/32 dev lo
	sed -i "s/^uplink = .*/uplink = eth1/; s/^master = .*/master = $1/" "$CONF"
}

gateway() {
	nsenter --target "$GATEWAY" --net -- "$@"
}

# That an echo bound to the line finds its gateway.
line_answers() {
	router timeout 10 "$FO_BUILD/cmd/fo-check-ftth" -q --probe -i eth1 -t 1s 8.8.8.8
}

@test "an Ethernet with a gateway: the line answers in every state, with rp_filter 0, 1 and 2" {
	local filter
	ethernet_up "via 198.51.100.1 dev eth1"
	for filter in 0 1 2; do
		for key in all default eth0 eth1; do
			router sysctl -qw "net.ipv4.conf.$key.rp_filter=$filter"
		done
		take_vip
		fo_route master
		line_answers
		give_vip
		fo_route backup
		default_is "$BACKUP"
		line_answers
		# From outside, too: what came in over the line is answered over it.
		gateway ping -n -c 1 -W 2 -I 8.8.8.8 198.51.100.10 >/dev/null
	done
}

@test "rp_filter = 1 without a table: show says what is dropped" {
	ethernet_up "via 198.51.100.1 dev eth1"
	router sysctl -qw net.ipv4.conf.all.rp_filter=1
	sed -i '/^\[route\]/a table = 0' "$CONF"
	fo_route backup
	run ! line_answers
	run -1 fo_route show
	says "rp_filter = 1 drops what comes in on eth1 while it has no default route: set [route] table"
}

@test "dhcp: the gateway that the kernel was given is found, remembered and followed" {
	ethernet_up "dhcp dev eth1"
	run -0 fo_route backup # no lease yet: nothing to be set for the line
	take_vip
	run -2 fo_route master
	says "no gateway is known for eth1"
	default_is "" # that of the backup would lead to this router itself
	router ip route add default via 198.51.100.1 dev eth1 proto dhcp src 198.51.100.10 metric 100
	run -0 fo_route apply
	says "default route via 198.51.100.1 dev eth1"
	give_vip
	fo_route backup
	router ip route del default via 198.51.100.1 dev eth1 metric 100
	fo_route backup
	line_answers
	take_vip
	fo_route master
	default_is "default via 198.51.100.1 dev eth1 proto keepalived"
	# Another gateway.
	router ip route add default via 198.51.100.2 dev eth1 proto dhcp metric 100
	fo_route apply
	has "$(router ip route show default)" "default via 198.51.100.2 dev eth1 proto keepalived"
	goes "via 198.51.100.2 dev eth1" 8.8.8.8 oif eth1
	[ "$(router ip route show default proto keepalived | wc -l)" -eq 1 ]
}

@test "IPv6: rules for the global addresses of the line, none for the link-local one" {
	configure "master6 = via fe80::9 dev ppp0" "backup6 = via fe80::1 dev eth0"
	router ip -6 addr add 2001:db8:1::2/64 dev ppp0
	router ip -6 addr add fe80::2/64 dev ppp0
	fo_route backup
	[ "$(rules -6)" = "from 2001:db8:1::2 lookup main suppress_prefixlength 0
from 2001:db8:1::2 lookup 87
from all oif ppp0 lookup main suppress_prefixlength 0
from all oif ppp0 lookup 87" ]
	has "$(router ip -6 route get 2001:4860:4860::8888 from 2001:db8:1::2)" "via fe80::9 dev ppp0"
	fo_route clear
	[ -z "$(rules -6)" ]
}

# -- what the kernel says -----------------------------------------------------------------------

@test "what is in front of the default route is named, and is no success" {
	fo_route backup
	router ip link add vpn0 type veth peer name vpn1
	router ip link set vpn0 up
	router ip link set vpn1 up
	router ip addr add 10.99.0.2/24 dev vpn0
	router ip route add default via 10.99.0.1 dev vpn0 table 52 proto static
	router ip rule add pref 5270 lookup 52
	run -2 fo_route apply
	says "default route via $VIP dev eth0 is set, but not used, because of the route via 10.99.0.1 dev vpn0 (static, metric 0, of table 52 by rule 5270)"
	run -1 fo_route show
	says "of table 52 by rule 5270"
	router ip rule del pref 5270
	run -0 fo_route apply
	# As a VPN takes all traffic.
	router ip route add 128.0.0.0/1 via 10.99.0.1 dev vpn0
	run -2 fo_route apply
	says "because of the /1 route via 10.99.0.1 dev vpn0 (boot, metric 0)"
	router ip route del 128.0.0.0/1 via 10.99.0.1 dev vpn0
	run -0 fo_route apply
	# A rule that sends nothing anywhere.
	router ip rule add pref 5271 unreachable
	run -2 fo_route apply
	says "default route via $VIP dev eth0 is set, but not used: "
	router ip rule del pref 5271
	run -0 fo_route apply
}

@test "packets of the LAN that a rule sends elsewhere, or that nobody forwards, are named" {
	router sysctl -qw net.ipv4.ip_forward=1
	take_vip
	run -0 fo_route master
	[[ "$output" != *"packets from eth0"* ]]
	router ip rule add pref 5270 iif eth0 unreachable
	run -0 fo_route apply
	says "packets from eth0 are not forwarded"
	run -1 fo_route show
	router ip rule del pref 5270
	router ip route add default via 192.168.0.1 dev eth0 table 52
	router ip rule add pref 5270 iif eth0 lookup 52
	run -2 fo_route apply
	says "packets from eth0 do not go dev ppp0, because of the route via 192.168.0.1 dev eth0 (boot, metric 0, of table 52 by rule 5270)"
}

@test "packets of the LAN are asked for from a host, not from its broadcast" {
	router sysctl -qw net.ipv4.ip_forward=1
	# The VRRP address is first when somebody has set the own one anew.
	router ip addr flush dev eth0
	router ip addr add "$VIP/24" dev eth0
	router ip addr add 192.168.0.1/24 dev eth0
	router ip route replace default dev ppp0
	run -0 fo_route master
	[[ "$output" != *"packets from eth0"* ]]
	run -0 fo_route show
}

@test "a route that was made while its gateway was this router itself, in front of one that is right, goes" {
	fo_route backup
	take_vip
	router ip route prepend default via "$VIP" dev eth0 proto static
	give_vip
	run ! goes "via $VIP dev eth0" 8.8.8.8
	run -0 fo_route backup
	default_is "$BACKUP"
	goes "via $VIP dev eth0" 8.8.8.8
}

@test "IPv6: ours is the only default route of its metric, whatever the others are" {
	local other
	configure "master6 = dev ppp0" "backup6 = via fe80::1 dev eth0"
	router ip -6 addr add 2001:db8:64::10/64 dev ppp0
	for other in "via fe80::9 dev eth0" "dev ppp0" "via fe80::9 dev ppp0"; do
		fo_route backup
		router ip -6 route append default $other metric 1
		run -0 fo_route backup
		default_is "default via fe80::1 dev eth0 proto keepalived metric 1 pref medium" -6
		take_vip
		fo_route master
		router ip -6 route append default via fe80::9 dev eth0 metric 1
		run -0 fo_route master
		default_is "default dev ppp0 proto keepalived metric 1 pref medium" -6
		give_vip
	done
	# Those of another metric stay.
	router ip -6 route add default via fe80::9 dev eth0 proto ra metric 100
	run -0 fo_route backup
	[ "$(router ip -6 route show default | wc -l)" -eq 2 ]
}

@test "a rule in front that has our protocol is removed, and all is done in the same run" {
	configure "forwarding = global"
	take_vip
	router ip route add default via 192.168.0.1 dev eth0 table 54
	router ip rule add pref 8701 lookup 54 protocol 87
	run -0 fo_route master
	[ "$(sysctl_of net.ipv4.ip_forward)" = 1 ]
	goes "dev ppp0" 8.8.8.8
}

@test "where it cannot be written down that the line filters strictly, it goes on doing so" {
	configure "forwarding = global" "linger = 300ms"
	router sysctl -qw net.ipv4.conf.ppp0.rp_filter=1
	take_vip
	fo_route master
	give_vip
	rm -rf "$FO_STATE_DIR/run/route.linger"
	mkdir "$FO_STATE_DIR/run/route.linger"
	run -0 fo_route backup
	says "cannot write $FO_STATE_DIR/run/route.linger"
	[ "$(sysctl_of net.ipv4.conf.ppp0.rp_filter)" = 1 ]
}

@test "a step that fails does not leave what linger has kept" {
	configure "forwarding = global" "linger = 300ms"
	take_vip
	fo_route master
	# As a VPN does, which is no fault of ours.
	router ip route add 128.0.0.0/1 via 192.168.0.10 dev eth0
	give_vip
	run -2 fo_route backup
	[ "$(sysctl_of net.ipv4.ip_forward)" = 0 ]
	run ! grep iif <<<"$(rules)"
}

@test "a note of linger that is too long to be one is removed" {
	fo_route backup
	head -c 500 /dev/zero | tr '\0' 7 >"$FO_STATE_DIR/run/route.linger"
	fo_route backup
	[ ! -e "$FO_STATE_DIR/run/route.linger" ]
}

@test "more addresses than there is room for rules are named" {
	local i
	for i in {20..40}; do
		router ip addr add "100.64.0.$i" peer 100.64.0.1 dev ppp0
	done
	run -0 fo_route backup
	says "the line has more than 16 addresses"
	goes "dev ppp0 table 87" 8.8.8.8 from 100.64.0.20
}

@test "dhcp by an interface that is gone: that is said, and no flow of it is stale" {
	take_vip
	sed -i 's/^master = .*/master = dhcp dev eth1/' "$CONF"
	run -2 fo_route master
	says "cannot set default route dhcp dev eth1: No such device"
	run -1 fo_route show
	[[ "$output" =~ "no stale flows"\ +"yes" ]]
}
