# Sourced by a shell in a network namespace of its own: loopback is up, and each ICMP echo request
# that is sent is counted.

ip link set lo up
nft -f - <<-'RULES'
	table inet fo {
		counter echoes { }
		chain out {
			type filter hook output priority 0
			icmp type echo-request counter name echoes
			icmpv6 type echo-request counter name echoes
		}
		chain in {
			type filter hook input priority 0
		}
	}
RULES

# How many have been sent.
echoes() {
	nft list counter inet fo echoes | sed -n 's/.*packets \([0-9]*\).*/\1/p'
}

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

# until_true COMMAND: at most ten seconds.
until_true() {
	local end=$((SECONDS + 10))
	until eval "$1"; do
		[ "$SECONDS" -lt "$end" ] || { echo "never came true: $1" >&2; return 1; }
		sleep 0.01
	done
}

nobody() {
	setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
}
