#!/usr/bin/env bats
# fo-status doctor: services, other programs, pppd and the SIM of a router, from its files alone. Each case breaks one thing
# in a router that is in order.
# shellcheck disable=SC2154  # exits of support.bash sets messages

load ../support

setup_file() {
	find_build
	export GOOD=$BATS_FILE_TMPDIR/good
	make_router
}

# put FILE: below the router's root, from stdin.
put() {
	mkdir -p "$(dirname "$ROUTER/$1")"
	cat >"$ROUTER/$1"
}

# runs PID NAME WORD…: a process.
runs() {
	printf '%s\n' "$2" | put "proc/$1/comm"
	printf '%s\0' "${@:3}" | put "proc/$1/cmdline"
	ln -sf "/usr/bin/$2" "$ROUTER/proc/$1/exe"
}

# enable TARGET UNIT…
enable() {
	local unit
	mkdir -p "$ROUTER/etc/systemd/system/$1.target.wants"
	for unit in "${@:2}"; do
		ln -sf "/usr/lib/systemd/system/$unit" "$ROUTER/etc/systemd/system/$1.target.wants/$unit"
	done
}

# `sub` of the samples, with systemd and pppd.
make_router() {
	local program
	ROUTER=$GOOD
	mkdir -p "$GOOD"/{run/systemd/system,etc/fo,etc/keepalived,etc/cron.d,usr/bin}
	cp "$BATS_TEST_DIRNAME/../../etc/sub/fo.conf" "$GOOD/etc/fo/"
	cp "$BATS_TEST_DIRNAME/../../etc/sub/keepalived.conf" "$GOOD/etc/keepalived/"
	for program in fo-route fo-speedclass fo-keepalive fo-check-ftth; do
		install -m 755 /dev/null "$GOOD/usr/bin/$program"
	done
	put etc/ppp/options <<<$'lock\nlcp-echo-interval 30\nlcp-echo-failure 4'
	put etc/ppp/peers/lte <<<$'ifname ppp0\n/dev/ttyUSB0 460800\nconnect "/usr/sbin/chat -f /etc/chatscripts/lte"\npersist\nmaxfail 0\nnodefaultroute # fo-route sets it'
	cp -r "$BATS_TEST_DIRNAME"/../../etc/ppp/ip-{up,down}.d "$GOOD/etc/ppp/"
	chmod 755 "$GOOD"/etc/ppp/ip-*.d/*
	put usr/lib/systemd/system/keepalived.service <<<$'[Service]\nType=notify\nExecStart=/usr/sbin/keepalived'
	put etc/systemd/system/keepalived.service.d/restart.conf <<<$'[Unit]\nStartLimitIntervalSec=0\n[Service]\nRestart=always'
	enable multi-user keepalived.service fo-watch.service fo-route.service
	enable timers fo-keepalive.timer fo-speedclass.timer
	runs 401 keepalived /usr/sbin/keepalived
	runs 402 fo-watch /usr/bin/fo-watch
	runs 403 fo-route /usr/bin/fo-route watch
	runs 404 pppd /usr/sbin/pppd call lte
	put run/ppp0.pid <<<404
	put root/.soracom/keepalived.json <<<'{}'
	chmod 600 "$GOOD/root/.soracom/keepalived.json"
	put etc/resolv.conf <<<'nameserver 192.0.2.53'
	cp "$BATS_TEST_DIRNAME/../../etc/cron.d/fo-keepalive" "$GOOD/etc/cron.d/"
}

# A router of its own for the next case.
fresh() {
	ROUTER=$BATS_TEST_TMPDIR/router
	rm -rf "$ROUTER"
	cp -a "$GOOD" "$ROUTER"
}

# finds [CODE…]: that the doctor has exactly these findings; and what mends each, unless there is none.
finds() {
	exits "$(($# > 0))" "$FO_BUILD/cmd/fo-status" doctor --fix-hints --no-listen --root "$ROUTER"
	[ "$(grep -oE '^FO[0-9]{3}' <<<"$output" | paste -sd ' ')" = "$*" ] || {
		printf 'not %s but:\n%s\n' "${*:-nothing}" "$output" >&2
		return 1
	}
	if [ $# -gt 0 ]; then
		grep -qE '^ {10}[^ ]' <<<"$output"
	fi
	fresh
}

setup() {
	fresh
}

drop() {
	rm -r "${@/#/$ROUTER/}"
}

# edit FILE SED
edit() {
	sed -i "$2" "$ROUTER/$1"
}

@test "a router in order has no finding, nor has a copy of no more than its configuration" {
	finds
	drop proc run root usr etc/ppp etc/systemd etc/resolv.conf etc/cron.d
	mkdir -p "$ROUTER/usr/bin"
	cp -a "$GOOD"/usr/bin/fo-* "$ROUTER/usr/bin"
	finds
}

@test "what has to run does not" {
	drop proc/401
	finds FO301
	drop etc/systemd/system/multi-user.target.wants/keepalived.service
	finds FO302
	drop etc/systemd/system/keepalived.service.d
	finds FO303
	edit etc/systemd/system/keepalived.service.d/restart.conf /StartLimit/d
	finds FO303
	drop proc/402
	finds FO304
	drop proc/403
	finds FO305
	runs 403 fo-route /usr/bin/fo-route apply
	finds FO305
	drop etc/systemd/system/multi-user.target.wants/fo-watch.service
	finds FO306
	drop etc/systemd/system/multi-user.target.wants/fo-{watch,route}.service
	finds FO306 FO306
	ln -sf '/usr/bin/fo-watch (deleted)' "$ROUTER/proc/402/exe"
	finds FO309
}

@test "nobody calls fo-alert, which is to tell somebody" {
	edit etc/fo/fo.conf '$a [alert]\ncommand = /usr/bin/fo-route'
	finds FO307
	edit etc/fo/fo.conf '$a [alert]\ncommand = /usr/bin/fo-route'
	ln -s /lib/systemd/system/fo-alert.timer "$ROUTER/etc/systemd/system/timers.target.wants/"
	finds
	edit etc/fo/fo.conf '$a [alert]\nevents = all'
	finds FO603
	edit etc/fo/fo.conf '$a [alert]\nurl = https://alerts.example/'
	chmod 640 "$ROUTER/etc/fo/fo.conf"
	drop run/systemd
	runs 405 cron /usr/sbin/cron
	put etc/cron.d/fo-alert <"$BATS_TEST_DIRNAME/../../etc/cron.d/fo-alert"
	finds
}

@test "timers and cron: not both, not neither" {
	drop etc/systemd/system/timers.target.wants/fo-keepalive.timer
	finds FO307
	drop etc/systemd/system/timers.target.wants
	finds FO307 FO307
	put etc/cron.d/own <<<'*/20 * * * * root /usr/bin/fo-keepalive'
	finds FO308
	put etc/crontab <<<$'#*/20 * * * * root /usr/bin/fo-keepalive\n*/5 * * * * root /usr/bin/fo-speedclass sync'
	finds FO308
	# Without systemd.
	drop run/systemd
	runs 405 cron /usr/sbin/cron
	finds
	drop run/systemd etc/cron.d/fo-keepalive
	runs 405 cron /usr/sbin/cron
	finds FO307 FO307
	# By cron alone, where systemd runs, too.
	drop etc/systemd/system/timers.target.wants
	put var/spool/cron/crontabs/root <<<$'*/20 * * * * fo-keepalive\n*/5 * * * * fo-speedclass sync'
	finds
}

@test "other programs that manage interfaces and routes of ours" {
	edit etc/fo/fo.conf 's/^lan = eth0/lan = lo/; s/dev eth0/dev lo/'
	edit etc/keepalived/keepalived.conf 's/eth0/lo/'
	runs 410 NetworkManager /usr/sbin/NetworkManager
	put run/NetworkManager/devices/1 <<<$'[device]\nmanaged=true'
	finds FO320
	edit etc/fo/fo.conf 's/^lan = eth0/lan = lo/; s/dev eth0/dev lo/'
	edit etc/keepalived/keepalived.conf 's/eth0/lo/'
	runs 410 NetworkManager /usr/sbin/NetworkManager
	put run/NetworkManager/devices/1 <<<$'[device]\nmanaged=false'
	finds
	# Of the uplink it is one, unless the gateway is to be learned from it.
	edit etc/fo/fo.conf 's/^uplink = ppp0/uplink = lo/; s/dev ppp0/dev lo/'
	runs 410 NetworkManager /usr/sbin/NetworkManager
	put run/NetworkManager/devices/1 <<<$'[device]\nmanaged=true'
	finds FO320
	edit etc/fo/fo.conf 's/^uplink = ppp0/uplink = lo/; s/^master = dev ppp0/master = dhcp dev lo/'
	runs 410 NetworkManager /usr/sbin/NetworkManager
	put run/NetworkManager/devices/1 <<<$'[device]\nmanaged=true'
	finds

	put etc/systemd/network/lan.network <<<$'[Match]\nName=eth*\n[Network]\nAddress=192.168.0.2/24\nGateway=192.168.0.1'
	finds # it does not run
	runs 411 systemd-network /usr/lib/systemd/systemd-networkd
	finds
	runs 411 systemd-network /usr/lib/systemd/systemd-networkd
	put etc/systemd/network/lan.network <<<$'[Match]\nName=eth*\n[Network]\nAddress=192.168.0.2/24'
	finds FO322
	runs 411 systemd-network /usr/lib/systemd/systemd-networkd
	put etc/systemd/network/lan.network <<<$'[Match]\nName=eth1 eth0\n[Network]\nDHCP=yes'
	put etc/systemd/networkd.conf <<<$'[Network]\nManageForeignRoutes=no\nManageForeignRoutingPolicyRules=no'
	finds FO321
	runs 411 systemd-network /usr/lib/systemd/systemd-networkd
	put etc/systemd/network/lan.network <<<$'[Match]\nName=eth0\n[Network]\nDHCP=ipv4\n[DHCPv4]\nUseRoutes=no'
	put etc/systemd/networkd.conf.d/a.conf <<<$'[Network]\nManageForeignRoutes=no\nManageForeignRoutingPolicyRules=no'
	finds

	# An interface has the first file, by name, that matches it; one in /etc stands for that of its name in /usr/lib.
	runs 411 systemd-network /usr/lib/systemd/systemd-networkd
	put etc/systemd/networkd.conf.d/a.conf <<<$'[Network]\nManageForeignRoutes=no\nManageForeignRoutingPolicyRules=no'
	put etc/systemd/network/10-lan.network <<<$'[Match]\nName=eth0\n[Network]\nAddress=192.168.0.2/24'
	put usr/lib/systemd/network/99-dhcp.network <<<$'[Match]\nName=e*\n[Network]\nDHCP=yes'
	finds
	runs 411 systemd-network /usr/lib/systemd/systemd-networkd
	put etc/systemd/networkd.conf.d/a.conf <<<$'[Network]\nManageForeignRoutes=no\nManageForeignRoutingPolicyRules=no'
	put etc/systemd/network/50-lan.network <<<$'[Match]\nName=eth0\n[Network]\nAddress=192.168.0.2/24'
	put run/systemd/network/10-dhcp.network <<<$'[Match]\nName=!eth1 e*\n[Network]\nDHCP=yes'
	finds FO321
	runs 411 systemd-network /usr/lib/systemd/systemd-networkd
	put etc/systemd/networkd.conf.d/a.conf <<<$'[Network]\nManageForeignRoutes=no\nManageForeignRoutingPolicyRules=no'
	put etc/systemd/network/80-dhcp.network </dev/null
	put usr/lib/systemd/network/80-dhcp.network <<<$'[Match]\nName=e*\n[Network]\nDHCP=yes'
	finds
	# A route to some network is no default route.
	runs 411 systemd-network /usr/lib/systemd/systemd-networkd
	put etc/systemd/networkd.conf.d/a.conf <<<$'[Network]\nManageForeignRoutes=no\nManageForeignRoutingPolicyRules=no'
	put etc/systemd/network/lan.network <<<$'[Match]\nName=eth0\n[Route]\nGateway=192.168.0.5\nDestination=10.8.0.0/24\n[Network]'
	finds
	runs 411 systemd-network /usr/lib/systemd/systemd-networkd
	put etc/systemd/networkd.conf.d/a.conf <<<$'[Network]\nManageForeignRoutes=no\nManageForeignRoutingPolicyRules=no'
	put etc/systemd/network/lan.network <<<$'[Match]\nName=eth0\n[Route]\nDestination=10.8.0.0/24\nGateway=192.168.0.5\n[Route]\nGateway=192.168.0.1'
	finds FO321

	runs 412 dhcpcd dhcpcd
	put etc/dhcpcd.conf <<<$'hostname\n#nogateway'
	finds FO323
	runs 412 dhcpcd dhcpcd
	put etc/dhcpcd.conf <<<'denyinterfaces wlan0,eth0'
	finds
	# One that was started for another interface, as ifupdown does.
	runs 412 dhcpcd 'dhcpcd: lo [ip4]'
	put etc/dhcpcd.conf <<<hostname
	finds
	runs 412 dhcpcd 'dhcpcd: lo [ip4]'
	runs 413 dhcpcd 'dhcpcd: [manager] [ip4] [ip6]'
	put etc/dhcpcd.conf <<<hostname
	finds FO323
	runs 412 dhcpcd dhcpcd -4 eth0
	put etc/dhcpcd.conf <<<hostname
	finds FO323
	runs 412 dhcpcd dhcpcd
	put etc/dhcpcd.conf <<<$'interface eth1\nnogateway'
	finds FO323
	runs 412 dhcpcd dhcpcd
	put etc/dhcpcd.conf <<<$'interface eth0\nstatic ip_address=192.168.0.2/24\nnogateway'
	finds
	runs 412 dhcpcd dhcpcd
	put etc/dhcpcd.conf <<<'denyinterfaces wlan0 eth*'
	finds

	put etc/network/interfaces.d/lan <<<$'auto eth0\niface eth0 inet static\n\taddress 192.168.0.2/24\n\tgateway 192.168.0.1'
	finds FO324
	put etc/network/interfaces <<<$'iface eth0 inet static\n\taddress 192.168.0.2/24\n#\tgateway 192.168.0.1\niface eth1 inet static\n\tgateway 192.168.9.1'
	finds
}

@test "leases, name servers" {
	runs 420 dnsmasq /usr/sbin/dnsmasq
	put etc/dnsmasq.d/lan.conf <<<$'dhcp-range=192.168.0.100,192.168.0.200,12h'
	finds FO314
	runs 420 dnsmasq /usr/sbin/dnsmasq
	put etc/dnsmasq.conf <<<$'dhcp-range=192.168.0.100,192.168.0.200,12h\ndhcp-option=option:router,192.168.0.2'
	finds FO314
	runs 420 dnsmasq /usr/sbin/dnsmasq
	put etc/dnsmasq.conf <<<$'dhcp-range = 192.168.0.100,192.168.0.200,12h\n dhcp-option = option:dns-server,192.168.0.2'
	finds FO314
	runs 420 dnsmasq /usr/sbin/dnsmasq
	put etc/dnsmasq.conf <<<$'dhcp-range = 192.168.0.100,192.168.0.200,12h\n dhcp-option = option:router,192.168.0.2'
	finds FO314
	runs 420 dnsmasq /usr/sbin/dnsmasq
	put etc/dnsmasq.conf <<<$'dhcp-range=192.168.0.100,192.168.0.200,12h\ndhcp-option=3,192.168.0.254'
	finds
	runs 420 dnsmasq /usr/sbin/dnsmasq
	put etc/dnsmasq.conf <<<$'dhcp-range=192.168.0.100,192.168.0.200,12h\ndhcp-option-force=option:router,192.168.0.254'
	finds
	runs 420 dnsmasq /usr/sbin/dnsmasq
	put etc/dnsmasq.conf <<<$'dhcp-range=set:lan,192.168.0.100,192.168.0.200,12h\ndhcp-range=fd00::,ra-only'
	finds FO314
	runs 420 dnsmasq /usr/sbin/dnsmasq
	put etc/dnsmasq.conf <<<$'dhcp-range=::,constructor:eth0,ra-only'
	put etc/dnsmasq.d/lan.conf.dpkg-old <<<$'dhcp-range=192.168.0.100,192.168.0.200,12h'
	finds
	put etc/dnsmasq.conf <<<$'dhcp-range=192.168.0.100,192.168.0.200,12h'
	finds # it does not run
	runs 421 dhcpd /usr/sbin/dhcpd
	put etc/dhcp/dhcpd.conf <<<$'#option routers 192.168.0.254;\nsubnet 192.168.0.0 netmask 255.255.255.0 {\n  option routers 192.168.0.2;\n}'
	finds FO314
	runs 422 kea-dhcp4 /usr/sbin/kea-dhcp4
	put etc/kea/kea-dhcp4.conf <<<$'"option-data": [ {\n "name": "routers",\n "data": "192.168.0.2"\n}, { "name": "domain-name-servers", "data": "192.168.0.2" } ]'
	finds FO314
	runs 423 udhcpd udhcpd
	put etc/udhcpd.conf <<<$'start 192.168.0.20\nopt dns 192.168.0.2\noption router 192.168.0.254'
	finds
	put etc/resolv.conf <<<'search example.net'
	finds FO312
	put etc/resolv.conf <<<$'nameserver 100.127.0.53\nnameserver 100.127.1.53'
	finds FO313
	put etc/resolv.conf <<<$'nameserver 100.127.0.53\nnameserver 1.1.1.1'
	finds
}

@test "pppd" {
	edit etc/ppp/peers/lte 's/^ifname ppp0/unit 1/'
	finds FO401
	edit etc/ppp/peers/lte 's/^ifname ppp0/ifname lte0/'
	finds FO401
	edit etc/ppp/peers/lte /ifname/d
	finds FO402
	edit etc/ppp/peers/lte s/nodefaultroute/defaultroute/
	finds FO403
	put etc/ppp/options <<<$'lcp-echo-interval 30 lcp-echo-failure 4\nreplacedefaultroute'
	edit etc/ppp/peers/lte /nodefaultroute/d
	finds FO403
	edit etc/ppp/peers/lte /persist/d
	finds FO404
	edit etc/ppp/peers/lte /maxfail/d
	finds FO405
	edit etc/ppp/options /failure/d
	finds FO406
	echo 'lcp-echo-interval 0' >>"$ROUTER/etc/ppp/peers/lte"
	finds FO406
	echo usepeerdns >>"$ROUTER/etc/ppp/peers/lte"
	finds # for ip-up and fo-speedclass
	echo usepeerdns >>"$ROUTER/etc/ppp/peers/lte"
	install -m 755 /dev/null "$ROUTER/etc/ppp/ip-up.d/0000usepeerdns"
	finds FO407
	chmod 644 "$ROUTER/etc/ppp/ip-up.d/fo-route"
	finds FO408
	drop etc/ppp/ip-down.d/fo-route
	finds FO408
	# A service of its own that starts pppd.
	edit etc/ppp/peers/lte /persist/d
	put etc/systemd/system/lte.service <<<$'[Service]\nExecStart=/usr/sbin/pppd call lte nodetach\nRestart=always'
	finds
	# What fo-setup has kept beside it is no second one.
	put etc/ppp/peers/lte.before-fo <<<$'ifname ppp0\ndefaultroute\n'
	drop proc/404
	finds
	# Which of two files is it?
	put etc/ppp/peers/provider <<<$'defaultroute\n'
	finds
	put etc/ppp/peers/provider <<<$'defaultroute\n'
	drop proc/404
	finds
}

@test "the SIM's credentials, and the command that redials" {
	drop root/.soracom/keepalived.json
	finds FO501
	chmod 644 "$ROUTER/root/.soracom/keepalived.json"
	finds FO502
	edit etc/fo/fo.conf 's|^;redial = .*|redial = /usr/local/sbin/redail lte|'
	finds FO506
	edit etc/fo/fo.conf 's|^;redial = .*|redial = /usr/bin/fo-route apply|'
	finds
}

# alerts LINE...: [alert] of fo.conf, and the program that it may name.
alerts() {
	printf '%s\n' '[alert]' "$@" >>"$ROUTER/etc/fo/fo.conf"
	put usr/local/sbin/tell-me <<<'#!/bin/sh'
	chmod 755 "$ROUTER/usr/local/sbin/tell-me"
	enable timers fo-alert.timer
}

@test "who is told: the command of alerts, and the secret of the hook" {
	alerts 'command = /usr/local/sbin/tell-me'
	finds
	alerts 'command = /usr/local/sbin/tell-you'
	finds FO601
	alerts 'command = /usr/local/sbin/tell-me'
	chmod 644 "$ROUTER/usr/local/sbin/tell-me"
	finds FO601
	alerts 'command = /usr/local/sbin'
	finds FO601
	alerts 'url = https://hooks.example.net/secret'
	chmod 644 "$ROUTER/etc/fo/fo.conf"
	finds FO602
	alerts 'url = https://hooks.example.net/secret'
	chmod 640 "$ROUTER/etc/fo/fo.conf"
	finds
	alerts 'format = text'
	finds FO603
}

# The user of the units, as sysusers.d(5) makes it.
with_service_user() {
	printf '%s\n' 'root:x:0:0:root:/root:/bin/sh' '_failover:x:990:64990::/var/lib/fo:/usr/sbin/nologin' >"$ROUTER/etc/passwd"
}

@test "the user of the units can read fo.conf, and execute the command of alerts" {
	local fo_conf=$ROUTER/etc/fo/fo.conf
	with_service_user
	finds
	with_service_user
	chmod 600 "$fo_conf"
	finds FO014
	with_service_user
	chmod 640 "$fo_conf"
	chgrp 64990 "$fo_conf"
	finds
	with_service_user
	chmod 700 "$ROUTER/etc/fo"
	finds FO014
	has "$output" "chmod o+x /etc/fo"
	with_service_user
	alerts 'url = https://hooks.example.net/secret'
	chmod 644 "$fo_conf"
	finds FO602
	has "$output" "chgrp _failover /etc/fo/fo.conf"
	with_service_user
	alerts 'command = /usr/local/sbin/tell-me'
	chmod 700 "$ROUTER/usr/local/sbin/tell-me"
	finds FO601
	has "$output" "chmod 750 /usr/local/sbin/tell-me"
	with_service_user
	alerts 'command = /usr/local/sbin/tell-me'
	chmod 700 "$ROUTER/usr/local/sbin"
	finds FO601
	has "$output" "/usr/local/sbin is closed to it"
}

@test "what cannot be looked at is no clean bill" {
	ln -sf lte "$ROUTER/etc/ppp/peers/lte"
	exits 2 "$FO_BUILD/cmd/fo-status" doctor --no-listen --root "$ROUTER"
	has "$messages" "cannot look at $ROUTER/etc/ppp/peers/lte"
}
