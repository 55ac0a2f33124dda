#!/usr/bin/env bats
# Lines with a gateway: an ONU, a router in front, a phone by USB.

load lab
load field

@test "main on an Ethernet with a gateway that is written down: fails over, and back" {
	ethernet main "via 198.51.100.1"
	lab_up "$ETC" --line main=ethernet
	carried_by main
	over_and_back
	# No DHCP client has left a route either.
	lab line main metric none
	lab line main redial 198.51.100.44
	carried_by main
	over_and_back
	run ! grep -v ' 0 0$' <<<"$(lab counter)"
}

@test "main on an Ethernet by DHCP: back over the gateway that was learned, and over a new one" {
	ethernet main dhcp
	lab_up "$ETC" --line main=ethernet
	carried_by main
	over_and_back
	lab line main gateway 198.51.100.2
	lab line main redial 198.51.100.50
	carried_by main
	sends main "via 198.51.100.2 dev eth1"
	over_and_back
	# A new gateway while the LAN is elsewhere.
	lab line main blackhole on
	carried_by sub
	lab line main gateway 198.51.100.3
	lab line main redial 198.51.100.51
	lab line main blackhole off
	carried_by main
	sends main "via 198.51.100.3 dev eth1"
	run ! grep -v ' 0 0$' <<<"$(lab counter)"
}

@test "sub on a phone by USB: the keepalive knows it alive, the class follows, the LAN goes over it" {
	ethernet sub "via 192.168.42.129"
	lab_up "$ETC" --line sub=ethernet
	lab line sub metric none # no route of a DHCP client that would help
	lab line sub redial
	carried_by main
	lab exec sub fo-keepalive --probe --json >"$BATS_TEST_TMPDIR/out"
	[ "$(jq -r .verdict "$BATS_TEST_TMPDIR/out")" = alive ]
	over_and_back
	lab exec sub fo-keepalive --probe
}

@test "sub on a phone by USB, by DHCP: plugged in again with another gateway while it carries the LAN" {
	ethernet sub dhcp
	lab_up "$ETC" --line sub=ethernet
	carried_by main
	lab exec sub fo-keepalive --probe
	lab line main blackhole on
	carried_by sub
	lab line sub kill
	lab line sub gateway 192.168.42.1
	lab line sub up
	carried_by sub
	sends sub "via 192.168.42.1 dev eth1"
	lab line main blackhole off
	carried_by main
	lab exec sub fo-keepalive --probe
}

@test "a line judged by IPv6 alone fails over and back: Ethernet with a router advertisement" {
	ethernet main dhcp
	with_ipv6 "dhcp dev eth1" "dev ppp0"
	conf main targets 2001:4860:4860::8888
	lab_up "$ETC" --line main=ethernet
	ipv6_lines
	carried_by main
	lan_reaches_internet6
	lab line main blackhole on
	carried_by sub
	lan_reaches_internet6
	sends main "via fd00:c0a8::254 dev eth0" 2001:503:ba3e::2:30
	lab line main blackhole off
	carried_by main
	lan_reaches_internet6
}

@test "a device of an Ethernet without a gateway is refused, with the reason" {
	ethernet sub ""
	lab up --build "$FO_BUILD" --etc "$ETC" --owner "$$" --line sub=ethernet
	wait_for main 10 "ip -4 -o addr show | grep -q ' 192\.168\.0\.254/'"
	run lab exec sub fo-route master
	[ "$status" -ne 0 ]
	says "no default route dev eth1: a network of many hosts needs a gateway"
	lan_reaches_internet
}

@test "the line that comes back as ppp1 is named" {
	lab_up "$ETC"
	carried_by main
	lab exec main sh -c 'ip link set ppp0 down; ip link set ppp0 name ppp1; ip link set ppp1 up'
	has_vip sub
	run -1 lab exec main fo-route show
	says "ppp0 is gone, but ppp1 is up: put \`ifname ppp0\` into the peers file"
	logs main "ppp0 is gone, but ppp1 is up"
	lab line main kill
	lab line main up
	carried_by main
}

# carries BYTES: a TCP connection of the LAN host gets as many back from the echo service.
carries() {
	lab exec lan timeout 5 python3 -c '
import socket, sys
data = bytes(int(sys.argv[1]))
sock = socket.create_connection(("8.8.8.8", 7), 2)
sock.sendall(data)
while data:
    data = data[len(sock.recv(65536)):]' "$1"
}

@test "PPPoE of 1454 bytes, and the provider says nothing of packets that are too big: TCP passes with the nftables sample" {
	lab_up "$ETC"
	carried_by main
	lab exec main nft delete table inet router # of the lab: what pppd's own hooks may do
	lab exec isp sh -c 'ip link set line-main mtu 1500 gso_max_segs 1; nft add table inet narrow
		nft "add chain inet narrow out { type filter hook postrouting priority 0; }"
		nft add rule inet narrow out oifname line-main ip length gt 1454 drop'
	carries 40000
	lab exec main nft delete table inet fo_mss # and without it, it does not
	lab exec lan ip route flush cache
	run ! carries 40000
}
