#!/usr/bin/env bats
# The account of the metered line's bytes, on whatever its programs find on this machine.

load netns.bash

# A TUN device counts what is read from it, and nobody does: so ppp0 is an Ethernet here, without ARP. It
# has 14 bytes more for each packet.
ppp_up() {
	router ip link add ppp0 arp off type veth peer name far netns "$LAN"
	router sysctl -qw net.ipv6.conf.ppp0.disable_ipv6=1
	lan sysctl -qw net.ipv6.conf.far.disable_ipv6=1
	lan ip link set far up
	router ip addr add 100.64.0.10 peer 100.64.0.1 dev ppp0
	router ip link set ppp0 up
}

ppp_down() {
	router ip link del ppp0
}

setup() {
	net_up
	printf '[keepalive]\ntarget = 100.64.0.1\n' >>"$CONF"
	router ip addr add 192.168.0.1/24 dev eth0
	RUN=$FO_STATE_DIR/run/usage LIB=$FO_STATE_DIR/lib/usage
	fo_route backup
}

teardown() { net_down; }

# pass NUMBER: so many frames of 1000 bytes leave by ppp0. Nobody answers.
pass() {
	router ping -q -n -I ppp0 -s 958 -c "$1" -i 0.002 -W 0.01 100.64.0.1 >/dev/null || true
}

# usage KEY: the sum of all rows.
usage() {
	router "$FO_BUILD/cmd/fo-status" -c "$CONF" --json usage | jq "[.usage[].$1] | add"
}

# counts NUMBER [KEY]
counts() {
	[ "$(usage "${2:-total_bytes}")" -eq "$1" ] || { usage "${2:-total_bytes}"; return 1; }
}

warns_after() {
	sed -i '/^\[speedclass\]/,/^warn-bytes/d' "$CONF"
	printf '[speedclass]\nsim = imsi:440101234567890\nwarn-bytes = %s\n' "$1" >>"$CONF"
}

@test "a person sees units, a program bytes; what is there now counts, too" {
	pass 3
	counts 3000 backup_sent_bytes
	grep -q '^sent 0$' "$RUN" # nobody has taken a reading since
	fo_route apply
	grep -q '^sent 3000$' "$RUN"
	run -0 router "$FO_BUILD/cmd/fo-status" -c "$CONF" usage
	[[ "$output" == *"$(date -u +%Y-%m)  0 B "*"2.92 KB"* ]]
}

@test "without [speedclass] and [keepalive] nothing is written" {
	rm -r "$FO_STATE_DIR"
	sed -i '/^\[keepalive\]/,$d' "$CONF"
	fo_route backup
	[ ! -e "$RUN" ] && [ ! -e "$LIB" ]
}

@test "a file that is corrupt is ignored, once, for the one on the disk" {
	pass 2
	fo_route stop
	echo rubbish >"$RUN"
	run -0 fo_route apply
	[ "$(grep -c 'ignoring the saved account: it is corrupt' <<<"$output")" -eq 1 ]
	counts 2000
	echo rubbish | tee "$RUN" >"$LIB"
	pass 1
	fo_route apply
	counts 0
	pass 1
	run -0 fo_route apply
	[[ "$output" != *corrupt* ]]
	counts 1000
}

# In a mount namespace of its own.
read_only() {
	router unshare --mount sh -c 'mount --bind "$FO_STATE_DIR" "$FO_STATE_DIR" &&
		mount -o remount,bind,ro "$FO_STATE_DIR" && exec "$@"' sh "$@"
}

@test "where neither place can be written nothing is counted twice, and the route is set all the same" {
	pass 2
	fo_route apply
	pass 1
	take_vip
	run read_only "$FO_BUILD/cmd/fo-route" -c "$CONF" master
	[[ "$output" == *"cannot write $RUN: Read-only file system"* ]]
	default_is "$MASTER"
	run read_only "$FO_BUILD/cmd/fo-route" -c "$CONF" apply
	counts 3000
	fo_route apply
	counts 3000
	pass 1
	fo_route apply
	counts 1000 master_sent_bytes
}

@test "twenty readings at once count once" {
	pass 5
	for _ in {1..20}; do
		router "$FO_BUILD/cmd/fo-route" -q -c "$CONF" apply 3>&- &
		JOBS+=("$!")
	done
	for pid in "${JOBS[@]}"; do wait "$pid"; done
	counts 5000
	[ -z "$(find "$FO_STATE_DIR" -name '.usage*')" ]
}

@test "who is killed in the middle of a reading costs nothing" {
	for _ in {1..40}; do
		pass 1
		router timeout -s KILL "0.0$((RANDOM % 90 + 10))" "$FO_BUILD/cmd/fo-route" -q -c "$CONF" apply 2>/dev/null || true
	done
	fo_route apply
	counts 40000
}

@test "the last counters of an interface that nobody has read come with its end" {
	router_job "$FO_BUILD/cmd/fo-route" -c "$CONF" watch
	eventually 5 test -e "$FO_STATE_DIR/run/route-watch.lock"
	eventually 5 counts 0
	pass 4
	ppp_down
	eventually 5 counts 4000
	ppp_up
	pass 1
	counts 5000
}

@test "warn-bytes: told when it is passed, once, and again for a higher one" {
	pass 3
	warns_after 3K
	run fo_route apply
	[[ "$output" != *"went over"* ]]
	pass 1
	run fo_route apply
	[[ "$output" == *"more than 3 KB went over ppp0 this month: 3.9 KB, 0 B of it while master"* ]]
	rm "$RUN" # as a boot does
	run fo_route apply
	[[ "$output" != *"went over"* ]]
	pass 2
	warns_after 5K
	run fo_route apply
	[[ "$output" == *"more than 5 KB went over ppp0"* ]]
	[ "$(grep -c ' fo-route usage exceeded more than' "$FO_STATE_DIR/lib/history")" -eq 2 ]
}
