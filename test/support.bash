# What tests of every kind share, and the shells that they start.
# shellcheck disable=SC2154  # `run` of bats sets output, stderr and status

# The system's own python3: pyenv's stand-in for it takes a second to start.
PATH=/usr/bin:$PATH

! declare -F bats_require_minimum_version >/dev/null || bats_require_minimum_version 1.5.0

# Sets FO_BUILD, where it is not given, to the build that was linked last.
find_build() {
	local root newest
	root=$(dirname "${BASH_SOURCE[0]}")/..
	if [ -z "${FO_BUILD:-}" ]; then
		newest=$(ls -t "$root"/build/{release,gcc}/cmd/fo-route 2>/dev/null | head -n 1)
		FO_BUILD=${newest%/cmd/fo-route}
	fi
	[ -x "$FO_BUILD/cmd/fo-route" ] || {
		echo "no programs in '$FO_BUILD/cmd': build first, or set FO_BUILD" >&2
		return 1
	}
	FO_BUILD=$(readlink -f "$FO_BUILD")
	export FO_BUILD
}

# eventually SECONDS COMMAND…: until it succeeds.
eventually() {
	local begin=${EPOCHREALTIME/./} seconds=$1
	shift
	until "$@"; do
		[ "${EPOCHREALTIME/./}" -lt $((begin + seconds * 1000000)) ] || { echo "never: $*" >&2; return 1; }
		# After a second nobody minds a tenth of one, and another test has the processor.
		[ "${EPOCHREALTIME/./}" -lt $((begin + 1000000)) ] && sleep 0.01 || sleep 0.1
	done
}

# is_locked FILE: somebody has its flock(2). Asked without taking it: who does not wait would find it taken.
is_locked() {
	[ -e "$1" ] && grep -q " FLOCK .*:$(stat -c %i "$1") " /proc/locks
}

# in_net COMMAND…: in the network namespace of which the echoes are counted; this one, or what a file
# of tests makes of it.
in_net() {
	"$@"
}

# From now on the ICMP echoes that leave are counted: those that no firewall has dropped before.
count_echoes() {
	in_net nft -f - <<-'RULES'
		table inet count {
			counter echoes { }
			chain out {
				type filter hook output priority 10
				icmp type echo-request counter name echoes
				icmpv6 type echo-request counter name echoes
			}
		}
	RULES
}

# How many have left.
echoes() {
	in_net nft list counter inet count echoes | sed -n 's/.*packets \([0-9]*\).*/\1/p'
}

need_root() {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
}

need() {
	command -v "$1" >/dev/null || skip "needs $1"
}

# not_emulated WHAT: which qemu-user does not carry to a program of another architecture.
not_emulated() {
	[ -z "${FO_EMULATED-}" ] || skip "qemu-user does not carry $1"
}

# says TEXT: that the last `run` printed it.
says() {
	has "$output" "$1"
}

# has TEXT PART: that the part is in it, or what is there instead.
has() {
	[[ "$1" == *"$2"* ]] || { printf 'not %s but:\n%s\n' "$2" "$1" >&2; return 1; }
}

lacks() {
	[[ "$1" != *"$2"* ]] || { printf '%s is in:\n%s\n' "$2" "$1" >&2; return 1; }
}

# exits STATUS COMMAND...: runs it: stdout in $output, stderr in $messages.
exits() {
	local want=$1
	shift
	run --separate-stderr "$@"
	messages=$stderr
	[ "$status" -eq "$want" ] ||
		{ printf 'exit status %s, not %s: %s\n%s\n%s\n' "$status" "$want" "$*" "$output" "$messages" >&2; return 1; }
}

# storm_of NAME [OPTION...]: the campaign test/NAME with this build.
storm_of() {
	timeout 300 "$BATS_TEST_DIRNAME/../$1" --build "$FO_BUILD" "${@:2}" 3>&-
}

# replays NAME [OPTION...]: the plan that is printed for a seed is the same twice.
replays() {
	storm_of "$@" --replay 7 | grep -E '^ +[0-9.]+ ms|^seed' >"$BATS_TEST_TMPDIR/first"
	storm_of "$@" --replay 7 | grep -E '^ +[0-9.]+ ms|^seed' | diff "$BATS_TEST_TMPDIR/first" -
	[ "$(wc -l <"$BATS_TEST_TMPDIR/first")" -gt 5 ]
}
