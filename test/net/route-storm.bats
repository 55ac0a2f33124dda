#!/usr/bin/env bats
# fo-route when everything happens at once; the long form is `test/route-storm`.

load "$BATS_TEST_DIRNAME/storm.bash"

storm() {
	storm_of route-storm "$@"
}

@test "100 random sequences of notifications, overlapping, killed, while VIP and line move: the end is true" {
	run storm --sequences 100 --seed "${FO_TEST_SEED:-1}"
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "a seed is replayed: the same plan of events" {
	is_replayed
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
