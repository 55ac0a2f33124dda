#!/usr/bin/env bats
# fo-status says what a LAN packet meets: the sentence, the concerns and the exit status in each state of the two
# routers, and JSON that its schema describes. Each test mends what it broke.

load lab

SCHEMA=$BATS_TEST_DIRNAME/../../etc/fo-status.schema.json

setup() {
	lab line main clear
	lab exec sub sh -c 'fo-keepalive --probe; fo-speedclass sync' 2>/dev/null
	for router in main sub; do
		is "$router" 0 "All well"
	done
}

# is ROUTER STATUS SENTENCE [CONCERN...]: within 15 seconds that is the exit status, that is in the sentence, and these
# are the concerns.
is() {
	local names
	names=$(printf '%s\n' "${@:4}" | jq -Rs 'split("\n") | map(select(. != ""))')
	[ "$2" -eq 0 ] && names='[]'
	wait_for "$1" 15 "fo-status -q --json >/run/status.json; [ \$? -eq $2 ] &&
		jq -e --argjson names '$names' '(.summary | contains(\"$3\")) and ([.attention[]?.name] == \$names)' /run/status.json" ||
		{ lab exec "$1" cat /run/status.json; return 1; }
	lab exec "$1" cat /run/status.json |
		/usr/bin/python3 -c 'import json, jsonschema, sys; jsonschema.validate(json.load(sys.stdin), json.load(open(sys.argv[1])))' "$SCHEMA"
}

@test "all is well: both say so, on the screen too, without color in a pipe" {
	run -0 lab exec main fo-status
	says "All well: this router carries the LAN over ppp0."
	says "192.168.0.254 is held by this router"
	says "forwarding on; the LAN's addresses are translated"
	run ! grep -q $'\033' <<<"$output"
	run -0 lab exec sub fo-status
	says "All well: another router carries the LAN; LTE (ppp0) is ready."
	says "speed class s1.minimum, as it should be"
	run -0 script -qec "'$LAB' --name '$NAME' exec main env TERM=xterm fo-status" /dev/null
	grep -q $'\033\\[32mAll well' <<<"$output"
	run -0 script -qec "'$LAB' --name '$NAME' exec main env TERM=xterm NO_COLOR=1 fo-status" /dev/null
	run ! grep -q $'\033' <<<"$output"
}

@test "--watch shows it again and again, and ends with Ctrl-C" {
	lab exec sub sh -c 'timeout -s INT 6 fo-status -w --json >/run/screens; [ "$(wc -l </run/screens)" -ge 2 ]'
	run -64 lab exec main fo-status history --watch
}

@test "without privilege it says what it cannot tell, and exits 2" {
	run -2 lab exec sub setpriv --reuid 65534 --regid 65534 --clear-groups fo-status
	says "Cannot tell who has the VRRP address: run this as root."
	run -2 lab exec sub setpriv --reuid 65534 --regid 65534 --clear-groups fo-status --json
	[ "$(tail -n 1 <<<"$output" | jq -r .status)" = unknown ]
}

@test "the main line is silent: on LTE; held; and back" {
	lab line main blackhole on
	is sub 1 "On LTE" on-metered
	is main 1 "ppp0 is down (no answers). Back when it has been good for 1 s." line-dead
	run -1 lab exec main fo-status
	[[ "$output" == *"! line "*"ppp0 is down (no answers)"*"→ fo-check-ftth --probe"* ]]
	lab line main clear
	is main 0 "All well"
	is sub 0 "All well"
}

@test "both lines are silent" {
	lab line sub stuck forever
	lab line main blackhole on
	is main 1 "No Internet for the LAN" line-dead
	lab line sub stuck off
	lab line main clear
}

@test "main in fault, and sub powered off: the LAN has no gateway" {
	lab line main blackhole on
	is sub 1 "On LTE" on-metered
	lab router sub stop-keepalived
	lab router main stop-keepalived
	is main 1 "no router answers for 192.168.0.254: the LAN has no gateway. keepalived does not run here." no-gateway keepalived line-dead
	lab line main clear
	lab router main start-keepalived
	lab router sub start-keepalived
}

@test "the other router is off: known before it is needed; and on LTE, why" {
	lab router sub power-off
	is main 1 "the other router 192.168.0.2 does not answer" peer
	lab router sub power-on
	is main 0 "All well"
	lab router main power-off
	is sub 1 "for the other one does not answer" on-metered peer
	lab router main power-on
	is main 0 "All well"
}

@test "the disk has become read-only" {
	lab exec main sh -c 'mount --bind /var/lib/fo /var/lib/fo && mount -o remount,bind,ro /var/lib/fo'
	is main 1 "/var/lib/fo is read-only: history, alerts" store
	lab exec main umount /var/lib/fo
}

@test "forwarding is off" {
	lab exec main sysctl -qw net.ipv4.ip_forward=0
	is main 1 "No Internet for the LAN: this router forwards nothing that comes in by eth0" forwarding
	lab exec main sysctl -qw net.ipv4.ip_forward=1
}

@test "the translation is gone: now on main, and before it is needed on sub" {
	local router
	for router in main sub; do
		lab exec "$router" sh -c 'nft list ruleset >/run/rules; nft flush ruleset'
	done
	is main 1 "No Internet for the LAN: nothing translates" translation
	is sub 1 "Another router carries the LAN, but nothing translates" translation
	for router in main sub; do
		lab exec "$router" nft -f /run/rules
	done
}

@test "translation for another interface, or for other sources, is none" {
	lab exec main sh -c 'nft list ruleset >/run/rules
		nft flush chain ip fo_nat postrouting; nft add rule ip fo_nat postrouting oifname eth1 masquerade'
	is main 1 "addresses on ppp0" translation
	lab exec main sh -c 'nft flush chain ip fo_nat postrouting
		nft add rule ip fo_nat postrouting ip saddr 10.0.0.0/8 masquerade'
	is main 1 "addresses on ppp0" translation
	lab exec main sh -c 'nft flush ruleset; nft -f /run/rules'
}

@test "the firewall drops what is forwarded: now on main, and before it is needed on sub" {
	local router chain='type filter hook forward priority 0; policy drop;'
	for router in main sub; do
		lab exec "$router" sh -c "nft 'add table inet fw'; nft 'add chain inet fw f { $chain }'
			nft add rule inet fw f ct state established accept"
	done
	is main 1 "No Internet for the LAN: the firewall drops what goes from eth0 to ppp0" firewall
	is sub 1 "Another router carries the LAN, but the firewall drops" firewall
	lab exec main nft add rule inet fw f iifname eth0 accept
	is main 0 "All well"
	# What comes back is let in by the first rule.
	lab exec main sh -c 'nft flush chain inet fw f; nft add rule inet fw f iifname eth0 accept'
	is main 1 "the firewall drops what comes back from ppp0 to eth0 (chain inet fw f)" firewall
	for router in main sub; do
		lab exec "$router" nft delete table inet fw
	done
}

# How often nft(8) was run by a fo-status that finds all well.
nft_runs() {
	lab exec main sh -c ': >/run/nft-runs; fo-status >/dev/null && wc -l </run/nft-runs'
}

@test "nft(8) is run where the rules have changed, or what was noted of them is not as it was written" {
	lab exec main sh -c 'cp "$(command -v nft)" /run/real-nft
		printf "#!/bin/sh\necho run >>/run/nft-runs\nexec /run/real-nft \"\$@\"\n" >/run/nft-counted
		chmod 755 /run/nft-counted; mount --bind /run/nft-counted "$(readlink -f "$(command -v nft)")"'
	nft_runs
	[ "$(nft_runs)" = 0 ]
	lab exec main /run/real-nft add table inet fw
	[ "$(nft_runs)" = 1 ]
	[ "$(nft_runs)" = 0 ]
	lab exec main sh -c 'sed -i "1s/generation /generation 1/" /run/fo/ruleset'
	[ "$(nft_runs)" = 1 ]
	lab exec main sh -c ': >/run/fo/ruleset'
	[ "$(nft_runs)" = 1 ]
	lab exec main sh -c 'mv /run/fo/ruleset /run/elsewhere; ln -s /run/elsewhere /run/fo/ruleset'
	[ "$(nft_runs)" = 1 ]
	lab exec main sh -c '[ -f /run/fo/ruleset ] && [ ! -L /run/fo/ruleset ] && [ "$(stat -c %a /run/fo/ruleset)" = 640 ]
		/run/real-nft delete table inet fw; umount "$(readlink -f "$(command -v nft)")"'
}

# What two looks, one after the other, have in common: no times, bytes, and echoes that a busy machine was late for.
steady() {
	grep -vE 'seconds|bytes|loss_ratio' "$1"
}

@test "the unit of the metrics sees what root sees" {
	local router
	for router in main sub; do
		lab exec "$router" rm -f /var/lib/fo/counts
		lab exec "$router" as-unit fo-metrics
		lab exec "$router" test -s /var/lib/fo/counts
		lab exec "$router" cat /run/fo/metrics.prom >"$BATS_TEST_TMPDIR/unit"
		lab exec "$router" fo-status -q metrics >"$BATS_TEST_TMPDIR/root"
		grep -q '^fo_source_translation 1' "$BATS_TEST_TMPDIR/unit"
		diff <(steady "$BATS_TEST_TMPDIR/root") <(steady "$BATS_TEST_TMPDIR/unit")
	done
}

@test "the unit of the alerts tells, as a user who is not root" {
	local told
	lab exec main sh -c 'printf "#!/bin/sh\n{ id -un; cat; } >>/run/fo/told\n" >/usr/local/sbin/tell
		chgrp _failover /etc/fo/fo.conf /usr/local/sbin/tell; chmod 640 /etc/fo/fo.conf; chmod 750 /usr/local/sbin/tell
		printf "%s\n" "[alert]" "command = /usr/local/sbin/tell" >>/etc/fo/fo.conf; as-unit fo-alert fo-alert --wait 0'
	lab exec main as-unit fo-alert fo-alert --test
	told=$(lab exec main cat /run/fo/told)
	has "$told" _failover
	has "$told" '"value":"test"'
	[ "$(lab exec main stat -c %U /var/lib/fo/alert.command)" = _failover ]
	lab exec main sh -c 'sed -i "/^.alert.$/,\$d" /etc/fo/fo.conf'
}

@test "the watcher is not there" {
	lab router main stop-watcher
	is main 1 "fo-watch does not run any more: nobody watches ppp0" watcher
	lab exec main rm /run/fo/watch
	is main 1 "fo-watch was never started: nobody watches ppp0" watcher
	lab router main start-watcher
}

@test "fo-route watch is not there" {
	lab router main stop-resident
	is main 1 "fo-route watch does not run: what others change stays" resident
	lab router main start-resident
	is main 0 "All well"
}

@test "fo.conf has nothing by which anybody could judge the line" {
	lab router main stop-watcher
	lab exec main sh -c 'cp -p /etc/fo/fo.conf /run/fo.conf; sed -i "/^.check.$/,/^.route.$/{/^.route.$/!d}" /etc/fo/fo.conf'
	is main 1 "fo.conf has neither [check] nor [keepalive]: nobody watches ppp0" watcher
	lab exec main cp -p /run/fo.conf /etc/fo/fo.conf
	lab router main start-watcher
}

@test "the LAN's cable is out" {
	lab exec main ip link set eth0 down
	is main 1 "eth0 is down, or has no cable" lan
	run -1 lab exec main fo-status
	run ! grep -q "as root" <<<"$output"
	lab exec main ip link set eth0 up
	is main 0 "All well"
	is sub 0 "All well"
}

@test "nothing that comes back over the line is forwarded" {
	lab exec main sysctl -qw net.ipv4.conf.ppp0.forwarding=0
	run ! lan_reaches_internet
	is main 1 "No Internet for the LAN: this router forwards nothing that comes in by ppp0" forwarding
	lab exec main sysctl -qw net.ipv4.conf.ppp0.forwarding=1
}

@test "a second LAN, for which the firewall or the translation has no rule" {
	lab exec main sh -c 'ip link add guest type veth peer name far; ip addr add 192.168.20.1/24 dev guest; ip link set guest up; ip link set far up
		cp -p /etc/fo/fo.conf /run/fo.conf; sed -i "s/^lan = eth0/lan = eth0, guest/" /etc/fo/fo.conf; fo-route apply
		nft list ruleset >/run/rules'
	is main 0 "All well"
	lab exec main nft "add table inet fw; add chain inet fw f { type filter hook forward priority 0; policy drop; };
		add rule inet fw f ct state established accept; add rule inet fw f iifname eth0 accept"
	is main 1 "No Internet for the LAN: the firewall drops what goes from guest to ppp0" firewall
	lab exec main sh -c 'nft delete table inet fw; nft flush chain ip fo_nat postrouting
		nft add rule ip fo_nat postrouting oifname ppp0 ip saddr 192.168.0.0/24 masquerade'
	is main 1 "addresses on ppp0 (those of guest)" translation
	run -1 lab exec main fo-status doctor --no-listen
	says "no rule translates the sources of the LAN guest on ppp0"
	# One of public addresses needs none.
	lab exec main sh -c 'ip addr flush dev guest; ip addr add 198.51.100.129/25 dev guest; fo-route apply'
	is main 0 "All well"
	lab exec main sh -c 'nft flush ruleset; nft -f /run/rules; ip link del guest; cp -p /run/fo.conf /etc/fo/fo.conf; fo-route apply'
}

@test "keepalived.conf of both routers in one file: the other router is the one of this identity" {
	lab exec main sh -c 'cp -p /etc/keepalived/keepalived.conf /run/; mkdir -p /etc/default
		sed -i "s/^ *192.168.0.2$/@main 192.168.0.77\n@sub 192.168.0.1/" /etc/keepalived/keepalived.conf
		echo "DAEMON_ARGS=\"-D -i main\"" >/etc/default/keepalived'
	is main 1 "but the other router 192.168.0.77 does not answer" peer
	lab exec main sh -c 'cp -p /run/keepalived.conf /etc/keepalived/; rm /etc/default/keepalived'
}

@test "LTE is hung up, hangs, or was not looked at for hours, and main is well" {
	lab line sub down
	is sub 1 "LTE would not carry it: ppp0 is gone" uplink
	lab line sub up
	is sub 0 "All well"
	lab line sub stuck forever
	lab exec sub fo-keepalive --probe || true
	is sub 1 "LTE would not carry it: ppp0 is" line-dead
	lab line sub stuck off
	lab exec sub fo-keepalive --probe
	is sub 0 "All well"
	run -1 lab exec sub "$BATS_TEST_DIRNAME/later" 8000 fo-status
	says "fo-keepalive has not run for two hours"
}

@test "the SIM has the dear class while main is well" {
	lab exec sub fo-speedclass set s1.fast
	is sub 1 "the SIM should have speed class s1.minimum; known is s1.fast" class
	lab exec sub fo-speedclass sync
	is sub 0 "All well"
}

@test "keepalived runs with its process file elsewhere; a stale one is no keepalived" {
	lab exec main sh -c 'mkdir -p /run/keepalived; mv /run/keepalived.pid /run/keepalived/'
	is main 0 "All well"
	lab exec main mv /run/keepalived/keepalived.pid /run/
	lab router sub stop-keepalived
	lab exec sub sh -c 'echo $$ >/run/keepalived.pid; fo-status -q' || true
	is sub 1 "keepalived does not run here" keepalived
	lab exec sub rm /run/keepalived.pid
	lab router sub start-keepalived
}
