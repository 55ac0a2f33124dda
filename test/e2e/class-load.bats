#!/usr/bin/env bats
# A household that goes on sending when it fails over to a SIM of 32 kbit/s: the class is raised all the same, and
# the LAN's pings come back meanwhile. test/bench speedclass measures it.

load lab.bash

BUSY=$BATS_TEST_DIRNAME/busy-lan

setup() {
	lab spawn isp "$BUSY" serve
	lab line sub delay 150
	PIDS=()
}

teardown() {
	local pid
	for pid in "${PIDS[@]}"; do
		kill "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
	lab line sub clear
	lab router main start-keepalived
	is_normal
}

# in_background COMMAND…: until the test ends.
in_background() {
	"$@" 3>&- &
	PIDS+=($!)
}

# by METHOD: how the class is set from now on.
by() {
	lab exec sub sed -i "s/^;*method = [a-z]*/method = $1/" /etc/fo/fo.conf
	lab exec sub grep -q "^method = $1" /etc/fo/fo.conf
}

# raised RATE LINE-COMMAND…: the LAN sends so much into a line that gets this command when it is fast.
raised() {
	local log=$BATS_TEST_TMPDIR/ping
	in_background lab follow s1.fast sub "${@:2}"
	in_background "$LAB" --name "$NAME" exec lan ping -D -n -O -i 0.1 8.8.8.8 >"$log"
	in_background "$LAB" --name "$NAME" exec lan "$BUSY" use 40 "$1" 60
	wait_for lan 20 'ss -Htn state established dport = :8081 | grep -q .'
	lab router main stop-keepalived
	has_vip sub 10
	class_is s1.fast 6
	wait_for sub 5 '! nft list table inet fo_hold'
	eventually 5 tail_answered "$log"
	awk '/bytes from/ { t = substr($1, 2) + 0; if (last && t - last > most) most = t - last; last = t }
		END { print "longest gap of the ping:", most; exit most > 2 }' "$log"
}

# The last second was not silent.
tail_answered() {
	tail -n 5 "$1" | grep -q 'bytes from'
}

@test "a queue of 32 kbit/s, 400 kbit/s from the LAN, by the API" {
	by api
	lab line sub rate 32000
	raised 400000 rate 2000000
}

@test "a policer of 32 kbit/s, 4 Mbit/s from the LAN, by the metadata service" {
	by metadata
	lab line sub police 32000
	raised 4000000 police 8000000 32768
}
