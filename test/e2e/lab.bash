# Common to the end-to-end tests: one lab per file, with real keepalived and the shipped samples.

bats_require_minimum_version 1.5.0

load "$BATS_TEST_DIRNAME/../support.bash"

LAB=$BATS_TEST_DIRNAME/../lab/lab
IMSI=440101234567890
HAS_VIP="ip -o addr show dev eth0 | grep -q 'inet 192.168.0.254/'"

# What a file's lab has besides, such as LAB_OPTIONS=(--line main=ethernet). FO_RP_FILTER, from the environment, is the
# reverse path filter of any file's routers; with FO_REAL_PPP, which test/ppp sets, pppd sees to their lines.
LAB_OPTIONS=()

lab() {
	"$LAB" --name "$NAME" "$@"
}

# The lab of this file, ended with the test runner whatever happens.
setup_file() {
	[ "$(id -u)" -eq 0 ] || skip "namespaces need root"
	export NAME="e2e$$"
	find_build
	make_etc "$BATS_FILE_TMPDIR/etc"
	lab_up "$BATS_FILE_TMPDIR/etc" "${LAB_OPTIONS[@]}"
}

# lab_up ETC [OPTION...]: the lab with this configuration, in the place of the one before.
lab_up() {
	lab up --build "$FO_BUILD" --etc "$1" --owner "$$" --settled ${FO_RP_FILTER:+--rp-filter "$FO_RP_FILTER"} \
		${FO_REAL_PPP:+--real-ppp} "${@:2}"
}

teardown_file() {
	[ -z "${NAME:-}" ] || lab down
}

# make_etc FOLDER: the configuration of the routers, which a file may have of its own. The shipped
# samples, but for the hold time: it doubles with every failure, and each test is one.
make_etc() {
	cp -r "$BATS_TEST_DIRNAME/../../etc" "$1"
	sed -i 's/^;hold = [^ ]*/hold = 1s/; s/^;hold-max = [^ ]*/hold-max = 1s/' "$1/main/fo.conf"
	[ "$(grep -c '^hold' "$1/main/fo.conf")" -eq 2 ]
}

# wait_for HOST SECONDS COMMAND: until the shell command succeeds. FO_PATIENCE, from the environment, is how many times
# as slow the machine may be.
wait_for() {
	lab wait "$1" $(($2 * ${FO_PATIENCE:-1})) sh -c "$3" >/dev/null
}

has_vip() {
	wait_for "$1" "${2:-10}" "$HAS_VIP"
}

# default_is HOST ROUTE: such as `default_is main "dev ppp0"`.
default_is() {
	wait_for "$1" 5 "[ \"\$(ip -4 route show default | sed 's/ proto.*//')\" = 'default $2' ]"
}

class_is() {
	lab soracom wait-class "$IMSI" "$1" --timeout $((${2:-10} * ${FO_PATIENCE:-1})) >/dev/null
}

# Everything of the normal state: see the article.
is_normal() {
	has_vip main 15
	default_is main "dev ppp0"
	default_is sub "via 192.168.0.254 dev eth0"
	wait_for sub 5 '[ "$(cat /proc/sys/net/ipv4/ip_forward)" = 0 ]'
	class_is s1.minimum
}

# Everything of the state in which `sub` carries the LAN.
is_failed_over() {
	has_vip sub 10
	default_is sub "dev ppp0"
	wait_for sub 5 '[ "$(cat /proc/sys/net/ipv4/ip_forward)" = 1 ]'
	class_is s1.fast
}

lan_reaches_internet() {
	lab wait lan 5 ping -n -c 1 -W 1 8.8.8.8 >/dev/null
}

first_hop() {
	lab exec lan traceroute.db -n -m 1 -q 1 -w 2 8.8.8.8 | awk '$1 == 1 { print $2 }'
}
