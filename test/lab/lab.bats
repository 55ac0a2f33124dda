#!/usr/bin/env bats
# The lab itself: that it is the network it says it is, and that nothing of it touches the machine.

load lab.bash

setup_file() {
	# One name per run, so that two runs of this file do not meet.
	export NAME="bats$$"
	machine >"$BATS_FILE_TMPDIR/machine"
	"$LAB" --name "$NAME" up --build none --etc "$FIXTURE" --owner "$$" --settled
}

# Every test begins with two good lines and main in charge.
setup() {
	lab line main clear
	lab line sub clear
	lab wait main 40 sh -c "$HAS_VIP"
	lab wait lan 5 ping -n -c 1 -W 1 8.8.8.8 >/dev/null
}

teardown_file() {
	"$LAB" --name "$NAME" down
}

# What the machine has of its own. Mounts without those that the test runner may make meanwhile.
machine() {
	ip -br link
	ip netns
	findmnt -rn -o TARGET,SOURCE,FSTYPE
	nft list ruleset
}

# Share of echoes lost on main's line, in percent; from main itself, because keepalived takes the LAN
# off a bad line.
lost() {
	lab exec main ping -n -q -I ppp0 "$@" 8.8.8.8 | sed -n 's/.* \([0-9.]*\)% packet loss.*/\1/p'
}

# Packets that main's line did not take from main so far.
dropped() {
	lab line main status | sed -n 's/^up-lost //p'
}

@test "the LAN reaches the Internet through main, by NAT, at once" {
	run lab exec lan ping -n -q -c 50 -i 0.01 8.8.8.8
	[ "$status" -eq 0 ]
	[[ "$output" == *" 0% packet loss"* ]]
	between "$(sed -n 's|^rtt .* = \([^/]*\)/.*|\1|p' <<<"$output")" 0 20
	run lab counter
	[ "$output" = "private-main 0 0
private-sub 0 0" ]
}

@test "ppp0 looks like pppd's, and the Internet is there on IPv6 too" {
	run lab exec main ip -o link show ppp0
	[[ "$output" == *"<POINTOPOINT,MULTICAST,NOARP,UP,LOWER_UP>"* ]]
	[[ "$output" == *"link/ppp"* ]]
	run lab exec main ip -br addr show ppp0
	[[ "$output" == *"100.64.0.10 peer 100.64.0.1/32"* ]]
	lab exec main ping -n -c 1 -W 1 -I ppp0 2001:4860:4860::8888
}

@test "the SIM's own service answers on sub's line only, and the invented peer never" {
	lab exec sub ping -n -c 1 -W 1 -I ppp0 100.127.100.127
	run ! lab exec main ping -n -c 1 -W 0.3 -I ppp0 100.127.100.127
	run ! lab exec sub ping -n -c 1 -W 0.3 -I ppp0 10.64.64.64
}

@test "a packet with a private source gets no reply and is counted" {
	lab exec main nft delete table inet router_nat
	run ! lab exec lan ping -n -c 1 -W 0.3 9.9.9.9
	run lab counter reset
	[[ "$output" == "private-main "[1-9]* ]]
	lab router main power-off
	lab router main power-on
	lab wait main 40 sh -c "$HAS_VIP"
}

@test "exec passes input, output and exit status, and a signal ends the command" {
	[ "$(echo text | lab exec sub cat)" = text ]
	run lab exec main sh -c 'exit 7'
	[ "$status" -eq 7 ]
	run -127 lab exec lan no-such-program
	run timeout 1 "$LAB" --name "$NAME" exec main sleep 4321
	[ "$status" -eq 124 ]
	run ! lab exec main pgrep -f 'sleep 4321'
}

@test "usage errors are 64, a lab that is not there is 2" {
	run lab bogus
	[ "$status" -eq 64 ]
	run lab line main bogus
	[ "$status" -eq 64 ]
	run lab line main loss much
	[ "$status" -eq 64 ]
	run lab line sub idle long
	[ "$status" -eq 64 ]
	run lab line sub stuck 0
	[ "$status" -eq 64 ]
	run lab exec sub modem bogus
	[ "$status" -eq 1 ]
	run "$LAB" --name no-such-lab exec lan true
	[ "$status" -eq 2 ]
	[[ "$output" == *"no lab 'no-such-lab' is up"* ]]
}

@test "the echo service answers" {
	run lab exec lan bash -c 'exec 3<>/dev/tcp/8.8.8.8/7; echo tcp >&3; head -n 1 <&3'
	[ "$output" = tcp ]
	run lab exec lan bash -c 'exec 3<>/dev/udp/8.8.8.8/7; echo udp >&3; head -n 1 <&3'
	[ "$output" = udp ]
}

@test "loss is the share that was asked for" {
	lab line main loss 30
	share=$(lost -c 2000 -i 0.002)
	lab line main loss 0
	between "$share" 25 35
	[ "$(lost -c 100 -i 0.002)" = 0 ]
}

@test "delay is each way" {
	lab line main delay 50
	run lab exec lan ping -n -q -c 5 -i 0.01 8.8.8.8
	lab line main delay 0
	between "$(sed -n 's|^rtt .* = \([^/]*\)/.*|\1|p' <<<"$output")" 100 150
}

@test "32 kbit/s: a packet of 1000 bytes takes a quarter of a second each way, a flood is dropped" {
	lab line main rate 32000
	run lab exec lan ping -n -q -c 2 -s 972 8.8.8.8
	between "$(sed -n 's|^rtt .* = \([^/]*\)/.*|\1|p' <<<"$output")" 500 600
	before=$(dropped)
	lost -c 60 -i 0.002 -s 972
	# 16 of 60 find room in the 16 KiB; keepalived's own checks may be among those which do not.
	between "$(($(dropped) - before))" 30 50
}

@test "down and up run ip-down and ip-up with pppd's arguments; kill runs nothing" {
	lab exec sub rm -f /run/hooks
	lab line sub down
	run ! lab exec sub ip link show ppp0
	lab line sub redial 10.128.0.77
	lab wait sub 5 sh -c 'test "$(wc -l </run/hooks)" = 2'
	run lab exec sub cat /run/hooks
	[ "${lines[0]}" = "ip-down ppp0 /dev/ttyUSB2 460800 10.128.0.10 10.64.64.64 lab 10.128.0.10" ]
	[ "${lines[1]}" = "ip-up ppp0 /dev/ttyUSB2 460800 10.128.0.77 10.64.64.64 lab 10.128.0.77" ]
	lab exec sub ping -n -c 1 -W 1 -I ppp0 1.1.1.1
	lab line sub kill
	run ! lab exec sub ip link show ppp0
	lab line sub redial 10.128.0.10
	lab wait sub 5 sh -c 'test "$(wc -l </run/hooks)" = 3'
}

@test "a lingering ppp0 is there, down, without address" {
	lab line sub down linger
	run lab exec sub ip -br addr show ppp0
	lab line sub up
	[[ "$output" =~ ^ppp0\ +DOWN\ *$ ]]
}

@test "an idle session is cut after the limit, not before it; any packet begins it anew" {
	lab exec sub rm -f /run/hooks
	cuts=$(line_has sub cuts)
	lab line sub idle 1000
	lab line sub later 800
	lab exec sub ping -n -c 1 -W 1 -I ppp0 1.1.1.1
	lab line sub later 800
	lab exec sub ping -n -c 1 -w 1 -I ppp0 10.64.64.64 || true # no answer, but a packet
	lab line sub later 800
	[ "$(line_has sub cuts) $(line_has sub state)" = "$cuts up" ]
	between "$(line_has sub idle-longest)" 800 900
	lab line sub later 200
	[ "$(line_has sub cuts) $(line_has sub state)" = "$((cuts + 1)) down" ]
	run ! lab exec sub ip link show ppp0
	lab wait sub 5 grep -q '^ip-down ppp0' /run/hooks
	run ! lab exec sub grep ip-up /run/hooks
	lab line sub up
}

@test "the limit passes by itself, too; it may be some percent shorter, but no more" {
	cuts=$(line_has sub cuts)
	lab line sub idle 0.3
	lab wait sub 5 sh -c '! ip link show ppp0'
	[ "$(line_has sub cuts)" -eq $((cuts + 1)) ]
	lab line sub idle 1000 20
	lab line sub up
	for _ in 1 2 3 4 5; do
		lab exec sub ping -n -c 1 -W 1 -I ppp0 1.1.1.1
		lab line sub later 700
	done
	[ "$(line_has sub cuts)" -eq $((cuts + 1)) ]
	lab line sub later 300
	[ "$(line_has sub cuts)" -eq $((cuts + 2)) ]
	lab line sub idle 86400 100
	lab line sub up
	lab line sub later 86399
	[ "$(line_has sub cuts)" -eq $((cuts + 3)) ]
	lab line sub idle off
	lab line sub up
	lab line sub later 86400
	[ "$(line_has sub state)" = up ]
}

@test "a stuck modem passes nothing until it is dialled so often; a program of the router does that" {
	redials=$(line_has sub redials)
	index=$(lab exec sub cat /sys/class/net/ppp0/ifindex)
	lab line sub idle 1000
	lab line sub stuck 2
	lab exec sub ip -o link show up ppp0 | grep -q ppp0
	run ! lab exec sub ping -n -c 1 -W 0.3 -I ppp0 1.1.1.1
	lab line sub later 2000 # nobody learns that the session is gone
	[ "$(line_has sub state)" = up ]
	lab exec sub modem redial
	run ! lab exec sub ping -n -c 1 -W 0.3 -I ppp0 1.1.1.1
	lab exec sub modem redial
	lab exec sub ping -n -c 1 -W 1 -I ppp0 1.1.1.1
	[ "$(lab exec sub cat /sys/class/net/ppp0/ifindex)" -ne "$index" ]
	[ "$(line_has sub redials) $(line_has sub stuck)" = "$((redials + 2)) off" ]
	[ "$(line_has sub redialled | wc -w)" -eq $((redials + 2)) ]
}

@test "a modem that stays stuck does not care how often it is dialled" {
	lab line sub stuck forever
	for _ in 1 2 3; do
		lab exec sub modem redial
	done
	[ "$(line_has sub stuck)" = forever ]
	run ! lab exec sub ping -n -c 1 -W 0.3 -I ppp0 1.1.1.1
	lab line sub stuck off
	lab exec sub ping -n -c 1 -W 1 -I ppp0 1.1.1.1
}

@test "echo requests are counted where they arrive, by address" {
	before=$(line_has sub echoes-100.127.100.127)
	other=$(line_has sub echoes-1.1.1.1)
	lab exec sub ping -n -q -c 3 -i 0.01 -W 1 -I ppp0 100.127.100.127
	lab exec sub ping -n -q -c 1 -W 1 -I ppp0 1.1.1.1
	lab line sub stuck forever
	run ! lab exec sub ping -n -c 1 -W 0.3 -I ppp0 100.127.100.127
	lab line sub stuck off
	lab line sub blackhole on
	run ! lab exec sub ping -n -c 1 -W 0.3 -I ppp0 100.127.100.127
	lab line sub blackhole off
	lab exec isp ping -n -c 1 -W 0.3 10.128.0.10 || true # the other way
	[ "$(line_has sub echoes-10.128.0.10)" -eq 0 ]
	[ "$(line_has sub echoes-100.127.100.127)" -eq $((before + 3)) ]
	[ "$(line_has sub echoes-1.1.1.1)" -eq $((other + 1)) ]
}

@test "a black hole leaves ppp0 up, and the VIP moves to sub and back" {
	lab line main blackhole on
	lab exec main ip -o link show up ppp0
	lab wait sub 10 sh -c "$HAS_VIP"
	lab wait lan 5 ping -n -c 1 -W 1 8.8.8.8
	lab line main blackhole off
	lab wait main 40 sh -c "$HAS_VIP"
}

@test "power-off: sub takes over; power-on: main comes back with its disk and without its /run" {
	lab exec main touch /run/gone /var/lib/fo/kept
	boot=$(lab exec main cat /proc/sys/kernel/random/boot_id)
	lab router main power-off
	lab wait sub 5 sh -c "$HAS_VIP"
	run lab exec main true
	[ "$status" -eq 2 ]
	lab router main power-on
	lab wait main 40 sh -c "$HAS_VIP"
	lab exec main test -e /var/lib/fo/kept
	run ! lab exec main test -e /run/gone
	[[ "$(lab exec main cat /proc/sys/kernel/random/boot_id)" =~ ^[0-9a-f-]{36}$ ]]
	[ "$(lab exec main cat /proc/sys/kernel/random/boot_id)" != "$boot" ]
	[ ! -e /var/lib/fo/kept ]
}

@test "keepalived is stopped, killed and started" {
	lab router main stop-keepalived
	run ! lab exec main pgrep keepalived
	lab router main start-keepalived
	lab wait main 40 sh -c "$HAS_VIP"
	lab router main kill-keepalived
	lab wait main 5 sh -c '! pgrep keepalived'
	lab wait sub 5 sh -c "$HAS_VIP"
	lab router main start-keepalived
	lab wait main 40 sh -c "$HAS_VIP"
}

@test "a router's log has both clocks, to the microsecond" {
	lab exec main logger -t marker "some text"
	lab wait lan 2 grep -Eq '^[0-9]{4}-..-..T..:..:..\.[0-9]{6}\+00:00 [0-9]+\.[0-9]{6} marker: some text$' \
		"$(lab dir)/log/main.log"
}

@test "two labs live side by side, and a lab ends with its owner" {
	sleep 30 3>&- &
	owner=$!
	"$LAB" --name "$NAME-b" up --build none --etc "$FIXTURE" --owner "$owner" --settled
	"$LAB" --name "$NAME-b" line main blackhole on
	[ "$(lost -c 100 -i 0.002)" = 0 ]
	kill "$owner"
	timeout 5 sh -c "until '$LAB' list | grep -qx '$NAME-b stale'; do :; done"
	"$LAB" down --stale
	run "$LAB" list
	[[ "$output" != *"$NAME-b"* ]]
}

@test "an up that is killed half-way leaves nothing running, and the next up works" {
	# Killed at the first sign of life, so that it is in the midst of its work.
	"$LAB" --name "$NAME-k" up --build none --etc "$FIXTURE" 3>&- &
	up=$!
	until [ -e "/run/fo-lab/$NAME-k/host/sw" ]; do kill -0 "$up"; done
	kill -KILL "$up"
	wait "$up" || true
	"$LAB" --name "$NAME-k" up --build none --etc "$FIXTURE" --settled
	"$LAB" --name "$NAME-k" down
	[ ! -e "/run/fo-lab/$NAME-k" ]
}

@test "the machine has the links, namespaces, mounts and rules that it had before" {
	machine >"$BATS_TEST_TMPDIR/machine"
	diff "$BATS_FILE_TMPDIR/machine" "$BATS_TEST_TMPDIR/machine"
}
