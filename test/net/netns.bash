# A router and its LAN in two network namespaces, as small as fo-route needs them:
#
#   lan 192.168.0.10 ─── eth0 router 192.168.0.2 ppp0 100.64.0.10 ═══ 100.64.0.1
#
# The namespaces have no name and end with the processes that hold them; nothing is made in the
# machine's own network.

load "$BATS_TEST_DIRNAME/../support.bash"

VIP=192.168.0.254
# shellcheck disable=SC2034 # for the tests
MASTER="default dev ppp0 proto keepalived scope link"
# shellcheck disable=SC2034
BACKUP="default via 192.168.0.254 dev eth0 proto keepalived"

# Keeps a process until net_down.
started() {
	PIDS+=("$1")
}

# stop PID: ends a process of ours, and waits for its end.
stop() {
	kill -KILL "$1" 2>/dev/null || true
	wait "$1" 2>/dev/null || true
}

has_own_net() {
	[ "$(readlink "/proc/$1/ns/net")" != "$(readlink /proc/self/ns/net)" ]
}

# A shell function in the background would be a process more, which could not be killed with what it
# runs: so this one is for the foreground, and router_job for the background.
router() {
	nsenter --target "$ROUTER" --net -- "$@"
}

# The process is JOB, and ends with the test.
router_job() {
	nsenter --target "$ROUTER" --net -- "$@" 3>&- &
	JOB=$!
	started "$JOB"
}

lan() {
	nsenter --target "$LAN" --net -- "$@"
}

# nets_up NAME…: a network namespace for each. NAME is set to the process that holds it; one of them is
# ROUTER.
nets_up() {
	local name
	[ "$(id -u)" -eq 0 ] || skip "network namespaces need root"
	find_build
	PIDS=()
	# Not on a disk, where one fsync more can take longer than a round. Readable to the
	# unprivileged, as bats' own folder is not.
	DIR=$(mktemp -d -p /dev/shm 2>/dev/null || mktemp -d)
	chmod 755 "$DIR"
	export FO_STATE_DIR=$DIR/state
	for name in "$@"; do
		unshare --net sleep infinity 3>&- &
		started $!
		printf -v "$name" %s $!
	done
	for name in "$@"; do
		eventually 5 has_own_net "${!name}"
	done
	router ip link set lo up
}

net_up() {
	nets_up ROUTER LAN
	router ip link add eth0 type veth peer name eth0 netns "$LAN"
	router sysctl -qw net.ipv4.ip_forward=0 net.ipv4.conf.eth0.send_redirects=1 \
		net.ipv4.conf.all.send_redirects=1 net.ipv6.conf.{default,eth0}.accept_dad=0
	router ip link set eth0 up
	router ip addr add 192.168.0.2/24 dev eth0
	lan ip link set eth0 up
	lan ip addr add 192.168.0.10/24 dev eth0
	ppp_up
	router ip route add default via "$VIP" dev eth0 proto keepalived
	translate inet
	configure
	# Which the kernel makes when it comes to it; by then a test may have looked at all addresses.
	eventually 20 has_link_local
}

has_link_local() {
	router ip -6 route show table local dev eth0 | grep -q "^local fe80:"
}

net_down() {
	local pid
	for pid in ${PIDS[@]+"${PIDS[@]}"}; do
		stop "$pid"
	done
	# A child of one that was killed may be writing an event.
	[ -z "${DIR:-}" ] || eventually 10 rm -rf "$DIR" 2>/dev/null
}

# ppp0 as pppd makes it, until ppp_down; with another address when one is given.
# shellcheck disable=SC2120
ppp_up() {
	router_job python3 -c '
import os, signal, sys
sys.path.insert(0, sys.argv[1])
from fo.kernel.tun import Tun
tun = Tun(os.getpid(), "ppp0", ppp=True)
signal.pause()' "$BATS_TEST_DIRNAME/.."
	PPP=$JOB
	eventually 20 has_ppp 2>/dev/null
	router ip addr add "${1:-100.64.0.10}" peer 100.64.0.1 dev ppp0
	router ip link set ppp0 up
}

ppp_down() {
	stop "$PPP"
	eventually 5 has_no_ppp
}

has_ppp() {
	router ip link show ppp0 >/dev/null
}

has_no_ppp() {
	! has_ppp 2>/dev/null
}

# configure [LINE…]: fo.conf with further lines of [route].
# shellcheck disable=SC2120
configure() {
	CONF=$DIR/fo.conf
	{
		printf '[router]\nlan = eth0\nuplink = ppp0\nvip = %s\n' "$VIP"
		printf '[route]\nmaster = dev ppp0\nbackup = via %s dev eth0\n' "$VIP"
		[ $# -eq 0 ] || printf '%s\n' "$@"
	} >"$CONF"
}

fo_route() {
	router timeout 20 "$FO_BUILD/cmd/fo-route" -c "$CONF" "$@"
}

take_vip() {
	router ip addr add "$VIP/32" dev eth0
}

give_vip() {
	router ip addr del "$VIP/32" dev eth0
}

sysctl_of() {
	router sysctl -n "$1"
}

# default_is ROUTE [-6]: the only default route of the main table, as ip-route(8) spells it.
default_is() {
	local now
	now=$(router ip "${2:--4}" route show default | sed 's/ *$//')
	[ "$now" = "$1" ] || { echo "default route is '$now', not '$1'" >&2; return 1; }
}

# Everything of the kernel's that fo-route may change, as text.
everything() {
	router ip -d route show table all
	router ip -d -6 route show table all
	router sysctl -a --pattern 'forward|send_redirects' 2>/dev/null
	router conntrack -L 2>/dev/null | sed 's/ [0-9]* src/ src/' | sort
}

# translate FAMILY: what leaves by the line is translated; inet, ip or ip6.
translate() {
	router nft -f - <<-RULES
		table $1 fo_nat {
			chain post {
				type nat hook postrouting priority srcnat
				oifname "ppp0" masquerade
			}
		}
	RULES
}

# six_up [LINE…]: IPv6 on the LAN and on the line.
six_up() {
	configure "master6 = dev ppp0" "backup6 = via fe80::1 dev eth0" "$@"
	router ip -6 addr add 2001:db8::2/64 dev eth0
	router ip -6 addr add 2001:db8:1::2/64 dev ppp0
}

# redial ADDRESS: as pppd does it, up to the hook.
redial() {
	ppp_down
	ppp_up "$1"
}

# reports TEXT: that the last `run` succeeded and printed it.
reports() {
	# shellcheck disable=SC2154
	[ "$status" -eq 0 ] && says "$1"
}

have_conntrack() {
	flow 192.168.0.10 203.0.113.1 192.168.0.10 || skip "no conntrack in this kernel"
	router conntrack -F >/dev/null 2>&1
}

# flow SRC DST TRANSLATED [OPTION…]: a tracked flow, of which the source was translated.
flow() {
	tracked "$1" "$2" "$2" "$3" "${@:4}"
}

# tracked SRC DST REPLY-SRC REPLY-DST [OPTION…]: each from a port of its own.
tracked() {
	PORT=$((${PORT:-1000} + 1))
	router conntrack -I -p udp -t 600 -s "$1" -d "$2" --sport "$PORT" --dport 53 -r "$3" -q "$4" \
		--reply-port-src 53 --reply-port-dst "$PORT" "${@:5}" >/dev/null 2>&1
}

has_flow() {
	local family=ipv4
	[[ "$1" != *:* ]] || family=ipv6
	router conntrack -f "$family" -L -s "$1" -d "$2" 2>/dev/null | grep -q .
}
