#!/usr/bin/env bats
# What becomes of ppp sessions, in the lab: with its stand-in for pppd, and by test/ppp with real ones.

load lab
load flow

setup() {
	flow_setup
	lab line main clear
	lab line sub clear
	lab line main up
	lab line sub up
	is_normal
	lan_reaches_internet
}

teardown() {
	flow_teardown
}

has_no() {
	wait_for "$1" 15 "! ip link show dev $2 >/dev/null 2>&1"
}

address_of() {
	lab exec "$1" ip -o -4 addr show dev ppp0 | awk '{ print $4 }'
}

@test "main's cable is pulled: the LAN is on sub, and ppp0 goes later" {
	lab line main cable out
	is_failed_over
	lan_reaches_internet
	has_no main ppp0
	lab line main cable in
	lab line main up
	is_normal
}

@test "the provider ends main's session: sub, while ppp0 is still there, and back" {
	lab line main down linger
	is_failed_over
	lan_reaches_internet
	lab line main down
	lab line main up
	is_normal
}

@test "main redials three times, each with a new address: the LAN leaves with that" {
	for last in 11 12 13; do
		lab line main redial "100.64.0.$last"
		is_normal
		[ "$(address_of main)" = "100.64.0.$last" ]
		lan_reaches_internet
	done
	lab line main redial 100.64.0.10
	lab counter reset
	start_flow udp
	got_more udp 50
	[ "$(lab counter | awk '{ sum += $2 } END { print sum }')" -eq 0 ]
}

@test "pppd of main is killed, so that ip-down never runs: sub, and back" {
	lab line main kill
	is_failed_over
	has_no main ppp0
	default_is main "via 192.168.0.254 dev eth0"
	lab line main up
	is_normal
}

@test "main's ppp0 is up eight seconds before it has an IPv4 address: nothing is sent without one, and main has the LAN again" {
	lab line main early on 8000
	lab line main down
	is_failed_over
	lab counter reset >/dev/null
	lab line main up
	[ "$(lab line main status | awk '$1 == "state" { print $2 }')" = early ]
	wait_for main 5 'said=$(fo-status)
		case $said in *"ppp0 is connected"*) false ;; *"ppp0 has no address yet"*) ;; *) false ;; esac'
	has_vip main 30
	is_normal
	lan_reaches_internet
	run ! grep -v ' 0 0$' <<<"$(lab counter)"
}

@test "sub's modem is unplugged while it carries the LAN, and plugged in again" {
	lab line main blackhole on
	is_failed_over
	lab line sub cable out
	has_no sub ppp0
	run ! lab exec sub sh -c 'ip -4 route show default | grep -q ppp0'
	run ! lab exec sub fo-status
	lab line sub cable in
	lab line sub up
	default_is sub "dev ppp0"
	lan_reaches_internet
}

@test "both lines die at once, and main is back first" {
	lab line main cable out
	lab line sub cable out
	has_no main ppp0
	has_no sub ppp0
	lab line main cable in
	lab line main up
	has_vip main 30
	default_is main "dev ppp0"
	lan_reaches_internet
	lab line sub cable in
	lab line sub up
}

@test "both lines die at once, and sub is back first" {
	lab line main cable out
	lab line sub cable out
	has_no main ppp0
	has_no sub ppp0
	lab line sub cable in
	lab line sub up
	is_failed_over
	lan_reaches_internet
	lab line main cable in
	lab line main up
}

@test "sub loses its power while it carries the LAN: it carries it again when it has booted" {
	lab line main blackhole on
	is_failed_over
	lab router sub power-off
	lab router sub power-on
	is_failed_over
	lan_reaches_internet
}

@test "sub's modem hangs while it carries the LAN: redialling wakes it up" {
	lab line main blackhole on
	is_failed_over
	lab line sub stuck 1
	run ! lab exec lan ping -n -c 2 -W 1 8.8.8.8
	lab line sub redial
	default_is sub "dev ppp0"
	lan_reaches_internet
}

@test "a hiccup of both lines of a second: no failover that stays, no route that is lost" {
	lab line main blackhole on
	lab line sub blackhole on
	wait_for main 10 "grep -q '^line down' /run/fo/watch"
	lab line main blackhole off
	lab line sub blackhole off
	is_normal
	lan_reaches_internet
}

# passes BYTES: so much goes to the echo service in large pieces, and comes back whole.
passes() {
	lab exec lan timeout 60 python3 -c '
import os, socket, sys
sock = socket.create_connection(("8.8.8.8", 7), 5)
sock.settimeout(None) # or MSG_WAITALL does not wait
for _ in range(int(sys.argv[1]) // 16384):
    data = os.urandom(16384)
    sock.sendall(data)
    assert sock.recv(16384, socket.MSG_WAITALL) == data' "$1"
}

@test "a megabyte each way through 1454 bytes, on main; and on sub" {
	[ "$(lab exec main cat /sys/class/net/ppp0/mtu)" -eq 1454 ]
	passes 1048576
	lab line main blackhole on
	is_failed_over
	passes 1048576
}

@test "both routers booted while main's line is not there yet: sub, then main as soon as it is" {
	lab line main cable out
	lab router main power-off
	lab router sub power-off
	lab router main power-on
	lab router sub power-on
	is_failed_over
	lan_reaches_internet
	lab line main cable in
	lab line main up
	is_normal
	lan_reaches_internet
}
