#!/usr/bin/env bats
# The better line has the VRRP address: each state of main's line beside each of sub's, IPv4 and IPv6. The table is
# in fo-watch(8), THE BETTER LINE. Each cell begins in the state that the one before it has left.

load lab
load field

# Fast: the hold is 1 s, and a run of fo-keepalive does not wait for long. The last tests have labs of their own.
make_etc() {
	ETC=$1
	cp -r "$BATS_TEST_DIRNAME/../../etc" "$ETC"
	conf sub redial "/usr/local/sbin/modem redial"
	cp -r "$ETC" "$ETC-shipped"
	conf main hold 1s
	conf main hold-max 1s
	conf sub wait 200ms
	with_ipv6 "dev ppp0" "dev ppp0"
}

setup_file() {
	need_root
	export NAME="e2e$$"
	find_build
	make_etc "$BATS_FILE_TMPDIR/etc"
	lab_up "$BATS_FILE_TMPDIR/etc"
	for router in main sub; do
		lab line "$router" ipv6 on
		lab line "$router" redial
		forwards6 "$router"
	done
}

setup() {
	FLAPPERS=()
}

# Of field.bash, for who has no lab for each test.
teardown() {
	still
}

forwards6() {
	lab exec "$1" sh -c 'echo 1 >/proc/sys/net/ipv6/conf/all/forwarding'
}

# flap ROUTER: its line hangs up and dials again, time and again.
flap() {
	while "$LAB" --name "$NAME" line "$1" down && sleep 2 && "$LAB" --name "$NAME" line "$1" up && sleep 1.5; do
		:
	done
}

# still: no line flaps any more.
still() {
	local pid
	for pid in "${FLAPPERS[@]}"; do
		kill "$pid"
		wait "$pid" || true
	done
	FLAPPERS=()
}

# line_is ROUTER STATE
line_is() {
	lab line "$1" clear
	[ "$2" = gone ] || lab line "$1" up
	case $2 in
	silent) lab line "$1" blackhole on ;;
	gone) lab line "$1" down ;;
	slow) lab line "$1" delay 400 ;;
	flapping)
		flap "$1" >/dev/null 2>&1 3>&- &
		FLAPPERS+=($!)
		;;
	esac
}

# lan_passes: a host of the LAN reaches the Internet, by both families, within a while.
lan_passes() {
	lab wait lan 15 ping -n -c 1 -W 2 8.8.8.8 >/dev/null
	lab wait lan 15 ping -n -c 1 -W 2 2001:4860:4860::8888 >/dev/null
}

# seen ROUTER: `VERDICT vip` or `VERDICT -`, for its line, 0 or 1, and whether it has both addresses.
seen() {
	lab exec "$1" sh -c 'printf "%s " "$(sed s/254/1/ /run/fo/line 2>/dev/null || echo 0)"
		[ "$(ip -o addr show dev eth0 | grep -cE " (192.168.0.254|fd00:c0a8::254)/")" = 2 ] && echo vip || echo -' 2>/dev/null ||
		echo "off -"
}

# never_on_a_dead_line SECONDS: nobody whose line is known to be dead keeps the address while the other's is known
# to be good. What takes a second or less is the change itself.
never_on_a_dead_line() {
	local end=$((SECONDS + $1)) main sub wrong=0 now
	while [ "$SECONDS" -lt "$end" ]; do
		main=$(seen main) sub=$(seen sub) now=$(date +%s%3N)
		case "$main, $sub" in
		"1 vip, 0 -" | "0 -, 1 vip")
			[ "$wrong" -ne 0 ] || wrong=$now
			[ $((now - wrong)) -le 1000 ] || { echo "main: $main, sub: $sub"; return 1; }
			;;
		*) wrong=0 ;;
		esac
	done
}

# cell MAIN SUB OWNER|- [nothing]: who has the address in the end (-: either), and whether the LAN passes.
cell() {
	line_is main "$1"
	line_is sub "$2"
	lab exec sub fo-keepalive --probe 2>/dev/null || true # as the timer does
	[ "$3" = - ] || has_vip "$3" 20
	[ -n "${4:-}" ] || lan_passes
	never_on_a_dead_line 3
	[ "$3" = - ] || has_vip "$3" 5
}

@test "main good, sub good: main" {
	cell good good main
}

@test "main good, sub silent: main" {
	cell good silent main
}

@test "main good, sub gone: main" {
	cell good gone main
}

@test "main good, sub slow: main" {
	cell good slow main
}

@test "main good, sub flapping: main" {
	cell good flapping main
}

@test "main silent, sub good: sub" {
	cell silent good sub
}

@test "main silent, sub silent: main, for nobody has a better one" {
	cell silent silent main nothing
	default_is main "dev ppp0"
	default_is sub "via 192.168.0.254 dev eth0"
}

@test "main silent, sub gone: main, for nobody has a better one" {
	cell silent gone main nothing
}

@test "main silent, sub slow: sub" {
	cell silent slow sub
}

@test "main silent, sub flapping: sub while it can" {
	cell silent flapping -
}

@test "main gone, sub good: sub" {
	cell gone good sub
}

@test "main gone, sub silent: main, for nobody has a better one" {
	cell gone silent main nothing
}

@test "main gone, sub gone: main, without a default route, and none to itself" {
	cell gone gone main nothing
	wait_for main 5 '[ -z "$(ip route show default)" ]'
	wait_for main 5 '! ip -6 route show default | grep -q fd00:c0a8::254'
	default_is sub "via 192.168.0.254 dev eth0"
}

@test "main gone, sub slow: sub" {
	cell gone slow sub
}

@test "main gone, sub flapping: sub while it can" {
	cell gone flapping -
}

@test "main slow, sub good: either; the LAN passes" {
	cell slow good -
}

@test "main slow, sub silent: main" {
	cell slow silent main
}

@test "main slow, sub gone: main" {
	cell slow gone main
}

@test "main slow, sub slow: either; the LAN passes" {
	cell slow slow -
}

@test "main slow, sub flapping: either; the LAN passes" {
	cell slow flapping -
}

@test "main flapping, sub good: sub" {
	cell flapping good sub
}

@test "main flapping, sub silent: main" {
	cell flapping silent main
}

@test "main flapping, sub gone: main" {
	cell flapping gone main
}

@test "main flapping, sub slow: sub" {
	cell flapping slow sub
}

@test "main flapping, sub flapping: whoever can" {
	cell flapping flapping -
}

# power ROUTER: off, and on again while the lines are as they are.
off() {
	lab router "$1" power-off
}

on() {
	lab router "$1" power-on
	forwards6 "$1"
}

@test "main dies and boots: sub meanwhile; a good line takes the address back, a silent one does not" {
	cell good good main
	off main
	has_vip sub
	lan_passes
	lab line main blackhole on
	on main
	never_on_a_dead_line 6
	has_vip sub 5
	line_is main good
	has_vip main 20
	lan_passes
}

@test "main dies and boots while sub's line is dead: main has the address at once, whatever its own line" {
	cell good silent main
	off main
	has_vip sub
	lab line main blackhole on
	on main
	has_vip main
	line_is main good
	lan_passes
}

@test "sub dies and boots while main's line is dead: with a good line sub has the address, with none main" {
	cell silent good sub
	off sub
	has_vip main
	on sub
	has_vip sub
	lan_passes
	off sub
	on sub
	line_is sub gone
	has_vip main
	never_on_a_dead_line 3
}

@test "sub dies and boots while main's line is good: the LAN does not notice" {
	cell good good main
	off sub
	lan_passes
	on sub
	never_on_a_dead_line 4
	has_vip main 5
}

@test "LTE hangs while sub carries the LAN: noticed, redialled within three runs of fo-keepalive, the LAN is back" {
	local redials
	cell silent good sub
	lab exec sub rm -f /run/fo/keepalive /var/lib/fo/keepalive # no redial of an earlier test: one an hour
	redials=$(lab line sub status | awk '$1 == "redials" { print $2 }')
	lab line sub stuck 1
	wait_for sub 20 "[ -s /run/fo/keepalive.due ]"
	logs sub "ppp0: down, no answers"
	has_vip main
	for _ in 1 2 3; do
		lab exec sub fo-keepalive || true
	done
	[ "$(lab line sub status | awk '$1 == "redials" { print $2 }')" -eq $((redials + 1)) ]
	has_vip sub
	lan_passes
}

@test "LTE hangs, and no watcher runs: sub keeps the address, three runs redial, the LAN is back" {
	local redials
	cell silent good sub
	lab router sub stop-watcher
	lab exec sub rm -f /run/fo/keepalive /var/lib/fo/keepalive
	redials=$(lab line sub status | awk '$1 == "redials" { print $2 }')
	lab line sub stuck 1
	for _ in 1 2 3; do
		has_vip sub 5
		lab exec sub fo-keepalive || true
	done
	[ "$(lab line sub status | awk '$1 == "redials" { print $2 }')" -eq $((redials + 1)) ]
	lan_passes
	lab router sub start-watcher
}

@test "the link is there before its address: no packet, no address is the verdict, then sub is used again" {
	cell good good main
	lab line sub early on 20000
	lab line sub down
	lab counter reset >/dev/null
	since=$(log_lines sub)
	lab line sub up
	logs sub "ppp0: down, no address: is the line still dialling?" "$since"
	run -2 lab exec sub fo-keepalive --probe
	says "ppp0: no address: is the line still dialling?"
	[ "$(lab line sub status | awk '$1 == "state" { print $2 }')" = early ]
	wait_for sub 40 '[ "$(cat /run/fo/line)" = 0 ]'
	run ! grep -v ' 0 0$' <<<"$(lab counter)"
}

@test "the watcher of sub ends, or is killed: what it has found has no effect" {
	cell good gone main
	wait_for sub 5 '[ "$(cat /run/fo/line)" = 1 ]'
	lab router sub stop-watcher
	wait_for sub 5 '[ "$(cat /run/fo/line)" = 0 ]'
	lab router sub start-watcher
	wait_for sub 5 '[ "$(cat /run/fo/line)" = 1 ]'
	lab router sub kill-watcher
	lab line sub up
	lab router sub start-watcher
	wait_for sub 5 '[ "$(cat /run/fo/line)" = 0 ]'
}

# longest_gap FILE: in seconds, of `ping -D`.
longest_gap() {
	sed -n 's/^\[\([0-9.]*\)\] [0-9]* bytes.*/\1/p' "$1" |
		awk 'NR > 1 && $1 - last > gap { gap = $1 - last } { last = $1 } END { print gap + 0 }'
}

@test "three hiccups of 3 s with LTE dead, the shipped hold: the LAN is off line for 4 s at most each time" {
	local hiccup ping gap
	lab_up "$BATS_FILE_TMPDIR/etc-shipped"
	lab line sub down
	for hiccup in 1 2 3; do
		"$LAB" --name "$NAME" exec lan ping -D -n -i 0.05 8.8.8.8 >"$BATS_TEST_TMPDIR/ping" 3>&- &
		ping=$!
		lab wait lan 5 ping -n -c 1 -W 1 8.8.8.8 >/dev/null
		lab line main blackhole on
		began=$(date +%s.%N)
		sleep 3
		lab line main blackhole off
		ended=$(date +%s.%N)
		lab wait lan 60 ping -n -c 1 -W 1 8.8.8.8 >/dev/null
		lab wait lan 5 ping -n -c 20 -i 0.05 -W 1 8.8.8.8 >/dev/null
		kill "$ping"
		wait "$ping" || true
		gap=$(longest_gap "$BATS_TEST_TMPDIR/ping")
		hole=$(awk -v a="$began" -v b="$ended" 'BEGIN { print b - a }')
		echo "# hiccup $hiccup of $hole s: off line for $gap s" >&3
		[ "$(awk -v gap="$gap" -v hole="$hole" 'BEGIN { print gap <= hole + 1 }')" = 1 ]
	done
	# The line has not forgotten: with LTE back, the rest of the hold is waited out there.
	lab line sub up
	has_vip sub
	lan_reaches_internet
}
