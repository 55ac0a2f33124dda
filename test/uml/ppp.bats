#!/usr/bin/env bats
# What only a real pppd does: for test/ppp, which runs these and those of ../e2e that are about lines.

load ../e2e/lab

setup() {
	for router in main sub; do
		lab exec "$router" rm -f /etc/ppp/peers/lab
		lab line "$router" clear
	done
}

# careless ROUTER OPTION...: what its user has put into the peers file; it has dialled with that.
careless() {
	lab exec "$1" sh -c 'mkdir -p /etc/ppp/peers; echo "$*" >/etc/ppp/peers/lab' - "${@:2}"
	lab line "$1" down
	lab line "$1" up
}

@test "the lines are sessions of pppd: PPPoE of 1454 bytes, and a modem" {
	is_normal
	[ "$(lab exec main cat /sys/class/net/ppp0/type /sys/class/net/ppp0/mtu | tr '\n' ' ')" = "512 1454 " ]
	lab exec main sh -c 'cat /proc/net/pppoe' | grep -q wan0
	lab exec sub sh -c 'tr "\0" " " </proc/$(head -n 1 /run/ppp-lab.pid)/cmdline' | grep -q ttyUSB2
}

@test "main's user has set defaultroute and replacedefaultroute: over to sub, and back" {
	careless main defaultroute replacedefaultroute
	is_normal
	lab line main blackhole on
	is_failed_over
	default_is main "via 192.168.0.254 dev eth0"
	lan_reaches_internet
	lab line main clear
	is_normal
}

@test "sub's user has set them, too: sub leaves through main, and over LTE when it has to" {
	careless sub defaultroute replacedefaultroute
	is_normal
	[ "$(lab exec sub traceroute.db -n -m 1 -q 1 -w 2 8.8.8.8 | awk '$1 == 1 { print $2 }')" = 192.168.0.1 ]
	lab line main blackhole on
	is_failed_over
	lab line main clear
	is_normal
}

@test "pppd of main dials again by itself when the provider has ended the session" {
	careless main persist holdoff 1 maxfail 0
	is_normal
	lab line main down linger
	is_failed_over
	is_normal # nobody has told the line anything
	lan_reaches_internet
}

@test "pppd of sub dials again by itself while it carries the LAN" {
	careless sub persist holdoff 1 maxfail 0
	lab line main blackhole on
	is_failed_over
	lab line sub down linger
	default_is sub "dev ppp0"
	lan_reaches_internet
	lab line main clear
	is_normal
}

@test "another pppd has ppp0 when main dials, and main becomes ppp1: the LAN is on sub until that is mended" {
	is_normal
	lab line main down
	lab exec main sh -c 'setsid pppd pty "sleep 600" nodetach noauth local lcp-max-configure 1000 linkname other >/dev/null 2>&1 &'
	wait_for main 5 'ip link show ppp0 >/dev/null 2>&1'
	lab line main up
	wait_for main 5 'ip -o -4 addr show dev ppp1 | grep -q 100.64.0.10'
	is_failed_over
	lab exec main sh -c 'kill $(head -n 1 /run/ppp-other.pid)'
	wait_for main 15 '! ip link show ppp0 >/dev/null 2>&1'
	lab line main down
	lab line main up
	is_normal
}
