#!/usr/bin/env bats
# The worlds that a lab can be asked for, and that it is another one without being asked.

load lab.bash

# Of this file's lab: Ethernet lines, a second LAN, a routed subnet, names by DNS.
setup_file() {
	export FIRST="worlds$$"
	export NAME=$FIRST
	ethernet_etc "$BATS_FILE_TMPDIR/etc"
	lab up --build none --etc "$BATS_FILE_TMPDIR/etc" --owner "$$" --settled \
		--line main=ethernet --line sub=ethernet --vlan --routed-subnet --dns
}

setup() {
	lab line main clear
	lab line sub clear
	lab wait main 40 sh -c "$HAS_VIP"
	lab wait lan 5 ping -n -c 1 -W 1 8.8.8.8 >/dev/null
}

teardown() {
	[ "$NAME" = "$FIRST" ] || lab down
}

teardown_file() {
	lab down
}

# other UP-OPTION...: from here on another lab than this file's.
other() {
	NAME="$FIRST-o"
	lab up --build none --owner "$$" "$@"
}

# ethernet_etc FOLDER: the fixture for Ethernet lines.
ethernet_etc() {
	cp -r "$FIXTURE" "$1"
	sed -i 's/-I ppp0/-I eth1/' "$1/main/keepalived.conf"
	sed -i 's/dev ppp0/via 198.51.100.1 dev eth1/' "$1/main/notify.sh"
	sed -i 's/dev ppp0/via 192.168.42.129 dev eth1/' "$1/sub/notify.sh"
}

# pings HOST ADDRESS [OPTION...]: whether it answers.
pings() {
	lab exec "$1" ping -n -c 1 -W 1 "${@:3}" "$2" >/dev/null
}

silent() {
	! lab exec "$1" ping -n -c 1 -W 0.3 "${@:3}" "$2" >/dev/null
}

# route_of HOST ARGUMENT...: of `ip route`, without spaces at the end.
route_of() {
	lab exec "$1" ip "${@:2}" | sed 's/ *$//'
}

@test "an Ethernet line is eth1, with what DHCP and a router advertisement bring" {
	run lab exec main ip -o link show eth1
	[[ "$output" == *"<BROADCAST,MULTICAST,UP,LOWER_UP>"*"link/ether"* ]]
	run ! lab exec main ip link show ppp0
	[ "$(route_of main -4 route show default proto dhcp)" = \
		"default via 198.51.100.1 dev eth1 src 198.51.100.10 metric 100" ]
	[ "$(route_of sub -4 route show default proto dhcp)" = \
		"default via 192.168.42.129 dev eth1 src 192.168.42.100 metric 100" ]
	[[ "$(route_of main -6 route show default)" =~ ^default\ via\ fe80::1\ dev\ eth1\ proto\ ra\ metric\ 1024\ expires\ 1[78] ]]
	pings main 2001:4860:4860::8888 -I eth1
	pings sub 100.127.100.127 -I eth1
	silent main 100.127.100.127 -I eth1
	run lab counter
	[ "$output" = "private-main 0 0
private-sub 0 0" ]
	lab exec main test ! -e /run/hooks # they are pppd's
}

@test "the gateway answers ARP for its own address only" {
	pings main 198.51.100.1
	lab exec main ip route add 9.9.9.9 dev eth1
	silent main 9.9.9.9
	lab wait main 5 sh -c 'ip neigh show 9.9.9.9 | grep -Eq "INCOMPLETE|FAILED"'
	lab exec main ip route del 9.9.9.9
	pings main 9.9.9.9
}

@test "an Ethernet line is a black hole, loses, delays and counts as any other" {
	before=$(line_has sub echoes-1.1.1.1)
	pings sub 1.1.1.1 -I eth1
	[ "$(line_has sub echoes-1.1.1.1)" -eq $((before + 1)) ]
	lab line sub delay 50
	run lab exec sub ping -n -q -c 3 -i 0.01 -I eth1 8.8.8.8
	between "$(sed -n 's|^rtt .* = \([^/]*\)/.*|\1|p' <<<"$output")" 100 150
	lab line sub clear
	lab line sub loss 100
	silent sub 8.8.8.8 -I eth1
	lab line sub clear
	lab line sub blackhole on
	[ "$(lab exec sub cat /sys/class/net/eth1/carrier)" = 1 ]
	silent sub 8.8.8.8 -I eth1
	lab line sub blackhole off
	pings sub 8.8.8.8 -I eth1
}

@test "a redial brings another address, gateway and metric; without one, no default route" {
	lab line sub gateway 192.168.42.1
	lab line sub metric 0
	lab exec sub ip route del default via 192.168.0.254
	lab line sub redial 192.168.42.50
	[ "$(route_of sub -4 route show default)" = \
		"default via 192.168.42.1 dev eth1 proto dhcp src 192.168.42.50" ]
	pings sub 8.8.8.8
	silent sub 192.168.42.129
	lab exec sub ip route replace default via 192.168.0.254 dev eth0
	lab line sub redial # a DHCP client leaves what is there
	[ "$(route_of sub -4 route show default)" = "default via 192.168.0.254 dev eth0" ]
	lab line sub metric none
	lab exec sub ip route del default
	lab line sub redial
	[ -z "$(route_of sub -4 route show default)" ]
	pings sub 192.168.42.1
	lab exec sub ip route add default via 192.168.0.254 dev eth0
	lab line sub metric 100
	lab line sub gateway 192.168.42.129
	lab line sub redial 192.168.42.100
	pings sub 8.8.8.8 -I eth1
}

@test "down takes eth1's carrier, addresses and routes; lingering keeps these; kill takes eth1" {
	index=$(lab exec sub cat /sys/class/net/eth1/ifindex)
	lab line sub down
	[ "$(line_has sub state) $(lab exec sub cat /sys/class/net/eth1/carrier)" = "down 0" ]
	[ -z "$(lab exec sub ip -4 -o addr show dev eth1)$(route_of sub -4 route show dev eth1)" ]
	lab line sub up
	lab line sub down linger
	[ "$(line_has sub state) $(lab exec sub cat /sys/class/net/eth1/carrier)" = "lingering 0" ]
	route_of sub -4 route show default | grep -q "dev eth1 .*linkdown"
	lab line sub up
	[ "$(lab exec sub cat /sys/class/net/eth1/ifindex)" -eq "$index" ]
	lab line sub kill
	run ! lab exec sub ip link show eth1
	lab line sub up
	lab wait sub 5 ping -n -c 1 -W 1 -I eth1 8.8.8.8
}

@test "the second LAN has a gateway of its own, and comes and goes with the router's power" {
	pings lan20 192.168.20.1
	pings lan20 fd00:c0a8:0:20::2
	silent lan20 192.168.20.254
	lab exec main ip addr add 192.168.20.254/24 dev eth0.20
	pings lan20 8.8.8.8
	# Two wires: what passes between them passes through a router.
	[ "$(lab exec lan20 traceroute.db -n -m 1 -q 1 -w 2 192.168.0.10 | awk '$1 == 1 { print $2 }')" = 192.168.20.1 ]
	lab router main power-off
	silent lan20 192.168.20.1
	lab router main power-on
	pings lan20 192.168.20.1
}

@test "the subnet behind lan reaches the Internet, and both routers reach it" {
	pings behind 8.8.8.8
	pings main 10.20.0.10
	pings sub 10.20.0.10
	[ "$(lab exec behind traceroute.db -n -m 1 -q 1 -w 2 8.8.8.8 | awk '$1 == 1 { print $2 }')" = 10.20.0.1 ]
	lab exec main nft delete table inet router_nat
	silent behind 9.9.9.9
	run lab counter reset
	[[ "$output" == "private-main "[1-9]* ]]
	lab router main power-off
	lab router main power-on
}

@test "SORACOM's names come from its name server, over sub's line only" {
	run -1 lab exec main grep soracom /etc/hosts
	run ! lab exec sub timeout 1 getent ahostsv4 api.soracom.io # by main's line, as all that sub sends
	lab exec sub ip route add 100.127.0.0/16 via 192.168.42.129
	names=(api.soracom.io g.api.soracom.io metadata.soracom.io pong.soracom.io)
	for name in "${names[@]}"; do
		lab exec sub getent ahostsv4 "$name" | awk 'NR == 1 { print $1 }'
	done >"$BATS_TEST_TMPDIR/addresses"
	lab exec sub ip route del 100.127.0.0/16
	[ "$(xargs <"$BATS_TEST_TMPDIR/addresses")" = "203.0.113.80 203.0.113.80 100.127.100.127 100.127.100.127" ]
}

@test "router advertisements go on over an Ethernet line" {
	advertises eth1
}

# advertises DEVICE: what `ra` does to main, whose line it is.
advertises() {
	local default="ip -6 route show default dev $1"
	[ "$(lab exec main cat /proc/sys/net/ipv6/conf/all/forwarding)" = 1 ]
	lab line main ra on 600
	lab wait main 3 sh -c "$default | grep -Eq 'via fe80::1 proto ra .*expires (600|59.)sec'"
	lab exec main ip -6 route del default dev "$1"
	lab wait main 3 sh -c "$default | grep -q 'proto ra'"
	lab line main blackhole on
	lab exec main ip -6 route del default dev "$1"
	lost=$(line_has main down-lost)
	until [ "$(line_has main down-lost)" -gt "$lost" ]; do sleep 0.05; done
	[ -z "$(lab exec main sh -c "$default")" ]
	lab line main blackhole off
	lab wait main 3 sh -c "$default | grep -q 'proto ra'"
	lab line main ra off
	lab wait main 3 sh -c "[ -z \"\$($default)\" ]"
	lab line main redial
	lab wait main 1 sh -c "$default | grep -q 'metric 1024'"
	lab line main ra on 600
	lab line main redial # a session that begins among advertisements waits for the next
	lab wait main 3 sh -c "$default | grep -Eq 'via fe80::1 proto ra .*expires (600|59.)sec'"
}

@test "router advertisements go on over ppp0" {
	other --etc "$FIXTURE" --no-keepalived
	advertises ppp0
}

@test "an early ppp0 is up before its address is there, and ip-up runs after it" {
	other --etc "$FIXTURE" --no-keepalived
	lab wait sub 5 grep -q ip-up /run/hooks
	lab line sub down
	lab wait sub 5 grep -q ip-down /run/hooks
	lab exec sub rm /run/hooks
	lab line sub early on 1500
	lab line sub up
	[ "$(line_has sub state)" = early ]
	lab exec sub ip -o link show up ppp0 | grep -q LOWER_UP
	[ -z "$(lab exec sub ip -4 -o addr show dev ppp0)" ]
	lab exec sub test ! -e /run/hooks
	lab wait sub 5 grep -q '^ip-up ppp0' /run/hooks
	lab exec sub ip -4 -o addr show dev ppp0 | grep -q '10.128.0.10 peer 10.64.64.64/32'
	pings sub 8.8.8.8 -I ppp0
	lab line sub clear
	lab line sub redial
	[ "$(line_has sub state)" = up ]
}

@test "an early session that is hung up, or whose ppp0 is deleted, gets no address" {
	other --etc "$FIXTURE" --no-keepalived
	lab line sub early on 60000
	lab line sub redial
	lab line sub down
	[ "$(line_has sub state)" = down ]
	run ! lab exec sub ip link show ppp0
	lab line sub early on 300
	lab line sub up
	lab exec sub ip link del ppp0
	lab wait lan 5 sh -c "'$LAB' --name '$NAME' line sub status | grep -qx 'state down'"
	lab line sub early off
	lab line sub up
	pings sub 8.8.8.8 -I ppp0
}

@test "the reverse path filter is what was asked for, on ppp0 too, and it filters" {
	for filter in 1 2; do
		other --etc "$FIXTURE" --no-keepalived --rp-filter "$filter"
		lab line main redial
		for router in main sub; do
			run lab exec "$router" sh -c 'cat /proc/sys/net/ipv4/conf/*/rp_filter'
			[ "$(sort -u <<<"$output")" = "$filter" ]
		done
		lab exec main ip route add default via 192.168.0.2 dev eth0
		case $filter in
		1) silent main 8.8.8.8 -I ppp0 ;;
		2) pings main 8.8.8.8 -I ppp0 ;;
		esac
	done
	lab down
	NAME=$FIRST
	run lab exec main sh -c 'cat /proc/sys/net/ipv4/conf/*/rp_filter'
	[ "$(sort -u <<<"$output")" = 0 ]
}

@test "a strict router answers the gateway's ARP whatever its default route is" {
	other --etc "$BATS_FILE_TMPDIR/etc" --no-keepalived --rp-filter 1 --line main=ethernet
	lab exec main ip route replace default via 192.168.0.2 dev eth0
	lab exec isp ip neigh flush dev line-main
	lab exec isp ping -n -c 1 -W 0.3 -I 8.8.8.8 198.51.100.10 || true # the answer goes astray
	lab wait isp 3 sh -c 'ip neigh show 198.51.100.10 | grep -q lladdr'
}

@test "keepalived's use_vmac: the LAN reaches the Internet by the virtual router's MAC address" {
	cp -r "$FIXTURE" "$BATS_TEST_TMPDIR/etc"
	sed -i 's/^    virtual_router_id 51/&\n    use_vmac vrrp.51\n    vmac_xmit_base/' "$BATS_TEST_TMPDIR"/etc/*/keepalived.conf
	other --etc "$BATS_TEST_TMPDIR/etc" --settled
	lab exec main ip -4 -o addr show dev vrrp.51 | grep -q 192.168.0.254/
	lab exec lan ip neigh show 192.168.0.254 | grep -q 00:00:5e:00:01:33
	lab line main blackhole on
	lab wait sub 10 sh -c "$HAS_VIP"
	lab wait lan 5 ping -n -c 1 -W 1 9.9.9.9
	lab exec sub ip -4 -o addr show dev vrrp.51 | grep -q 192.168.0.254/
	lab exec lan ip neigh show 192.168.0.254 | grep -q 00:00:5e:00:01:33
	lab line main clear
	lab wait main 40 sh -c "$HAS_VIP"
	lab wait lan 5 ping -n -c 1 -W 1 9.9.9.9
}

@test "a lab that was not asked has none of this, and says so" {
	other --etc "$FIXTURE" --no-keepalived
	for host in lan20 behind; do
		run -2 lab exec "$host" true
		[[ "$output" == *"is not in this lab"* ]]
	done
	run ! lab exec main ip link show eth0.20
	[ -z "$(route_of main route show 10.20.0.0/24)" ]
	lab exec main grep -q '100.127.100.127 metadata.soracom.io pong.soracom.io' /etc/hosts
	run ! lab exec main ip link show eth1
}

@test "usage errors of options and of commands are 64" {
	for words in "up --line main=dsl" "up --line lan=ethernet" "up --line" "up --rp-filter 3" "up --bogus" \
		"line sub gateway x" "line sub metric -1" "line sub early on 0" "line sub early" \
		"line sub ra on 9001" "line sub ra maybe"; do
		# shellcheck disable=SC2086  # words
		run -64 lab $words
	done
	other --etc "$FIXTURE" --no-keepalived
	run -64 lab line sub gateway 10.0.0.1
	[[ "$output" == *"no gateway"* ]]
	run -64 lab line sub metric 5
}
