#!/usr/bin/env bats
# fo-route against a real kernel, in namespaces of its own.

load netns.bash

setup() { net_up; }

teardown() { net_down; }

# says TEXT: that the last `run` succeeded and printed it.
says() {
	[ "$status" -eq 0 ] && [[ "$output" == *"$1"* ]] || { echo "$status: $output" >&2; return 1; }
}

@test "master, with the VIP: the line" {
	take_vip
	run fo_route master
	says "master: "
	default_is "$MASTER"
}

@test "backup, fault, stop and DELETED, without the VIP: the neighbour" {
	local word
	for word in backup FAULT Stop DELETED; do
		router ip route replace default dev ppp0
		run fo_route "$word"
		says "default route via $VIP dev eth0 (was dev ppp0)"
		default_is "$BACKUP"
	done
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
		says ""
	done
	[ "$(everything)" = "$before" ]
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

@test "the VIP counts on the LAN interface only, and as a whole address" {
	router ip addr add "$VIP/32" dev lo
	fo_route master
	default_is "$BACKUP"
	router ip addr add 192.168.0.253/24 dev eth0
	fo_route master
	default_is "$BACKUP"
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
	says "master: already as wanted"
	run fo_route apply
	says "master: already as wanted"
	mark 2
	run ! grep -q default "$DIR/monitor"
	[ "$(stat -c '%i %y' "$FO_STATE_DIR"/run/vrrp.state)" = "$state" ]
	router ip route flush table 99
	[ "$(everything)" = "$before" ]
}

@test "no moment without a default route during 200 switches" {
	watch_routes
	# Each look is a look-up of the kernel's, as a packet would make it.
	router_job python3 -c '
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
	router timeout 30 bash -ec '
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
	says "already as wanted"
	router ip route show default | grep -q '^default dev ppp0 proto static scope link'
}

@test "a default route of several next hops, or of pppd, is replaced and not joined" {
	take_vip
	router ip route replace default nexthop via 192.168.0.1 dev eth0 nexthop dev ppp0
	fo_route master
	default_is "$MASTER"
	router ip route replace default dev eth0 scope link
	fo_route master
	default_is "$MASTER"
}

@test "no default route at all: one is made" {
	router ip route del default
	fo_route backup
	default_is "$BACKUP"
}

@test "ppp0 missing: exit 2, the route, flows and forwarding stay; apply heals" {
	configure "forwarding = global" "redirects = keep"
	take_vip
	flow 192.168.0.10 8.8.8.8 192.168.0.10
	ppp_down
	run fo_route master
	[ "$status" -eq 2 ]
	[[ "$output" == *"cannot set default route dev ppp0"* ]]
	[[ "$output" == *"NOT all of it"* ]]
	default_is "$BACKUP"
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
	default_is "$BACKUP"
}

@test "no LAN interface: exit 2 with its name, and nothing is changed" {
	local before
	sed -i 's/^lan = .*/lan = eth7/' "$CONF"
	before=$(everything)
	run fo_route backup
	[ "$status" -eq 2 ]
	[[ "$output" == *"[router] lan = eth7: there is no such interface"* ]]
	[ "$(everything)" = "$before" ]
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

six_up() {
	configure "master6 = dev ppp0" "backup6 = via fe80::1 dev eth0"
	router ip -6 addr add 2001:db8::2/64 dev eth0
	router ip -6 addr add 2001:db8:1::2/64 dev ppp0
}

@test "the IPv6 default route follows the state, too" {
	six_up
	take_vip
	fo_route master
	default_is "default dev ppp0 proto keepalived metric 1024 pref medium" -6
	default_is "$MASTER"
	give_vip
	run fo_route backup
	says "IPv6 default route via fe80::1 dev eth0 (was dev ppp0)"
	default_is "default via fe80::1 dev eth0 proto keepalived metric 1024 pref medium" -6
	run fo_route backup
	says "already as wanted"
}

@test "the IPv6 default route of a router advertisement with our metric is replaced, not joined" {
	six_up
	take_vip
	router ip -6 route add default via fe80::9 dev ppp0 proto ra metric 1024
	fo_route master
	default_is "default dev ppp0 proto keepalived metric 1024 pref medium" -6
	give_vip
	fo_route backup
	default_is "default via fe80::1 dev eth0 proto keepalived metric 1024 pref medium" -6
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
	default_is "$BACKUP"
	default_is "default dev ppp0 proto keepalived metric 1024 pref medium" -6
}

have_conntrack() {
	flow 192.168.0.10 203.0.113.1 192.168.0.10 || skip "no conntrack in this kernel"
	router conntrack -F >/dev/null 2>&1
}

@test "flows that do not fit the line are removed, all others kept" {
	have_conntrack
	flow 192.168.0.10 8.8.8.8 192.168.0.10   # without translation
	flow 192.168.0.10 8.8.4.4 100.64.0.77    # to an address of yesterday
	flow 192.168.0.10 9.9.9.9 100.64.0.10    # fits
	flow 192.168.0.10 192.168.0.3 192.168.0.3 # within the LAN
	flow 192.168.0.2 1.1.1.1 192.168.0.2     # the router's own
	flow 10.9.9.9 1.0.0.1 10.9.9.9           # of another network
	take_vip
	run fo_route master
	says "2 stale flows removed"
	run ! has_flow 192.168.0.10 8.8.8.8
	run ! has_flow 192.168.0.10 8.8.4.4
	has_flow 192.168.0.10 9.9.9.9
	has_flow 192.168.0.10 192.168.0.3
	has_flow 192.168.0.2 1.1.1.1
	has_flow 10.9.9.9 1.0.0.1
}

@test "flows towards the neighbour need no translation" {
	have_conntrack
	flow 192.168.0.10 8.8.8.8 192.168.0.10
	flow 192.168.0.10 9.9.9.9 100.64.0.10
	run fo_route backup
	says "1 stale flow removed"
	has_flow 192.168.0.10 8.8.8.8
	run ! has_flow 192.168.0.10 9.9.9.9
}

@test "a thousand stale flows go in one switch" {
	have_conntrack
	router timeout 30 python3 -c '
for port in range(1000):
    print(f"-I -p udp -t 600 -s 192.168.0.10 -d 8.8.8.8 --sport {1024 + port} --dport 53")' |
		router conntrack -R - >/dev/null 2>&1 || skip "this conntrack has no --load-file"
	[ "$(router conntrack -C)" -eq 1000 ]
	take_vip
	run fo_route master
	says "1000 stale flows removed"
	[ "$(router conntrack -C)" -eq 0 ]
}

@test "conntrack = keep keeps them" {
	have_conntrack
	configure "conntrack = keep"
	flow 192.168.0.10 8.8.8.8 192.168.0.10
	take_vip
	fo_route master
	has_flow 192.168.0.10 8.8.8.8
}

@test "a dry run prints the operations and changes nothing" {
	local before
	configure "forwarding = global"
	flow 192.168.0.10 8.8.8.8 192.168.0.10 || true
	take_vip
	before=$(everything)
	run fo_route -n master
	says "make default route dev ppp0 (is via $VIP dev eth0)"
	says "make net/ipv4/ip_forward = 1 (is 0)"
	[ "$(everything)" = "$before" ]
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
	flock "$FO_STATE_DIR/run/route.lock" -c 'exec sleep 60' 3>&- &
	started $!
	eventually 5 lock_is_taken
	begin=${EPOCHREALTIME/./}
	run fo_route backup
	took=$((${EPOCHREALTIME/./} - begin))
	[ "$status" -eq 2 ]
	[[ "$output" == *"another fo-route has been at work for 5 s; giving up"* ]]
	[ "$took" -ge 5000000 ]
	[ "$took" -lt 15000000 ]
}

lock_is_taken() {
	! flock -n "$FO_STATE_DIR/run/route.lock" true
}

@test "a state directory that cannot be used does not keep it from switching" {
	echo "not a directory" >"$FO_STATE_DIR"
	take_vip
	run fo_route master
	says "going on without the lock"
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
	says "going on without the lock"
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
	[ "$(everything)" = "$before" ]
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
	flock "$FO_STATE_DIR/run/route.lock" -c 'exec sleep 60' 3>&- &
	started $!
	eventually 5 lock_is_taken
	router_job "$FO_BUILD/cmd/fo-route" -c "$CONF" backup
	eventually 5 has_opened_lock "$JOB"
	kill -TERM "$JOB"
	run -143 wait "$JOB"
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
	router timeout 20 "$FO_BUILD/cmd/fo-route" -c "$CONF" master <&- >&- 2>&-
	default_is "$MASTER"
	router ip route replace default via "$VIP" dev eth0
	run env -i FO_STATE_DIR="$FO_STATE_DIR" TZ=:/dev/zero LANG=tr_TR.UTF-8 LC_ALL=C.UTF-8 \
		nsenter --target "$ROUTER" --net -- timeout 20 "$FO_BUILD/cmd/fo-route" -c "$CONF" MASTER
	[ "$status" -eq 0 ]
	default_is "$MASTER"
	run -2 router timeout 20 bash -c '
		for fd in {3..30}; do eval "exec $fd>&-"; done
		ulimit -n 4
		exec "$FO_BUILD"/cmd/fo-route -c "$CONF" backup'
	default_is "$MASTER"
}
