#!/usr/bin/env bats
# SORACOM's name, asked for over sub's line alone: its resolv.conf names servers that answer there only, as README
# once asked for, and in the normal state the default route leads to main.
# shellcheck disable=SC2154 # `exits` sets messages

load lab.bash

FIRST=100.127.0.53
SECOND=100.127.1.53

# shellcheck disable=SC2034 # for lab_up
LAB_OPTIONS=(--dns)

setup() {
	CAPTURES=()
}

teardown() {
	local pid
	for pid in ${CAPTURES[@]+"${CAPTURES[@]}"}; do
		kill "$pid" 2>/dev/null || true
	done
	[ -n "${NAME:-}" ] || return 0
	lab line main blackhole off
	lab line sub clear
	lab line sub up
	lab dns "$FIRST" normal
	lab dns "$SECOND" normal
}

# Nothing is known of before: each look-up is a new one.
forget() {
	lab exec sub rm -f /run/fo/name
}

# capture ROUTER FILTER: packets go to $BATS_TEST_TMPDIR/ROUTER, with interface and direction.
capture() {
	"$LAB" --name "$NAME" exec "$1" tcpdump -i any -n -l "$2" >"$BATS_TEST_TMPDIR/$1" 2>"$BATS_TEST_TMPDIR/$1.said" 3>&- &
	CAPTURES+=("$!")
	eventually 10 grep -q listening "$BATS_TEST_TMPDIR/$1.said"
}

# A failover and the way back, with the look-up anew in each; the class is that of the state.
there_and_back() {
	is_normal
	forget
	lab line main blackhole on
	is_failed_over
	forget
	lab line main blackhole off
	has_vip main 15
	class_is s1.minimum 15
}

queries() {
	cat "$(lab dir)/dns/$1.queries" 2>/dev/null | wc -l
}

@test "names served over sub's line only: the class follows there and back, and main sees no query" {
	capture main "port 53"
	capture sub "port 53"
	there_and_back
	[ "$(queries "$FIRST")" -gt 0 ]
	grep -q 'ppp0 *Out IP 10\.128\.0\.' "$BATS_TEST_TMPDIR/sub"
	run ! grep -v ppp0 "$BATS_TEST_TMPDIR/sub"
	run ! grep . "$BATS_TEST_TMPDIR/main"
}

@test "a resolver that lies, to a host that refuses: the class follows there and back" {
	lab dns "$FIRST" lies 8.8.8.8
	there_and_back
}

@test "a resolver that is silent: the class follows there and back" {
	lab dns "$FIRST" silent
	there_and_back
}

@test "all resolvers fall silent after the failover: the class goes back, by the last good address" {
	is_normal
	lab dns "$FIRST" ttl 1
	lab line main blackhole on
	is_failed_over
	lab exec sub sed -i 's/^until .*/until 1/' /run/fo/name
	lab dns "$FIRST" silent
	lab dns "$SECOND" silent
	lab line main blackhole off
	has_vip main 15
	class_is s1.minimum
}

@test "whatever the first resolver does, a login finds the server, by the second one where it has to" {
	local mode by
	is_normal
	while read -r mode by; do
		lab dns "$FIRST" ${mode//_/ }
		forget
		run -0 lab exec sub fo-speedclass -q --json login
		[ "$(jq -r .names <<<"$output")" = "${!by}" ] || { echo "$mode: $output"; return 1; }
	done <<-MODES
		normal FIRST
		ttl_0 FIRST
		truncated FIRST
		slow_3 SECOND
		nxdomain SECOND
		servfail SECOND
		refused SECOND
		empty SECOND
		silent SECOND
		wrong-id SECOND
		wrong-question SECOND
		garbage SECOND
		lies_127.0.0.1 SECOND
		lies_0.0.0.0 SECOND
		lies_224.0.0.1 SECOND
	MODES
}

@test "method = metadata: a resolver that names a public address is not believed" {
	is_normal
	forget
	lab dns "$FIRST" lies 203.0.113.80
	run -0 lab exec sub sh -c "sed '/^sim = /amethod = metadata' /etc/fo/fo.conf >/tmp/fo.conf &&
		fo-speedclass -c /tmp/fo.conf set s1.slow"
	class_is s1.slow
	run -0 lab exec sub grep server /run/fo/name
	[ "$output" = "server $SECOND" ]
	lab exec sub fo-speedclass sync
}

@test "what pppd was given for the line is asked first, and SORACOM's behind it; the next dial forgets it" {
	is_normal
	lab line sub peerdns 10.11.12.13 "$SECOND"
	lab line sub redial
	wait_for sub 5 'grep -q 10.11.12.13 /run/fo/dns.ppp0'
	forget
	[ "$(lab exec sub fo-speedclass -q --json login | jq -r .names)" = "$SECOND" ]
	lab line sub peerdns off
	lab line sub redial
	wait_for sub 5 'test ! -e /run/fo/dns.ppp0'
	forget
	[ "$(lab exec sub fo-speedclass -q --json login | jq -r .names)" = "$FIRST" ]
}

@test "ppp0 is up 3 s before its address: nothing is sent until then, and the class is set right after" {
	is_normal
	lab line sub down
	lab line sub early on 3000
	capture sub "port 53 or port 443"
	lab line sub up
	wait_for sub 2 'ip link show ppp0 | grep -q LOWER_UP'
	lab exec sub fo-speedclass set s1.slow 3>&- &
	local worker=$!
	wait_for sub 5 'ip -4 -o address show ppp0 | grep -q inet'
	class_is s1.slow 5
	wait "$worker"
	grep -q 'ppp0 *Out IP 10\.128\.0\.' "$BATS_TEST_TMPDIR/sub"
	run ! grep -E 'IP 192\.168\.' "$BATS_TEST_TMPDIR/sub"
	lab exec sub fo-speedclass sync
}

@test "from end to end over sub's line, while the default route leads to main" {
	is_normal
	exits 0 lab exec sub fo-keepalive --json --end-to-end api.soracom.io
	jq -e '.passed and .name_server == "'$FIRST'" and .host == "203.0.113.80" and .bytes > 200 and .bytes < 2000' <<<"$output"
	has "$messages" "ppp0: end to end: api.soracom.io is 203.0.113.80, found in "
	exits 1 lab exec sub as-unit fo-keepalive-test fo-keepalive --end-to-end no-such-name.soracom.io
	has "$messages" "there is no such name, or it has none"
	lab dns "$FIRST" refused
	exits 0 lab exec sub as-unit fo-keepalive-test fo-keepalive --end-to-end api.soracom.io
	lab dns "$SECOND" refused
	exits 1 lab exec sub as-unit fo-keepalive-test fo-keepalive --end-to-end api.soracom.io
	has "$messages" "it refuses the question"
	lab line sub down
	exits 1 lab exec sub as-unit fo-keepalive-test fo-keepalive --end-to-end api.soracom.io
	has "$(lab exec sub fo-status history)" "ppp0 from end to end: no address for api.soracom.io"
	exits 64 lab exec sub fo-keepalive --end-to-end a_b
	exits 64 lab exec sub fo-keepalive --probe --end-to-end api.soracom.io
}
