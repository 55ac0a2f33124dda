#!/usr/bin/env bats
# fo-watch, on a line of its own that goes down and comes back.

load netns.bash
load line.bash
load watch.bash

setup() { line_up; }

teardown() { net_down; }

# Nothing but the link can make the line go down, and one round makes it come up.
QUIET=("fall = 1000" "rise = 1")

# one_shot STATUS FILTER ARGUMENT…: the answer of a one-shot run.
one_shot() {
	local want=$1 filter=$2
	shift 2
	status=0
	output=$(CHECK -c "$CONF" --json "$@" 2> >(cat >"$DIR/one-shot")) || status=$?
	[ "$status" -eq "$want" ] && jq -e "$filter" <<<"$output" >/dev/null ||
		{ echo "status $status, not $want, or not $filter: $output" >&2; return 1; }
}

WATCHER='.judged_by == "watcher"'
PROBED='.judged_by == "round"'

asked_itself() {
	one_shot "$@" 2>/dev/null
}

# The track file

@test "the track file appears when the verdict is known, and not before" {
	watch_conf "fall = 1000"
	black_hole
	watch_up
	eventually 10 beat_is line unknown
	count_echoes
	eventually 10 sent_at_least 6
	[ ! -e "$(track_file)" ]
	no_hole
	line_is 0
	is_logged "ppp0: up, 3 good rounds"
}

@test "a black hole: down within a few rounds; and back" {
	watch_conf
	watch_up
	line_is 0
	black_hole
	count_echoes
	line_is 1
	# Two rounds, of three targets asked four times at most, and some that were on their way.
	[ "$(echoes)" -le 36 ]
	is_logged "ppp0: down, no answers; up again after "
	is_logged "10.0.0.2: silent"
	[ "$(beat reason)" = 1 ]
	no_hole
	line_is 0
	is_logged "ppp0: up again after"
}

@test "one target that is dead is not a dead line" {
	watch_conf "targets = 10.0.0.77, 10.0.0.78, 10.0.0.2"
	watch_up
	line_is 0
	count_echoes
	eventually 20 sent_at_least 40
	track_is 0
	run ! logged down
}

# Three times as late as a round may take, and twice as late as a silent line is dead.
@test "late is slow: answers that come after their round, or after two, are answers" {
	watch_conf "round-timeout = 100ms" "rise = 3" "interval = 100ms"
	odd_peer good 300
	watch_up
	line_is 0
	count_echoes
	eventually 20 sent_at_least 60
	track_is 0
	run ! logged "ppp0: down"
	# None of them is lost, and each shows in the round trip.
	eventually 10 known_echoes 30
	beat target | awk '$3 > 0 || $4 < 290000 { wrong = 1 } END { exit wrong }'
}

@test "silence is dead, though the line was slow" {
	watch_conf "round-timeout = 100ms" "rise = 3" "interval = 100ms"
	odd_peer good 300
	watch_up
	line_is 0
	order silent
	line_is 1
	is_logged "ppp0: down, no answers"
	order good 300
	line_is 0
}

# Holding

@test "it comes back only after the hold time, which doubles when it fails again" {
	local since
	watch_conf "hold = 300ms" "hold-max = 1h"
	watch_up
	line_is 0
	for hold in 300000 600000; do
		black_hole
		line_is 1
		[ "$(beat hold)" = "$hold" ]
		no_hole
		line_is 0
		since=$(beat since)
		[ "$since" -ge $(($(beat last-bad) + hold)) ]
		[ "$(beat back)" = "$since" ]
	done
	is_logged "up again after 600ms without a fault"
}

# Of an hour, so that time can play no part.
@test "the hold time outlives the watcher, however it ends" {
	local signal hold=3600000000
	watch_conf "hold = 1h" "hold-max = 24h"
	watch_up
	line_is 0
	black_hole
	line_is 1
	no_hole
	for signal in TERM KILL; do
		watch_ends "$signal"
		[ "$signal" = KILL ] || track_is 0
		forget_log
		watch_up
		is_logged "ppp0: resuming; the line was down"
		line_is 1
		count_echoes
		eventually 10 sent_at_least 8
		router nft delete table inet count
		track_is 1
		[ "$(beat hold)" = "$hold" ]
	done
}

@test "that it failed lately outlives the watcher, too" {
	local signal hold=400000
	watch_conf "hold = 200ms" "hold-max = 1h"
	watch_up
	line_is 0
	black_hole
	line_is 1
	no_hole
	line_is 0
	for signal in TERM KILL; do
		watch_ends "$signal"
		forget_log
		watch_up
		is_logged "ppp0: resuming; the line was up"
		black_hole
		line_is 1
		[ "$(beat hold)" = "$hold" ]
		no_hole
		line_is 0
		hold=$((hold * 2))
	done
}

# The link

@test "the link goes down: at once; it comes back: judged anew" {
	watch_conf "${QUIET[@]}"
	watch_up
	line_is 0
	router ip link set ppp0 down
	line_is 1
	is_logged "ppp0: down, no link"
	addresses
	line_is 0
	is_logged "ppp0: the link is there"
}

@test "the far end loses its carrier: at once" {
	watch_conf "${QUIET[@]}"
	watch_up
	line_is 0
	far ip link set far0 down
	line_is 1
	is_logged "ppp0: down, no link"
	far ip link set far0 up
	line_is 0
}

@test "the link is deleted, and another of its name made: new sockets, judged anew" {
	local i
	watch_conf "${QUIET[@]}" "targets = 10.0.0.2"
	watch_up
	line_is 0
	for i in 1 2 3; do
		link_deleted
		line_is 1
		link_up
		line_is 0
	done
	[ "$(find "/proc/$WATCH/fd" -lname 'socket:*' | wc -l)" -le 3 ]
}

# With the address of another interface, that is.
@test "up without an address: nothing is sent, and it says so; with one it begins at once" {
	watch_conf "${QUIET[@]}" "targets = 10.0.0.2, fd00::2"
	router ip addr flush dev ppp0
	router ip link add eth9 type veth peer name lan9
	router ip addr add 192.168.0.1/24 dev eth9
	router ip link set eth9 up
	router ip link set lan9 up
	router ip route add default dev ppp0
	count_echoes
	far nft -f - <<-'RULES'
		table inet from {
			counter strange { }
			chain in {
				type filter hook input priority 0
				ip saddr != 10.0.0.1 counter name strange
			}
		}
	RULES
	watch_up
	line_is 1
	is_logged "ppp0: down, no address"
	[ "$(beat reason)" = 5 ]
	count_beats 2
	[ "$(echoes)" -eq 0 ]
	addresses
	line_is 0
	is_logged "ppp0: the link is there"
	eventually 10 sent_at_least 3
	router ip addr flush dev ppp0
	line_is 1
	[ "$(grep -c "down, no address" "$LOG")" = 2 ]
	far nft list counter inet from strange | grep -q "packets 0 "
}

@test "another address: new sockets, and nothing more from the old one" {
	watch_conf "${QUIET[@]}" "targets = 10.0.0.2, 10.0.0.3"
	watch_up
	line_is 0
	# Of another subnet: the kernel would take it away together with the first one.
	router ip addr add 10.0.0.9/25 dev ppp0
	router ip addr del 10.0.0.1/24 dev ppp0
	is_logged "ppp0: it has another address"
	eventually 10 known_echoes 10
	track_is 0
	[ "$(grep -c "ppp0: down" "$LOG")" = 0 ]
}

@test "the link is there, but its line is dead: down stays down" {
	watch_conf
	watch_up
	line_is 0
	black_hole
	router ip link set ppp0 down
	line_is 1
	count_echoes
	addresses
	eventually 10 sent_at_least 10
	track_is 1
	no_hole
	line_is 0
}

@test "no interface at the start: down, until it is there" {
	watch_conf
	link_deleted
	watch_up
	line_is 1
	is_logged "ppp0: down, no link"
	link_up
	line_is 0
}

@test "the interface gets another name, and then its own again" {
	watch_conf "${QUIET[@]}"
	watch_up
	line_is 0
	# Where the kernel allows it, while it is up.
	router ip link set ppp0 name old0 ||
		{ router ip link set ppp0 down && router ip link set ppp0 name old0; }
	router ip link set old0 up
	line_is 1
	router ip link set old0 down
	router ip link set old0 name ppp0
	addresses
	line_is 0
}

@test "the line comes back under another name: logged, with what to do" {
	watch_conf "${QUIET[@]}"
	watch_up
	line_is 0
	router ip link set ppp0 down
	router ip link set ppp0 name ppp1
	line_is 1
	router ip link set ppp1 up
	is_logged "ppp0 is gone, but ppp1 is up: put \`ifname ppp0\` into the peers file of pppd"
}

@test "another interface's trouble is none of ours" {
	watch_conf "${QUIET[@]}"
	watch_up
	line_is 0
	router ip link add ppp00 type veth peer name ppp
	router ip link set ppp00 up
	router ip link set ppp up
	router ip link set ppp down
	router ip link del ppp
	router ip link set lo down
	# A beat later, by which all of that was heard.
	count_beats 2
	track_is 0
	run ! logged down
}

# count_beats N: waits until N more heartbeats were written.
count_beats() {
	local i before
	for ((i = 0; i < $1; i++)); do
		before=$(beat beat)
		eventually 10 beats_after "$before"
	done
}

beats_after() {
	[ -n "$(beat beat)" ] && [ "$(beat beat)" != "$1" ]
}

# While it does not run, more happens than the kernel keeps for it.
@test "link events that were lost are made up for" {
	watch_conf "${QUIET[@]}"
	watch_up
	line_is 0
	fds=$(descriptors)
	kill -STOP "$WATCH"
	seq -f 'link set lo mtu %g' 1300 2800 | router ip -batch -
	router ip link set ppp0 down
	kill -CONT "$WATCH"
	line_is 1
	kill -STOP "$WATCH"
	seq -f 'link set lo mtu %g' 1300 2800 | router ip -batch -
	addresses
	kill -CONT "$WATCH"
	line_is 0
	[ "$(descriptors)" = "$fds" ]
}

@test "a stall of the machine is no dead line" {
	watch_conf
	watch_up
	line_is 0
	count_beats 1
	kill -STOP "$WATCH"
	sleep 1
	kill -CONT "$WATCH"
	count_beats 2
	track_is 0
	run ! logged down
}

# What others do to its files

@test "what others do to the track file is repaired" {
	local text
	watch_conf
	watch_up
	line_is 0
	rm "$(track_file)"
	line_is 0
	for text in "" 1 garbage "$(seq 1000)"; do
		echo "$text" >"$(track_file)"
		line_is 0
	done
	rm "$(track_file)"
	echo 1 >"$DIR/not-ours"
	ln -s "$DIR/not-ours" "$(track_file)"
	eventually 10 [ -f "$(track_file)" ]
	eventually 10 is_no_link
	line_is 0
	[ "$(cat "$DIR/not-ours")" = 1 ]
	rm "$(track_file)"
	mkfifo "$(track_file)"
	eventually 10 [ ! -p "$(track_file)" ]
	line_is 0
	[ "$(stat -c %a "$(track_file)")" = 644 ]
}

is_no_link() {
	[ ! -L "$(track_file)" ]
}

@test "the track file may be elsewhere, where there may be no directory yet" {
	watch_conf "track-file = $DIR/out/side"
	watch_up
	is_logged "cannot write $DIR/out/side: No such file or directory"
	eventually 10 beat_is line up
	[ ! -e "$RUN/line" ]
	mkdir "$DIR/out"
	black_hole
	is_logged "ppp0: down, no answers"
	eventually 20 grep -qx 1 "$DIR/out/side"
	[ "$(ls -A "$DIR/out")" = side ]
	no_hole
	eventually 20 grep -qx 0 "$DIR/out/side"
}

@test "a state directory that is gone for a while: it says so and goes on" {
	watch_conf
	watch_up
	line_is 0
	mv "$RUN" "$DIR/aside"
	touch "$RUN"
	is_logged "cannot use the state directory"
	rm "$RUN"
	black_hole
	is_logged "ppp0: down, no answers"
	eventually 20 track_is 1
	no_hole
	line_is 0
	# The lock went with the old one.
	rm -r "$DIR/aside"
}

# It is told before it is logged.
@test "what goes wrong with one file does not keep a change from keepalived" {
	watch_conf
	watch_up
	line_is 0
	rm "$RUN/watch"
	mkdir "$RUN/watch"
	is_logged "cannot write $RUN/watch"
	[ -z "$(find "$RUN" -name '.*')" ]
	black_hole
	is_logged "ppp0: down, no answers"
	track_is 1
	no_hole
	is_logged "ppp0: up again"
	track_is 0
}

@test "what others left in place of a heartbeat is ignored" {
	local text now future
	watch_conf
	mkdir -p "$RUN"
	now=$(now_us)
	future=$((now + 3600000000))
	# A sound one, by which the others are to be judged.
	printf '%s\n' "interface ppp0" "line down" "written $now" "beat $now" "target 10.0.0.2 1 0 1" \
		"target 10.0.0.3 1 0 1" "target 10.0.0.4 1 0 1" >"$RUN/watch"
	one_shot 1 "$WATCHER"
	for text in "" garbage "interface" "interface ppp0" "$(head -c 5000 /dev/urandom | base64)" \
		"interface ppp0|line down|reason 1|written $future|beat $future|since 1|hold 1" \
		"interface ppp0|line down|reason 1|written $now|beat 0|since $future|hold 1" \
		"interface ppp0|line down|reason 1|written $now|beat 0|last-bad $future|hold 1" \
		"interface ppp0|line down|reason 1|written $now|beat 0|back $future|hold 1" \
		"interface ppp0|line down|reason 9|written $now|beat $now" \
		"interface ppp0|line down|written $now|beat $now|hold -1" \
		"interface ppp0|line down|written $now|beat $now|hold 99999999999999999999" \
		"interface ppp0|line down|written $now|beat $now|hold 9223372036854775807" \
		"interface ppp9|line down|written $now|beat $now" \
		"interface ppp0ppp0ppp0ppp0|line down|written $now|beat $now" \
		"interface ppp0|line down|written $now|beat $now|foo 1"; do
		printf '%s\n' "${text//|/$'\n'}" "target 10.0.0.2 1 0 1" "target 10.0.0.3 1 0 1" \
			"target 10.0.0.4 1 0 1" >"$RUN/watch"
		one_shot 0 "$PROBED"
		watch_up
		line_is 0
		run ! logged "resuming; the line was down"
		watch_ends KILL
		rm "$RUN/line"
		forget_log
	done
}

@test "a hold time of whoever wrote it is not longer than the longest" {
	local now
	watch_conf "hold-max = 1s"
	mkdir -p "$RUN"
	now=$(now_us)
	printf '%s\n' "interface ppp0" "line down" "reason 1" "written $now" "beat 0" "since 1" \
		"last-bad $now" "hold 3600000000" >"$RUN/watch"
	watch_up
	is_logged "resuming; the line was down"
	line_is 0
}

# Signals

@test "SIGHUP: other targets" {
	watch_conf
	watch_up
	line_is 0
	watch_conf "targets = 10.0.0.77, 10.0.0.78"
	kill -HUP "$WATCH"
	is_logged "ppp0: the configuration was read again"
	line_is 1
	[ "$(beat target | cut -d' ' -f1 | paste -sd,)" = 10.0.0.77,10.0.0.78 ]
	watch_conf
	kill -HUP "$WATCH"
	line_is 0
}

@test "SIGHUP with nothing changed keeps the state, and what is known of the targets" {
	local since echoes
	watch_conf "interval = 20ms"
	watch_up
	line_is 0
	since=$(beat since)
	eventually 10 known_echoes 40
	echoes=$(known)
	kill -HUP "$WATCH"
	is_logged "the configuration was read again"
	count_beats 2
	[ "$(beat since)" = "$since" ]
	known_echoes "$echoes"
	track_is 0
}

# Each time with another hold, and other targets every other time.
@test "SIGHUP every 100 ms hides no dead line" {
	local i
	watch_conf "round-timeout = 200ms" "hold-max = 1h"
	watch_up
	line_is 0
	black_hole
	for i in {1..100}; do
		watch_conf "round-timeout = 200ms" "hold-max = 1h" "hold = ${i}s" \
			"targets = 10.0.0.2, 10.0.0.$((3 + i % 2))"
		kill -HUP "$WATCH"
		sleep 0.1
		[ "$(track)" != 1 ] || break
	done
	[ "$i" -lt 30 ]
}

known() {
	beat target | awk '{ n += $2 + $3 } END { print n + 0 }'
}

known_echoes() {
	[ "$(known)" -ge "$1" ]
}

@test "SIGHUP: another hold time, also for the time that is running" {
	watch_conf "hold = 1h" "hold-max = 1h"
	watch_up
	line_is 0
	black_hole
	line_is 1
	no_hole
	watch_conf "hold = 100ms" "hold-max = 200ms"
	kill -HUP "$WATCH"
	line_is 0
}

@test "SIGHUP: another line" {
	watch_conf
	watch_up
	line_is 0
	UPLINK=none0 watch_conf
	kill -HUP "$WATCH"
	line_is 1
	is_logged "none0: down, no link"
	UPLINK=lo watch_conf "targets = 127.0.0.1"
	kill -HUP "$WATCH"
	line_is 0
	is_logged "lo: up, 3 good rounds"
	eventually 10 beat_is interface lo
}

# A second line to the same far end.
second_line_up() {
	router ip link add alt0 type veth peer name far1 netns "$FAR"
	far ip addr add 10.0.1.2/24 dev far1
	far ip link set far1 up
	router ip addr add 10.0.1.1/24 dev alt0
	router ip link set alt0 up
	router ip route add 10.0.0.2 dev alt0 src 10.0.1.1 metric 5
}

@test "SIGHUP: another line to the same targets begins anew" {
	second_line_up
	watch_conf "targets = 10.0.0.2" "interval = 20ms"
	watch_up
	line_is 0
	eventually 10 known_echoes 40
	# One round, and what it tells.
	UPLINK=alt0 watch_conf "targets = 10.0.0.2" "interval = 1h" "rise = 1"
	kill -HUP "$WATCH"
	is_logged "alt0: the link is there"
	is_logged "alt0: up, 1 good rounds"
	eventually 10 beat_is interface alt0
	eventually 10 known_echoes 1
	run ! known_echoes 20
}

# That of the line before is told no more, and that of this one is.
@test "SIGHUP: another line has trouble of its own" {
	second_line_up
	watch_conf "targets = 10.0.0.2"
	watch_up
	line_is 0
	own_firewall
	is_logged "may not send ICMP echoes on ppp0"
	UPLINK=alt0 watch_conf "targets = 10.0.0.2"
	kill -HUP "$WATCH"
	is_logged "may not send ICMP echoes on alt0"
	UPLINK=ppp0 watch_conf "targets = 10.0.0.2"
	no_firewall
	kill -HUP "$WATCH"
	is_logged "ppp0: up, 3 good rounds"
}

@test "SIGHUP with a faulty file, or none: everything stays as it was, and it says so" {
	watch_conf
	watch_up
	line_is 0
	for fault in 'echo "[check" >$CONF' 'echo "hold = soon" >>$CONF' 'rm $CONF' \
		'sed -i "/^.check/,\$d" $CONF'; do
		watch_conf
		eval "$fault"
		kill -HUP "$WATCH"
		is_logged "keeping the old configuration"
		forget_log
	done
	black_hole
	line_is 1
	no_hole
	line_is 0
}

@test "SIGUSR1: how each target is" {
	watch_conf
	watch_up
	line_is 0
	eventually 10 known_echoes 6
	kill -USR1 "$WATCH"
	for host in 10.0.0.2 10.0.0.3 10.0.0.4; do
		eventually 10 grep -qE \
			"ppp0: $host: [0-9.]+% of [1-9][0-9]* echoes lost, round trip [0-9.]+ ms" "$LOG"
	done
}

@test "SIGTERM: dies of it, takes its word back, and the one-shot decides" {
	watch_conf
	black_hole
	watch_up
	line_is 1
	eventually 10 asked_itself 1 "$WATCHER"
	watch_ends TERM
	[ "$STATUS" -eq 143 ]
	track_is 0
	[ "$(beat beat)" = 0 ]
	one_shot 1 "$PROBED"
	no_hole
	one_shot 0 "$PROBED"
	[ -z "$(find "$FO_STATE_DIR" -name '.*')" ]
}

@test "SIGINT: the same" {
	watch_conf
	watch_up env --default-signal
	line_is 0
	watch_ends INT
	[ "$STATUS" -eq 130 ]
	[ "$(beat beat)" = 0 ]
}

@test "a second one is refused, and does not disturb the first" {
	watch_conf
	watch_up
	line_is 0
	run router "$FO_BUILD/cmd/fo-watch" -c "$CONF"
	[ "$status" -eq 2 ]
	[[ "$output" == *"another watcher is already running"* ]]
	track_is 0
	black_hole
	line_is 1
	# However the first one ends, its place is free.
	watch_ends KILL
	no_hole
	watch_up
	line_is 0
}

@test "systemd is told: ready, alive, how the line is, and the end" {
	watch_conf
	python3 -c '
import socket, sys
messages = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
messages.bind(sys.argv[1])
print("listens", flush=True)
while True:
    print("<" + messages.recv(4096).decode() + ">", flush=True)
' "$DIR/notify" >"$DIR/told" 3>&- &
	started $!
	eventually 10 grep -q listens "$DIR/told"
	watch_up env "NOTIFY_SOCKET=$DIR/notify"
	eventually 10 grep -qx "<READY=1>" "$DIR/told"
	eventually 10 grep -qx "<WATCHDOG=1" "$DIR/told"
	eventually 10 grep -qx "STATUS=ppp0: up>" "$DIR/told"
	black_hole
	eventually 10 grep -qx "STATUS=ppp0: down, no answers>" "$DIR/told"
	[ "$(grep -c READY "$DIR/told")" = 1 ]
	watch_ends TERM
	eventually 10 told_last "<STOPPING=1>"
}

# Who listens may be slower than the watcher is in its end.
told_last() {
	[ "$(tail -n 1 "$DIR/told")" = "$1" ]
}

# With the one-shot

@test "a one-shot run takes the watcher's word, and sends nothing" {
	local sent
	watch_conf "${QUIET[@]}" "interval = 1h"
	watch_up
	line_is 0
	count_echoes
	one_shot 0 "$WATCHER"' and .line == "up" and .interface == "ppp0" and (.targets | length) == 3'
	CHECK -c "$CONF"
	# It is the watcher's, not the truth.
	black_hole
	one_shot 0 "$WATCHER"
	no_hole
	[ "$(echoes)" = 0 ]
	one_shot 0 "$PROBED" --probe
	[ "$(echoes)" -ge 1 ]
	for args in "-i ppp0" "-t 800ms" "--need 1" 10.0.0.2; do
		sent=$(echoes)
		# shellcheck disable=SC2086
		one_shot 0 "$PROBED" $args
		[ "$(echoes)" -gt "$sent" ]
	done
	router ip link set ppp0 down
	line_is 1
	one_shot 1 "$WATCHER"' and .line == "down" and .reason == "no link"'
}

@test "a faulty file does not make a line bad that a live watcher knows to be good" {
	watch_conf
	watch_up
	line_is 0
	echo "timeout = 500" >>"$CONF"
	run CHECK -c "$CONF"
	[ "$status" -eq 0 ]
	[[ "$output" == *"timeout = 500"*"configuration is faulty; relying on the watcher, which still uses the old one: up"* ]]
	run CHECK -c "$CONF" -n
	[ "$status" -eq 78 ]
	kill -KILL "$WATCH"
	# Its verdict was noted by that call: it holds on, and is renewed by no one.
	eventually 10 repeats_last
	[ "$status" -eq 0 ]
	# A successor cannot start, and lets go of what the killed one has left.
	echo 1 >"$(track_file)"
	run router "$FO_BUILD/cmd/fo-watch" -c "$CONF"
	[ "$status" -eq 78 ]
	track_is 0
}

repeats_last() {
	run CHECK -c "$CONF"
	[[ "$output" == *"configuration is faulty; repeating the last verdict: up"* ]]
}

@test "a fault of another section stops neither the watcher nor the one-shot" {
	watch_conf
	printf '%s\n' '[speedclass]' 'sim = 440101234567890' >>"$CONF"
	watch_up
	line_is 0
	is_logged "[speedclass] sim = 440101234567890: is not a SIM"
	one_shot 0 "$WATCHER"
}

@test "below keepalived a faulty file is complained of once, however often it calls" {
	watch_conf
	echo "timeout = 500" >>"$CONF"
	for _ in 1 2 3; do
		# stderr is the journal.
		run -2 router python3 -c 'import os, sys
status = os.fstat(2)
os.environ["JOURNAL_STREAM"] = f"{status.st_dev}:{status.st_ino}"
os.execv(sys.argv[1], sys.argv[1:])' "$FO_BUILD/cmd/fo-check-ftth" -c "$CONF"
		echo "$output" >>"$DIR/complaints"
	done
	[ "$(grep -c "timeout = 500" "$DIR/complaints")" -eq 1 ]
	touch -d @1000000000 "$CONF"
	run -2 router bash -c 'exec "$@" 2>&1' - "$FO_BUILD/cmd/fo-check-ftth" -c "$CONF"
	[[ "$output" == *"timeout = 500"* ]]
}

@test "a one-shot run does not take the word of a watcher that does not know" {
	watch_conf "fall = 1000"
	black_hole
	watch_up
	eventually 10 beat_is line unknown
	one_shot 1 "$PROBED"
}

@test "a one-shot run does not take the word of a watcher that is dead, or stuck, or of another line" {
	watch_conf "${QUIET[@]}"
	watch_up
	line_is 0
	one_shot 0 "$WATCHER"
	sed 's/ppp0/lo/; s/10[.]0[.]0/127.0.0/g' "$CONF" >"$DIR/lo.conf"
	CHECK -c "$DIR/lo.conf" --json | jq -e "$PROBED"
	kill -STOP "$WATCH"
	eventually 10 asked_itself 0 "$PROBED"
	kill -CONT "$WATCH"
	eventually 10 asked_itself 0 "$WATCHER"
	watch_ends KILL
	[ "$STATUS" -eq 137 ]
	eventually 10 asked_itself 0 "$PROBED"
}

@test "keepalived resigns in the first half second of a dead line, and is back with less priority" {
	watch_conf "targets = 10.0.0.2"
	watch_up
	line_is 0
	black_hole
	eventually 5 grep -qx 254 "$(track_file)"
	eventually 5 grep -qx 1 "$(track_file)"
	# No new fault: not a second time.
	count_beats 4
	grep -qx 1 "$(track_file)"
}

# Brown-outs

@test "too much loss: down; and back when it is over" {
	watch_conf "targets = 10.0.0.2" "fall = 1000" "loss-down = 30%" "loss-up = 10%" \
		"window = 1s" "hold = 200ms"
	watch_up
	line_is 0
	lossy 60
	line_is 1
	is_logged "ppp0: down, too much loss"
	[ "$(beat reason)" != 0 ]
	no_hole
	line_is 0
}

@test "a little loss is no reason" {
	watch_conf "targets = 10.0.0.2" "fall = 1000" "loss-down = 60%" "loss-up = 10%" \
		"window = 1s"
	watch_up
	line_is 0
	lossy 10
	count_echoes
	eventually 20 sent_at_least 40
	track_is 0
	run ! logged down
}

@test "too slow: down; and back when it is over" {
	watch_conf "rtt-down = 100ms" "rtt-up = 50ms" "window = 1s"
	odd_peer good
	watch_up
	line_is 0
	order good 150
	line_is 1
	is_logged "ppp0: down, too slow"
	[ "$(beat reason)" = 4 ]
	# Between the two levels it stays down.
	order good 75
	count_beats 4
	track_is 1
	order good
	line_is 0
}

# Trouble of its own

@test "a firewall of our own is no verdict: it says so, and stops to beat; and recovers" {
	watch_conf
	watch_up
	line_is 0
	own_firewall
	is_logged "may not send ICMP echoes on ppp0"
	is_logged "let no firewall drop them"
	eventually 10 beat_is beat 0
	one_shot 2 . || [ "$status" -eq 2 ]
	grep -q firewall "$DIR/one-shot"
	track_is 0
	[ "$(grep -c "may not send" "$LOG")" = 1 ]
	no_firewall
	eventually 10 asked_itself 0 "$WATCHER"
	run ! logged down
	own_firewall
	eventually 10 beat_is beat 0
	[ "$(grep -c "may not send" "$LOG")" = 2 ]
}

# Those of other programs, and of whoever makes them up: the kernel keeps them from the watcher, which would wake
# up for each one.
@test "a flood of echo replies does not keep it busy" {
	local before
	watch_conf "interval = 200ms"
	watch_up
	line_is 0
	before=$(wakeups)
	far python3 - <<-'FLOOD'
		import socket, struct, time
		reply = struct.pack("!BBHHH8s", 0, 0, 0, 1, 1, b"a cookie")
		total = sum(struct.unpack("!8H", reply))
		total = (total & 0xffff) + (total >> 16)
		reply = reply[:2] + struct.pack("!H", ~total & 0xffff) + reply[4:]
		sock = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
		for _ in range(20000):
		    sock.sendto(reply, ("10.0.0.1", 0))
	FLOOD
	[ $(($(wakeups) - before)) -lt 1000 ]
	track_is 0
}

# How often it waited and was woken.
wakeups() {
	awk '/^voluntary_ctxt_switches/ { print $2 }' "/proc/$WATCH/status"
}

@test "without permission it knows nothing, and says what to do" {
	watch_conf
	own_program=$DIR/fo-watch
	cp "$FO_BUILD/cmd/fo-watch" "$own_program"
	mkdir -p "$RUN"
	chown -R 65534 "$FO_STATE_DIR"
	LOG=$DIR/log
	router_job setpriv --reuid=65534 --regid=65534 --clear-groups \
		"$own_program" -c "$CONF" 2> >(cat >"$LOG")
	is_logged "setcap cap_net_raw"
	eventually 10 beat_is line unknown
	[ ! -e "$(track_file)" ]
	router sysctl -qw net.ipv4.ping_group_range="0 2147483647"
	line_is 0
}

# Endurance

rss() {
	sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$WATCH/status"
}

new_link() {
	kill -HUP "$WATCH"
	link_deleted
	line_is 1
	link_up
	line_is 0
}

@test "rounds, reloads and new links without end cost neither descriptors nor memory" {
	local fds memory rounds=${FO_LONG:+10000}
	export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}quarantine_size_mb=0:thread_local_quarantine_size_kb=0 # it keeps what was freed
	watch_conf "interval = 20ms" "loss-down = 0%"
	count_echoes
	watch_up
	line_is 0
	eventually 10 sent_at_least 20
	new_link # what is used for the first time is no leak
	fds=$(descriptors)
	memory=$(rss)
	for _ in 1 2 3; do
		new_link
	done
	eventually 600 sent_at_least "${rounds:-150}"
	[ "$(descriptors)" = "$fds" ] || { ls -l "/proc/$WATCH/fd"; return 1; }
	# In kilobytes.
	[ "$(rss)" -le $((memory + 200)) ]
}

# allocations ROUNDS: of a run of at least so many.
allocations() {
	count_echoes
	watch_up valgrind --quiet --log-file="$DIR/valgrind.%p" --verbose --error-exitcode=99
	eventually 120 sent_at_least "$1"
	watch_ends TERM
	router nft delete table inet count
	sed -n 's/.*total heap usage: \([0-9,]*\) allocs.*/\1/p' "$DIR/valgrind.$WATCH"
}

@test "it allocates nothing after its start" {
	local short long
	command -v valgrind >/dev/null || skip "needs valgrind"
	# valgrind cannot run what has a sanitizer in it; the sanitizer's own would not be silent about a
	# leak, and the test before this one watches the memory.
	readelf -d "$FO_BUILD/cmd/fo-check-ftth" | grep -q asan && return 0
	watch_conf "interval = 20ms" "round-timeout = 2s"
	# A new address is an event, which is looked at with a socket of its own.
	eventually 5 router sh -c '! ip -6 addr show tentative | grep -q .'
	short=$(allocations 20)
	long=$(allocations 80)
	[ -n "$short" ]
	echo "allocations: $short in the short run, $long in the long one"
	[ "$short" = "$long" ]
}
