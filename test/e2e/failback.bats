#!/usr/bin/env bats
# Answers that are on their way over LTE while main takes the LAN back. The line is slow on purpose: with a round
# trip of one second a router that forgets at once loses a hundred of them, and one that lingers none.

load lab
load flow

MOST_LOST=15 # of 100 a second, with a second of them on the way

setup() {
	flow_setup
	lab line main clear
	lab line sub clear
	is_normal
	lan_reaches_internet
}

teardown() {
	flow_teardown
	lab line sub clear
}

# fails_back: the flow goes over LTE and comes back; what was lost since main's line is good is in LOST.
fails_back() {
	local mark
	lab line main blackhole on
	is_failed_over
	lab line sub delay 500
	got_more udp 100
	mark=$(last_sent udp)
	lab line main blackhole off
	is_normal
	got_more udp 200
	LOST=$(lost_since udp "$mark")
	lab line sub delay 0
}

set_rp_filter() {
	local host
	for host in main sub; do
		lab exec "$host" sh -c "for f in /proc/sys/net/ipv4/conf/*/rp_filter; do echo $1 >\$f; done"
	done
}

@test "nothing in flight is lost at failback, with rp_filter 0, 1 and 2" {
	local filter
	lab counter reset >/dev/null
	start_flow udp
	for filter in 0 1 2; do
		set_rp_filter "$filter"
		fails_back
		echo "# rp_filter $filter: lost at failback with a round trip of 1 s: $LOST" >&3
		[ "$LOST" -le "$MOST_LOST" ]
	done
	run ! grep -v ' 0 0$' <<<"$(lab counter)"
	# And nothing lingers for good.
	run ! lab exec sub grep -rq . /run/fo/route.linger
	[ -z "$(lab exec sub ip rule show | grep 'iif lo')" ]
}
