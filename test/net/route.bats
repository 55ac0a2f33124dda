#!/usr/bin/env bats
# fo-route against a real kernel, in namespaces of its own.

load netns.bash

setup() { net_up; }

teardown() { net_down; }

@test "master, with the VIP: the line" {
	take_vip
	run fo_route master
	reports "master: "
	default_is "$MASTER"
}

@test "backup, fault, stop and DELETED, without the VIP: the neighbour" {
	local word
	for word in backup FAULT Stop DELETED; do
		router ip route replace default dev ppp0
		run fo_route "$word"
		reports "default route via $VIP dev eth0 (was dev ppp0)"
		default_is "$BACKUP"
	done
}

@test "apply before keepalived has told anything: a guess would be wrong, nothing is done" {
	router ip route replace default dev ppp0
	run fo_route apply
	reports "no state was reported yet; leaving everything as it is, but for the line's own table"
	default_is "default dev ppp0 scope link"
	take_vip
	run fo_route apply
	reports "master: "
	give_vip
	run fo_route apply
	default_is "$BACKUP"
}

# once TEXT: in one line of what was said, and in no other.
once() {
	[ "$(grep -cF -- "$1" <<<"$output")" -eq 1 ] || { echo "not once: $1 in: $output" >&2; return 1; }
}

@test "apply before keepalived has told anything, and something is wrong: it is said once" {
	local how
	router ip route replace default dev ppp0
	sed 's/^lan = .*/lan = none0/' "$CONF" >"$DIR/none.conf"
	run fo_route -c "$DIR/none.conf" apply
	[ "$status" -eq 2 ]
	[ "$output" = "fo-route: [router] lan = none0: there is no such interface" ]
	for how in 'echo >"$FO_STATE_DIR"' 'mkdir -p "$FO_STATE_DIR/run/vrrp.state"'; do
		rm -rf "$FO_STATE_DIR"
		eval "$how"
		run fo_route apply
		[ "$status" -eq 0 ]
		once "cannot read $FO_STATE_DIR/run/vrrp.state: "
		once "no state was reported yet"
		[ -z "$(sort <<<"$output" | uniq -d)" ]
		run fo_route -n apply
		[ "$(grep -c ^fo-route: <<<"$output")" -eq 2 ]
		[ "$(awk '$1 == "keep" { print $2 }' <<<"$output" | paste -sd' ')" = "table rules" ]
	done
	default_is "default dev ppp0 scope link"
	# Who holds the address is master, whatever cannot be read.
	take_vip
	run fo_route -n apply
	once "cannot read $FO_STATE_DIR/run/vrrp.state: "
	reports "route   dev ppp0"
	router ip route replace default via "$VIP" dev eth0
	run fo_route apply
	reports "master: "
	default_is "$MASTER"
}

@test "keepalived's four words do the same as one" {
	take_vip
	fo_route INSTANCE VI_1 MASTER 100
	default_is "$MASTER"
	give_vip
	fo_route GROUP G1 BACKUP 0
	default_is "$BACKUP"
	router ip route replace default dev ppp0
	fo_route INSTANCE VI_1 DELETED 0
	default_is "$BACKUP"
}

@test "priority events and their words change nothing" {
	local before word
	take_vip
	before=$(everything)
	for word in MASTER_RX_LOWER_PRI MASTER_PRIORITY BACKUP_PRIORITY; do
		run fo_route INSTANCE VI_1 "$word" 100
		reports ""
	done
	diff <(echo "$before") <(everything)
}

@test "a message is not believed against the VIP" {
	fo_route master
	default_is "$BACKUP"
	take_vip
	for word in backup fault stop; do
		fo_route "$word"
		default_is "$MASTER"
	done
}

@test "--force believes the word, and apply returns to the truth" {
	fo_route --force master
	default_is "$MASTER"
	fo_route apply
	default_is "$BACKUP"
	take_vip
	fo_route -f backup
	default_is "$BACKUP"
	fo_route apply
	default_is "$MASTER"
}

@test "the VIP counts on any interface but the loopback, and as a whole address" {
	router ip addr add 192.168.0.253/24 dev eth0
	fo_route master
	default_is "$BACKUP"
	router ip addr add "$VIP/32" dev lo
	run -2 fo_route master
	[[ "$output" == *"no default route via $VIP: it is on the loopback of this router"* ]]
	default_is "$BACKUP"
	# As keepalived's use_vmac has it, with and without the one on the loopback.
	router ip link add link eth0 name vrrp.51 type macvlan mode private
	router ip link set vrrp.51 up
	router ip addr add "$VIP/32" dev vrrp.51
	fo_route master
	default_is "$MASTER"
	router ip addr del "$VIP/32" dev lo
	fo_route backup
	default_is "$MASTER"
	router ip link del vrrp.51
	fo_route backup
	default_is "$BACKUP"
	# On a bridge above the LAN's interface.
	router ip link add br0 type bridge
	router ip link set br0 up
	router ip addr add "$VIP/32" dev br0
	fo_route master
	default_is "$MASTER"
}

@test "no default route to this router itself, whatever fo.conf has for its VIP" {
	sed -i 's/^vip = .*/vip = 192.168.0.253/' "$CONF"
	router ip route replace default dev ppp0 proto keepalived
	take_vip # which keepalived.conf has, and [route] backup
	run fo_route backup
	[ "$status" -eq 2 ]
	[[ "$output" == *"no default route via $VIP: it is an address of this router itself, and not the 192.168.0.253 that [router] vip has"* ]]
	default_is "$MASTER"
	# Not even where the route is there already: show does not call that right.
	router ip route replace default via "$VIP" dev eth0 proto keepalived
	run -1 fo_route show
	[[ "$output" == *"the wanted one leads to this router itself"* ]]
	run -2 fo_route backup
	give_vip
	fo_route backup
	default_is "$BACKUP"
}

@test "a route that was set while its gateway was this router itself is set again" {
	take_vip
	router ip route replace default via "$VIP" dev eth0 proto keepalived
	give_vip
	# Shown as it should be, and not used so.
	default_is "$BACKUP"
	run ! grep -q via <<<"$(router ip route get 198.41.0.4)"
	run -1 fo_route show
	run -0 fo_route backup
	grep -q "via $VIP dev eth0" <<<"$(router ip route get 198.41.0.4)"
	run -0 fo_route show
}

@test "told master without the address of fo.conf: keepalived is believed where the neighbour is this router" {
	sed -i 's/^vip = .*/vip = 192.168.0.253/' "$CONF"
	take_vip
	run -0 fo_route master
	default_is "$MASTER"
	says "keepalived says master, but 192.168.0.253 of fo.conf is on no interface; this router has $VIP"
	run -2 fo_route show
	says "keepalived says master, but 192.168.0.253 of fo.conf is on no interface; this router has $VIP"
	give_vip
	run -0 fo_route backup
	default_is "$BACKUP"
	run -0 fo_route show
}

@test "told master, and the address comes within a second: no complaint" {
	router_job bash -c "sleep 0.3; exec ip addr add $VIP/32 dev eth0"
	run -0 fo_route master
	[[ "$output" != *"keepalived says master"* ]]
	run -0 fo_route apply
	default_is "$MASTER"
}

@test "a route without a gateway into a network of many hosts is refused, unless forced" {
	router ip link add usb0 type veth peer name usb9
	router ip link set usb0 up
	router ip link set usb9 up
	sed -i 's/^master = .*/master = dev usb0/' "$CONF"
	take_vip
	run fo_route master
	[ "$status" -eq 2 ]
	[[ "$output" == *"no default route dev usb0: a network of many hosts needs a gateway, write via ADDRESS dev usb0"* ]]
	default_is "$BACKUP"
	fo_route -f master
	default_is "default dev usb0 proto keepalived scope link"
}

@test "stop = keep: stopping changes nothing, also for a later apply" {
	configure "stop = keep"
	take_vip
	fo_route master
	give_vip
	fo_route stop
	default_is "$MASTER"
	fo_route apply
	default_is "$MASTER"
	fo_route backup
	default_is "$BACKUP"
}

# Shows by a route of another table that `ip monitor` has told all that came before.
mark() {
	router ip route add 203.0.113."$1" dev lo table 99
	eventually 5 grep -q "203.0.113.$1 " "$DIR/monitor"
}

watch_routes() {
	router_job stdbuf -oL ip -4 monitor route >"$DIR/monitor" 2>&1
	# The first mark may come before the monitor listens.
	eventually 5 try_mark
}

try_mark() {
	router ip route flush table 99
	router ip route add 203.0.113.1 dev lo table 99
	sleep 0.02
	grep -q '203.0.113.1 ' "$DIR/monitor"
}

@test "a second run writes nothing and says so" {
	local before state
	configure "forwarding = global"
	take_vip
	fo_route master
	state=$(stat -c '%i %y' "$FO_STATE_DIR"/run/vrrp.state)
	before=$(everything)
	watch_routes
	run fo_route master
	reports "master: nothing to do"
	run fo_route apply
	reports "master: nothing to do"
	mark 2
	run ! grep -q default "$DIR/monitor"
	[ "$(stat -c '%i %y' "$FO_STATE_DIR"/run/vrrp.state)" = "$state" ]
	router ip route flush table 99
	diff <(echo "$before") <(everything)
}

@test "no moment without a default route during 200 switches" {
	watch_routes
	# Each look is a look-up of the kernel's, as a packet would make it.
	router_job nice -n 10 python3 -c '
import pathlib, socket, sys
looks = missed = 0
while not pathlib.Path(sys.argv[1] + "/end").exists():
    for _ in range(1000):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            looks += 1
            missed += sock.connect_ex(("198.51.100.1", 9)) != 0
pathlib.Path(sys.argv[1] + "/looks").write_text(f"{looks} {missed}\n")' "$DIR"
	local reader=$JOB looks missed
	export CONF VIP
	# Without the leak check, four fifths of a sanitized run: it is in the other tests.
	ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0 router timeout 30 bash -ec '
		for i in {1..100}; do
			ip addr add "$VIP/32" dev eth0
			"$FO_BUILD"/cmd/fo-route -q -c "$CONF" master
			ip addr del "$VIP/32" dev eth0
			"$FO_BUILD"/cmd/fo-route -q -c "$CONF" backup
		done'
	mark 2
	touch "$DIR/end"
	wait "$reader"
	[ "$(grep -c '^default.*keepalived' "$DIR/monitor")" -eq 200 ]
	run ! grep '^Deleted default' "$DIR/monitor"
	read -r looks missed <"$DIR/looks"
	[ "$looks" -ge 1000 ]
	[ "$missed" -eq 0 ]
}

@test "routes of other metrics, tables and destinations stay" {
	router ip route add default via 192.168.0.1 dev eth0 metric 100
	router ip route add default via 192.168.0.1 dev eth0 table 77
	router ip route add 198.51.100.0/24 via 192.168.0.1 dev eth0
	router ip route add 0.0.0.0/1 via 192.168.0.1 dev eth0
	take_vip
	router ip -d route show table all | grep -v '^unicast default via 192.168.0.254 ' >"$DIR/before"
	fo_route master
	router ip -d route show table all | grep -v '^unicast default dev ppp0 ' | diff "$DIR/before" -
	router ip route show default | grep -q "^$MASTER"
}

@test "the right route of another metric is not ours, and ours by another's hand is left as it is" {
	router ip route add default dev ppp0 metric 100
	take_vip
	fo_route master
	router ip route show default | grep -q "^$MASTER"
	router ip route replace default dev ppp0 proto static
	run fo_route master
	reports "nothing to do"
	router ip route show default | grep -q '^default dev ppp0 proto static scope link'
}

@test "a default route of several next hops, or of pppd, is replaced and not joined" {
	take_vip
	router ip route replace default nexthop via 192.168.0.1 dev eth0 nexthop dev ppp0
	fo_route master
	default_is "$MASTER"
	# Part of all flows would take the other hop, whichever is the first.
	router ip route replace default nexthop dev ppp0 nexthop via 192.168.0.1 dev eth0
	run ! fo_route show
	fo_route master
	default_is "$MASTER"
	router ip route replace default dev eth0 scope link
	fo_route master
	default_is "$MASTER"
}

@test "forwarding = lan: also of the interface that the address is on, as with keepalived's use_vmac" {
	configure "forwarding = lan"
	router sysctl -qw net.ipv4.conf.default.forwarding=0 net.ipv4.ip_forward=0
	router ip link add link eth0 name vmac0 type macvlan mode private
	router ip link set vmac0 up
	router ip addr add "$VIP/32" dev vmac0
	[ "$(sysctl_of net.ipv4.conf.vmac0.forwarding)" = 0 ]
	fo_route master
	[ "$(sysctl_of net.ipv4.conf.vmac0.forwarding)" = 1 ]
	[ "$(sysctl_of net.ipv4.conf.eth0.forwarding)" = 1 ]
	run -0 fo_route show
	router sysctl -qw net.ipv4.conf.vmac0.forwarding=0
	run -1 fo_route show
	has "$output" "vmac0"
}

@test "no default route at all: one is made" {
	router ip route del default
	fo_route backup
	default_is "$BACKUP"
}

@test "ppp0 is gone, but ppp1 is up: log, show and status name it, and what to do" {
	local hint="ppp0 is gone, but ppp1 is up: put \`ifname ppp0\` into the peers file of pppd"
	take_vip
	router ip link set ppp0 down
	router ip link set ppp0 name ppp1
	router ip link set ppp1 up
	run fo_route master
	[ "$status" -eq 2 ]
	[[ "$output" == *"$hint"* ]]
	run -1 fo_route show
	[[ "$output" == *"$hint"* ]]
	run router "$FO_BUILD/cmd/fo-status" -c "$CONF" --json
	[ "$status" -eq 1 ]
	[[ "$output" == *"$hint"* ]]
	# Without an address it is not a line yet.
	router ip addr flush dev ppp1
	run -1 fo_route show
	[[ "$output" != *"ppp1 is up"* ]]
}

@test "an Ethernet that is gone did not become another one: the LAN is not named, nor pppd" {
	configure
	sed -i -e 's/^uplink = .*/uplink = eth1/' -e 's/^master = .*/master = dhcp dev eth1/' "$CONF"
	take_vip
	run fo_route master
	[ "$status" -eq 2 ]
	lacks "$output" "eth0 is up"
	run -1 fo_route show
	lacks "$output" "eth0 is up"
	run router "$FO_BUILD/cmd/fo-status" -c "$CONF"
	says "eth1 is gone"
	lacks "$output" "peers file"
}

@test "ppp0 missing: exit 2, flows and forwarding stay, and no route to itself; apply heals" {
	configure "forwarding = global" "redirects = keep"
	take_vip
	flow 192.168.0.10 8.8.8.8 192.168.0.10
	ppp_down
	run fo_route master
	[ "$status" -eq 2 ]
	[[ "$output" == *"cannot set default route dev ppp0"* ]]
	[[ "$output" == *": incomplete, "* ]]
	default_is ""
	has_flow 192.168.0.10 8.8.8.8
	[ "$(sysctl_of net.ipv4.ip_forward)" = 0 ]
	ppp_up 100.64.0.99
	fo_route apply
	default_is "$MASTER"
	run ! has_flow 192.168.0.10 8.8.8.8
	[ "$(sysctl_of net.ipv4.ip_forward)" = 1 ]
}

@test "ppp0 there but down counts as missing" {
	take_vip
	router ip link set ppp0 down
	run fo_route master
	[ "$status" -eq 2 ]
	default_is ""
}

@test "no LAN interface: exit 2 with its name, and nothing is changed" {
	local before
	sed -i 's/^lan = .*/lan = eth7/' "$CONF"
	before=$(everything)
	run fo_route backup
	[ "$status" -eq 2 ]
	[[ "$output" == *"[router] lan = eth7: there is no such interface"* ]]
	diff <(echo "$before") <(everything)
}

@test "forwarding = keep leaves every switch alone" {
	configure "forwarding = keep" "redirects = keep"
	router sysctl -a --pattern 'forward|redirects' >"$DIR/before"
	take_vip
	fo_route master
	give_vip
	fo_route backup
	router sysctl -a --pattern 'forward|redirects' | diff "$DIR/before" -
}

@test "forwarding = global follows the state" {
	configure "forwarding = global"
	take_vip
	fo_route master
	[ "$(sysctl_of net.ipv4.ip_forward)" = 1 ]
	give_vip
	fo_route fault
	[ "$(sysctl_of net.ipv4.ip_forward)" = 0 ]
}

@test "forwarding = lan: on for both while master, off for the LAN otherwise, ip_forward untouched" {
	configure "forwarding = lan"
	take_vip
	fo_route master
	[ "$(sysctl_of net.ipv4.conf.eth0.forwarding)$(sysctl_of net.ipv4.conf.ppp0.forwarding)" = 11 ]
	give_vip
	fo_route backup
	[ "$(sysctl_of net.ipv4.conf.eth0.forwarding)$(sysctl_of net.ipv4.conf.ppp0.forwarding)" = 01 ]
	[ "$(sysctl_of net.ipv4.ip_forward)" = 0 ]
}

@test "forwarding = lan: a re-created ppp0 is switched on by apply" {
	configure "forwarding = lan"
	take_vip
	fo_route master
	ppp_down
	ppp_up
	[ "$(sysctl_of net.ipv4.conf.ppp0.forwarding)" = 0 ]
	fo_route apply
	[ "$(sysctl_of net.ipv4.conf.ppp0.forwarding)" = 1 ]
}

@test "redirects = off clears both switches, keep none" {
	configure "redirects = keep"
	fo_route backup
	[ "$(sysctl_of net.ipv4.conf.all.send_redirects)$(sysctl_of net.ipv4.conf.eth0.send_redirects)" = 11 ]
	configure
	fo_route backup
	[ "$(sysctl_of net.ipv4.conf.all.send_redirects)$(sysctl_of net.ipv4.conf.eth0.send_redirects)" = 00 ]
}

@test "the IPv6 default route follows the state, too" {
	six_up
	take_vip
	fo_route master
	default_is "default dev ppp0 proto keepalived metric 1 pref medium" -6
	default_is "$MASTER"
	give_vip
	run fo_route backup
	reports "IPv6 default route via fe80::1 dev eth0 (was dev ppp0)"
	default_is "default via fe80::1 dev eth0 proto keepalived metric 1 pref medium" -6
	run fo_route backup
	reports "nothing to do"
}

@test "the IPv6 default route goes before those of router advertisements, whatever their metric" {
	local metric
	six_up
	for metric in 1024 512 100; do
		router ip -6 route add default via fe80::9 dev ppp0 proto ra metric "$metric" expires 1800
	done
	take_vip
	fo_route master
	default6_is "default dev ppp0 proto keepalived metric 1"
	give_vip
	fo_route backup
	default6_is "default via fe80::1 dev eth0 proto keepalived metric 1"
	# They stay, for the time when ours is gone.
	[ "$(router ip -6 route show default proto ra | wc -l)" -eq 3 ]
}

# default6_is ROUTE: that the kernel uses it.
default6_is() {
	has "$(router ip -6 route get fibmatch 2001:503:ba3e::2:30)" "$1"
}

@test "without IPv6 keys the IPv6 default route stays" {
	router ip -6 addr add 2001:db8::2/64 dev eth0
	router ip -6 route add default via 2001:db8::1 dev eth0
	take_vip
	fo_route master
	default_is "default via 2001:db8::1 dev eth0 metric 1024 pref medium" -6
}

@test "the IPv4 route failing does not keep IPv6 from its own" {
	six_up
	sed -i 's/^master = .*/master = dev ppp7/' "$CONF"
	take_vip
	run fo_route master
	[ "$status" -eq 2 ]
	default_is ""
	default_is "default dev ppp0 proto keepalived metric 1 pref medium" -6
}

@test "a dry run prints the operations and changes nothing" {
	local before
	configure "forwarding = global"
	flow 192.168.0.10 8.8.8.8 192.168.0.10 || true
	take_vip
	before=$(everything)
	run -0 fo_route -n --json master
	jq -e --arg vip "$VIP" '[.plan[] | select(.action == "make")] | map({kind, want, have}) |
		contains([{kind: "route", want: "dev ppp0", have: "via \($vip) dev eth0"},
			{kind: "sysctl", want: "net/ipv4/ip_forward = 1", have: "0"}])' <<<"$output"
	diff <(echo "$before") <(everything)
	[ ! -e "$FO_STATE_DIR" ]
}

# Notifications as keepalived gives them on a bad day: many at once, in any order, some killed. Those
# that come after the last move of the VIP are as confused, but live.
@test "40 concurrent notifications in any order, some killed: the end is true" {
	local seed=${FO_TEST_SEED:-$((RANDOM * 32768 + RANDOM))}
	echo "FO_TEST_SEED=$seed"
	configure "forwarding = global"
	export CONF VIP seed
	run router timeout 30 bash -ec '
		RANDOM=$seed
		words=(master backup fault stop apply "INSTANCE VI_1 MASTER 100" "GROUP G BACKUP 100")
		vip=0
		pids=()
		notify() {
			"$FO_BUILD"/cmd/fo-route -q -c "$CONF" ${words[RANDOM % ${#words[@]}]} &
			pids+=($!)
		}
		move() {
			if [ "$vip" = 0 ]; then ip addr add "$VIP/32" dev eth0; else ip addr del "$VIP/32" dev eth0; fi
			vip=$((1 - vip))
		}
		for ((i = 0; i < 35; i++)); do
			if [ $((RANDOM % 3)) = 0 ]; then move; fi
			notify
			case $((RANDOM % 6)) in
				0) kill -KILL $! 2>/dev/null || : ;;
				1) sleep 0.00$((RANDOM % 10)); kill -KILL $! 2>/dev/null || : ;;
			esac
		done
		if [ $((RANDOM % 2)) = 0 ]; then move; fi
		for ((i = 0; i < 5; i++)); do notify; done
		for pid in "${pids[@]:35}"; do wait "$pid"; done
		wait
		echo "vip $vip"' 2>/dev/null
	echo "$output"
	[ "$status" -eq 0 ]
	if [[ "$output" == *"vip 1"* ]]; then
		default_is "$MASTER"
		[ "$(sysctl_of net.ipv4.ip_forward)" = 1 ]
	else
		default_is "$BACKUP"
		[ "$(sysctl_of net.ipv4.ip_forward)" = 0 ]
	fi
}

@test "a stuck holder of the lock: exit 2 after 5 s, told why" {
	local begin took
	mkdir -p "$FO_STATE_DIR/run"
	flock --no-fork "$FO_STATE_DIR/run/route.lock" sleep 60 3>&- &
	started $!
	eventually 5 is_locked "$FO_STATE_DIR/run/route.lock"
	begin=${EPOCHREALTIME/./}
	run fo_route backup
	took=$((${EPOCHREALTIME/./} - begin))
	[ "$status" -eq 2 ]
	[[ "$output" == *"another fo-route has been running for 5 s; giving up"* ]]
	[ "$took" -ge 5000000 ]
	[ "$took" -lt 15000000 ]
}

@test "a state directory that cannot be used does not keep it from switching" {
	echo "not a directory" >"$FO_STATE_DIR"
	take_vip
	run fo_route master
	reports "going on without the lock"
	default_is "$MASTER"
	rm "$FO_STATE_DIR"
	FO_STATE_DIR=/proc/nowhere fo_route --force backup
	default_is "$BACKUP"
}

@test "a lock file that is a symbolic link is not followed, and the switch is done" {
	mkdir -p "$FO_STATE_DIR/run"
	echo precious >"$DIR/precious"
	chmod 640 "$DIR/precious"
	ln -s "$DIR/precious" "$FO_STATE_DIR/run/route.lock"
	ln -s "$DIR/precious" "$FO_STATE_DIR/run/vrrp.state"
	take_vip
	run fo_route master
	reports "going on without the lock"
	default_is "$MASTER"
	[ "$(cat "$DIR/precious")" = precious ]
	[ "$(stat -c %a "$DIR/precious")" = 640 ]
	[ "$(cat "$FO_STATE_DIR/run/vrrp.state")" = master ]
	[ ! -L "$FO_STATE_DIR/run/vrrp.state" ]
}

@test "under keepalived's umask the state directory is one that others can look into" {
	take_vip
	(
		umask 0177
		fo_route master
	)
	[ "$(stat -c %a "$FO_STATE_DIR/run" "$FO_STATE_DIR/run/vrrp.state" | paste -sd' ')" = "755 644" ]
}

@test "without privilege: exit 2 and the reason" {
	local before
	before=$(everything)
	chmod 644 "$CONF"
	# The tree may be where nobody else may go.
	cp "$FO_BUILD/cmd/fo-route" "$DIR/"
	run router setpriv --reuid=65534 --regid=65534 --clear-groups timeout 20 \
		"$DIR/fo-route" -c "$CONF" backup
	[ "$status" -eq 2 ]
	[[ "$output" == *"Operation not permitted"* || "$output" == *"Permission denied"* ]]
	diff <(echo "$before") <(everything)
}

@test "show: 1 where something differs, 0 where nothing does, and the same as JSON" {
	run -1 fo_route show
	[[ "$output" == *"default route via $VIP dev eth0"* ]]
	take_vip
	run -1 --separate-stderr fo_route --json show
	jq -e '.state == "master" and .vip_held and .vip == "'$VIP'" and .all_right == false and
		any(.wanted[]; .what == "default route dev ppp0" and (.right | not) and
			.present == "is via '$VIP' dev eth0")' <<<"$output"
	fo_route master
	run -1 --separate-stderr fo_route show --json
	jq -e 'any(.wanted[]; .what == "packets from eth0 go dev ppp0" and (.right | not))' <<<"$output"
	router sysctl -qw net.ipv4.ip_forward=1
	run -0 --separate-stderr fo_route show --json
	jq -e '.all_right and all(.wanted[]; .right)' <<<"$output"
	run -0 fo_route show
}

@test "show and a dry run make no file" {
	run -1 fo_route show
	run -0 fo_route -n backup
	[ ! -e "$FO_STATE_DIR" ]
}

@test "a garbled memory is no memory" {
	mkdir -p "$FO_STATE_DIR/run"
	head -c 4096 /dev/urandom >"$FO_STATE_DIR/run/vrrp.state"
	fo_route apply
	default_is "$BACKUP"
}

@test "SIGTERM while waiting for the lock never gives exit status 0" {
	mkdir -p "$FO_STATE_DIR/run"
	flock --no-fork "$FO_STATE_DIR/run/route.lock" sleep 60 3>&- &
	started $!
	eventually 5 is_locked "$FO_STATE_DIR/run/route.lock"
	router_job "$FO_BUILD/cmd/fo-route" -c "$CONF" backup
	eventually 5 has_opened_lock "$JOB"
	kill -TERM "$JOB"
	got=0
	wait "$JOB" || got=$?
	[ "$got" -eq 143 ]
}

has_opened_lock() {
	readlink "/proc/$1/fd/"* | grep -q route.lock
}

@test "an odd environment: no descriptor left, 1000 inherited, no stdio, strange locale and time zone" {
	export CONF VIP
	take_vip
	run router timeout 20 bash -c '
		for ((i = 0; i < 1000; i++)); do exec {fd}</dev/null || break; done
		exec "$FO_BUILD"/cmd/fo-route -c "$CONF" master'
	[ "$status" -eq 0 ]
	router ip route replace default via "$VIP" dev eth0
	# timeout(1) of Debian 13 does not work without them itself.
	router timeout 20 bash -c 'exec "$FO_BUILD"/cmd/fo-route -c "$CONF" master <&- >&- 2>&-'
	default_is "$MASTER"
	router ip route replace default via "$VIP" dev eth0
	run env -i FO_STATE_DIR="$FO_STATE_DIR" TZ=:/dev/zero LANG=tr_TR.UTF-8 LC_ALL=C.UTF-8 \
		nsenter --target "$ROUTER" --net -- timeout 20 "$FO_BUILD/cmd/fo-route" -c "$CONF" MASTER
	[ "$status" -eq 0 ]
	default_is "$MASTER"
	run -2 router timeout 20 bash -c '
		for fd in {3..30}; do eval "exec $fd>&-"; done
		ulimit -n 5
		exec "$FO_BUILD"/cmd/fo-route -c "$CONF" backup'
	default_is "$MASTER"
}

# -- after a redial ---------------------------------------------------------------------------

@test "pppd's own default route in front of ours is put right while backup, and nothing else is" {
	fo_route backup
	router ip route add default via 192.168.0.1 dev eth0 metric 100
	router ip route prepend default dev ppp0
	run fo_route apply
	reports "default route via $VIP dev eth0 (was dev ppp0)"
	[ "$(router ip route show default | sed 's/ *$//')" = "$BACKUP
default via 192.168.0.1 dev eth0 metric 100" ]
	run fo_route apply
	reports "nothing to do"
}

@test "two foreign default routes in front of ours go, too" {
	fo_route backup
	router ip route prepend default dev ppp0
	router ip route prepend default via 192.168.0.1 dev eth0
	fo_route apply
	default_is "$BACKUP"
}

@test "pppd gives the route back that it had replaced, and what was ours is not left behind at the switch" {
	fo_route backup
	router ip route prepend default via "$VIP" dev eth0 # what its replacedefaultroute does in the end
	run fo_route apply
	reports "nothing to do"
	take_vip
	fo_route master
	[ "$(router ip route show default | sed 's/ *$//')" = "$MASTER" ]
}

@test "one of ours behind the right one is taken away, one of another program is not" {
	fo_route backup
	router ip route append default dev ppp0 proto static
	run fo_route apply
	reports "nothing to do"
	router ip route append default via 192.168.0.1 dev eth0 proto keepalived
	run fo_route apply
	reports "default route via $VIP dev eth0 (was via $VIP dev eth0, with others of its metric)"
	[ "$(router ip route show default | sed 's/ *$//')" = "$BACKUP
default dev ppp0 proto static scope link" ]
}

@test "pppd's own default route is what master wants" {
	configure "redirects = keep" "table = 0"
	take_vip
	router ip route replace default dev ppp0
	run fo_route apply
	reports "nothing to do"
	[ "$(router ip route show default | sed 's/ *$//')" = "default dev ppp0 scope link" ]
}

@test "without its hook nothing heals by itself; the hooks that are shipped call apply" {
	take_vip
	fo_route master
	redial 100.64.0.77
	run ! default_is "$MASTER"
	for hook in ip-up.d ip-down.d; do
		grep -qx 'exec /usr/bin/fo-route apply' "$BATS_TEST_DIRNAME/../../etc/ppp/$hook/fo-route"
	done
}

# -- what a stop gives back -------------------------------------------------------------------

# The switches that `forwarding = global` and `redirects = off` are about.
switches() {
	router sysctl -n net.ipv4.ip_forward net.ipv4.conf.all.send_redirects \
		net.ipv4.conf.eth0.send_redirects | paste -sd' '
}

@test "stop gives back what the switches had before the first change, however many came after" {
	configure "forwarding = global"
	router sysctl -qw net.ipv4.conf.eth0.send_redirects=0
	[ "$(switches)" = "0 1 0" ]
	for _ in 1 2; do
		take_vip
		fo_route master
		[ "$(switches)" = "1 0 0" ]
		give_vip
		fo_route backup
		[ "$(switches)" = "0 0 0" ]
	done
	take_vip
	fo_route master
	# Nobody has to remember what was never changed.
	[ "$(sort "$FO_STATE_DIR/run/route.sysctls")" = "net/ipv4/conf/all/send_redirects 1
net/ipv4/ip_forward 0" ]
	give_vip
	run fo_route stop
	reports "net/ipv4/ip_forward = 0 (was 1)"
	[ "$(switches)" = "0 1 0" ]
	default_is "$BACKUP"
	[ ! -e "$FO_STATE_DIR/run/route.sysctls" ]
}

@test "stop gives back once: what is set by hand after it stays" {
	configure "forwarding = global"
	take_vip
	fo_route master
	give_vip
	fo_route stop
	router sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.send_redirects=0
	run fo_route stop
	reports "nothing to do"
	[ "$(switches)" = "1 0 1" ]
}

@test "stop gives forwarding back that was on, after the route is right" {
	configure "forwarding = global"
	router sysctl -qw net.ipv4.ip_forward=1
	fo_route backup
	[ "$(sysctl_of net.ipv4.ip_forward)" = 0 ]
	router ip route replace default dev ppp0
	run fo_route stop
	[[ "$output" == *"default route via $VIP dev eth0"*"net/ipv4/ip_forward = 1 (was 0)"* ]]
	[ "$(sysctl_of net.ipv4.ip_forward)" = 1 ]
}

@test "stop = keep: the switches stay, and what they had is still known to a later stop" {
	configure "forwarding = global" "stop = keep"
	take_vip
	fo_route master
	give_vip
	fo_route stop
	[ "$(switches)" = "1 0 0" ]
	configure "forwarding = global"
	fo_route stop
	[ "$(switches)" = "0 1 1" ]
}

@test "forwarding = lan: stop gives back that of interfaces that are there" {
	configure "forwarding = lan"
	take_vip
	fo_route master
	ppp_down
	give_vip
	fo_route stop
	[ "$(sysctl_of net.ipv4.conf.eth0.forwarding)" = 0 ]
	default_is "$BACKUP"
	[ ! -e "$FO_STATE_DIR/run/route.sysctls" ]
}

@test "a memory of the switches that is not as it was written is ignored, with a warning" {
	local line
	configure "forwarding = global"
	mkdir -p "$FO_STATE_DIR/run"
	for line in "net/ipv4/ip_forward 2" "net/ipv4/ip_forward" "kernel/panic 1" "net/ipv4/../../kernel/panic 1" \
		"$(head -c 300 /dev/zero | tr '\0' x)" $'net/ipv4/ip_forward 1\nrubbish'; do
		fo_route backup
		printf '%s\n' "$line" >"$FO_STATE_DIR/run/route.sysctls"
		run fo_route stop
		[ "$status" -eq 0 ]
		[[ "$output" == *"route.sysctls: corrupt; the original sysctl values are lost"* ]] ||
			{ echo "$line: $output" >&2; return 1; }
		[ "$(switches)" = "0 0 0" ]
		[ ! -e "$FO_STATE_DIR/run/route.sysctls" ]
	done
	fo_route backup
	head -c 4096 /dev/urandom >"$FO_STATE_DIR/run/route.sysctls"
	run fo_route stop
	[ "$status" -eq 0 ]
	[[ "$output" == *route.sysctls* ]]
}

@test "as many switches as the memory holds are restored, and more are not believed" {
	local count
	configure "forwarding = global"
	mkdir -p "$FO_STATE_DIR/run"
	for count in 15 16; do
		{
			echo "net/ipv4/ip_forward 1"
			for ((i = 2; i <= count; i++)); do echo "net/ipv4/conf/if$i/send_redirects 1"; done
		} >"$FO_STATE_DIR/run/route.sysctls"
		router sysctl -qw net.ipv4.ip_forward=0
		run fo_route -n --json -f stop
		[ "$status" -eq 0 ]
		[ "$(jq '[.plan[] | select(.kind == "sysctl")] | length' <<<"$output")" -eq "$count" ]
		run fo_route stop
		[ "$status" -eq 0 ]
		[ "$(sysctl_of net.ipv4.ip_forward)" = 1 ]
	done
	for ((i = 0; i < 40; i++)); do echo "net/ipv4/conf/if$i/send_redirects 1"; done >"$FO_STATE_DIR/run/route.sysctls"
	run fo_route stop
	[ "$status" -eq 0 ]
	[[ "$output" == *"route.sysctls"* ]]
}

@test "the VIP is found among any number of addresses" {
	for ((i = 1; i <= 200; i++)); do echo "addr add 10.9.$((i / 100)).$((i % 100 + 1))/32 dev eth0"; done |
		router ip -batch -
	take_vip
	run fo_route master
	reports "master: "
	default_is "$MASTER"
}

# -- the IPv6 address on its own --------------------------------------------------------------

@test "vip6 decides the IPv6 route, vip the IPv4 route: all four combinations" {
	local vip vip6 want want6
	six_up
	router sysctl -qw net.ipv4.ip_forward=1
	sed -i 's/^vip = .*/&\nvip6 = fd00:c0a8::254/' "$CONF"
	for vip in no yes; do
		for vip6 in no yes; do
			[ "$vip" = no ] || take_vip
			[ "$vip6" = no ] || router ip -6 addr add fd00:c0a8::254/64 dev eth0 nodad
			want=$BACKUP
			[ "$vip" = no ] || want=$MASTER
			want6="via fe80::1 dev eth0"
			[ "$vip6" = no ] || want6="dev ppp0"
			# Whatever was told.
			fo_route "$([ "$vip6" = yes ] && echo master || echo backup)"
			default_is "$want"
			default_is "default $want6 proto keepalived metric 1 pref medium" -6
			run -0 --separate-stderr fo_route show --json
			jq -e ".vip_held == $([ "$vip" = yes ] && echo true || echo false) and
				.vip6_held == $([ "$vip6" = yes ] && echo true || echo false)" <<<"$output"
			[ "$vip" = no ] || give_vip
			[ "$vip6" = no ] || router ip -6 addr del fd00:c0a8::254/64 dev eth0
		done
	done
}

# -- words ------------------------------------------------------------------------------------

@test "where the kernel says why, the log does too" {
	sed -i 's/^backup = .*/backup = via 10.77.0.1 dev eth0/' "$CONF"
	run fo_route backup
	[ "$status" -eq 2 ]
	[[ "$output" == *"cannot set default route via 10.77.0.1 dev eth0: Nexthop has invalid gateway: Network is unreachable"* ]]
}

@test "what is said of a route of IPv6 says so" {
	six_up
	sed -i 's/^backup6 = .*/backup6 = via fe80::1 dev none0/' "$CONF"
	run fo_route backup
	[ "$status" -eq 2 ]
	[[ "$output" == *"cannot set IPv6 default route via fe80::1 dev none0: No such device"* ]]
	[[ "$output" != *"default route via 192.168.0.254 dev eth0: "* ]]
}

# -- orders and failures that are easily got wrong --------------------------------------------

@test "apply goes by what was told last when it gets the lock, not when it was called" {
	fo_route stop
	flock --no-fork "$FO_STATE_DIR/run/route.lock" sleep 60 3>&- &
	started $!
	local holder=$!
	eventually 5 is_locked "$FO_STATE_DIR/run/route.lock"
	router_job "$FO_BUILD/cmd/fo-route" -c "$CONF" apply
	eventually 5 has_opened_lock "$JOB"
	# What whoever holds the lock has been told meanwhile.
	echo backup >"$FO_STATE_DIR/run/vrrp.state"
	stop "$holder"
	wait "$JOB"
	[ "$(cat "$FO_STATE_DIR/run/vrrp.state")" = backup ]
}

@test "what is held back because a route cannot be set is not said to be done" {
	configure "forwarding = global"
	take_vip
	ppp_down
	run fo_route master
	[ "$status" -eq 2 ]
	[[ "$output" == *": incomplete, "* ]]
	[[ "$output" != *ip_forward* ]]
	[ "$(sysctl_of net.ipv4.ip_forward)" = 0 ]
}

@test "the IPv6 route failing does not keep IPv4 from its forwarding" {
	configure "forwarding = global" "master6 = dev ppp7" "backup6 = via fe80::1 dev eth0"
	take_vip
	run fo_route master
	[ "$status" -eq 2 ]
	default_is "$MASTER"
	[ "$(sysctl_of net.ipv4.ip_forward)" = 1 ]
}
