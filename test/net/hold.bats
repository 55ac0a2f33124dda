#!/usr/bin/env bats
# The LAN held back until the speed class is set: what passes, what does not, and for how long.

load netns.bash

# How often the programs are killed at a random moment.
RUNS=${FO_HOLD_KILLS:-5}

setup() {
	net_up
	hold_for 30s
	lan ip route add default via 192.168.0.2
	count_forwarded
	lan_has_ipv6
}

teardown() { net_down; }

hold_for() {
	configure
	printf '%s\n' '[speedclass]' 'sim = imsi:440101234567890' 'profile = none' 'endpoint = http://127.0.0.1:9/' \
		"hold-lan = $1" >>"$CONF"
}

# The packets into the line, behind all that may drop them.
count_forwarded() {
	router nft -f - <<-'RULES'
		table inet count {
			counter line { }
			chain lan {
				type filter hook forward priority 500
				oifname "ppp0" counter name line
			}
			chain own {
				type filter hook output priority 500
				oifname "ppp0" udp dport 4433 counter name line
			}
		}
	RULES
}

passed() {
	router nft list counter inet count line | sed -n 's/.*packets \([0-9]*\).*/\1/p'
}

lan_has_ipv6() {
	router sysctl -qw net.ipv6.conf.all.forwarding=1
	router ip -6 addr add 2001:db8::2/64 dev eth0 nodad
	router ip -6 route add default dev ppp0 metric 5
	lan ip -6 addr add 2001:db8::10/64 dev eth0 nodad
	lan ip -6 route add default via 2001:db8::2
}

holds() {
	router nft list set inet fo_hold held 2>/dev/null | grep -q '"ppp0"'
}

holds_not() {
	! holds
}

has_no_table() {
	! router nft list table inet fo_hold >/dev/null 2>&1
}

held() {
	take_vip
	run fo_route master
	reports "LAN held back on ppp0 until the speed class is set, at most 30s"
	holds
	router sysctl -qw net.ipv4.ip_forward=1 # as `forwarding = global` does
}

# sends COUNT KIND[,KIND…] FAMILY: so many packets of the LAN's at once; how many of them left is in $left.
sends() {
	local before
	before=$(passed)
	lan python3 "$BATS_TEST_DIRNAME/send" "$@"
	left=$(($(passed) - before))
}

between() {
	[ "$left" -ge "$1" ] && [ "$left" -le "$2" ] || { echo "$left left, not $1 to $2" >&2; return 1; }
}

@test "held: neither data nor acknowledgements of TCP, nor anything big, either family" {
	held
	sends 20 tcp-data,tcp-ack,udp-big,echo-big,tcp-syn-big,other 4
	between 0 0
	sends 20 tcp-data,tcp-ack,udp-big,echo-big,tcp-syn-big,other 6
	between 0 0
	holds
}

# trickles COUNT KIND FAMILY LEAST MOST: into a hold of its own, which still holds behind the last packet.
trickles() {
	held
	sends "$1" "$2" "$3"
	holds || { echo "the hold was over before all was sent" >&2; return 1; }
	between "$4" "$5"
	give_vip
	run fo_route clear
	rm -r "$FO_STATE_DIR"
}

@test "held: SYNs, echoes, DNS and small UDP trickle, each with a limit of its own, either family" {
	local family
	for family in 4 6; do
		trickles 40 tcp-syn "$family" 3 4
		trickles 10 echo "$family" 2 3
		trickles 10 dns "$family" 4 5
		trickles 10 udp "$family" 2 3
	done
}

@test "held: a host that pings without a pause leaves the others their echoes" {
	held
	lan ip addr add 192.168.0.11/24 dev eth0
	sends 50 echo 4
	between 2 3
	FROM=192.168.0.11 sends 1 echo 4
	between 1 1
}

@test "held: what the router itself sends goes, and what is forwarded elsewhere" {
	local before
	held
	before=$(passed)
	router python3 "$BATS_TEST_DIRNAME/send" 20 udp-big 4
	[ "$(($(passed) - before))" -eq 20 ]
	router ip route add 203.0.113.0/24 via 192.168.0.10 dev eth0
	router nft -f - <<-'RULES'
		table inet count {
			counter back { }
			chain back {
				type filter hook forward priority 500
				oifname "eth0" ip daddr 203.0.113.1 counter name back
			}
		}
	RULES
	TO=203.0.113.1 sends 20 udp-big 4
	router nft list counter inet count back | grep -q 'packets 20 '
}

@test "the kernel ends it on time, with no program left" {
	hold_for 1s
	take_vip
	run fo_route master
	reports "at most 1s"
	holds
	eventually 2 holds_not
	router sysctl -qw net.ipv4.ip_forward=1
	sends 20 udp-big 4
	between 20 20
}

@test "once for each arrival of the address: another notification and apply do not extend it" {
	local first second
	held
	first=$(left_ms)
	run fo_route master
	lacks "$output" "held back"
	run fo_route apply
	lacks "$output" "held back"
	second=$(left_ms)
	[ "$second" -lt "$first" ]
	router nft flush set inet fo_hold held # as the time does it
	run fo_route apply
	lacks "$output" "held back"
	holds_not
	give_vip
	run fo_route backup
	held
}

left_ms() {
	fo_route --json show 2>/dev/null | jq .lan_held_left_ms
}

@test "backup, fault, stop and clear leave nothing of it behind" {
	local word
	for word in backup fault stop; do
		held
		give_vip
		run fo_route "$word"
		[ "$status" -eq 0 ]
		has_no_table
	done
	held
	run fo_route clear
	[ "$status" -eq 0 ]
	has_no_table
}

@test "none where the class is right already, with hold-lan = 0, and without [speedclass]" {
	mkdir -p "$FO_STATE_DIR/run"
	echo s1.fast >"$FO_STATE_DIR/run/speedclass.known"
	not_held
	echo s1.minimum >"$FO_STATE_DIR/run/speedclass.known"
	hold_for 0
	not_held
	configure
	not_held
}

not_held() {
	take_vip
	run fo_route master
	reports "master: "
	lacks "$output" "held back"
	has_no_table
	give_vip
	run fo_route backup
}

@test "the plan names it, and changes nothing; show says how long it lasts" {
	take_vip
	run fo_route -n master
	says "ppp0 for the LAN, at most 30s"
	has_no_table
	[ "$(left_ms)" = 0 ]
	give_vip
	held
	[ "$(left_ms)" -gt 20000 ]
	run router setpriv --reuid 65534 --clear-groups --inh-caps=-all --bounding-set=-all "$FO_BUILD/cmd/fo-route" -c "$CONF" show
	[[ $output =~ lan_held_left_ms\ +-$'\n' ]]
}

speedclass() {
	router timeout 20 "$FO_BUILD/cmd/fo-speedclass" -c "$CONF" "$@"
}

@test "fo-speedclass ends it: when the class is right already, and when it can do no more" {
	held
	echo s1.fast >"$FO_STATE_DIR/run/speedclass.known"
	run speedclass master
	says "speed class s1.fast: already set"
	says "LAN no longer held back, after "
	has_no_table
	give_vip
	run fo_route backup
	rm "$FO_STATE_DIR/run/speedclass.known"
	held
	run speedclass master # the profile is missing
	[ "$status" -eq 2 ]
	says "LAN no longer held back, after "
	has_no_table
}

@test "fo-speedclass leaves it where another one is at the class" {
	local held
	held
	mkdir -p "$FO_STATE_DIR/run"
	exec {held}>"$FO_STATE_DIR/run/speedclass.lock"
	flock "$held"
	run speedclass master
	says "left to the fo-speedclass that is already running"
	holds
	exec {held}>&-
}

@test "a table of that name that is another program's: said, nothing of it is touched, the route is right" {
	router nft -f - <<-'RULES'
		table inet fo_hold {
			comment "mine"
			chain mine { }
		}
	RULES
	take_vip
	run fo_route master
	reports "not holding the LAN back: the table inet fo_hold of nftables is another program's"
	default_is "$MASTER"
	give_vip
	run fo_route stop
	[ "$status" -eq 0 ]
	router nft list table inet fo_hold | grep -q 'chain mine'
}

@test "ours that a kill has left behind is replaced" {
	held
	rm "$FO_STATE_DIR/run/vrrp.state"
	router nft flush set inet fo_hold held
	run fo_route master
	reports "LAN held back on ppp0"
	holds
	[ "$(router nft list table inet fo_hold | grep -c 'oifname @held')" -eq 1 ]
}

@test "a kernel without nftables: said, and the switch is made as without it" {
	local first
	export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0
	held
	give_vip
	run fo_route backup
	rm -r "$FO_STATE_DIR"
	take_vip
	router strace -qq -o "$DIR/trace" -e trace=socket "$FO_BUILD/cmd/fo-route" -c "$CONF" master
	first=$(grep -n -m 1 NETLINK_NETFILTER "$DIR/trace" | cut -d: -f1)
	router nft delete table inet fo_hold
	rm -r "$FO_STATE_DIR"
	router ip route replace default via "$VIP" dev eth0 proto keepalived
	run router strace -qq -o /dev/null -e trace=socket -e "inject=socket:error=EPROTONOSUPPORT:when=$first" \
		"$FO_BUILD/cmd/fo-route" -c "$CONF" master
	reports "not holding the LAN back: cannot use nftables: Protocol not supported"
	default_is "$MASTER"
	has_no_table
}

@test "an address that comes and goes while the hold is made: none is left" {
	take_vip
	run fo_route master
	give_vip
	run fo_route master
	says "backup: "
	has_no_table
}

# The programs of a router as master, each killed at a moment of its own; the hold is over on time.
@test "every program killed with -9 at a random moment: the hold ends on time" {
	local run begin began=0
	hold_for 1s
	printf '%s\n' 'method = metadata' 'interface = lo' >>"$CONF" # refuses, so that the class is tried for ever
	RANDOM=${FO_TEST_SEED:-$$}
	echo "seed ${FO_TEST_SEED:-$$}, $RUNS runs"
	for ((run = 0; run < RUNS; run++)); do
		rm -rf "$FO_STATE_DIR"
		take_vip
		begin=${EPOCHREALTIME/./}
		run_and_kill fo-route watch
		run_and_kill fo-route master
		run_and_kill fo-speedclass master
		wait_for_kills
		holds_not || began=$((began + 1))
		while holds; do
			[ "$((${EPOCHREALTIME/./} - begin))" -lt 2500000 ] || { echo "run $run: still held" >&2; return 1; }
			sleep 0.05
		done
		give_vip
		router nft delete table inet fo_hold 2>/dev/null || true
		router ip rule flush proto 87 2>/dev/null || true
		router ip route replace default via "$VIP" dev eth0 proto keepalived
	done
	echo "$began of $RUNS were still held when the last program was killed"
	[ "$began" -gt 0 ]
}

run_and_kill() {
	router_job "$FO_BUILD/cmd/$1" -q -c "$CONF" "$2" 2>/dev/null
	KILLS+=("$JOB $((RANDOM % 90))")
}

wait_for_kills() {
	local kill
	for kill in "${KILLS[@]}"; do
		sleep "0.0$(printf %02d "${kill#* }")"
		stop "${kill% *}"
	done
	KILLS=()
}
