#!/usr/bin/env bats
# fo-speedclass when SORACOM has a bad day; the long form is `test/class-storm`.

load "$BATS_TEST_DIRNAME/storm.bash"

storm() {
	storm_of class-storm --parallel 8 "$@"
}

@test "60 random sequences of faults, notifications, kills: the SIM ends in the class that the VIP calls for" {
	run storm --sequences 60 --seed "${FO_TEST_SEED:-1}"
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "a fault by itself: a status, a silence, a lie, a refusal for good" {
	run storm --single 503 hang wrong-class 403
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "a seed is replayed: the same plan of events" {
	is_replayed
}
