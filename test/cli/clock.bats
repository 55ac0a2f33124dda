#!/usr/bin/env bats
# fo-speedclass with a clock that is wrong. A sanitizer and libfaketime exclude each other.

load speedclass.bash

setup_file() { api_up; }

teardown_file() { api_down; }

setup() {
	LIBRARY=$(ls /usr/lib/*/faketime/libfaketime.so.1 2>/dev/null) || skip "needs faketime"
	[ -z "${LD_PRELOAD-}" ] || skip "the clock is another one already"
	! grep -q libasan "$FO_BUILD/cmd/fo-speedclass" || skip "a sanitizer and libfaketime exclude each other"
	fresh
}

teardown() { tidy; }

# at_time TIME COMMAND...: with this for the machine's clock.
at_time() {
	LD_PRELOAD=$LIBRARY FAKETIME=$1 FAKETIME_DONT_FAKE_MONOTONIC=1 TZ=UTC "${@:2}"
}

@test "a clock before this program was made is named, with what to do" {
	configure "profile = $BATS_FILE_TMPDIR/authkey.json" "give-up = 1s"
	run -1 at_time "2020-01-01 12:00:00" speedclass set s1.fast
	says "certificate is not yet valid"
	says "the clock says 2020-01-01, but this program was made on 20"
	says "let NTP set it, or timedatectl(1)"
	[ "$(requests)" -eq 0 ]
}

@test "a clock that SORACOM contradicts is named, and decides nothing" {
	run -0 at_time "+3d" speedclass set s1.fast
	says "the clock says $(date -u -d '3 days' +%F), but the server says $(date -u +%F)"
	sim_has s1.fast
}
