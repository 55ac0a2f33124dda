#!/usr/bin/env bats
# Somebody else changes routes and rules, or keepalived's word is lost: the resident puts it right.

load lab
load flow
load field

setup_file() {
	need_root
	export NAME="e2e$$"
	find_build
	make_etc "$BATS_FILE_TMPDIR/etc"
	ETC=$BATS_FILE_TMPDIR/etc
	with_ipv6 "dev ppp0" "dev ppp0"
	lab_up "$ETC"
	ipv6_lines
}

# What a failed test has left wrong is mended by hand.
setup() {
	lab line main clear
	lab line sub clear
	lab exec main fo-route apply
	lab exec sub fo-route apply
	carried_by main
}

teardown() {
	:
}

teardown_file() {
	[ -z "${NAME:-}" ] || lab down
}

# While answers linger, what is put right is not called drift.
lingers_no_more() {
	wait_for "$1" 5 '[ ! -e /run/fo/route.linger ]'
}

# puts_right HOST WAY COMMAND: who changes it is named; the way of before is back without a transition.
puts_right() {
	local since
	lingers_no_more "$1"
	since=$(log_lines "$1")
	lab exec "$1" sh -c "$3"
	sends "$1" "$2"
	logs "$1" "corrected: " "$since"
	lan_reaches_internet
	wait_for "$1" 5 "fo-route show"
}

@test "main's default route is deleted: back within half a second, in the median" {
	puts_right main "dev ppp0" "ip route del default"
	logs main "default route dev ppp0 (keepalived) was removed by process"
	# Inside of the router: starting a command of the lab takes a tenth of a second.
	run -0 lab exec main bash -c '
		for _ in {1..9}; do
			ip route del default
			begin=${EPOCHREALTIME/./}
			until ip route get 198.41.0.4 2>&1 | grep -q "dev ppp0"; do
				[ "${EPOCHREALTIME/./}" -lt $((begin + 5000000)) ] || exit 1
			done
			echo $((${EPOCHREALTIME/./} - begin))
		done'
	median=$(sort -n <<<"$output" | sed -n 5p)
	echo "# back after $median us, median of 9" >&3
	[ "$median" -lt 500000 ]
}

@test "main's default route is replaced, and put behind another one" {
	puts_right main "dev ppp0" "ip route replace default via 192.168.0.2 dev eth0"
	puts_right main "dev ppp0" "ip route add 0.0.0.0/1 via 192.168.0.2 dev eth0; ip route del 0.0.0.0/1
		ip route del default; ip route add default via 192.168.0.2 dev eth0 metric 50"
	lab exec main ip route del default metric 50
}

@test "a route that is in front and not ours is named, in show and in the log" {
	local front="is set, but not used, because of the /1 route via 192.168.0.2 dev eth0"
	lab exec main ip route add 128.0.0.0/1 via 192.168.0.2 dev eth0
	logs main "$front"
	run -1 lab exec main fo-route show
	says "$front"
	lab exec main ip route del 128.0.0.0/1
	wait_for main 5 "fo-route show"
}

@test "a DHCP client adds a default route while sub carries the LAN: main still goes through sub" {
	lab line main blackhole on
	carried_by sub
	puts_right main "via 192.168.0.254 dev eth0" "ip route replace default dev ppp0"
	lab exec main ip route add default dev ppp0 proto dhcp metric 100
	sends main "via 192.168.0.254 dev eth0"
	lab exec main ip route del default proto dhcp
	lab line main blackhole off
	carried_by main
}

@test "the rules of the line are deleted: they are back" {
	lingers_no_more sub
	lab exec sub sh -c 'ip rule show | grep -c "^870[0-3]:" >/tmp/rules
		for n in 8700 8701 8702 8703; do while ip rule del pref $n 2>/dev/null; do :; done; done; ip route flush table 87'
	wait_for sub 5 'ip rule show | grep -c "^870[0-3]:" | cmp - /tmp/rules && ip route show table 87 | grep -q "default dev ppp0"'
	logs sub "corrected: "
	lab exec sub fo-keepalive --probe
}

@test "router advertisements during the failover: IPv6 goes by sub, and back by main's line" {
	lab line main ra on
	lan_reaches_internet6
	lab line main blackhole on
	carried_by sub
	# One comes in when the line is good again, before the VIP is back, and others go on coming.
	sends main "via fd00:c0a8::254 dev eth0" 2001:503:ba3e::2:30
	lan_reaches_internet6
	lab line main blackhole off
	carried_by main
	sends main "dev ppp0" 2001:503:ba3e::2:30
	lan_reaches_internet6
	puts_right main "dev ppp0" "ip -6 route del default proto keepalived; ip -6 route append default via fd00:c0a8::2 dev eth0 metric 1"
	sends main "dev ppp0" 2001:503:ba3e::2:30
	lab line main ra off
}

@test "the resident is killed while something is wrong: its next one puts it right" {
	lab router main stop-resident
	lab exec main ip route del default
	run -1 lab exec main fo-route show
	lab router main start-resident
	sends main "dev ppp0"
	lab router main kill-resident
	lab exec main ip route del default
	lab router main start-resident
	sends main "dev ppp0"
}

# Last: the lab is another one from here on.
@test "keepalived's first report is lost: a router without the address is backup after a moment" {
	lab router sub stop-resident
	lab exec sub sh -c 'rm /run/fo/vrrp.state; ip route del default'
	lab router sub start-resident
	wait_for sub 15 "ip route show default | grep -q 'via 192.168.0.254 dev eth0'"
	lab exec sub grep -qx backup /run/fo/vrrp.state
}

@test "without any notify entry in keepalived.conf the resident alone does all of it, and no flow is lost" {
	ETC=$BATS_TEST_TMPDIR/etc
	make_etc "$ETC"
	vrrp '/^    notify_/d'
	run ! grep -q 'notify_' "$ETC/main/keepalived.conf"
	lab_up "$ETC"
	flow_setup
	start_flow udp
	over_and_back
	got_more udp 100
	run ! grep -v ' 0 0$' <<<"$(lab counter)"
	lab router main stop-keepalived
	has_vip sub
	sends main "via 192.168.0.254 dev eth0"
	lan_reaches_internet
	lab router main start-keepalived
	carried_by main
	flow_teardown
}
