# What tests of every kind share, and the shells that they start.

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
	local deadline=$((${EPOCHREALTIME/./} + $1 * 1000000))
	shift
	until "$@"; do
		[ "${EPOCHREALTIME/./}" -lt "$deadline" ] || { echo "never: $*" >&2; return 1; }
		sleep 0.01
	done
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
