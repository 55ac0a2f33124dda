# The storms: programs against random sequences. FO_TEST_SEED is the first seed.

load "$BATS_TEST_DIRNAME/../support.bash"

setup() {
	[ "$(id -u)" -eq 0 ] || skip "namespaces need root"
	find_build
}

# storm_of NAME [OPTION...]: test/NAME with this build.
storm_of() {
	timeout 300 "$BATS_TEST_DIRNAME/../$1" --build "$FO_BUILD" "${@:2}" 3>&-
}

# The plan that is printed for a seed is the same twice.
is_replayed() {
	storm "$@" --replay 7 | grep -E '^ +[0-9.]+ ms|^seed' >"$BATS_TEST_TMPDIR/first"
	storm "$@" --replay 7 | grep -E '^ +[0-9.]+ ms|^seed' | diff "$BATS_TEST_TMPDIR/first" -
	[ "$(wc -l <"$BATS_TEST_TMPDIR/first")" -gt 5 ]
}
