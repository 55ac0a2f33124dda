#!/usr/bin/env bats
# The main job, in the lab: traffic moves to `sub` when the main line fails, and back.

load lab

# Every test begins, and the one before it has to end, in the normal state.
setup() {
	lab line main clear
	lab line sub clear
	lab soracom clear
	is_normal
	lan_reaches_internet
}

@test "normal state: the LAN leaves through main, and sub as well" {
	[ "$(first_hop)" = 192.168.0.1 ]
	[ "$(lab exec sub traceroute.db -n -m 1 -q 1 -w 2 8.8.8.8 | awk '$1 == 1 { print $2 }')" = 192.168.0.1 ]
	lab exec main fo-route show
	lab exec sub fo-route show
	lab exec sub fo-keepalive
	lab exec sub fo-status
}

@test "the shipped keepalived.conf of both routers passes keepalived -t with status 0" {
	lab exec main keepalived -t
	lab exec sub keepalived -t
}

@test "a black hole behind a live ppp0 moves the LAN to sub, and main routes through sub" {
	lab line main blackhole on
	is_failed_over
	default_is main "via 192.168.0.254 dev eth0"
	lan_reaches_internet
	[ "$(first_hop)" = 192.168.0.2 ]
	lab wait main 5 ping -n -c 1 -W 1 9.9.9.9 >/dev/null

	lab line main blackhole off
	is_normal
	[ "$(first_hop)" = 192.168.0.1 ]
}

@test "flows that ran before the failure live after the failback, and none leaves untranslated later" {
	# Not by the function, which would be the process that is killed.
	"$LAB" --name "$NAME" exec lan ping -n -i 0.01 8.8.8.8 >"$BATS_TEST_TMPDIR/ping" 3>&- &
	ping=$!
	lab line main blackhole on
	is_failed_over
	lan_reaches_internet
	lab line main blackhole off
	is_normal
	lan_reaches_internet
	# Entries that fit no more are gone by now: the provider sees no private source from here on.
	lab counter reset
	before=$(wc -l <"$BATS_TEST_TMPDIR/ping")
	eventually 10 has_lines "$BATS_TEST_TMPDIR/ping" $((before + 100))
	kill "$ping"
	wait "$ping" || true
	[ "$(lab counter | awk '$1 == "private-main" { print $2 }')" -eq 0 ]
}

# has_lines FILE COUNT: the ping in it still gets answers.
has_lines() {
	[ "$(wc -l <"$1")" -ge "$2" ]
}

@test "a link that goes down is seen at once, without a round of echoes" {
	since=$(wc -l <"$(lab dir)/log/main.log")
	lab line main kill
	new_in_log "$since" "ppp0: down, no link"
	is_failed_over
	lab line main up
	is_normal
}

@test "a line that hangs up and dials again moves the LAN there and back" {
	lab line main down
	is_failed_over
	lan_reaches_internet
	lab line main up
	is_normal
	lan_reaches_internet
}

@test "a line that loses most of what it carries is left" {
	lab line main loss 85
	has_vip sub 60 # bad rounds in a row by chance, or the loss over a whole window
	is_failed_over
	lab line main clear
	has_vip main 60 # where it was the loss, that has to leave the window first
	is_normal
}

@test "the watcher is dead, and the line dies: the one-shot check sees it" {
	lab router main kill-watcher
	lab line main blackhole on
	is_failed_over
	lab router main start-watcher
	lab line main blackhole off
	is_normal
}

@test "the watcher ends while the line is down: the one-shot check brings it back" {
	lab line main blackhole on
	is_failed_over
	lab router main stop-watcher
	lab line main blackhole off
	is_normal
	lab router main start-watcher
}

@test "the watcher dies and is started again: nothing happens to the LAN" {
	wait_for main 10 "grep -qx 'line up' /run/fo/watch" # the one of the test before has begun
	since=$(wc -l <"$(lab dir)/log/main.log")
	lab router main kill-watcher
	lab router main start-watcher
	new_in_log "$since" "ppp0: resuming; the line was up"
	! tail -n "+$((since + 1))" "$(lab dir)/log/main.log" | grep -q "Changing effective priority from 250"
}

# new_in_log LINES TEXT: main logs TEXT, or has done so since its log had LINES lines.
new_in_log() {
	eventually 10 sh -c 'tail -n "+$(($2 + 1))" "$1" | grep -qF "$3"' - "$(lab dir)/log/main.log" "$1" "$2"
}

@test "main without power: sub takes over; main comes back by itself" {
	lab router main power-off
	is_failed_over
	lan_reaches_internet
	lab router main power-on
	is_normal
	lan_reaches_internet
}

@test "keepalived stopped on main: both routers end in the state that is true" {
	lab router main stop-keepalived
	is_failed_over
	default_is main "via 192.168.0.254 dev eth0"
	lab router main start-keepalived
	is_normal
}

@test "keepalived stopped on sub while sub is master: its route goes back" {
	lab line main blackhole on
	is_failed_over
	lab router sub stop-keepalived
	default_is sub "via 192.168.0.254 dev eth0"
	wait_for sub 5 '[ "$(cat /proc/sys/net/ipv4/ip_forward)" = 0 ]'
	lab router sub start-keepalived
	is_failed_over
	lab line main blackhole off
	is_normal
}

@test "sub dials again while it carries the LAN: its default route is back at once, the flows too" {
	lab line main blackhole on
	is_failed_over
	lab line sub down
	lab line sub up
	default_is sub "dev ppp0"
	lan_reaches_internet
	lab line main blackhole off
	is_normal
}

@test "one of three targets dead, and a lossy line: no failover" {
	lab exec isp nft 'add table ip t; add chain ip t i { type filter hook input priority 0; }; add rule ip t i ip daddr 1.1.1.1 counter drop'
	lab line main loss 10
	since=$(wc -l <"$(lab dir)/log/main.log")
	# A hundred echoes to the dead one: at least twenty-five rounds which asked it first.
	wait_for isp 60 '[ "$(nft list chain ip t i | sed -n "s/.*packets \([0-9]*\) .*/\1/p")" -ge 100 ]'
	lab exec isp nft delete table ip t
	! tail -n "+$((since + 1))" "$(lab dir)/log/main.log" | grep -q "Changing effective priority from 250"
}

@test "an API that hangs delays no route, and the class follows when it answers again" {
	lab soracom fault hang
	lab line main blackhole on
	has_vip sub 10
	default_is sub "dev ppp0"
	lan_reaches_internet
	lab soracom clear
	class_is s1.fast 30
	lab line main blackhole off
	is_normal
}

@test "an API that fails while the line flaps: the SIM ends in the class of the last state" {
	lab soracom fault 503
	lab line main blackhole on
	has_vip sub 10
	lab line main blackhole off
	has_vip main 15
	lab soracom clear
	class_is s1.minimum 40
	wait_for sub 40 '[ "$(cat /run/fo/speedclass.known)" = s1.minimum ]'
	[ "$(lab soracom status | jq .rejected)" -eq 0 ]
}

@test "fo-keepalive reaches SORACOM's pong service over the idle line" {
	lab exec sub fo-keepalive --probe --json >"$BATS_TEST_TMPDIR/out"
	[ "$(jq -r .verdict "$BATS_TEST_TMPDIR/out")" = alive ]
	[ "$(jq -r .target "$BATS_TEST_TMPDIR/out")" = 100.127.100.127 ]
}

@test "fo-keepalive says so when the line is silent, and when it is gone" {
	lab line sub blackhole on
	run -1 lab exec sub fo-keepalive --probe
	lab line sub blackhole off
	lab line sub down
	run -2 lab exec sub fo-keepalive
	[[ "$output" == *"ppp0: no interface"* ]]
	lab line sub up
}
