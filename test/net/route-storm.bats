#!/usr/bin/env bats
# fo-route when everything happens at once; the long form is `test/route-storm`. FO_TEST_SEED is the
# first seed.

load "$BATS_TEST_DIRNAME/../support.bash"

setup() {
	[ "$(id -u)" -eq 0 ] || skip "namespaces need root"
	find_build
}

storm() {
	timeout 300 "$BATS_TEST_DIRNAME/../route-storm" --build "$FO_BUILD" "$@" 3>&-
}

@test "100 random sequences of notifications, overlapping, killed, while VIP and line move: the end is true" {
	run storm --sequences 100 --seed "${FO_TEST_SEED:-1}"
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "a seed is replayed: the same plan of events" {
	storm --replay 7 | grep -E '^ +[0-9.]+ ms|^seed' >"$BATS_TEST_TMPDIR/first"
	storm --replay 7 | grep -E '^ +[0-9.]+ ms|^seed' | diff "$BATS_TEST_TMPDIR/first" -
	[ "$(wc -l <"$BATS_TEST_TMPDIR/first")" -gt 5 ]
}

@test "the VIP moves while a state is applied, and nobody tells: the run that applies notices" {
	run storm --relook 4
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "no moment without a default route during 50 switches of IPv4 and IPv6, foreign routes in front" {
	run storm --switches 50
	echo "$output"
	[ "$status" -eq 0 ]
}
