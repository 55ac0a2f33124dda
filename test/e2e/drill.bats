#!/usr/bin/env bats
# A failover for practice, and the way back that does not wait for the hold. Each case begins in the normal state.
# shellcheck disable=SC2154 # `exits` sets messages

load lab
load field
load flow

setup() {
	flow_setup
	lab line sub clear
	is_normal
	lan_reaches_internet
	# So long the watcher needs to know that its line is up.
	wait_for main 10 'fo-check-ftth'
}

teardown() {
	flow_teardown
}

setup_file() {
	[ "$(id -u)" -eq 0 ] || skip "namespaces need root"
	export NAME="e2e$$"
	find_build
	make_etc "$BATS_FILE_TMPDIR/etc"
	lab_up "$BATS_FILE_TMPDIR/etc"
}


# drill TIME: in the background of main; DRILL is the process, its messages are in $MESSAGES.
drill() {
	MESSAGES=$BATS_TEST_TMPDIR/messages
	lab exec main fo-route drill "$1" 2>"$MESSAGES" 3>&- &
	DRILL=$!
}

# kill_drill SIGNAL: of the program itself.
kill_drill() {
	lab exec main sh -c "kill -$1 \"\$(pgrep -f '^fo-route drill')\""
}

drilled() {
	STATUS=0
	wait "$DRILL" || STATUS=$?
	cat "$MESSAGES"
}

told() {
	grep -qF -- "$1" "$MESSAGES"
}

# refused TEXT: a drill on main is.
refused() {
	exits 2 lab exec main fo-route drill 5s
	has "$messages" "$1"
}

# history TEXT: the last event of a drill.
history() {
	has "$(lab exec main fo-status history | grep ' drill ' | tail -n 1)" "$1"
}

@test "the LAN goes to the other line, and comes back when the time is over" {
	local mark
	start_flow udp
	got_more udp 20
	mark=$(last_sent udp)
	drill 5s
	has_vip sub
	default_is sub "dev ppp0"
	class_is s1.fast
	drilled
	[ "$STATUS" -eq 0 ]
	is_normal
	got_more udp 50
	echo "# lost of 100 packets a second: $(lost_since udp "$mark")" >&3
	[ "$(lost_since udp "$mark")" -le 60 ]
	told "drill: its time is over; the LAN was on the other line for 5."
	told "this router has 192.168.0.254 again, "
	history "drill: its time is over"
	wait_for main 5 '! [ -e /run/fo/watch.drill ] && [ "$(cat /run/fo/line)" = 0 ]'
}

@test "who interrupts it gets the address back at once, and who kills it, too" {
	local signal
	for signal in INT KILL; do
		drill 1h
		has_vip sub
		eventually 5 told "drill: MAC "
		kill_drill "$signal"
		drilled
		[ "$STATUS" -ne 0 ]
		is_normal
		[ "$signal" = KILL ] || history "drill cut short: it was stopped; the LAN was on the other line for "
	done
	history "fo-route drill was killed, or hangs"
}

@test "a dead line of the other router: the address stays here, and the LAN notices nothing" {
	local mark
	lab line sub down
	wait_for sub 10 '[ "$(cat /run/fo/line)" = 1 ]'
	start_flow udp
	got_more udp 20
	mark=$(last_sent udp)
	drill 5s
	drilled
	[ "$STATUS" -eq 1 ]
	told "no other router took the address"
	[ "$(lost_since udp "$mark")" -eq 0 ]
	history "drill failed: no other router took the address"
	lab line sub up
}

@test "the other line dies during the drill: the LAN is back here" {
	drill 1h
	has_vip sub
	eventually 5 told "drill: MAC "
	lab line sub down
	drilled
	[ "$STATUS" -eq 1 ]
	told "the other router gave the address back"
	has_vip main
	lan_reaches_internet
	lab line sub up
}

@test "refused: on the other router, with a line that is down, without a watcher" {
	exits 2 lab exec sub fo-route drill 5s
	has "$messages" "no drill: fo.conf has no [check]: a drill is for the router with the main line"
	for time in "" 4s 2h x; do
		exits 64 lab exec main fo-route drill ${time:+"$time"}
	done
	lab router main stop-watcher
	eventually 5 refused "no drill: fo-watch is not running"
	history "no drill: fo-watch is not running"
	lab router main start-watcher
	wait_for main 10 'fo-check-ftth'
	lab line main blackhole on
	is_failed_over
	refused "no drill: this router is not master"
	lab line main clear
}

@test "fo-watch back: the rest of the hold is not waited for" {
	lab exec main sed -i 's/^hold = 1s/hold = 1h/; s/^hold-max = 1s/hold-max = 1h/' /etc/fo/fo.conf
	lab router main stop-watcher
	lab router main start-watcher
	wait_for main 10 'fo-check-ftth'
	lab line main blackhole on
	is_failed_over
	exits 1 lab exec main fo-watch back
	has "$messages" "not good yet (no answers)"
	lab line main blackhole off
	eventually 10 exits 0 lab exec main fo-watch back
	has "$messages" "ppp0: the line is up again, hold cut after "
	has "$messages" " of 1h"
	is_normal
	exits 0 lab exec main fo-watch back
	has "$messages" "ppp0: up, nothing is held"
	has "$(lab exec main fo-status history)" "hold cut by hand after "
	exits 2 lab exec sub fo-watch back
	has "$messages" "a metered line is never held"
	lab router main stop-watcher
	exits 2 lab exec main fo-watch back
	has "$messages" "no watcher holds the line"
}
