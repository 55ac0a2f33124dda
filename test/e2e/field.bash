# Common to the tests of what people have and the article has not: each test makes a lab of its own, from the
# samples and what it changes in them.

setup_file() {
	need_root
	export NAME="e2e$$"
	find_build
}

setup() {
	ETC=$BATS_TEST_TMPDIR/etc
	make_etc "$ETC"
}

teardown() {
	lab down
}

# conf ROUTER KEY VALUE: the first of that name in fo.conf of the samples, where it may be commented out.
conf() {
	sed -i "0,/^;\?$2 =/s|^;\?$2 =[^;]*|$2 = $3 |" "$ETC/$1/fo.conf"
	grep -q "^$2 = $3 " "$ETC/$1/fo.conf"
}

# ethernet ROUTER GATEWAY: its line is eth1, by `via ADDRESS`, or by `dhcp`.
ethernet() {
	conf "$1" uplink eth1
	conf "$1" master "$2 dev eth1"
	sed -i 's/^define line = .*/define line = { "ppp0", "eth1" }/' "$ETC/nftables.conf"
}

# vrrp WHAT...: the sed script on keepalived.conf of both routers.
vrrp() {
	sed -i "$@" "$ETC"/{main,sub}/keepalived.conf
}

# with_ipv6 MAIN SUB: both routers do for IPv6 what they do for IPv4, with these as `master6`.
with_ipv6() {
	local router
	for router in main sub; do
		conf "$router" vip6 fd00:c0a8::254
		conf "$router" backup6 "via fd00:c0a8::254 dev eth0"
	done
	conf main master6 "$1"
	conf sub master6 "$2"
	vrrp 's|^    virtual_ipaddress {|    virtual_ipaddress_excluded {\n        fd00:c0a8::254/64 dev eth0\n    }\n&|'
	sed -i '$a table ip6 fo_nat6\ndelete table ip6 fo_nat6\ntable ip6 fo_nat6 {\n\tchain postrouting {\n\t\ttype nat hook postrouting priority srcnat;\n\t\toifname $line masquerade\n\t}\n}' "$ETC/nftables.conf"
}

# ipv6_lines: both lines have IPv6, and the routers forward it.
ipv6_lines() {
	lab line sub ipv6 on
	lab line sub redial
	for router in main sub; do
		lab exec "$router" sh -c 'echo 1 >/proc/sys/net/ipv6/conf/all/forwarding'
	done
}

# carried_by ROUTER [MISTAKEN]: it has the VIP, the LAN leaves through it, and both say that all is right; fo-status
# on MISTAKEN may find something.
carried_by() {
	local router
	wait_for "$1" 20 "ip -4 -o addr show | grep -q ' 192\.168\.0\.254/'"
	lan_reaches_internet
	[ "$1" = main ] && class_is s1.minimum || class_is s1.fast
	for router in main sub; do
		wait_for "$router" 5 "fo-route show"
		[ "$1" != main ] || [ "$router" = "${2:-}" ] || wait_for "$router" 15 "fo-status -q >/run/status" ||
			{ lab exec "$router" cat /run/status; return 1; }
	done
	eventually 5 hop_is "$1"
}

hop_is() {
	[ "$(first_hop)" = "192.168.0.$([ "$1" = main ] && echo 1 || echo 2)" ]
}

lan_reaches_internet6() {
	lab wait lan 5 ping -n -c 1 -W 1 2001:4860:4860::8888 >/dev/null
}

# sends HOST WAY [ADDRESS]: where its kernel sends a packet to the Internet, such as `dev ppp0`.
sends() {
	wait_for "$1" 5 "ip -o route get ${3:-198.41.0.4} | grep -q ' $2 '"
}

# over_and_back: the line of main is a black hole until sub carries the LAN.
over_and_back() {
	lab line main blackhole on
	carried_by sub
	lab line main blackhole off
	carried_by main
}

# logs HOST TEXT [LINES]: in its log, after so many lines.
logs() {
	eventually 10 sh -c 'tail -n "+$(($2 + 1))" "$1" | grep -qF -- "$3"' - "$(lab dir)/log/$1.log" "${3:-0}" "$2"
}

log_lines() {
	wc -l <"$(lab dir)/log/$1.log"
}
