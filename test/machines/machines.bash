# What the tests of booted machines share. One pair a file, of which $NAME is the name; FO_RELEASE its Debian release.

load "$BATS_TEST_DIRNAME/../support.bash"

MACHINES=$BATS_TEST_DIRNAME/machines
IMSI=440101234567890

machines() {
	"$MACHINES" --name "$NAME" "$@"
}

# on HOST COMMAND...: as root.
on() {
	machines run "$1" -- "${@:2}"
}

# both COMMAND...: with main and with sub for its last word, at once.
both() {
	local one other
	"$@" main &
	one=$!
	"$@" sub &
	other=$!
	wait "$one"
	wait "$other"
}

# The pair of this file, ended with the test runner whatever happens. Each knows what apt could install.
pair_up() {
	need_root
	export NAME="machines$$" FO_RELEASE=${FO_RELEASE:-bookworm}
	machines up --release "$FO_RELEASE" --owner "$$"
	both update
}

update() {
	apt "$1" update
}

pair_down() {
	[ -z "${NAME:-}" ] || machines down
}

# package FILE HOST: `apt install` of it, as a person does: from the folder in which it lies.
install_package() {
	machines put "$1" "$2:/root"
	apt "$2" install "/root/${1##*/}"
}

# apt HOST WORD...: apt-get, which says no more than it must.
apt() {
	on "$1" env DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o Dpkg::Use-Pty=0 -o DPkg::Progress-Fancy=0 "${@:2}"
}

# set_up main|sub [OPTION...]: fo-setup, as README has it.
set_up() {
	case $1 in
	main) on main fo-setup --role main --lan eth0 --uplink ppp0 --peer 192.168.0.2 --vip 192.168.0.254 \
		--yes "${@:2}" </dev/null ;;
	sub) machines profile | on sub fo-setup --role sub --lan eth0 --uplink ppp0 --peer 192.168.0.1 \
		--vip 192.168.0.254 --sim "imsi:$IMSI" --profile - --yes "${@:2}" ;;
	esac
}

wait_for() {
	machines wait "$1" "$2" sh -c "$3" >/dev/null || { echo "not within $2 s on $1: $3" >&2; return 1; }
}

has_vip() {
	wait_for "$1" "${2:-15}" "ip -o addr show dev eth0 | grep -q 'inet 192.168.0.254/'"
}

class_is() {
	machines soracom wait-class "$IMSI" "$1" --timeout "${2:-20}" >/dev/null
}

lan_reaches_internet() {
	machines wait lan 10 ping -n -c 1 -W 1 8.8.8.8 >/dev/null
}

# shellcheck disable=SC2120  # the files of tests say how long
# normal [SECONDS]: main carries the LAN, sub waits behind it.
normal() {
	has_vip main "${1:-30}"
	wait_for main 10 "ip route show default | grep -q 'dev ppp0'"
	wait_for sub 10 "ip route show default | grep -q 'via 192.168.0.254 dev eth0'"
	wait_for main 10 "fo-route show >/dev/null"
	wait_for sub 10 "fo-route show >/dev/null"
	class_is s1.minimum
	lan_reaches_internet
}

# failed_over: sub carries the LAN.
failed_over() {
	has_vip sub
	wait_for sub 10 "ip route show default | grep -q 'dev ppp0'"
	class_is s1.fast
	lan_reaches_internet
}

# mended: main's line is good, and nobody waits until it has been held.
mended() {
	machines line main blackhole off
	wait_for main 20 "fo-watch back >/dev/null 2>&1; ip -o addr show dev eth0 | grep -q 'inet 192.168.0.254/'"
	normal
}

main_pid() {
	on "$1" systemctl show -P MainPID "$2"
}

# longest_gap FLOW [TIME]: in seconds, between two echoes that came back, of those after TIME (CLOCK_MONOTONIC).
longest_gap() {
	awk -v since="${2:-0}" '
		$1 == "r" && $3 >= since { if (last && $3 - last > gap) gap = $3 - last; last = $3 }
		END { if (!last) exit 1; printf "%.2f\n", gap }' "$1"
}

uptime_now() {
	python3 -c 'import time; print(time.monotonic())'
}

at_most() {
	awk -v x="$1" -v most="$2" 'BEGIN { exit !(x <= most) }' || { echo "$1 is more than $2" >&2; return 1; }
}

# picture HOST: what a machine is like: its files, the kernel's switches, routes, firewall, units, users, packages.
picture() {
	on "$1" bash -s <"$BATS_TEST_DIRNAME/picture"
}

# same_picture BEFORE AFTER: says what differs.
same_picture() {
	diff -U0 "$1" "$2" | sed '/^@@/d' >&2
	cmp -s "$1" "$2"
}
