#!/usr/bin/env bats
# Every program and verb under valgrind, on two real routers: no invalid access, nothing that was not set, no leak, no
# descriptor that is left open.

load lab

SUPPRESSED=$BATS_TEST_DIRNAME/valgrind.supp

setup() {
	# What has a sanitizer in it says so by itself, and valgrind cannot run it.
	! readelf -d "$FO_BUILD/cmd/fo-route" | grep -q asan || skip "built with a sanitizer"
	command -v valgrind >/dev/null || skip "needs valgrind"
	for router in main sub; do
		wait_for "$router" 15 "fo-status -q"
	done
}

# findings: of valgrind's log on stdin, without the descriptors that the program was given, and without what is said of
# valgrind itself, which does not know every system call.
findings() {
	sed -E '/^--[0-9]+--/d; s/^==[0-9]+== *//' | awk '/^FILE DESCRIPTORS/ || /^$/ { next }
		/^Open file descriptor/ { open = $0; next }
		open != "" && /^<inherited from parent>/ { open = ""; next }
		open != "" { print open; open = "" }
		{ print }'
}

# sound ROUTER STATUS PROGRAM [ARG…]: ends with one of the statuses, such as `0` or `[01]`, and valgrind finds nothing.
sound() {
	local router=$1 expected=$2 log=/run/valgrind.$RANDOM status=0
	shift 2
	lab exec "$router" valgrind --quiet --leak-check=full --errors-for-leak-kinds=definite,possible \
		--track-fds=yes --track-origins=yes --suppressions="$SUPPRESSED" --error-exitcode=99 --log-file="$log" \
		"$FO_BUILD/cmd/$1" "${@:2}" >"$BATS_TEST_TMPDIR/said" 2>&1 || status=$?
	lab exec "$router" cat "$log" >"$BATS_TEST_TMPDIR/log"
	lab exec "$router" rm "$log"
	findings <"$BATS_TEST_TMPDIR/log" >"$BATS_TEST_TMPDIR/found"
	# shellcheck disable=SC2053 # a pattern
	if [[ $status != $expected ]] || [ -s "$BATS_TEST_TMPDIR/found" ]; then
		echo "$router: $*: exit status $status, not $expected"
		cat "$BATS_TEST_TMPDIR/said" "$BATS_TEST_TMPDIR/found"
		return 1
	fi
}

@test "what a person asks" {
	local router
	for router in main sub; do
		sound "$router" 0 fo-status
		sound "$router" 0 fo-status --json
		sound "$router" 0 fo-status metrics
		sound "$router" '[01]' fo-status doctor --fix-hints
		sound "$router" 0 fo-status history --since 1h
		sound "$router" 0 fo-status report --html
		sound "$router" 0 fo-route show
		sound "$router" 0 fo-route -n apply
	done
	sound main 0 fo-check-ftth --probe --json
	sound sub 0 fo-status usage
	sound sub '[01]' fo-status alert
	sound sub 2 fo-speedclass get # may not
	sound sub 0 fo-speedclass login
	sound sub 0 fo-keepalive -n
}

@test "what keepalived, pppd, timers and systemd call" {
	local state
	for state in backup fault stop master; do
		sound main 0 fo-route "$state"
	done
	sound main 0 fo-route apply
	sound main 0 fo-check-ftth
	lab router sub stop-resident
	sound sub 0 fo-route clear
	sound sub 0 fo-route backup
	lab router sub start-resident
	sound sub 0 fo-speedclass sync
	sound sub 0 fo-speedclass backup
	sound sub 0 fo-keepalive --probe
	sound sub 0 fo-keepalive
	sound sub '[01]' fo-alert
}

@test "faults: bad arguments, a configuration that is wrong or missing, a line that is dead" {
	local program
	lab exec main sh -c 'printf "[router]\nlan = eth0\nuplink = \nvip = 192.168.0\n[check]\ntargets = x\n[rout]\n" >/run/faulty.conf'
	for program in fo-check-ftth fo-watch "fo-route show" "fo-speedclass get" fo-keepalive fo-alert fo-status; do
		# shellcheck disable=SC2086 # two words
		sound main 64 $program --no-such-option
	done
	for program in "fo-check-ftth -n" fo-watch "fo-route show" "fo-speedclass get" fo-keepalive fo-alert fo-status; do
		# shellcheck disable=SC2086
		sound main 78 $program -c /run/faulty.conf
		# shellcheck disable=SC2086
		sound main 2 $program -c /run/no-such.conf
	done
	sound main 1 fo-status doctor -c /run/faulty.conf
	lab line main blackhole on
	sound main 1 fo-check-ftth --probe
	lab line main clear
}

# begin PROGRAM [ARG…]: on main, in the background, as RESIDENT; what it says comes to said.
begin() {
	lab exec main rm -f /run/valgrind.log
	# shellcheck disable=SC2016 # for the shell there
	lab exec main sh -c 'echo $$ >/run/valgrind.pid; exec "$@"' - valgrind --quiet --leak-check=full --track-fds=yes \
		--errors-for-leak-kinds=definite,possible --suppressions="$SUPPRESSED" --error-exitcode=99 \
		--log-file=/run/valgrind.log "$FO_BUILD/cmd/$1" "${@:2}" >"$BATS_TEST_TMPDIR/said" 2>&1 3>&- &
	RESIDENT=$!
}

has_said() {
	eventually 30 grep -q "$1" "$BATS_TEST_TMPDIR/said" || { cat "$BATS_TEST_TMPDIR/said"; return 1; }
}

# ends_sound: ended as systemd does it, it is gone by the signal, and valgrind has found nothing.
ends_sound() {
	local status=0
	lab exec main sh -c 'kill -TERM "$(cat /run/valgrind.pid)"'
	wait "$RESIDENT" || status=$?
	lab exec main cat /run/valgrind.log >"$BATS_TEST_TMPDIR/log"
	findings <"$BATS_TEST_TMPDIR/log" >"$BATS_TEST_TMPDIR/found"
	[ "$status" -eq 143 ] && [ ! -s "$BATS_TEST_TMPDIR/found" ] ||
		{ echo "exit status $status"; cat "$BATS_TEST_TMPDIR"/{said,found}; return 1; }
}

@test "fo-watch from start to end, while the line dies and is good again" {
	lab router main stop-watcher
	begin fo-watch
	has_said "the link is there"
	lab line main blackhole on
	has_said ": down, no answers"
	lab line main clear
	has_said ": up again"
	ends_sound
	lab router main start-watcher
}

# rule_comes_back: taken away, again and again, for it listens only after its start.
rule_comes_back() {
	lab exec main ip rule del priority 8703 2>/dev/null
	grep -q "corrected: " "$BATS_TEST_TMPDIR/said"
}

@test "fo-route watch from start to end, while another program removes a rule" {
	lab router main stop-resident
	begin fo-route watch
	eventually 30 rule_comes_back
	ends_sound
	lab router main start-resident
}
