#!/usr/bin/env bats
# fo-route watch: what others change is put right.

load netns.bash

setup() {
	net_up
	router sysctl -qw net.ipv4.ip_forward=1
	router ip addr add 192.168.0.1/24 dev eth0
}

teardown() { net_down; }

# Starts the resident, and waits until it has applied what is true.
watch() {
	WATCH_LOG=$DIR/watch.log
	# One that is there already would tell nothing of the resident.
	router ip rule del pref 8703 2>/dev/null || true
	router_job "$FO_BUILD/cmd/fo-route" -c "$CONF" watch 2>"$WATCH_LOG"
	WATCH=$JOB
	eventually 5 has_rules
	said "rules to the line's table" # which is written when it has looked again
}

# said TEXT: in its log, within 5 s.
said() {
	eventually 5 grep -qF -- "$1" "$WATCH_LOG" || { cat "$WATCH_LOG" >&2; return 1; }
}

has_rules() {
	[ "$(router ip rule show | grep -c '^870[0-3]:')" -eq 4 ]
}

uses() {
	has "$(router ip "${2:--4}" route get fibmatch "${3:-198.41.0.4}" 2>/dev/null)" "$1" 2>/dev/null
}

# soon_uses ROUTE: that the kernel does, within 2 s. (How long it takes is measured by test/bench drift.)
soon_uses() {
	eventually 2 uses "$@" || { router ip rule; router ip route show table all; cat "$WATCH_LOG"; return 1; } >&2
}

as_backup() {
	fo_route backup
	watch
}

@test "a default route deleted, replaced or put in front is put right, and its maker is named" {
	as_backup
	router ip route del default
	soon_uses "$BACKUP"
	said "corrected: default route via $VIP dev eth0 (keepalived) was removed by process"
	router ip route replace default dev ppp0
	soon_uses "$BACKUP"
	router ip route prepend default via 192.168.0.10 dev eth0
	soon_uses "$BACKUP"
	said "default route via 192.168.0.10 dev eth0 (boot) was made by process"
}

# As keepalived does: the address goes first, and its word comes some milliseconds later.
@test "stop = keep: at a stop it changes nothing; a router that becomes backup is one a moment later" {
	configure "stop = keep" "forwarding = global"
	take_vip
	fo_route master
	watch
	give_vip
	fo_route stop
	# It has looked once more.
	router ip rule del pref 8703
	eventually 5 has_rules
	default_is "$MASTER"
	[ "$(sysctl_of net.ipv4.ip_forward)" = 1 ]
	take_vip
	fo_route master
	router ip rule del pref 8703
	eventually 5 has_rules
	# And where nobody says a word.
	give_vip
	soon_uses "$BACKUP"
}

@test "--force, which it would undo, is refused" {
	as_backup
	run -2 fo_route --force master
	[[ "$output" == *"fo-route watch is running, and would undo it: first systemctl stop fo-route"* ]]
	default_is "$BACKUP"
	fo_route -n --force master
}

@test "a route that is in front and not ours is left, and nobody calls that corrected" {
	as_backup
	router ip route add 128.0.0.0/1 via 192.168.0.10 dev eth0
	said "is set, but not used, because of the /1 route via 192.168.0.10 dev eth0"
	said "cannot correct: default route via 192.168.0.10 dev eth0 (boot) was made by"
	run ! grep -q "corrected:" "$WATCH_LOG"
	router ip route del 128.0.0.0/1
	soon_uses "$BACKUP"
}

@test "it does not name itself as the maker of what it corrects" {
	as_backup
	# More than it takes in one go, and all there when it looks.
	kill -STOP "$WATCH"
	for i in {1..200}; do
		echo "rule add from 10.1.1.$i lookup 5 pref 500 protocol 87"
	done | router ip -batch -
	kill -CONT "$WATCH"
	eventually 5 eval '! router ip rule show | grep -q ^500:'
	said "corrected: rule 500 to table 5 was made by"
	run ! grep -q "cannot be named" "$WATCH_LOG"
}

@test "who is still there is named by name" {
	as_backup
	# A program that goes on running, as a DHCP client does.
	cat >"$DIR/client.py" <<-'END'
		import signal, socket, struct
		sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
		sock.bind((0, 0))
		rtmsg = struct.pack("BBBBBBBBI", 2, 0, 0, 0, 254, 0, 255, 0, 0)
		sock.send(struct.pack("IHHII", 16 + len(rtmsg), 25, 1, 1, 0) + rtmsg)  # RTM_DELROUTE
		signal.pause()
	END
	router_job python3 "$DIR/client.py"
	said "was removed by python3, process $JOB"
	soon_uses "$BACKUP"
}

@test "rules and the line's table are put right" {
	as_backup
	router ip rule del pref 8701
	eventually 2 has_rules
	router ip route flush table 87
	eventually 2 line_is_right
	router ip rule add pref 8750 from 10.0.0.1 lookup 87 protocol 87
	eventually 2 eval '! router ip rule show | grep -q ^8750:'
}

line_is_right() {
	[ "$(router ip route show table 87 2>/dev/null | sed 's/ *$//')" = "default dev ppp0 proto 87 scope link" ]
}

@test "the VRRP address moves, and nobody tells: the route follows" {
	as_backup
	take_vip
	soon_uses "$MASTER"
	give_vip
	soon_uses "$BACKUP"
	run ! grep -q corrected "$WATCH_LOG"
}

@test "a redial with a new address, and no hook: rules and routes follow" {
	take_vip
	fo_route master
	watch
	ppp_down
	ppp_up 100.64.9.9
	soon_uses "$MASTER"
	eventually 2 line_is_right
	eventually 2 eval 'router ip rule show | grep -q "from 100.64.9.9 lookup 87"'
	run ! grep -q "from 100.64.0.10" <<<"$(router ip rule show)"
}

@test "forwarding that somebody switches off while master is on again" {
	configure "forwarding = lan" "linger = 0"
	take_vip
	fo_route master
	watch
	router sysctl -qw net.ipv4.conf.eth0.forwarding=0
	eventually 2 eval '[ "$(sysctl_of net.ipv4.conf.eth0.forwarding)" = 1 ]'
}

@test "redirects that somebody switches on are off again, of which the kernel tells nobody" {
	as_backup
	eventually 5 eval '[ "$(sysctl_of net.ipv4.conf.eth0.send_redirects)" = 0 ]'
	router sysctl -qw net.ipv4.conf.eth0.send_redirects=1
	eventually 30 eval '[ "$(sysctl_of net.ipv4.conf.eth0.send_redirects)" = 0 ]'
	said "corrected: a change of which the kernel tells nobody"
}

@test "who changes a route while fo-route looks at another change is named for it" {
	local lock
	as_backup
	exec {lock}>"$FO_STATE_DIR/run/route.lock"
	flock "$lock"
	router ip rule del pref 8703
	eventually 5 is_waiting_for_the_lock
	router ip route del default
	exec {lock}>&-
	soon_uses "$BACKUP"
	said "corrected: default route via $VIP dev eth0 (keepalived) was removed by process"
	eventually 5 has_rules
	run ! grep -q "rule 8703" "$WATCH_LOG"
}

@test "a switch that is switched beside it, of which the kernel names nobody, hides nobody" {
	configure "forwarding = lan" "linger = 0"
	take_vip
	fo_route master
	watch
	kill -STOP "$WATCH"
	router ip route del default
	router sysctl -qw net.ipv4.conf.eth0.forwarding=0
	kill -CONT "$WATCH"
	soon_uses "$MASTER"
	said "corrected: default route dev ppp0 (keepalived) was removed by process"
}

@test "the address comes while another one has the lock for long: no drift, and nobody is blamed" {
	local lock
	as_backup
	exec {lock}>"$FO_STATE_DIR/run/route.lock"
	flock "$lock"
	take_vip
	eventually 15 grep -q "giving up" "$WATCH_LOG"
	exec {lock}>&-
	eventually 5 uses "$MASTER"
	said "master: "
	run ! grep -qE "corrected|cannot correct" "$WATCH_LOG"
}

@test "a state that keepalived never reported, and that is taken at last, is no drift" {
	configure
	cp /bin/sleep "$DIR/keepalived"
	router_job "$DIR/keepalived" 60
	router ip route replace default dev ppp0
	watch
	eventually 15 uses "$BACKUP"
	said "default route via 192.168.0.254 dev eth0 (was dev ppp0)"
	run ! grep -qE "corrected|cannot correct" "$WATCH_LOG"
}

# Which it tries again and again.
is_waiting_for_the_lock() {
	[ "$(find "/proc/$WATCH/fd" -lname "*/route.lock" | wc -l)" -ge 1 ]
}

@test "router advertisements and their routes change nothing of the IPv6 default route" {
	configure "master6 = dev ppp0" "backup6 = via fe80::1 dev eth0"
	router ip -6 addr add fd00:c0a8::2/64 dev eth0
	fo_route backup
	watch
	router ip -6 route add default via fe80::9 dev ppp0 proto ra metric 512 expires 1800
	router ip -6 route add default via fe80::9 dev ppp0 proto ra metric 1024 expires 1800
	uses "default via fe80::1 dev eth0 proto keepalived" -6 2001:503:ba3e::2:30
	router ip -6 route del default via fe80::1 dev eth0 metric 1
	soon_uses "default via fe80::1 dev eth0 proto keepalived" -6 2001:503:ba3e::2:30
}

@test "what linger leaves to be done is done" {
	configure "forwarding = global" "linger = 300ms"
	take_vip
	fo_route master
	watch
	give_vip
	soon_uses "$BACKUP"
	eventually 5 eval '[ "$(sysctl_of net.ipv4.ip_forward)" = 0 ]'
	[ ! -e "$FO_STATE_DIR/run/route.linger" ]
	[ "$(cat "$FO_STATE_DIR/run/vrrp.state")" = backup ] # although nobody has reported it
	run ! grep -q corrected "$WATCH_LOG"
}

@test "before any state was reported it sees to the line alone" {
	router ip route replace default dev ppp0
	watch
	line_is_right
	default_is "default dev ppp0 scope link"
	router ip rule del pref 8703
	eventually 2 has_rules
	default_is "default dev ppp0 scope link"
}

# Deletes the route as often as it comes back.
fight() {
	router_job bash -c 'while :; do ip route del default 2>/dev/null; done'
}

@test "who changes it again and again is named loudly, and answered more slowly" {
	as_backup
	fight
	said "another program keeps changing the routes: 30 corrections, and again; correcting more slowly from now on"
	stop "$JOB"
	soon_uses "$BACKUP" || eventually 10 uses "$BACKUP"
	# No more than one a second from there on: it does not spin.
	[ "$(grep -c "^fo-route: backup: default route" "$WATCH_LOG")" -le 40 ]
}

# Too soon for anybody to have seen it there: before the resident reads back what it has set.
fight_at_once() {
	router_job env PYTHONPATH="$BATS_TEST_DIRNAME/.." chrt -f 10 /usr/bin/python3 -B -c 'if True:
		from fo.kernel import netlink
		link = netlink.Netlink()
		while True:
			netlink.delete_default(link, "eth0")'
}

@test "who takes it away before it was looked at is answered more slowly, too" {
	as_backup
	fight_at_once
	eventually 60 grep -q "another program keeps changing the routes: 30 corrections" "$WATCH_LOG"
	stop "$JOB"
	eventually 70 uses "$BACKUP"
	# Two lines for each of the 30, and for those that came more slowly.
	[ "$(grep -c "default route" "$WATCH_LOG")" -le 120 ]
}

# An Ethernet of which no gateway is known yet.
no_gateway() {
	router ip link add eth1 type veth peer name eth1 netns "$LAN"
	lan ip link set eth1 up
	router ip link set eth1 up
	router ip addr add 198.51.100.2/24 dev eth1
	sed -i -e 's/^uplink = .*/uplink = eth1/' -e 's/^master = .*/master = dhcp dev eth1/' "$CONF"
}

@test "while no gateway is known, who changes a rule is not accused, and the gateway is taken at once" {
	local i
	no_gateway
	take_vip
	watch
	said "no gateway is known for eth1"
	for i in {1..40}; do
		router ip rule add pref 999 from "10.3.3.$i" lookup 55
		sleep 0.05 # past the moment in which several changes are one
	done
	router ip route add default via 198.51.100.1 dev eth1 proto dhcp metric 100
	soon_uses "default via 198.51.100.1 dev eth1 proto keepalived"
	run ! grep -qE "another program keeps|rule 999" "$WATCH_LOG"
	[ "$(grep -c "no gateway is known" "$WATCH_LOG")" -le 20 ] # of 40 changes
}

@test "where changes were lost, nobody is named for them" {
	as_backup
	kill -STOP "$WATCH"
	for i in {1..20000}; do
		echo "route add 10.$((i / 65536)).$((i / 256 % 256)).$((i % 256))/32 via 192.168.0.10"
	done | router ip -batch -
	router ip route del default
	kill -CONT "$WATCH"
	soon_uses "$BACKUP"
	said "corrected: more changes at once than can be told apart"
}

# Neither root nor in a group that is anything here; the state folder is shared as tmpfiles.d(5) does it.
@test "the user and the capabilities that its unit has are enough" {
	configure "forwarding = global" "linger = 0"
	local unit=$BATS_TEST_DIRNAME/../../systemd/fo-route.service
	grep -qx "User=_failover" "$unit"
	grep -qx "AmbientCapabilities=CAP_NET_ADMIN CAP_NET_RAW" "$unit"
	grep -qx "CapabilityBoundingSet=CAP_NET_ADMIN CAP_NET_RAW" "$unit"
	mkdir -p "$FO_STATE_DIR/run" "$FO_STATE_DIR/lib"
	chgrp -R 64990 "$FO_STATE_DIR"
	chmod -R g+rws "$FO_STATE_DIR"
	chmod 755 "$BATS_RUN_TMPDIR" "$BATS_TEST_TMPDIR" "$DIR"
	WATCH_LOG=$DIR/watch.log
	take_vip
	router_job setpriv --reuid=64990 --regid=64990 --clear-groups --bounding-set=-all,+net_admin,+net_raw \
		--inh-caps=-all,+net_admin,+net_raw --ambient-caps=-all,+net_admin,+net_raw --no-new-privs \
		"$FO_BUILD/cmd/fo-route" -c "$CONF" watch 2>"$WATCH_LOG"
	soon_uses "$MASTER"
	router ip route replace default via 192.168.0.10 dev eth0
	soon_uses "$MASTER"
	router sysctl -qw net.ipv4.ip_forward=0
	eventually 2 eval '[ "$(sysctl_of net.ipv4.ip_forward)" = 1 ]'
	eventually 5 test -e "$FO_STATE_DIR/run/split.asked"
	run ! grep -i "permi" "$WATCH_LOG"
}

@test "SIGHUP reads fo.conf again, and keeps the old one where that is faulty" {
	as_backup
	configure "table = 99"
	kill -HUP "$WATCH"
	said "the configuration was read again"
	eventually 2 eval 'router ip route show table 99 2>/dev/null | grep -q "default dev ppp0"'
	echo "nonsense = 1" >>"$CONF"
	kill -HUP "$WATCH"
	said "keeping the old configuration"
	router ip route del default
	soon_uses "$BACKUP"
}

@test "clear is refused while it runs, which would put all back" {
	as_backup
	run -2 fo_route clear
	says "fo-route watch is running, and would put all back: end it first"
	has_rules
	stop "$WATCH"
	run -0 fo_route clear
	run ! has_rules
}

@test "SIGTERM ends it by that signal; rules and routes stay" {
	local status=0
	as_backup
	kill -TERM "$WATCH"
	wait "$WATCH" || status=$?
	[ "$status" -eq 143 ]
	has_rules
	default_is "$BACKUP"
}

@test "a second one is refused; a faulty file is 78, one that is missing 2" {
	as_backup
	run -2 fo_route watch
	says "another fo-route watch is already running"
	stop "$WATCH"
	echo "nonsense = 1" >>"$CONF"
	run -78 fo_route watch
	rm "$CONF"
	run -2 fo_route watch
}

@test "killed at any moment, it leaves nothing that the next one does not put right" {
	local i
	as_backup
	for i in {1..5}; do
		router ip route replace default dev ppp0
		stop "$WATCH"
		watch
		soon_uses "$BACKUP"
	done
}

@test "it needs no time while nothing happens, and little memory" {
	local before
	as_backup
	before=$(awk '{ print $14 + $15 }' "/proc/$WATCH/stat")
	# Somebody else's routes, which are no concern of its.
	for i in {1..200}; do
		echo "route add 10.0.$i.0/24 via 192.168.0.10"
	done | router ip -batch -
	router ip route del default
	soon_uses "$BACKUP"
	[ "$(awk '{ print $14 + $15 }' "/proc/$WATCH/stat")" -le $((before + 5)) ]
	[ "$(awk '/VmRSS/ { print $2 }' "/proc/$WATCH/status")" -le 3072 ] || skip_sanitized
}

# The sanitizers take memory of their own.
skip_sanitized() {
	nm -D "$FO_BUILD/cmd/fo-route" | grep -q __asan
}

flow_is_gone() {
	! has_flow 192.168.0.10 8.8.8.8
}

@test "a VPN's route to half of the Internet goes: flows that it had taken are not left untranslated" {
	take_vip
	fo_route master
	watch
	for _ in 1 2; do
		router ip route add 0.0.0.0/1 via 192.168.0.10 dev eth0
		flow 192.168.0.10 8.8.8.8 192.168.0.10
		router ip route del 0.0.0.0/1
		eventually 4 flow_is_gone
	done
	said "1 stale flow removed"
}
