#!/usr/bin/env bats
# What becomes of flows of the LAN that run through failover and failback, with a black hole as the fault
# (main's line keeps its address).
#
# UDP and ICMP live: the other router translates their next packet anew. TCP belongs to the public
# address it began with, so a connection that is used on the other line is reset by the far end, at once;
# one that is silent meanwhile, lives.

load lab
load flow

CYCLES=3
MOST_LOST=25 # at failback, of 100 a second, in the median; ≤ 2 on a machine that has nothing else to do

setup() {
	flow_setup
	is_normal
	lan_reaches_internet
}

teardown() {
	exec 6>&- 7>&- 8>&-
	flow_teardown
}

# connect NAME: a connection to the echo service; what goes into the FIFO NAME.in comes back in the file
# NAME, and its end as `dead`.
connect() {
	mkfifo "$1.in"
	"$LAB" --name "$NAME" exec lan bash -c '
		exec 9<>/dev/tcp/8.8.8.8/7 || exit
		echo connected
		trap "" PIPE
		while read -r word; do
			echo "$word" >&9 && read -r -t 60 back <&9 && echo "$back" || { echo dead; exit; }
		done' <"$1.in" >"$1" 2>/dev/null 3>&- &
	PIDS+=($!)
}

shows() {
	eventually "${3:-10}" grep -qx "$2" "$1"
}

median() {
	sort -n | sed -n "$(((CYCLES + 1) / 2))p"
}

@test "UDP, ICMP and silent TCP live through failover and failback; no private source ever leaves" {
	local cycle mark
	lab counter reset >/dev/null
	start_flow icmp
	start_flow udp
	connect silent
	exec 6>silent.in
	echo before >&6
	shows silent before
	for ((cycle = 1; cycle <= CYCLES; cycle++)); do
		lab line main blackhole on
		is_failed_over
		got_more icmp 50
		got_more udp 50
		mark=$(last_sent udp)
		lab line main blackhole off
		is_normal
		got_more icmp 100
		got_more udp 100
		lost_since udp "$mark" >>lost
		echo "after $cycle" >&6
		shows silent "after $cycle"
	done
	echo "# UDP, 100/s: lost at failback: $(paste -sd' ' lost), median $(median <lost)" >&3
	lab exec main nft list table ip fo_guard | sed -n 's/.*\(packets [0-9]*\) .*/# stopped by the guard on main: \1/p' >&3
	lab counter
	run ! grep -v ' 0 0$' <<<"$(lab counter)"
	[ "$(median <lost)" -le "$MOST_LOST" ]
}

@test "TCP that is used on the other line ends at once, and does not hang; a new connection works" {
	connect old
	exec 7>old.in
	echo before >&7
	shows old before
	lab line main blackhole on
	is_failed_over
	lan_reaches_internet
	echo during >&7
	shows old dead
	connect new
	exec 8>new.in
	echo during >&8
	shows new during
	lab line main blackhole off
	is_normal
	lan_reaches_internet
	echo after >&8
	shows new dead
	run ! grep -v ' 0 0$' <<<"$(lab counter)"
}

@test "flows to a line that has dialled again with another address: UDP and ICMP live" {
	start_flow icmp
	start_flow udp
	lab line main redial 100.64.0.77
	is_normal
	got_more icmp 100
	got_more udp 100
	lab line main redial 100.64.0.10
	is_normal
	got_more icmp 100
	got_more udp 100
	run ! grep -v ' 0 0$' <<<"$(lab counter)"
}
