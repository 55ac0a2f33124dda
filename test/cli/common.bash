# What the tests of the command line share.

load "$BATS_TEST_DIRNAME/../support.bash"

need_root() {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
}

need() {
	command -v "$1" >/dev/null || skip "needs $1"
}

# Runs a command: its $status, stdout in $output, stderr in $messages. Not `run --separate-stderr`:
# there stderr is a regular file, and the messages would go to syslog.
run_apart() {
	local dir
	dir=$(mktemp -d "$BATS_TEST_TMPDIR/apart-XXXXXX")
	{
		"$@" 2>&1 >&5 5>&- | cat >"$dir/messages"
		status=${PIPESTATUS[0]}
	} 5>"$dir/output"
	output=$(<"$dir/output")
	messages=$(<"$dir/messages")
}

# has TEXT PART: that the part is in it, or what is there instead.
has() {
	[[ "$1" == *"$2"* ]] || { printf 'not %s but:\n%s\n' "$2" "$1"; return 1; }
}

lacks() {
	[[ "$1" != *"$2"* ]] || { printf '%s is in:\n%s\n' "$2" "$1"; return 1; }
}

# exits STATUS COMMAND...: runs it apart, and checks the status.
exits() {
	local want=$1
	shift
	run_apart "$@"
	[ "$status" -eq "$want" ] ||
		{ printf 'exit status %s, not %s: %s\n%s\n%s\n' "$status" "$want" "$*" "$output" "$messages"; return 1; }
}
