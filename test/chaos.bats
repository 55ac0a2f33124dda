#!/usr/bin/env bats
# The parts of test/chaos that need no lab: its plans are what they were, and shrinking finds the culprit.
# shellcheck disable=SC2154  # `exits` sets messages

load support.bash

CHAOS=$BATS_TEST_DIRNAME/chaos

python() {
	PYTHONPATH=$BATS_TEST_DIRNAME python3 -BP "$@"
}

@test "a seed is one plan" {
	"$CHAOS" --plan --seeds 1-50 >"$BATS_TEST_TMPDIR/first"
	"$CHAOS" --plan --seeds 1-50 | diff "$BATS_TEST_TMPDIR/first" -
	[ "$(grep -c '^seed' "$BATS_TEST_TMPDIR/first")" -eq 50 ]
	[ "$(grep -c ' for ' "$BATS_TEST_TMPDIR/first")" -gt 200 ]
}

@test "a plan that was printed is the same when it is read" {
	for seed in 1 7; do # main's line is eth1 in one of them, ppp0 in the other
		"$CHAOS" --plan --seed "$seed" >"$BATS_TEST_TMPDIR/plan.$seed"
		"$CHAOS" --plan --replay "$BATS_TEST_TMPDIR/plan.$seed" | diff "$BATS_TEST_TMPDIR/plan.$seed" -
	done
	grep -q eth1 "$BATS_TEST_TMPDIR"/plan.?
	grep -q ppp0 "$BATS_TEST_TMPDIR"/plan.?
}

@test "every kind of fault is drawn, and none twice at the same time in the same place" {
	python - <<-'END'
		from fo.chaos import kinds, plan
		drawn = set()
		for seed in range(1, 400):
		    faults = plan.make(seed).faults
		    drawn |= {fault.kind for fault in faults}
		    for at, one in enumerate(faults):
		        for other in faults[at + 1:]:
		            assert not one.parts & other.parts or one.ends <= other.at or other.ends <= one.at, (seed, one, other)
		assert drawn == set(kinds.NAMES), set(kinds.NAMES) - drawn
	END
}

@test "a plan shrinks to the two faults that fail together" {
	python - <<-'END'
		from fo.chaos import plan, shrink
		its = max((plan.make(seed) for seed in range(1, 50)), key=lambda its: len(its.faults))
		guilty = {its.faults[1], its.faults[-2]}
		played = []
		def fails(smaller):
		    played.append(smaller)
		    return guilty <= set(smaller.faults)
		assert set(shrink.shrink(its, fails, 100).faults) == guilty
		assert len(played) < 100
	END
}

@test "usage" {
	exits 64 "$CHAOS" --seeds x
	exits 64 "$CHAOS" --replay /nowhere
	exits 64 "$CHAOS" --shrink --seeds 1-2
	printf '1 s for 2 s no-such main\n' >"$BATS_TEST_TMPDIR/bad"
	exits 64 "$CHAOS" --replay "$BATS_TEST_TMPDIR/bad"
	has "$messages" "no fault 'no-such'"
	printf 'seed 1 rp-filter 0 uplink wlan0\n' >"$BATS_TEST_TMPDIR/bad"
	exits 64 "$CHAOS" --replay "$BATS_TEST_TMPDIR/bad"
	has "$messages" "[uplink ppp0|eth1] expected"
}
