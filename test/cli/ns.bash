# Sourced by a shell in a network namespace of its own: loopback is up, and each ICMP echo request
# that is sent is counted.

. "${BASH_SOURCE[0]%/*}/../support.bash"

ip link set lo up
nft -f - <<-'RULES'
	table inet fo {
		chain out {
			type filter hook output priority 0
		}
		chain in {
			type filter hook input priority 0
		}
	}
RULES
count_echoes

family() {
	case $1 in
	*:*) echo ip6 icmpv6 ;;
	*) echo ip icmp ;;
	esac
}

# A host that answers nothing.
silent() {
	local ip icmp
	read -r ip icmp < <(family "$1")
	nft add rule inet fo in "$ip" daddr "$1" "$icmp" type echo-request drop
}

# A host that a router on the way says cannot be reached.
unreachable() {
	local ip icmp
	read -r ip icmp < <(family "$1")
	nft add rule inet fo in "$ip" daddr "$1" "$icmp" type echo-request reject with "$icmp" type "$2"
}

# asking_first ADDRESS COMMAND…: which host is asked first is chance, so until ADDRESS, the first of the
# targets, was asked at all; every time as if nothing were known of the line. Leaves the output of that
# run on stdout, and in $asked the number of its echoes.
asking_first() {
	local address=$1 before out tries
	shift
	for ((tries = 0; tries < 80; tries++)); do
		rm -rf "$FO_STATE_DIR"
		before=$(echoes)
		out=$("$@")
		if jq -e --arg a "$address" \
			'any(.targets[]; .address == $a and .answer != "not asked")' <<<"$out" >/dev/null; then
			asked=$(($(echoes) - before))
			echo "$out"
			return
		fi
	done
	echo "$address was never asked" >&2
	return 1
}

# until_true COMMAND: at most ten seconds.
until_true() {
	eventually 10 eval "$1"
}

nobody() {
	setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
}
