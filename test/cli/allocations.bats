#!/usr/bin/env bats
# Each allocation of a program fails, one at a time: that is a reason of this machine (2), for which a unit is started
# again, and never a faulty configuration (78), for which it is not.

bats_require_minimum_version 1.5.0
load ../support

MOST=60 # allocations until fo.conf has been read, and some more

setup_file() {
	need cc
	find_build
	! grep -q libasan "$FO_BUILD/cmd/fo-route" || skip "a sanitizer has allocations of its own"
	not_emulated LD_PRELOAD
	cc -O2 -D_GNU_SOURCE -shared -fPIC -o "$BATS_FILE_TMPDIR/alloc.so" "$BATS_TEST_DIRNAME/../fo/chaos/alloc.c"
}

# survives PROGRAM [ARGUMENT...]: whichever allocation fails. iniparser does not look at three of its own.
survives() {
	local number status crashes=0 failures=0
	for ((number = 1; number <= MOST; number++)); do
		status=0
		CHAOS_ALLOC="$1 $number" LD_PRELOAD=$BATS_FILE_TMPDIR/alloc.so FO_STATE_DIR=$BATS_TEST_TMPDIR/state \
			timeout 10 "$FO_BUILD/cmd/$1" -c "$BATS_TEST_DIRNAME/../../etc/main/fo.conf" "${@:2}" \
			>"$BATS_TEST_TMPDIR/said" 2>&1 3>&- || status=$?
		case $status in
		0 | 1) ;;
		2) failures=$((failures + 1)) ;;
		139) crashes=$((crashes + 1)) ;;
		*)
			printf '%s: allocation %d fails: exit status %d\n' "$*" "$number" "$status"
			cat "$BATS_TEST_TMPDIR/said"
			return 1
			;;
		esac
	done
	[ "$failures" -gt 0 ] # or none was made to fail
	[ "$crashes" -le 3 ] || { echo "$*: $crashes crashes"; return 1; }
}

@test "want of memory is no faulty configuration" {
	survives fo-check-ftth -n
	survives fo-route show
	survives fo-status
	survives fo-alert -n
	survives fo-keepalive -n
}
