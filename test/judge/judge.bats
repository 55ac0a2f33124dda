#!/usr/bin/env bats
# The simulator of test/bench judge: the same seed gives the same result, others' rules take as long
# as they do in the world, and the watcher's rule as shipped is better than each of them.

load ../support

setup_file() {
	find_build
}

# sim RULE CONDITION [SEED [YEARS [HOLES]]]
sim() {
	"$FO_BUILD/test/judge/judge-sim" "$1" "$2" "${3-1}" "${4-0.002}" "${5-50}"
}

# A value of its answer.
value() {
	sed -n "s/.*\"$1\": \\([0-9.]*\\).*/\\1/p"
}

# takes RULE LOW HIGH: its median outage on a good line, in whole seconds.
takes() {
	local ms
	ms=$(sim "$1" good | value median_ms)
	echo "$1: $ms ms"
	[ "${ms%.*}" -ge $(($2 * 1000)) ] && [ "${ms%.*}" -le $(($3 * 1000)) ]
}

@test "the same seed gives the same result, another seed another one" {
	[ "$(sim fo all 7)" = "$(sim fo all 7)" ]
	[ "$(sim fo all 7 | sed 's/"seed": 7//')" != "$(sim fo all 8 | sed 's/"seed": 8//')" ]
}

# Measured with dpinger itself: 15.0 s; with keepalived and the article's ping: 4.1 to 4.8 s, VRRP included.
@test "others' rules see a black hole as late as they do in the world" {
	takes pfsense 14 16
	takes opnsense 15 17
	takes article 3 4
	takes keepalived 5 7
	takes mwan3 120 130
	takes mwan3-quick 34 39
}

@test "a condition does what it says" {
	[ "$(sim article good | value false)" -eq 0 ]
	# 0.2^3 a second, of which some are the same failure
	[ "$(sim article loss-20 1 0.002 0 | value false)" -gt 300 ]
	# All of 105 uploads are longer than 3 s, and slower than a second.
	[ "$(sim article ramps 1 0.002 0 | value false)" -gt 80 ]
	# Each silence of up to 400 ms is one that a time-out of 100 ms takes for an outage.
	[ "$(sim fo:fall=1,round-timeout=100ms,hold=1s,hold-max=1s bursts 1 0.002 0 | value false)" -gt 300 ]
}

@test "a setting that is none is named" {
	run -2 sim fo:fal=3 good
	[[ "$output" = *"[check] fal = 3: is not a key"* ]]
	run -2 sim fo:fall=0 good
	[[ "$output" = *"[check] fall = 0: "* ]]
	run -2 sim dpinge good
	run -2 sim fo goo
}

@test "as shipped, the watcher's rule is better than each of the others" {
	PYTHONPATH=$BATS_TEST_DIRNAME/.. run -0 python3 -BP -m fo.bench --short --gate --build "$FO_BUILD" judge
	[[ "$output" = *"all marks hold"* ]]
}
