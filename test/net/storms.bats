#!/usr/bin/env bats
# Programs when everything happens at once. The long forms are test/route-storm, class-storm and alert-storm; the first
# seed is FO_TEST_SEED.

load ../support

setup() {
	need_root
	find_build
}

# holds NAME [OPTION...]: that the campaign finds nothing wrong.
holds() {
	run storm_of "$@"
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "fo-route: 50 random sequences of notifications, overlapping, killed, while VIP and line move: the end is true" {
	holds route-storm --sequences 50 --seed "${FO_TEST_SEED:-1}"
}

@test "fo-route: a seed is replayed: the same plan of events" {
	replays route-storm
}

@test "fo-route: the VIP moves while a state is applied, without a notification: the run that applies notices" {
	holds route-storm --relook 4
}

@test "fo-route: no moment without a default route during 50 switches of IPv4 and IPv6, foreign routes in front" {
	holds route-storm --switches 50
}

@test "fo-speedclass: 30 random sequences of faults, notifications, kills: the SIM ends in the class that the VIP calls for" {
	holds class-storm --parallel 8 --sequences 30 --seed "${FO_TEST_SEED:-1}"
}

@test "fo-speedclass: a fault by itself: a status, a silence, a lie, a refusal for good" {
	holds class-storm --parallel 8 --single 503 hang wrong-class 403
}

@test "fo-speedclass: a seed is replayed: the same plan of events" {
	replays class-storm --parallel 8
}

@test "fo-alert: 8 random sequences of outages, failovers, kills, bad hooks: all is told, in order, none before the class is set" {
	holds alert-storm --parallel 4 --sequences 8 --seed "${FO_TEST_SEED:-1}"
}

@test "fo-alert: a seed is replayed: the same plan of events" {
	replays alert-storm
}

@test "the history: 60 kills of its writers, 60 losses of power: what was added is there, and nothing else" {
	holds history-storm --kills 60 --cuts 60 --seed "${FO_TEST_SEED:-1}"
}
