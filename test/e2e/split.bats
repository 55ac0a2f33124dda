#!/usr/bin/env bats
# Two masters: the routers do not hear each other, and both carry the address.

load lab

setup() {
	lab exec sub fo-keepalive -q || true
	is_normal
	quiet
}

# A test that ended half-way leaves its packet filter; those after it are not to fail of that.
teardown() {
	for router in main sub; do
		lab exec "$router" nft delete table inet deaf 2>/dev/null || true
	done
}

# quiet: both routers find nothing wrong.
quiet() {
	for router in main sub; do
		wait_for "$router" "${1:-5}" "fo-status -q >/dev/null"
	done
}

# mac_of ROUTER: of its LAN interface.
mac_of() {
	lab exec "$1" cat /sys/class/net/eth0/address
}

# both_say_why: both are master, both know it, name each other, and exit 1.
both_say_why() {
	local router peer
	for router in main sub; do
		has_vip "$router"
	done
	for router in main sub; do
		peer=$([ "$router" = main ] && echo sub || echo main)
		wait_for "$router" 15 "fo-status -q --json | grep -q '\"split\":true'"
		run -1 lab exec "$router" fo-status
		says "another machine (MAC $(mac_of "$peer")) also answers for 192.168.0.254: two masters"
		says "check that VRRP passes between the routers (firewall, unicast_peer, virtual_router_id)"
		run -1 lab exec "$router" fo-route show
		says "another machine (MAC $(mac_of "$peer"))"
		lab exec "$router" fo-status history | grep -q "two masters: MAC $(mac_of "$peer")"
	done
}

# all_is_well_again: one master, and nobody complains any more.
all_is_well_again() {
	is_normal
	quiet 25
	run -0 lab exec main fo-status --json
	grep -q '"split":false' <<<"$output"
	lab exec sub fo-status history | grep -q "one master again: this router gave up 192.168.0.254"
}

deaf() {
	lab exec sub nft add table inet deaf
	lab exec sub nft add chain inet deaf in '{ type filter hook input priority -10; }'
	lab exec sub nft add rule inet deaf in meta l4proto 112 drop
}

hears() {
	lab exec sub nft delete table inet deaf
}

@test "VRRP is dropped on sub's input: both say so, and exit 1; the class stays as it is; and back" {
	deaf
	both_say_why
	class_is s1.fast
	lab exec sub as-unit fo-speedclass
	class_is s1.fast
	hears
	all_is_well_again
}

@test "the same with split = lower: the class is lowered at the next sync, and is right after that" {
	lab exec sub sed -i 's/^;\?split =.*/split = lower/' /etc/fo/fo.conf
	deaf
	both_say_why
	lab exec sub as-unit fo-speedclass
	class_is s1.minimum
	lab exec sub fo-status history | grep -q "speed class s1.minimum wanted, by split"
	hears
	all_is_well_again
	lab exec sub sed -i 's/^split =.*/;split = keep/' /etc/fo/fo.conf
}

# hosts_go_to ROUTER: the LAN's, when they send to the VRRP address.
hosts_go_to() {
	[ "$(lab exec lan ip -j neigh show 192.168.0.254 | jq -r '.[].lladdr')" = "$(mac_of "$1")" ]
}

announced_twice() {
	[ "$(sed -n '/Entering MASTER STATE/h;//!H;${x;p}' "$(lab dir)/log/main.log" | grep -c "Sending/queueing")" -ge 2 ]
}

# keepalived of main has been master all the time, and has nothing to say.
@test "neither hears the other, and only sub hears main again: the LAN, which had gone to sub, is back soon" {
	lab exec main nft -f - <<-'RULES'
		table inet deaf {
			chain in {
				type filter hook input priority -10
				meta l4proto 112 drop
			}
		}
	RULES
	# Once more 5 s after it has become master (garp_master_delay), which would be right by chance.
	eventually 10 announced_twice
	deaf
	has_vip sub
	eventually 5 hosts_go_to sub
	hears
	wait_for sub 5 "! ip addr show dev eth0 | grep -q 192.168.0.254/"
	eventually 10 hosts_go_to main
	lan_reaches_internet
	lab exec main nft delete table inet deaf
	is_normal
	quiet 25
}

# peer_of_main ADDRESS: to whom main sends its VRRP.
peer_of_main() {
	lab exec main sh -c 'sed -i "/unicast_peer {/,/}/s/^\( *\)[0-9.]*$/\1$1/" /etc/keepalived/keepalived.conf
		kill -HUP "$(cat /run/keepalived.pid)"' - "$1"
}

@test "main has a wrong unicast_peer: both say so, and exit 1; and back" {
	peer_of_main 192.168.0.77
	both_say_why
	peer_of_main 192.168.0.2
	all_is_well_again
}

# splits_told: so often the two routers say in their histories that there were two masters.
splits_told() {
	for router in main sub; do
		lab exec "$router" fo-status history
	done | grep -c "two masters"
}

@test "a failover and a failback are no split" {
	local told
	told=$(splits_told)
	lab line main down
	is_failed_over
	lab line main up
	is_normal
	quiet
	[ "$(splits_told)" -eq "$told" ]
}
