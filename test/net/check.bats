#!/usr/bin/env bats
# fo-check-ftth, one round: over a veth, at whose far end is a host that answers oddly, or lies.

load netns.bash
load line.bash

setup() { line_up; }

teardown() { net_down; }

# judged STATUS FILTER ARGUMENT…: the exit status of a round, and what jq(1) finds in its report.
judged() {
	local want=$1 filter=$2
	shift 2
	status=0
	output=$(CHECK -i ppp0 --json "$@" 2> >(cat >"$DIR/messages")) || status=$?
	[ "$status" -eq "$want" ] && jq -e "$filter" <<<"$output" >/dev/null ||
		{ echo "status $status, not $want, or not $filter: $output" >&2; return 1; }
}

# each COMMAND…: with both kinds of socket and both families; $KIND and $TARGET are set.
each() {
	local where
	for KIND in raw datagram; do
		sockets "$KIND"
		for TARGET in 10.0.0.2 fd00::2; do
			where="$KIND socket, $TARGET"
			"$@" || { echo "with a $where" >&2; return 1; }
		done
	done
}

# Every round that does not count has to wait for its end, and no longer.
ROUND=150ms
SILENT='.line == "down" and .answered == 0 and .took_ms >= 140 and .targets[0].answer == "silent"'
UP='.line == "up"'

is_silent() { judged 1 "$SILENT" -t "$ROUND" "$TARGET"; }

is_up() { judged 0 "$UP" -t 8s "$TARGET"; }

# lie KIND: such answers do not count. The same host's good ones do, so the lie is all that is wrong.
lie() {
	odd_peer good
	each is_up
	order "$1"
	each is_silent
	grep -q echo "$DIR/peer"
}

@test "a reply with another cookie does not count" { lie cookie; }

@test "a reply with another identifier does not count" { lie id; }

@test "a reply with another sequence number does not count" { lie seq; }

@test "a reply from another address does not count" { lie foreign; }

@test "a reply that is cut short does not count" { lie short; }

@test "a reply that is longer than the echo does not count" { lie long; }

@test "a reply with a wrong checksum does not count" { lie checksum; }

@test "our own request, sent back, does not count" { lie request; }

@test "a reply to another process's echo does not count" {
	odd_peer good
	each is_up
	order replay
	is_silent
	each is_silent
}

@test "replies to a ping(8) of the same host do not count" {
	odd_peer others
	router_job ping -q -i 0.002 -s 24 10.0.0.2 >"$DIR/ping"
	router_job ping -q -i 0.002 -s 24 fd00::2 >"$DIR/ping6"
	eventually 5 grep -q "^echo 10.0.0.2" "$DIR/peer"
	eventually 5 grep -q "^echo fd00::2" "$DIR/peer"
	each is_silent
}

one_counts() {
	local net=${TARGET%2}
	judged 1 '.line == "down" and .answered == 1' -t "$ROUND" --need 2 "${net}3" "${net}2"
}

@test "a host that answers each echo three times counts once" {
	odd_peer twice-but-2
	each one_counts
}

# Echoes to one host that are all answered are one answer, too.
@test "a duplicate in place of another host's answer does not count" {
	odd_peer twice
	judged 0 '.answered == 2' -t 8s --need 2 10.0.0.2 10.0.0.3
	order twice-but-2
	judged 1 '.answered == 2' -t "$ROUND" --need 3 10.0.0.2 10.0.0.3 10.0.0.4
}

# All echoes to a host are answered, but later than it is asked again.
@test "a host that was asked several times counts once" {
	odd_peer twice-but-2 300
	judged 1 '.line == "down" and .answered == 1' -t 1s --need 2 10.0.0.2 10.0.0.3
	[ "$(grep -c "^echo 10.0.0.3" "$DIR/peer")" -gt 1 ]
}

is_late() {
	judged 1 "$SILENT and .took_ms < 1500" -t "$ROUND" "$TARGET"
	judged 0 "$UP and .took_ms >= 1495" -t 8s "$TARGET"
}

@test "a reply that comes after the round does not count" {
	odd_peer good 1500
	each is_late
}

@test "errors about packets that are not ours do not count" { lie other-errors; }

unreachable_at_once() {
	judged 1 '.took_ms < 4000 and (.targets[0].answer | test("unreachable, says .*99$"))' \
		-t 10s "$TARGET"
}

@test "an error about our echo ends a round, if nobody else is left to ask" {
	odd_peer error
	each unreachable_at_once
}

other_is_asked() {
	judged 0 "$UP"' and .took_ms < 1900' -t 8s 10.0.0.2 fd00::2
}

@test "an error about our echo lets the next host be asked, which answers" {
	odd_peer good
	order error
	far sysctl -qw net.ipv6.icmp.echo_ignore_all=0
	for KIND in raw datagram; do
		sockets "$KIND"
		other_is_asked
	done
}

@test "lies before it do not spoil the true reply" {
	odd_peer lies-then-good
	each is_up
}

@test "a host that loses the first echo is asked again" {
	odd_peer second
	each judged_second
}

judged_second() {
	judged 0 "$UP and .took_ms < 4000" -t 8s "$TARGET"
}

@test "a round that is not answered ends within its time, and is not cut short" {
	local time targets
	odd_peer silent
	for time in 50 200 600; do
		for targets in 10.0.0.2 "10.0.0.2 10.0.0.3 10.0.0.4 fd00::2"; do
			# Strictly within it, but for a machine that does not run it in time.
			for _ in {1..5}; do
				# shellcheck disable=SC2086
				judged 1 ".took_ms >= $time * 0.97" -t "${time}ms" $targets
				! jq -e ".took_ms < $time" <<<"$output" || continue 2
			done
			return 1
		done
	done
}

# What was said in time counts, though the machine let the program see it later.
stalled() {
	local status=0
	count_echoes
	router_job "$FO_BUILD/cmd/fo-check-ftth" -i ppp0 -t 250ms "$TARGET"
	eventually 5 sent_at_least 1
	kill -STOP "$JOB"
	eventually 5 grep -q "echo $TARGET " "$DIR/peer"
	sleep 0.35
	kill -CONT "$JOB"
	wait "$JOB" || status=$?
	router nft delete table inet count
	[ "$status" -eq 0 ]
}

@test "a program that was not let run when the reply came still takes it" {
	odd_peer good 30
	each stalled
}

# Local reasons

@test "no interface, one that is down, no route: a dead line, at once" {
	judged 1 '.targets[0].answer == "not sent: No such device"' -i none0 -t 10s 10.0.0.2
	jq -e '.took_ms < 4000' <<<"$output"
	router ip -6 route flush dev ppp0
	judged 1 '.targets[0].answer == "not sent: Network is unreachable" and .took_ms < 4000' \
		-t 10s fd00::2
	router ip link set ppp0 down
	for KIND in raw datagram; do
		sockets "$KIND"
		judged 1 '(.targets[0].answer | startswith("not sent: ")) and .took_ms < 4000' \
			-t 10s 10.0.0.2
		judged 1 '(.targets[0].answer | startswith("not sent: ")) and .took_ms < 4000' \
			-t 10s fd00::2
	done
}

# The kernel would send from an address of another interface.
@test "an interface without an address: a dead line, at once, and nothing is sent" {
	router ip addr flush dev ppp0
	router ip link add eth9 type veth peer name lan9
	router ip addr add 192.168.0.1/24 dev eth9
	router ip link set eth9 up
	router ip link set lan9 up
	router ip route add default dev ppp0
	router ip -6 route add default dev ppp0
	count_echoes
	each has_no_address
	[ "$(echoes)" -eq 0 ]
	addresses
	each is_up
}

has_no_address() {
	judged 1 '.targets[0].answer == "not sent: no address" and .took_ms < 4000' -t 10s "$TARGET"
}

@test "an answer after the round-timeout of the watcher is slow, and counts" {
	printf '%s\n' "[router]" "lan = eth9" "uplink = ppp0" "vip = 192.168.0.254" "[check]" \
		"targets = 10.0.0.2" "timeout = 8s" "round-timeout = 100ms" >"$DIR/fo.conf"
	odd_peer good 200
	run CHECK -c "$DIR/fo.conf" --json
	[ "$status" -eq 0 ]
	jq -e '.targets[0].answer | test("^slow: answered after [0-9.]+ ms$")' <<<"$output"
	order good
	run CHECK -c "$DIR/fo.conf" --json
	jq -e '.targets[0].answer | startswith("answered in ")' <<<"$output"
}

@test "an interface without a carrier is a dead line" {
	far ip link set far0 down
	judged 1 "$UP | not" -t "$ROUND" 10.0.0.2
	judged 1 "$UP | not" -t "$ROUND" fd00::2
}

cannot_tell() {
	# It says so once, and not at each of keepalived's calls.
	rm -f "$FO_STATE_DIR/run/check.verdict"
	run CHECK -i ppp0 -t "${TIME:-10s}" "$@"
	[ "$status" -eq 2 ] || { echo "status $status: $output" >&2; return 1; }
}

@test "a firewall that forbids the echoes: cannot tell, and what to do about it" {
	own_firewall
	each forbidden
	no_firewall
	each is_up
}

forbidden() {
	cannot_tell "$TARGET"
	[[ "$output" == *"may not send ICMP echoes on ppp0"*"setcap"*"firewall"* ]]
}

@test "without permission: cannot tell, and what to do about it" {
	local program=$DIR/fo-check-ftth
	cp "$FO_BUILD/cmd/fo-check-ftth" "$program"
	for target in 10.0.0.2 fd00::2; do
		run router setpriv --reuid=65534 --regid=65534 --clear-groups \
			"$program" -i ppp0 -t 10s "$target"
		[ "$status" -eq 2 ]
		[[ "$output" == *"setcap cap_net_raw"*"ping_group_range"* ]]
	done
}

@test "a full queue of our own: cannot tell" {
	# An echo to a neighbour that has still to be found waits elsewhere.
	each is_up
	router tc qdisc add dev ppp0 root pfifo limit 0 || skip "no tc pfifo here"
	each queue_is_full
	router tc qdisc del dev ppp0 root
	each is_up
}

# It is tried again as long as there is time.
queue_is_full() {
	local TIME=500ms
	cannot_tell "$TARGET"
	[[ "$output" == *"cannot send ICMP echoes on ppp0: No buffer space available"* ]]
}

@test "one host that may not be sent to does not hide that the others are silent, or answer" {
	local i
	router nft -f - <<-'RULES'
		table inet own {
			chain out {
				type filter hook output priority 0
				ip daddr 10.0.0.4 drop
			}
		}
	RULES
	for i in {1..6}; do
		judged 0 "$UP" -t 8s 10.0.0.4 10.0.0.2
	done
	black_hole
	judged 1 '.line == "down"' -t "$ROUND" 10.0.0.4 10.0.0.2
}

@test "SIGTERM in a round: death by it, and nothing is left behind" {
	local status
	odd_peer silent
	count_echoes
	for KIND in raw datagram; do
		sockets "$KIND"
		router_job "$FO_BUILD/cmd/fo-check-ftth" -i ppp0 -t 60s 10.0.0.2
		eventually 5 sent_at_least 1
		kill -TERM "$JOB"
		status=0
		wait "$JOB" || status=$?
		[ "$status" -eq 143 ]
	done
	[ ! -e "$RUN" ] || [ -z "$(ls -A "$RUN")" ]
}

# Hedging

# Which host is asked first is chance: hedged FILTER ARGUMENT…, until 10.0.0.4, the first one and
# silent, was asked, and FILTER is true of that round.
hedged() {
	local filter=".targets[0].answer == \"silent\" and $1" i
	shift
	for ((i = 0; i < 80; i++)); do
		[ "$KNOWN" = yes ] || rm -rf "$FO_STATE_DIR"
		judged 0 "$UP" "$@"
		! jq -e "$filter" <<<"$output" >/dev/null || return 0
	done
	return 1
}

# Its packets are lost, and nobody says so.
lose_10_0_0_4() {
	router ip neigh replace 10.0.0.4 lladdr 02:00:00:00:00:99 dev ppp0
}

# Where nothing is known, 250 ms have to pass.
@test "hedging by known round trips: the next host is asked early" {
	KNOWN=yes
	lose_10_0_0_4
	judged 0 "$UP" -t 8s 10.0.0.2
	judged 0 "$UP" -t 8s 10.0.0.3
	grep -q "^10.0.0.2 " "$RUN/check.rtt"
	grep -q "^10.0.0.3 " "$RUN/check.rtt"
	hedged ".took_ms >= 9 and .took_ms < 200" -t 8s 10.0.0.4 10.0.0.2 10.0.0.3
}

@test "hedging with nothing known: after a quarter of the time, and it is learnt then" {
	KNOWN=no
	lose_10_0_0_4
	hedged ".took_ms >= 95 and .took_ms < 400" -t 400ms 10.0.0.4 10.0.0.2 10.0.0.3
	grep -qE "^10.0.0.[23] " "$RUN/check.rtt"
}

@test "each of three hosts is asked first, by and by" {
	# shellcheck disable=SC2016 # that shell's own
	router bash -euc 'for i in {1..60}; do "$@"; done' - "$FO_BUILD/cmd/fo-check-ftth" \
		-i ppp0 -t 8s --json 10.0.0.2 10.0.0.3 10.0.0.4 >"$DIR/rounds"
	# An answer late by 10 ms, on a busy machine, lets the others be asked, too.
	jq -se 'length == 60 and ([.[].targets | map(select(.answer != "not asked")) |
		select(length == 1)[0].address] | unique | length == 3)' "$DIR/rounds"
}

@test "what is written in check.rtt by others does no harm" {
	local text
	mkdir -p "$RUN"
	for text in "" garbage "10.0.0.2" "10.0.0.2 1" "10.0.0.2 -1 -1" "10.0.0.2 0 0" "10.0.0.2 x y" \
		"10.0.0.2 99999999999999999999 1" "10.0.0.2 9223372036854775807 9223372036854775807" \
		"10.0.0.2 60000000 60000000" "10.0.0.2 1 1 1" " 10.0.0.2 1 1" "$(yes 10.0.0.2 1 1 | head -n 500)" \
		"$(seq -f "10.1.0.%g 100 100" 1 40)" "$(head -c 100000 /dev/urandom | base64)"; do
		printf '%s\n' "$text" >"$RUN/check.rtt"
		judged 0 "$UP" -t 8s 10.0.0.2 10.0.0.3
		printf '%s\n' "$text" >"$RUN/check.rtt"
		judged 1 '.took_ms >= 19' -t 20ms 10.0.0.77
	done
	head -c 4096 /dev/urandom >"$RUN/check.rtt"
	judged 0 "$UP" -t 8s 10.0.0.2
	rm "$RUN/check.rtt"
	mkdir "$RUN/check.rtt"
	judged 0 "$UP" -t 8s 10.0.0.2
	rmdir "$RUN/check.rtt"
	mkfifo "$RUN/check.rtt"
	CHECK -i ppp0 -t 8s 10.0.0.2
	ln -sf /etc/passwd "$RUN/check.rtt"
	CHECK -i ppp0 -t 8s 10.0.0.2
}

# 64 copies at a time, as keepalived may start them (its bug C3), of lines that are up, down, and gone.
@test "copies that overlap: each tells what is true, and leaves nothing behind" {
	router ip link add dead0 type veth peer name dead1
	router ip addr add 10.9.0.1/24 dev dead0
	# Up, but its far end takes everything and answers nothing.
	router ip link set dead0 up
	router ip link set dead1 up
	router ip neigh add 10.9.0.2 lladdr 02:00:00:00:00:09 dev dead0
	router "$BATS_TEST_DIRNAME/copies" "${FO_LONG:+10000}" <<-CASES
		0 $FO_BUILD/cmd/fo-check-ftth -q -i ppp0 -t 20s 10.0.0.2 10.0.0.3
		1 $FO_BUILD/cmd/fo-check-ftth -q -i dead0 -t 100ms 10.9.0.2
		0 $FO_BUILD/cmd/fo-check-ftth -q -i ppp0 -t 20s --need 2 10.0.0.4 10.0.0.2
		1 $FO_BUILD/cmd/fo-check-ftth -q -i gone0 -t 20s 10.0.0.2 10.0.0.3
		0 $FO_BUILD/cmd/fo-check-ftth -q -i ppp0 -t 20s 10.0.0.3
		1 $FO_BUILD/cmd/fo-check-ftth -q -i ppp0 -t 100ms --need 2 127.0.0.1 10.0.0.2
	CASES
	ls -A "$RUN" >"$DIR/left"
	grep -vxE 'check\.(rtt|verdict)' "$DIR/left" && return 1
	grep -qxE 'up|down' "$RUN/check.verdict"
}
