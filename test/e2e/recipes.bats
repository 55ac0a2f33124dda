#!/usr/bin/env bats
# Each recipe of doc/recipes.md: its files as they are, the real daemon, and what the page promises, asked from the LAN.

load lab
load recipes

# leases: what a host of the LAN gets, such as 192.168.0.128 router=192.168.0.254 dns=192.168.0.254 server=192.168.0.1.
leases() {
	printf '#!/bin/sh\n[ "$1" != bound ] || echo "$ip router=$router dns=$dns server=$serverid"\n' >"$BATS_TEST_TMPDIR/bound"
	chmod +x "$BATS_TEST_TMPDIR/bound"
	lab exec lan udhcpc -f -q -n -T 1 -t 10 -i eth0 -s "$BATS_TEST_TMPDIR/bound" 2>/dev/null
}

# leased [SERVER]: the gateway is the VRRP address; from the server's own pool.
leased() {
	run -0 leases
	case "$output" in
	192.168.0.1[0-4]?' router=192.168.0.254 dns=192.168.0.254 server=192.168.0.1') [ "${1:-1}" = 1 ] ;;
	192.168.0.1[5-9]?' router=192.168.0.254 dns=192.168.0.254 server=192.168.0.2') [ "${1:-2}" = 2 ] ;;
	*) echo "leased: $output" >&2; return 1 ;;
	esac
}

# serves_leases NAME START STOP: the recipe's server on both routers, and on the one that is left.
serves_leases() {
	for router in main sub; do
		for folder in both "$router"; do
			[ ! -d "$RECIPES/$1/$folder" ] || has_files "$router" "$1/$folder"
		done
	done
	on_both "$2"
	eventually 10 leased
	are_healthy main sub
	starts main "$3"
	leased 2
	starts main "$2"
	starts sub "$3"
	eventually 10 leased 1
	starts main "$3"
}

# The Internet knows www.example.net, and the LAN asks for it at the VRRP address.
internet_has_names() {
	starts isp "dnsmasq --conf-file=/dev/null --no-resolv --no-hosts --bind-interfaces --pid-file= \
		--listen-address=1.1.1.1,8.8.8.8 --address=/example.net/203.0.113.80"
}

lan_knows_names() {
	eventually 10 sh -c '"$@" | grep -q "^Address.* 203.0.113.80"' - \
		"$LAB" --name "$NAME" exec lan busybox nslookup -type=a www.example.net 192.168.0.254
}

@test "dnsmasq: a lease from the router that is left" {
	serves_leases dnsmasq "service dnsmasq start" "service dnsmasq stop"
	# Without the line for the gateway dnsmasq would name itself, and the doctor says so.
	starts main "sed -i /option:router/d /etc/dnsmasq.d/lan.conf && service dnsmasq start"
	run -1 lab exec main fo-status doctor
	says "FO314 error: /etc/dnsmasq.d/lan-pool.conf:3"
	starts main "service dnsmasq stop"
}

@test "dnsmasq: names at the VRRP address, whoever has it" {
	for router in main sub; do
		has_files "$router" dnsmasq/both "dnsmasq/$router"
	done
	internet_has_names
	# Not started again below: the address comes to dnsmasq, and goes.
	on_both "service dnsmasq start"
	lan_knows_names
	lab line main blackhole on
	carried_by sub
	lan_knows_names
	lab line main blackhole off
	carried_by main
	lan_knows_names
	on_both "service dnsmasq stop"
}

@test "isc-dhcp-server: a lease from the router that is left" {
	serves_leases isc-dhcp-server "service isc-dhcp-server start" "service isc-dhcp-server stop"
}

# As its unit does.
KEA='mkdir -p /run/kea /run/lock/kea /var/lib/kea && chown _kea: /run/kea /run/lock/kea /var/lib/kea
	export KEA_LOCKFILE_DIR=/run/lock/kea && exec setpriv --reuid _kea --regid _kea --clear-groups \
	--inh-caps +net_bind_service,+net_raw --ambient-caps +net_bind_service,+net_raw \
	kea-dhcp4 -c /etc/kea/kea-dhcp4.conf >/run/kea/log 2>&1'

@test "Kea: a lease from the router that is left" {
	for router in main sub; do
		lab exec "$router" kea-dhcp4 -t "$RECIPES/kea/$router/etc/kea/kea-dhcp4.conf"
	done
	serves_leases kea "($KEA) </dev/null & exec >/dev/null 2>&1" 'kill $(cat /run/kea/kea-dhcp4.kea-dhcp4.pid)'
}

@test "PPPoE: pppd and ifupdown take the files, the doctor finds nothing in them, and TCP fits" {
	has_files main pppoe/main
	lab exec main ifup --no-act line
	# There may be no ppp here. pppd reads all options first; the plugin wants the kernel's at once.
	lab exec main sh -c 'sed "/^plugin/d; /^eth1/d" /etc/ppp/peers/line >/run/line; echo perist >/run/wrong; cat /run/line >>/run/wrong'
	run lab exec main pppd file /run/wrong dryrun
	says "unrecognized option 'perist'"
	run lab exec main pppd file /run/line dryrun
	lacks "$output" "option '"
	are_healthy main
	lab exec main ip link set ppp0 mtu 1454
	lab exec main nft delete table inet router # of the lab: what pppd's own hooks may do
	lab exec isp nft -f - <<-'END'
		table inet sizes {
			chain in {
				type filter hook prerouting priority raw - 20
				iifname line-main tcp flags & (syn | ack) == syn tcp option maxseg size 1414 counter
			}
		}
	END
	lab exec lan timeout 5 bash -c 'exec 9<>/dev/tcp/8.8.8.8/7'
	lab exec isp nft list table inet sizes | grep -q 'maxseg size 1414 counter packets 1 '
	lab exec main rm /etc/ppp/peers/line
}

# Beside ufw and firewalld the nftables sample stays, and translates.
@test "ufw: VRRP and the LAN pass, over and back, and the line lets nothing in" {
	on_both "sh $RECIPES/ufw/rules"
	healthy_over_and_back
	closed_to_the_internet
	on_both 'ufw --force disable && nft delete table ip filter && nft delete table ip6 filter'
}

@test "firewalld: VRRP and the LAN pass, over and back, and the line lets nothing in" {
	has_files main firewalld/both
	has_files sub firewalld/both
	on_both "firewall-offline-cmd --check-config && mkdir -p /run/dbus && dbus-daemon --system --fork && firewalld"
	for router in main sub; do
		wait_for "$router" 30 "firewall-cmd --get-active-policies | grep -q lan-out"
	done
	healthy_over_and_back
	closed_to_the_internet
	on_both 'kill $(cat /run/firewalld.pid)'
	for router in main sub; do
		wait_for "$router" 10 "! nft list table inet firewalld"
	done
}

@test "iptables: VRRP and the LAN pass, over and back, and the line lets nothing in" {
	on_both "nft flush ruleset"
	reaches isp 100.64.0.10
	on_both "iptables-restore $RECIPES/iptables/both/etc/iptables/rules.v4"
	healthy_over_and_back
	closed_to_the_internet
	run ! grep -v ' 0 0$' <<<"$(lab counter)"
	on_both "nft flush ruleset && nft -f /etc/nftables.conf"
}

# reaches HOST ADDRESS: ssh of main, which listens everywhere, and is for the LAN alone.
reaches() {
	lab exec main sh -c 'ss -Hlnt sport = 22 | grep -q .' || lab spawn main python3 -c 'import socket
s = socket.create_server(("", 22))
while True: s.accept()'
	wait_for main 5 "ss -Hlnt sport = 22 | grep -q ."
	lab exec "$1" timeout 2 bash -c 'exec 9<>/dev/tcp/$1/22' - "$2"
}

closed_to_the_internet() {
	reaches lan 192.168.0.1
	run ! reaches isp 100.64.0.10
}

# The Internet end of main's Ethernet line hands out addresses; whoever is the client of the lab has none any more.
serves_the_line() {
	lab line main metric none
	starts isp "dnsmasq --conf-file=/dev/null --port=0 --interface=line-main --bind-interfaces --pid-file= --leasefile-ro \
		--dhcp-range=198.51.100.20,198.51.100.40,10m --dhcp-option=3,198.51.100.1"
	leaves_the_line
}

leaves_the_line() {
	lab exec main ip -4 address flush dev eth1
	wait_for main 5 "! ip route show table 87 | grep -q ^default"
}

# has_leased: a route of the DHCP client that fo-route has learned.
has_leased() {
	wait_for main 20 "ip -4 -o address show dev eth1 | grep -q ' 198\.51\.100\.[234]'"
	wait_for main 10 "ip route show table 87 | grep -q '^default via 198.51.100.1 dev eth1'"
	carried_by main
	sends main "via 198.51.100.1 dev eth1"
}

@test "an Ethernet line by dhclient of ifupdown, dhcpcd and systemd-networkd: the gateway is learned, over and back" {
	with main ethernet/both
	NAME=${SHARED}o
	lab_up "$ETC" --line main=ethernet
	carried_by main
	serves_the_line
	# dhclient, with another default route in its way.
	has_files main ethernet/ifupdown
	starts main "mkdir -p /run/network && ifup eth1"
	has_leased
	healthy_over_and_back
	sends main "via 198.51.100.1 dev eth1"
	starts main "ifdown eth1 && ip link set eth1 up"
	leaves_the_line
	# dhcpcd
	has_files main ethernet/dhcpcd
	starts main "dhcpcd --nodev" # for want of udev
	has_leased
	are_healthy main
	lab exec main ip route show default | grep -q 'via 198.51.100.1 dev eth1 .*metric 1000'
	starts main "dhcpcd -x"
	leaves_the_line
	# systemd-networkd, which has the LAN, too. It waits for udev, but not in a container, whose /sys is read-only.
	has_files main ethernet/networkd
	starts main "mount -o remount,bind,ro /sys
		mkdir -p /run/systemd/netif/links /run/systemd/netif/leases && chown -R systemd-network: /run/systemd/netif"
	networkd
	has_leased
	healthy_over_and_back
	# The VRRP address, and what fo-route has made, stay where it starts.
	lab exec main sh -c 'kill $(pgrep -x systemd-network)'
	wait_for main 5 "! pgrep -x systemd-network"
	networkd
	wait_for main 10 "grep -q 'eth0: Configuring' /run/networkd || grep -q Enumeration /run/networkd"
	has_leased
	[ "$(grep -c ' Entering BACKUP STATE' "$(lab dir)/log/main.log")" -eq "$before" ]
}

networkd() {
	before=$(grep -c ' Entering BACKUP STATE' "$(lab dir)/log/main.log")
	starts main "/lib/systemd/systemd-networkd </dev/null >/run/networkd 2>&1 &"
}

@test "a USB modem with ModemManager: the address that it has learned, over and back, dialled again" {
	with sub usb-modem/sub
	systemd-analyze verify --man=no "$RECIPES/usb-modem/sub/etc/systemd/system/lte.service" 2>&1 | sed '/ModemManager.service\|local.sbin.lte is not/d' >"$BATS_TEST_TMPDIR/verify"
	diff /dev/null "$BATS_TEST_TMPDIR/verify"
	NAME=${SHARED}o
	lab_up "$ETC"
	# What stands in for mmcli prints as mmcli does, of a modem that is ppp0 by another name.
	lab exec sub sh -c 'cat >/usr/local/bin/mmcli; chmod 755 /usr/local/bin/mmcli' <<-'END'
		#!/bin/sh
		echo "$*" >>/run/mmcli
		case "$*" in
		"-m any -K") printf 'modem.generic.bearers.length                    : 1\nmodem.generic.bearers.value[1]                  : /org/freedesktop/ModemManager1/Bearer/7\n' ;;
		"-b /org/freedesktop/ModemManager1/Bearer/7 -K")
			cat <<-'OUT'
			bearer.status.interface                           : wwan0
			bearer.ipv4-config.method                         : static
			bearer.ipv4-config.address                        : 10.128.0.10
			bearer.ipv4-config.prefix                         : 30
			bearer.ipv4-config.gateway                        : 10.128.0.9
			bearer.ipv4-config.mtu                            : 1420
			OUT
			;;
		esac
	END
	lab exec sub sh -c 'ip link set ppp0 down && ip address flush dev ppp0 && ip link set ppp0 name wwan0 && lte up'
	lab exec sub ip -o link show wwan0 | grep -q 'mtu 1420'
	healthy_over_and_back
	lab exec sub fo-keepalive --probe
	lab exec sub sh -c 'lte down && lte up'
	lab exec sub fo-keepalive --probe
	[ "$(lab exec sub grep -c 'simple-connect=apn=soracom.io,' /run/mmcli)" -eq 2 ]
}

@test "IPv6 with radvd: the prefix is for new connections while main has the LAN, and for none when it has not" {
	with main ipv6/both ipv6/main
	with sub ipv6/both ipv6/sub
	begin_own
	lab exec lan sh -c 'echo 1 >/proc/sys/net/ipv6/conf/eth0/accept_ra'
	for router in main sub; do
		lab exec "$router" /etc/keepalived/advertise
		lab exec "$router" radvd -c -C /etc/radvd/master.conf
		lab exec "$router" radvd -c -C /etc/radvd/backup.conf
	done
	ipv6_is good
	healthy_over_and_back_with ipv6_is
	# Without power main cannot say goodbye.
	lab router main power-off
	ipv6_is gone
	lab exec lan rdisc6 -1 eth0 | grep -q '^Router lifetime  *: *0 '
}

# ipv6_is good|gone: what a host of the LAN makes of it: an address to begin with, and a way out.
ipv6_is() {
	if [ "$1" = good ]; then
		wait_for lan 15 "ip -6 -o address show dev eth0 scope global | grep ' 2001:db8:1:' | grep -qv deprecated"
		wait_for lan 15 "ip -6 route show default | grep -q 'via fe80::ff:fe00:1 .*proto ra'"
	else
		wait_for lan 15 "ip -6 -o address show dev eth0 scope global | grep ' 2001:db8:1:' | grep -q deprecated"
	fi
}

# healthy_over_and_back_with CHECK: which is good on main, and gone on sub.
healthy_over_and_back_with() {
	are_healthy main sub
	lab line main blackhole on
	carried_by sub
	"$1" gone
	wait_for lan 5 "! ip -6 route show default | grep -q 'proto ra'"
	are_healthy main sub
	lab line main blackhole off
	carried_by main
	"$1" good
}

@test "a second LAN on a VLAN: its gateway moves with the other one" {
	with main vlans/both vlans/main
	with sub vlans/both vlans/sub
	begin_own --vlan
	lab exec main ifup --no-act -v eth0.20 2>&1 | grep -q '192\.168\.20\.1/255\.255\.255\.0 '
	second_lan_leaves_by 192.168.20.1
	are_healthy main sub
	lab line main blackhole on
	carried_by sub
	second_lan_leaves_by 192.168.20.2
	are_healthy main sub
	lab line main blackhole off
	carried_by main
	second_lan_leaves_by 192.168.20.1
	run ! grep -v ' 0 0$' <<<"$(lab counter)"
}

# second_lan_leaves_by ADDRESS: of the router.
second_lan_leaves_by() {
	lab wait lan20 5 ping -n -c 1 -W 1 8.8.8.8 >/dev/null
	eventually 5 sh -c '[ "$("$@" | sed -n "s/^ *1  *\([0-9.]*\) .*/\1/p")" = '"$1"' ]' - \
		"$LAB" --name "$NAME" exec lan20 traceroute.db -n -m 1 -q 1 -w 2 8.8.8.8
}

@test "WireGuard into the house over LTE, while main carries the LAN" {
	local far=fo$$
	with sub wireguard/sub
	begin_own
	wg genkey >"$BATS_TEST_TMPDIR/far"
	# The device's key goes into the file, as on the page.
	lab exec sub sh -c 'umask 077; wg genkey >/etc/wireguard/private.key; chmod 600 /etc/wireguard/wg0.conf
		sed -i "s|^PublicKey = .*|PublicKey = $1|" /etc/wireguard/wg0.conf
		mkdir -p /dev/net && mknod /dev/net/tun c 10 200' - "$(wg pubkey <"$BATS_TEST_TMPDIR/far")"
	starts sub "wg-quick up wg0 </dev/null"
	lab exec sub wg show wg0 public-key >"$BATS_TEST_TMPDIR/sub"
	starts isp "wireguard-go $far </dev/null"
	lab exec isp wg set "$far" private-key "$BATS_TEST_TMPDIR/far" peer "$(cat "$BATS_TEST_TMPDIR/sub")" \
		endpoint 10.128.0.10:51820 allowed-ips 10.66.0.1/32,192.168.0.0/24
	lab exec isp ip address add 10.66.0.2/24 dev "$far"
	lab exec isp ip link set "$far" up
	lab exec isp ip route add 192.168.0.0/24 dev "$far"
	# Nothing of the tunnel over main's line, not even an answer.
	lab exec isp nft -f - <<-'END'
		table inet tunnel {
			chain in {
				type filter hook prerouting priority raw - 20
				iifname line-main udp sport 51820 counter
			}
		}
	END
	house_answers
	[ "$(lab exec sub wg show wg0 latest-handshakes | cut -f 2)" -gt 0 ]
	carried_by main
	are_healthy main sub
	lab line main blackhole on
	carried_by sub
	house_answers
	lab line main blackhole off
	carried_by main
	house_answers
	lab exec isp nft list table inet tunnel | grep -q 'counter packets 0 '
	run ! grep -v ' 0 0$' <<<"$(lab counter)"
}

# house_answers: sub's end of the tunnel, a host of the LAN, and the other router.
house_answers() {
	local address
	for address in 10.66.0.1 192.168.0.10 192.168.0.1; do
		lab wait isp 10 ping -n -c 1 -W 1 -I 10.66.0.2 "$address" >/dev/null
	done
}

# With the words of openrc-run(8) that they use. `rc VERB SERVICE`: what the script does then.
# Not more: of processes that start and end the kernel tells nobody in a namespace.
@test "OpenRC: keepalived takes the tracking of the watcher" {
	has_files sub openrc/sub
	lab exec sub sh -c 'cd /etc/keepalived && sed -i "s/^vrrp_instance/include watcher.conf\n&/; s/^    track_file {/    track_process {\n        watcher\n    }\n&/" keepalived.conf &&
		keepalived -t'
	lab router sub stop-keepalived
	lab router sub start-keepalived
	wait_for sub 20 'kill -USR1 "$(cat /run/keepalived.pid)"; grep -q "watcher, weight -60" /tmp/keepalived.data'
}

@test "OpenRC: the scripts start the residents before keepalived, and tell them to read fo.conf again" {
	has_files main openrc/both
	for service in watch route; do
		lab exec main sh -n "/etc/init.d/fo-$service"
		lab exec main sh -c '
			before() { echo "before $*"; }
			use() { :; }
			checkpath() { [ "$1 $2 $3" = "-d -m 0755" ] && shift 3 && mkdir -p "$@"; }
			ebegin() { :; }
			eend() { return "$1"; }
			export PATH="/run:$PATH"
			printf "#!/bin/sh\necho \"\$*\"\n" >/run/supervise-daemon && chmod 755 /run/supervise-daemon
			. "/etc/init.d/fo-$1"
			depend && start_pre && reload && echo "$supervisor" && exec $command $command_args --help' - "$service" >"$BATS_TEST_TMPDIR/said"
		grep -qx "before keepalived" "$BATS_TEST_TMPDIR/said"
		grep -qx supervise-daemon "$BATS_TEST_TMPDIR/said"
		grep -q -- "--signal HUP" "$BATS_TEST_TMPDIR/said"
		grep -q "^usage: fo-$service" "$BATS_TEST_TMPDIR/said" || { cat "$BATS_TEST_TMPDIR/said" >&2; false; }
	done
}
