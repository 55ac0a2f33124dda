#!/usr/bin/env bats
# More than one LAN, and flows that are not the uplink's.

load lab
load flow
load field

setup() {
	flow_setup
	ETC=$BATS_TEST_TMPDIR/etc
	make_etc "$ETC"
}

teardown() {
	flow_teardown
	lab down
}

# start_flow_of HOST: UDP, 100 a second, in the file of its name.
start_flow_of() {
	"$LAB" --name "$NAME" exec "$1" python3 -IS -u "$CLIENT" udp >"$1" 3>&- &
	PIDS+=($!)
	got_more "$1" 1
}

@test "a second LAN with a VIP in a sync group, and a routed subnet: flows live through failover and failback" {
	local host
	conf main lan "eth0, eth0.20"
	conf sub lan "eth0, eth0.20"
	with_second_lan
	lab_up "$ETC" --vlan --routed-subnet
	carried_by main
	lab counter reset >/dev/null
	for host in lan lan20 behind; do
		start_flow_of "$host"
	done
	lab line main blackhole on
	carried_by sub
	for host in lan lan20 behind; do
		got_more "$host" 50
	done
	lab line main blackhole off
	carried_by main
	for host in lan lan20 behind; do
		got_more "$host" 100
	done
	run ! grep -v ' 0 0$' <<<"$(lab counter)"
}

# with_second_lan: eth0.20 has an instance and a VIP of its own, in a group with the first.
with_second_lan() {
	local router
	for router in main sub; do
		awk '/^vrrp_instance VI_1/ { copy = 1 }
			copy { text = text $0 "\n" }
			{ print }
			END {
				gsub(/VI_1/, "VI_20", text); gsub(/interface eth0/, "interface eth0.20", text)
				gsub(/dev eth0$/, "dev eth0.20", text); gsub(/virtual_router_id 51/, "virtual_router_id 20", text)
				gsub(/192\.168\.0\./, "192.168.20.", text); gsub(/dev eth0\n/, "dev eth0.20\n", text)
				gsub(/    notify[^\n]*\n/, "", text); gsub(/    track_[a-z]* \{[^}]*\}\n/, "", text)
				printf "%s", text
				print "vrrp_sync_group G {\n    group {\n        VI_1\n        VI_20\n    }"
				print "    track_file {\n        line weight 0\n    }\n}"
			}' "$ETC/$router/keepalived.conf" >"$ETC/new"
		[ "$router" = main ] || sed -i '/^    track_file {$/,/^    }$/d' "$ETC/new"
		mv "$ETC/new" "$ETC/$router/keepalived.conf"
	done
}

# A VPN with a table of its own, as Tailscale's: an address of it answers, and is translated to ours.
with_vpn() {
	lab exec main sh -c '
		ip link add tailscale0 type veth peer name far
		ip netns add far
		ip link set far netns far
		ip netns exec far ip addr add 100.100.0.5/32 dev far
		ip netns exec far ip link set far up
		ip netns exec far ip link set lo up
		ip netns exec far ip route add 100.100.0.1 dev far
		ip addr add 100.100.0.1/32 dev tailscale0
		ip link set tailscale0 up
		ip route add 100.100.0.5 dev tailscale0 table 52
		ip rule add pref 5270 lookup 52
		nft "add table ip ts; add chain ip ts p { type nat hook postrouting priority 90; }
			add rule ip ts p oifname tailscale0 masquerade"'
}

@test "a flow that a rule sends into a VPN is not reset by apply, over and back, and fo-status is content" {
	lab_up "$ETC"
	carried_by main
	with_vpn
	lab spawn main ip netns exec far python3 -c "$ECHO_TCP" 100.100.0.5
	wait_for main 5 "ip netns exec far ss -Hlnt | grep -q :7"
	mkfifo in
	"$LAB" --name "$NAME" exec lan bash -c 'exec 9<>/dev/tcp/100.100.0.5/7 && echo connected || exit
		while read -r word; do echo "$word" >&9; read -r -t 10 back <&9 && echo "$back" || echo dead; done' <in >out 2>&1 3>&- &
	PIDS+=($!)
	exec 8>in
	eventually 5 grep -qx connected out
	for turn in 1 2 3; do
		lab exec main fo-route apply
		echo "turn $turn" >&8
		eventually 5 grep -qx "turn $turn" out
	done
	lab exec main fo-status
	lab exec main fo-route show
	exec 8>&-
}

ECHO_TCP='
import socket, sys
server = socket.create_server((sys.argv[1], 7))
while True:
    connection, _ = server.accept()
    while data := connection.recv(4096):
        connection.sendall(data)
'

@test "no translation on main, as with DS-Lite: its flows survive apply, and show is content" {
	lab_up "$ETC"
	# A firewall that tracks is all that is left.
	lab exec main sh -c 'nft flush ruleset; nft add table ip wall; nft "add chain ip wall f { type filter hook forward priority 0; }"
		nft add rule ip wall f ct state established,related,new accept'
	lab exec isp ip route add 192.168.0.0/24 dev line-main
	lab exec isp nft flush chain inet lab arrival
	lan_reaches_internet
	start_flow_of lan
	before=$(last_sent lan)
	for turn in 1 2 3; do
		run -0 lab exec main fo-route apply
		lacks "$output" "stale"
		got_more lan 20
	done
	lab exec main conntrack -L -s 192.168.0.10 -p udp >flows
	grep -q 'dst=192.168.0.10' flows
	wait_for main 5 "fo-route show"
	[ "$(lost_since lan "$before")" -eq 0 ]
}
