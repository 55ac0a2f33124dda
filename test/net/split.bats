#!/usr/bin/env bats
# Two masters: another machine answers for the VRRP address, too.

load netns.bash

VIP6=fd00:c0a8::254
OTHER=02:00:00:00:00:09
TWO_MASTERS="also answers for $VIP: two masters"

setup() {
	net_up
	router sysctl -qw net.ipv4.ip_forward=1
	router ip link set eth0 address 02:00:00:00:00:01
	lan ip link set eth0 address "$OTHER"
	RUN=$FO_STATE_DIR/run
	mkdir -p "$FO_STATE_DIR/lib"
}

teardown() { net_down; }

# Starts the resident, and waits until it has applied what is true.
watch() {
	WATCH_LOG=$DIR/watch.log
	router ip rule del pref 8703 2>/dev/null || true
	router_job "$FO_BUILD/cmd/fo-route" -c "$CONF" watch 2>>"$WATCH_LOG"
	WATCH=$JOB
	eventually 5 eval '[ "$(router ip rule show | grep -c "^870[0-3]:")" -eq 4 ]'
}

as_master() {
	take_vip
	fo_route master
	watch
}

# said TEXT [SECONDS]: in its log.
said() {
	eventually "${2:-5}" grep -qF -- "$1" "$WATCH_LOG" || { cat "$WATCH_LOG" >&2; return 1; }
}

# The kernel of the other host has the address, and says nothing of it until it is asked.
claim() {
	lan ip addr add "$1" dev eth0 ${2:+"$2"}
}

# asked: what the resident has found is written down, without a split.
asked() {
	eventually 15 test -e "$RUN/split.asked"
	[ ! -e "$RUN/split" ]
}

# Waits until it is written down again.
asked_again() {
	local inode
	inode=$(stat -c %i "$RUN/split.asked")
	eventually 15 eval '[ "$(stat -c %i "$RUN/split.asked" 2>/dev/null)" != '"$inode ]"
}

row() {
	sed -n "s/^$1  *//p" <<<"$output"
}

@test "a host that has the address when this router becomes master: found within 4 s, and named" {
	claim "$VIP/32"
	as_master
	said "another machine (MAC $OTHER) $TWO_MASTERS; check that VRRP passes between the routers (firewall, unicast_peer, virtual_router_id)" 4
	[ "$(cut -d' ' -f 1,2 "$RUN/split")" = "$VIP $OTHER" ]
	grep -q "fo-route split begin two masters: MAC $OTHER also answers for $VIP" "$FO_STATE_DIR/lib/history"
	exits 1 fo_route show
	[ "$(row split)" = yes ]
	[ "$(row split_mac)" = "$OTHER" ]
	says "check that VRRP passes"
	exits 1 fo_route --json show
	says '"split":true'
}

@test "a host that takes it later, and says nothing: found within 13 s; gone again: over within 23 s" {
	as_master
	asked
	exits 0 fo_route show
	[ "$(row split)" = no ]
	claim "$VIP/32"
	said "$TWO_MASTERS" 13
	lan ip addr del "$VIP/32" dev eth0
	said "no other machine answers any more for $VIP; MAC $OTHER had answered, too, for" 23
	[ ! -e "$RUN/split" ]
	grep -q "one master again: no other machine answers any more for $VIP" "$FO_STATE_DIR/lib/history"
	exits 0 fo_route show
	[ "$(row split)" = no ]
}

@test "a host that announces it is found within 4 s" {
	as_master
	asked
	claim "$VIP/32"
	lan python3 -c '
import socket, sys
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW); s.bind(("eth0", 0))
m, a = bytes.fromhex("020000000009"), socket.inet_aton(sys.argv[1])
s.send(b"\xff" * 6 + m + b"\x08\x06\0\1\x08\0\6\4\0\1" + m + a + bytes(6) + a)' "$VIP"
	said "$TWO_MASTERS" 4
}

@test "both answer for a moment only, as at a failover: nothing is said" {
	claim "$VIP/32"
	take_vip
	fo_route master
	watch
	eventually 5 test -e "$RUN/split.asked" # after the first answer
	lan ip addr del "$VIP/32" dev eth0
	asked_again
	[ ! -e "$RUN/split" ]
	run ! grep -q "two masters" "$WATCH_LOG"
}

@test "this router gives up the address: over at once" {
	claim "$VIP/32"
	as_master
	said "$TWO_MASTERS"
	give_vip
	said "this router gave up $VIP; MAC $OTHER had answered, too, for"
	[ ! -e "$RUN/split" ]
	eventually 2 test ! -e "$RUN/split.asked"
	run fo_route show
	[ -z "$(row split)" ]
}

@test "a resident that is started again goes on, and does not say it twice" {
	claim "$VIP/32"
	as_master
	said "$TWO_MASTERS"
	stop "$WATCH"
	exits 1 fo_route show
	watch
	asked_again
	[ "$(grep -c "$TWO_MASTERS" "$WATCH_LOG")" -eq 1 ]
	exits 1 fo_route show
}

@test "nobody asks: show cannot tell, and does not complain" {
	claim "$VIP/32"
	take_vip
	fo_route master
	exits 0 fo_route show
	[ "$(row split)" = - ]
	# Left by a resident that was killed.
	printf '%s %s 1\n' "$VIP" "$OTHER" >"$RUN/split"
	echo 1 >"$RUN/split.asked"
	exits 0 fo_route show
	[ "$(row split)" = - ]
}

@test "IPv6: a host that has vip6 is found; gone again: over" {
	six_up
	sed -i "/^vip = /a vip6 = $VIP6" "$CONF"
	router ip -6 addr add "$VIP6/128" dev eth0 nodad
	router ip -6 addr add fd00:c0a8::2/64 dev eth0 nodad
	claim "$VIP6/128" nodad
	as_master
	said "another machine (MAC $OTHER) also answers for $VIP6: two masters" 4
	[ "$(cut -d' ' -f 1,2 "$RUN/split")" = "$VIP6 $OTHER" ]
	exits 1 fo_route show
	lan ip -6 addr del "$VIP6/128" dev eth0
	said "no other machine answers any more for $VIP6" 23
	exits 0 fo_route show
}

# goes_to ADDRESS MAC: the LAN's host, which has no question of its own to ask.
goes_to() {
	[ "$(lan ip -j neigh show "$1" | jq -r '.[].lladdr')" = "$2" ]
}

drawn_away() {
	lan ip neigh replace "$1" lladdr "$OTHER" dev eth0 nud reachable
	goes_to "$1" "$OTHER"
}

announces() {
	lan "$BATS_TEST_DIRNAME/claimant" eth0 "$VIP" flood announcement 0.01 >/dev/null
}

@test "hosts that another machine has drawn to itself, and that is gone, are told where they have to go" {
	as_master
	asked
	drawn_away "$VIP"
	announces
	eventually 10 goes_to "$VIP" 02:00:00:00:00:01
	said "the LAN was told that $VIP is here: MAC $OTHER had claimed it"
	[ ! -e "$RUN/split" ]
}

@test "the same again a moment later, at the end of a split: ten seconds later at the most" {
	claim "$VIP/32"
	as_master
	said "$TWO_MASTERS" 4
	drawn_away "$VIP"
	lan ip addr del "$VIP/32" dev eth0
	eventually 10 goes_to "$VIP" 02:00:00:00:00:01
	drawn_away "$VIP"
	announces
	eventually 25 goes_to "$VIP" 02:00:00:00:00:01
	[ "$(grep -c "the LAN was told" "$WATCH_LOG")" -eq 1 ]
}

@test "a question that was lost while the other machine answers moves no host" {
	claim "$VIP/32"
	as_master
	said "$TWO_MASTERS" 4
	drawn_away "$VIP"
	lan nft -f - <<-'RULES'
		table arp lossy {
			counter probes { }
			chain in {
				type filter hook input priority 0
				arp saddr ip 0.0.0.0 counter name probes
				arp saddr ip 0.0.0.0 numgen inc mod 3 0 drop
			}
		}
	RULES
	eventually 30 eval '[ "$(lan nft list counter arp lossy probes | sed -n "s/.*packets \([0-9]*\).*/\1/p")" -ge 7 ]'
	goes_to "$VIP" "$OTHER"
	run ! grep -q "the LAN was told" "$WATCH_LOG"
}

@test "a resident that is started again while another machine answers tells hosts when it does no more" {
	claim "$VIP/32"
	as_master
	said "$TWO_MASTERS" 4
	drawn_away "$VIP"
	kill -KILL "$WATCH"
	lan ip addr del "$VIP/32" dev eth0
	watch
	eventually 10 goes_to "$VIP" 02:00:00:00:00:01
}

@test "hosts go on to the other machine while that answers, and are told when it does no more" {
	six_up
	sed -i "/^vip = /a vip6 = $VIP6" "$CONF"
	router ip -6 addr add "$VIP6/128" dev eth0 nodad
	router ip -6 addr add fd00:c0a8::2/64 dev eth0 nodad
	claim "$VIP/32"
	claim "$VIP6/128" nodad
	as_master
	said "another machine (MAC $OTHER) $TWO_MASTERS" 4
	said "another machine (MAC $OTHER) also answers for $VIP6: two masters" 4
	run ! grep -q "the LAN was told" "$WATCH_LOG"
	drawn_away "$VIP"
	drawn_away "$VIP6"
	lan ip addr del "$VIP/32" dev eth0
	lan ip -6 addr del "$VIP6/128" dev eth0
	eventually 10 goes_to "$VIP" 02:00:00:00:00:01
	eventually 10 goes_to "$VIP6" 02:00:00:00:00:01
}

# vmac NAMESPACE MAC [ADDRESS]: an interface as keepalived's use_vmac makes it, with the address.
vmac() {
	"$1" ip link add vrrp.51 link eth0 address "$2" type macvlan mode private
	"$1" sysctl -qw net.ipv4.conf.vrrp/51.arp_ignore=1 net.ipv4.conf.eth0.arp_ignore=1 \
		net.ipv4.conf.vrrp/51.rp_filter=0 net.ipv4.conf.all.rp_filter=0
	"$1" ip link set vrrp.51 up
	[ -z "${3:-}" ] || "$1" ip addr add "$3" dev vrrp.51 ${4:+"$4"}
}

@test "use_vmac: the router's own virtual address is no other machine, and another router that has it is" {
	local both=00:00:5e:00:01:33
	vmac router "$both" "$VIP/32"
	fo_route master
	watch
	asked
	vmac lan "$both" "$VIP/32"
	said "another machine (MAC $both) $TWO_MASTERS" 13
}

@test "use_vmac: hosts that a machine has drawn to its own hardware address are told the virtual one, from that" {
	local both=00:00:5e:00:01:33
	vmac router "$both" "$VIP/32"
	fo_route master
	watch
	asked
	lan nft -f - <<-RULES
		table arp count {
			counter told { }
			chain in {
				type filter hook input priority 0
				ether saddr $both arp saddr ip $VIP arp saddr ether $both counter name told
			}
		}
	RULES
	drawn_away "$VIP"
	announces
	eventually 10 goes_to "$VIP" "$both"
	run lan nft list counter arp count told
	[[ "$output" =~ packets\ [12]\  ]]
}

@test "use_vmac over IPv6" {
	local both=00:00:5e:00:02:33
	six_up
	sed -i "/^vip = /a vip6 = $VIP6" "$CONF"
	vmac router "$both" "$VIP6/128" nodad
	take_vip
	fo_route master
	watch
	asked
	vmac lan "$both" "$VIP6/128" nodad
	said "another machine (MAC $both) also answers for $VIP6: two masters" 13
}

# A switch that returns every frame to where it came from.
hall_of_mirrors() {
	nsenter --target "$LAN" --net -- ip link add br0 type bridge forward_delay 0 mcast_snooping 0
	lan ip link set br0 up
	lan ip link set eth0 master br0
	lan bridge link set dev eth0 hairpin on flood on learning on
}

@test "our own packets, returned by the network, are no other machine" {
	hall_of_mirrors
	as_master
	asked
	asked_again
	exits 0 fo_route show
	run ! grep -q "two masters" "$WATCH_LOG"
}

@test "nor are they with use_vmac" {
	hall_of_mirrors
	vmac router 00:00:5e:00:01:33 "$VIP/32"
	fo_route master
	watch
	asked
	asked_again
	exits 0 fo_route show
	run ! grep -q "two masters" "$WATCH_LOG"
}

# answering KIND…: the other host answers each probe so.
answering() {
	lan sysctl -qw net.ipv4.conf.eth0.arp_ignore=8
	nsenter --target "$LAN" --net -- "$BATS_TEST_DIRNAME/claimant" eth0 "$VIP" answer "$@" >"$DIR/claimant" 3>&- &
	CLAIMANT=$!
	started "$CLAIMANT"
	eventually 10 grep -q ready "$DIR/claimant"
}

@test "packets that are wrong in one way do not count, and the right one among them does" {
	local wrong=(hardware short operation address zero yours stranger vlan)
	answering "${wrong[@]}"
	as_master
	asked
	eventually 5 grep -q probe "$DIR/claimant"
	exits 0 fo_route show
	stop "$CLAIMANT"
	answering "${wrong[@]}" good
	said "another machine (MAC $OTHER) $TWO_MASTERS" 13
}

@test "an answer by the hardware address of another interface of this router is none, and without that interface is one" {
	router ip link add spare0 type veth peer name spare1
	router ip link set spare0 address 02:00:00:00:aa:aa
	answering sibling
	as_master
	asked
	asked_again
	[ ! -e "$RUN/split" ]
	router ip link del spare0
	said "another machine (MAC 02:00:00:00:aa:aa) $TWO_MASTERS" 13
}

@test "who announces the address, and does not answer, is no other master" {
	as_master
	asked
	lan "$BATS_TEST_DIRNAME/claimant" eth0 "$VIP" flood announcement 0.01
	asked_again
	asked_again
	[ ! -e "$RUN/split" ]
	run ! grep -q "two masters" "$WATCH_LOG"
}

ticks() {
	awk '{ print $14 + $15 }' "/proc/$WATCH/stat"
}

# flooded KIND: for 3 s. The resident has had so many ticks for it.
flooded() {
	local before
	before=$(ticks)
	lan "$BATS_TEST_DIRNAME/claimant" eth0 "$VIP" flood "$1" 3 >"$DIR/flood"
	SENT=$(tail -n 1 "$DIR/flood")
	TICKS=$(($(ticks) - before))
	echo "$1: $SENT frames in 3 s, $TICKS ticks"
	[ "$SENT" -gt 20000 ]
	[ "$TICKS" -le 6 ]
}

@test "a flood of claims costs the resident little, and it still does its work" {
	as_master
	asked
	flooded good
	said "$TWO_MASTERS" 1
	flooded address
	flooded announcement
	router ip route del default
	eventually 2 eval 'router ip route show default | grep -q "dev ppp0"'
}

@test "it sends one question in ten seconds, and none as backup" {
	# Where it comes in: what a packet socket sends passes no output hook.
	lan nft -f - <<-'RULES'
		table arp count {
			counter probes { }
			chain in {
				type filter hook input priority 0
				arp saddr ip 0.0.0.0 counter name probes
			}
		}
	RULES
	fo_route backup
	watch
	take_vip
	asked
	asked_again
	asked_again
	give_vip
	eventually 5 test ! -e "$RUN/split.asked"
	run lan nft list counter arp count probes
	[[ "$output" =~ packets\ [123]\  ]]
}

@test "without the capability it says so, once, and the routes are kept all the same" {
	take_vip
	fo_route master
	WATCH_LOG=$DIR/watch.log
	router_job setpriv --bounding-set -net_raw --inh-caps -net_raw \
		"$FO_BUILD/cmd/fo-route" -c "$CONF" watch 2>"$WATCH_LOG"
	said "cannot ask whether another machine answers for $VIP: Operation not permitted"
	router ip route del default
	eventually 2 eval 'router ip route show default | grep -q "dev ppp0"'
	exits 0 fo_route show
	[ "$(row split)" = - ]
}
