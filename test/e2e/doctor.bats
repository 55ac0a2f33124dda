#!/usr/bin/env bats
# fo-status doctor on two real routers: nothing in any state of the samples, and exactly what was broken.

load lab
load field

setup_file() {
	need_root
	export NAME="e2e$$"
	find_build
	make_etc "$BATS_FILE_TMPDIR/etc"
	lab_up "$BATS_FILE_TMPDIR/etc"
}

setup() {
	ETC=$BATS_TEST_TMPDIR/etc
	make_etc "$ETC"
}

# The lab stays for the next test.
teardown() {
	:
}

teardown_file() {
	[ -z "${NAME:-}" ] || lab down
}

# diagnose ROUTER: the codes, each once, and on stderr what was found. Who breaks something need not listen to the other router.
diagnose() {
	lab exec "$1" fo-status doctor ${BROKEN:+--no-listen} >"$BATS_TEST_TMPDIR/found" || [ $? -eq 1 ] || return 2
	sed "s/^/$1: /" "$BATS_TEST_TMPDIR/found" >&2
	sed -nE 's/^(FO[0-9]{3}) .*/\1/p' "$BATS_TEST_TMPDIR/found" | sort -u | paste -sd ' '
}

# finds ROUTER [CODE…]: exactly these.
finds() {
	local found
	found=$(diagnose "$1")
	[ "$found" = "${*:2}" ] || { echo "not '${*:2}' but '$found'" >&2; return 1; }
}

# breaks ROUTER "CODE…" COMMAND HEAL: what the first shell command breaks is found, and the second one mends it.
breaks() {
	lab exec "$1" sh -c "$3"
	BROKEN=1 finds "$1" $2 || { echo "after: $3" >&2; return 1; }
	seen_where_cut "$1" || { echo "after: $3" >&2; return 1; }
	lab exec "$1" sh -c "$4"
}

# seen_where_cut ROUTER: if the LAN does not reach the Internet now, fo-status says so, too.
seen_where_cut() {
	local status=0
	lab exec lan ping -n -c 2 -i 0.3 -W 1 8.8.8.8 >/dev/null && return
	CUT=$((${CUT:-0} + 1))
	lab exec "$1" fo-status -q >"$BATS_TEST_TMPDIR/status" || status=$?
	[ "$status" -ne 1 ] || return 0
	echo "the LAN has no Internet, and fo-status on $1 does not say so:" >&2
	cat "$BATS_TEST_TMPDIR/status" >&2
	return 1
}

@test "nothing is found in the samples, in any state of the lines" {
	is_normal
	finds main
	finds sub
	lab exec sub fo-keepalive
	finds sub
	lab line main blackhole on
	is_failed_over
	finds main
	finds sub
	lab line main blackhole off
	is_normal
	finds main
	finds sub
	lab line main down
	is_failed_over
	finds main
	finds sub
	# Both.
	lab line sub down
	has_vip main
	finds main
	finds sub
	lab line main up
	is_normal_but_for_the_class
	finds main
	finds sub
	lab line sub up
	is_normal
}

is_normal_but_for_the_class() {
	has_vip main 15
	default_is main "dev ppp0"
	default_is sub "via 192.168.0.254 dev eth0"
}

@test "who has the VRRP address: two, nobody" {
	is_normal
	lab exec lan ip addr add 192.168.0.254/32 dev eth0
	finds main FO202
	lab exec lan ip addr del 192.168.0.254/32 dev eth0
	lab router main stop-keepalived
	has_vip sub
	lab router sub stop-keepalived
	wait_for sub 5 "! $HAS_VIP"
	finds sub FO201 FO301
	lab router main start-keepalived
	lab router sub start-keepalived
	is_normal
}

# The guests' network is no LAN of these two: its gateway may well be an address that does not move.
@test "a DHCP server for guests is none for the LAN; one for the LAN has to name the VRRP address" {
	is_normal
	lab exec main sh -c 'ip link add guest type veth peer name far; ip addr add 10.5.0.1/24 dev guest; ip link set guest up; ip link set far up
		cp "$(command -v sleep)" /run/dhcpd; /run/dhcpd 300 </dev/null >/dev/null 2>&1 & echo $! >/run/dhcpd.pid
		mkdir -p /etc/dhcp; echo "subnet 10.5.0.0 netmask 255.255.255.0 { option routers 10.5.0.1; }" >/etc/dhcp/dhcpd.conf'
	finds main
	breaks main FO314 'echo "subnet 192.168.0.0 netmask 255.255.255.0 { option routers 192.168.0.1; }" >>/etc/dhcp/dhcpd.conf' \
		'kill "$(cat /run/dhcpd.pid)"; rm /etc/dhcp/dhcpd.conf; ip link del guest'
}

@test "routes, switches and interfaces" {
	is_normal
	breaks sub FO203 'ip route add 128.0.0.0/1 via 192.168.0.10' 'ip route del 128.0.0.0/1'
	breaks main FO203 'ip route add 128.0.0.0/1 via 192.168.0.10' 'ip route del 128.0.0.0/1'
	breaks main FO218 'ip rule add pref 50 iif eth0 to 198.41.0.0/16 lookup 99; ip route add default via 192.168.0.10 table 99' \
		'ip rule del pref 50'
	breaks main FO205 'echo 0 >/proc/sys/net/ipv4/ip_forward' 'echo 1 >/proc/sys/net/ipv4/ip_forward'
	breaks main FO206 "sed -i 's/^;table = 87/table = 0/' /etc/fo/fo.conf; echo 1 >/proc/sys/net/ipv4/conf/ppp0/rp_filter" \
		"sed -i 's/^table = 0/;table = 87/' /etc/fo/fo.conf; echo 0 >/proc/sys/net/ipv4/conf/ppp0/rp_filter"
	breaks main FO208 'ip link set ppp0 mtu 1454; nft delete table inet fo_mss; nft delete table inet router' \
		'ip link set ppp0 mtu 1500; nft -f /etc/nftables.conf'
	breaks sub FO211 'ip link set eth0 down' 'ip link set eth0 up'
	is_normal
	breaks sub FO212 "sed -i 's/^uplink = ppp0/uplink = eth7/; s/^master = dev ppp0/master = dev eth7/' /etc/fo/fo.conf" \
		"sed -i 's/eth7/ppp0/' /etc/fo/fo.conf"
	breaks sub "FO007 FO215" "sed -i 's/^backup = via 192.168.0.254/backup = via 192.168.0.2/' /etc/fo/fo.conf" \
		"sed -i 's/^backup = via 192.168.0.2 /backup = via 192.168.0.254 /' /etc/fo/fo.conf"
	breaks sub FO213 'ip -4 addr flush dev ppp0' true
	lab line sub redial
	lab line sub down
	breaks sub FO214 'ip link add ppp1 type veth peer name other; ip addr add 10.9.9.9/32 dev ppp1; ip link set ppp1 up; ip link set other up' \
		'ip link del ppp1'
	lab line sub up
	is_normal
}

@test "translation and packet filters, in the words of nft and of both iptables" {
	local masquerade='-t nat -A POSTROUTING -s 192.168.0.0/24 -o ppp0 -j MASQUERADE'
	is_normal
	breaks main FO204 'nft delete table ip fo_nat' 'nft -f /etc/nftables.conf'
	breaks main FO204 'nft flush chain ip fo_nat postrouting; nft add rule ip fo_nat postrouting oifname eth1 masquerade' true
	breaks main FO204 'nft flush chain ip fo_nat postrouting; nft add rule ip fo_nat postrouting ip saddr 192.168.1.0/24 masquerade' \
		'nft -f /etc/nftables.conf'
	breaks main FO209 'nft -f -' true <<-'RULES'
		table inet fw {
			chain input {
				type filter hook input priority 0; policy drop;
				ct state established,related accept
				iif lo accept
				tcp dport 22 accept
			}
		}
	RULES
	breaks main "" 'nft insert rule inet fw input ip protocol 112 ip saddr 192.168.0.2 accept' 'nft delete table inet fw'
	breaks main FO209 'nft flush chain ip fo_guard input
		nft add rule ip fo_guard input ip protocol 112 ip saddr != "{ 192.168.0.1, 192.168.0.3 }" drop' 'nft -f /etc/nftables.conf'
	breaks main FO210 'nft add table inet fw; nft add chain inet fw f "{ type filter hook forward priority 0; policy drop; }"
		nft add rule inet fw f ct state established accept; nft add rule inet fw f iifname eth0 oifname eth1 accept' true
	breaks main "" 'nft add rule inet fw f iifname eth0 oifname ppp0 accept' 'nft delete table inet fw'
	[ "$CUT" -ge 4 ]
	command -v iptables-legacy >/dev/null || skip "the rest needs iptables"
	lab exec main nft delete table ip fo_nat
	breaks main "" "iptables-nft $masquerade" 'nft delete table ip nat'
	breaks main "" "iptables-legacy $masquerade" 'iptables-legacy -t nat -F'
	breaks main FO204 "iptables-legacy -t nat -A POSTROUTING -o eth1 -j MASQUERADE" 'iptables-legacy -t nat -F'
	lab exec main nft -f /etc/nftables.conf
	# Answers come in: else the line is dead as well, and with nothing heard of the other router there are two masters.
	breaks main FO209 'iptables-legacy -A INPUT -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT
		iptables-legacy -A INPUT -p tcp --dport 22 -j ACCEPT; iptables-legacy -P INPUT DROP' true
	breaks main "" 'iptables-legacy -A INPUT -p vrrp -s 192.168.0.2 -j ACCEPT' 'iptables-legacy -P INPUT ACCEPT; iptables-legacy -F'
	is_normal
}

@test "residents, credentials and classes" {
	is_normal
	lab router main stop-watcher
	finds main FO304
	lab router main start-watcher
	lab router sub stop-resident
	finds sub FO305
	breaks sub "FO217 FO305" 'ip rule del $(ip rule | sed -n "s/.*\(from [0-9.]* lookup 87\).*/\1/p" | head -n 1)' 'fo-route apply'
	breaks sub "FO207 FO305" "sed -i 's/^;redirects = off/redirects = keep/' /etc/fo/fo.conf; echo 1 >/proc/sys/net/ipv4/conf/all/send_redirects" \
		"sed -i 's/^redirects = keep/;redirects = off/' /etc/fo/fo.conf"
	lab router sub start-resident
	lab exec sub fo-speedclass set s1.standard
	finds sub FO504
	lab exec sub fo-speedclass sync
	breaks sub FO502 'chmod 644 /.soracom/keepalived.json' 'chmod 600 /.soracom/keepalived.json'
	finds sub
	run -2 lab exec sub setpriv --reuid 65534 --clear-groups fo-status doctor
}

# healthy ROUTER…: nothing is found on either router.
healthy() {
	finds main
	finds sub
	lab down
}

@test "nothing is found with lines on Ethernet, by DHCP or not" {
	ethernet main dhcp
	ethernet sub "via 192.168.42.129"
	lab_up "$ETC" --line main=ethernet --line sub=ethernet
	carried_by main
	healthy
}

@test "nothing is found with IPv6, use_vmac, strict reverse path filters and a VLAN" {
	with_ipv6 "dev ppp0" "dev ppp0"
	conf main lan "eth0, eth0.20"
	conf sub lan "eth0, eth0.20"
	vrrp 's/^    virtual_router_id 51/&\n    use_vmac vrrp.51\n    vmac_xmit_base/'
	lab_up "$ETC" --rp-filter 1 --vlan
	ipv6_lines
	carried_by main
	healthy
}
