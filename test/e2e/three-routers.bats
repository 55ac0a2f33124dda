#!/usr/bin/env bats
# Three routers with a line each: the same programs, and a configuration for each: a recipe.

load lab

make_etc() {
	local samples=$BATS_TEST_DIRNAME/../../etc router
	mkdir "$1"
	for router in main sub third; do
		mkdir "$1/$router"
		cp "$samples/recipes/three-routers/$router"/etc/*/* "$1/$router"
	done
	# Each test is a failure, and with each the time doubles.
	sed -i 's/^timeout = .*/&\nhold = 1s\nhold-max = 1s/' "$1"/{main,sub}/fo.conf
	cp -r "$samples"/{ppp,nftables.conf} "$1"
	sed -i 's/^define routers = .*/define routers = { 192.168.0.1, 192.168.0.2, 192.168.0.3 }/' "$1/nftables.conf"
}

# Every test begins, and the one before it has to end, in the normal state.
setup() {
	lab line main clear
	lab line sub clear
	is_carried_by main
}

# is_carried_by ROUTER: it has the VIP and leaves by its line, the others leave through it, and forwarding
# is on in it (main's is always on). The LAN reaches the Internet, and does so through it.
is_carried_by() {
	local router
	has_vip "$1" 20
	for router in main sub third; do
		if [ "$router" = "$1" ]; then
			default_is "$router" "dev ppp0"
			forwarding_is "$router" 1
		else
			default_is "$router" "via 192.168.0.254 dev eth0"
			[ "$router" = main ] || forwarding_is "$router" 0
			lab wait "$router" 5 ping -n -c 1 -W 1 9.9.9.9 >/dev/null
		fi
		wait_for "$router" 5 "fo-route show"
	done
	lan_reaches_internet
	[ "$(first_hop)" = "$(lab exec "$1" ip -4 -o addr show dev eth0 | grep -o '192\.168\.0\.[123]/' | tr -d /)" ]
}

forwarding_is() {
	wait_for "$1" 5 "[ \"\$(cat /proc/sys/net/ipv4/ip_forward)\" = $2 ]"
}

@test "keepalived takes the three configurations without a complaint" {
	local router
	for router in main sub third; do
		lab exec "$router" keepalived -t
	done
}

@test "main's line dies: sub; sub's as well: third; and back again in order" {
	is_carried_by main
	lab line main blackhole on
	is_carried_by sub
	lab line sub blackhole on
	is_carried_by third
	lab line sub blackhole off
	is_carried_by sub
	lab line main blackhole off
	is_carried_by main
	run ! grep -v ' 0 0$' <<<"$(lab counter)"
}

@test "main's and sub's lines hang up at once: third; main's comes back: main, and sub stays out" {
	lab line main down
	lab line sub down
	is_carried_by third
	lab line main up
	is_carried_by main
	lab line sub up
	is_carried_by main
}

@test "main without power, then keepalived of sub stopped: third, which follows each of them back" {
	lab router main power-off
	has_vip sub
	default_is third "via 192.168.0.254 dev eth0"
	lan_reaches_internet
	lab router sub stop-keepalived
	has_vip third
	default_is third "dev ppp0"
	default_is sub "via 192.168.0.254 dev eth0"
	lan_reaches_internet
	lab router sub start-keepalived
	has_vip sub 20
	default_is third "via 192.168.0.254 dev eth0"
	lab router main power-on
	is_carried_by main
}
