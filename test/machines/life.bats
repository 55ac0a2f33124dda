# A pair of routers from `apt install` to `apt purge`, on two booted Debian machines: the cases follow one another.
# FO_DEB: the package; FO_RELEASE: the release that the machines run. `bats --filter-tags short`: the short form.

load "$BATS_TEST_DIRNAME/machines.bash"
load "$BATS_TEST_DIRNAME/../e2e/flow.bash"

setup_file() {
	[ -f "${FO_DEB:-}" ] || { echo "FO_DEB is no package: ${FO_DEB:-}" >&2; return 1; }
	pair_up
	both look before
}

# look WHEN HOST
look() {
	picture "$2" >"$BATS_FILE_TMPDIR/$2.$1"
}

teardown_file() {
	pair_down
}

setup() {
	# shellcheck disable=SC2034  # for flow.bash
	LAB=$BATS_TEST_DIRNAME/../lab/lab
	flow_setup
}

teardown() {
	flow_teardown
	machines line main clear
	[ -n "${BATS_TEST_COMPLETED:-}" ] || tell
}

# What has happened, where a case fails.
tell() {
	local host
	for host in main sub; do
		echo "--- $host"
		on "$host" systemctl --no-pager --failed
		on "$host" fo-status
		on "$host" journalctl --no-pager -b -n 40 -o short-precise
	done >&2 2>&1 || true
}

needs_setup() {
	[ -e "$BATS_FILE_TMPDIR/set-up" ] || skip "fo-setup has failed"
}

# How often it has taken or lost the address, as its keepalived says.
transitions() {
	on "$1" journalctl --no-pager -u keepalived -b | grep -cE 'Entering (MASTER|BACKUP|FAULT) STATE' || true
}

install_and_look() {
	install_package "$FO_DEB" "$1"
	on "$1" sh -c 'fo-route --version && keepalived --version 2>&1 | head -n 1'
	look installed "$1"
}

# part PART HOST WHEN: of a picture.
part() {
	sed -n "/^== $1/,/^== /p" "$BATS_FILE_TMPDIR/$2.$3"
}

# bats test_tags=short
@test "apt install brings the programs, and neither starts nor changes anything" {
	local host what
	both install_and_look
	for host in main sub; do
		# Of keepalived Debian's own unit is enabled, which does nothing without its file.
		on "$host" sh -c '! systemctl is-active --quiet fo-watch fo-route keepalived'
		on "$host" sh -c '! systemctl is-enabled --quiet fo-watch fo-route fo-speedclass.timer fo-keepalive.timer fo-alert.timer fo-metrics.timer'
		for what in sysctl network; do
			diff <(part "$what" "$host" before) <(part "$what" "$host" installed)
		done
	done
}

# bats test_tags=short
@test "fo-setup refuses an address that another machine has, and a line that is not there, and changes nothing" {
	machines run lan -- ip addr add 192.168.0.254/24 dev eth0
	local said
	said=$(set_up main 2>&1) && return 1
	machines run lan -- ip addr del 192.168.0.254/24 dev eth0
	[[ "$said" == *"--vip 192.168.0.254: a machine that is not the other router has it already: "* ]]
	said=$(set_up main --uplink ppp7 2>&1) && return 1
	[[ "$said" == *"--uplink ppp7: it is not there, and ppp0 is"* ]]
	on main sh -c '[ ! -e /etc/fo/fo.conf ] && [ ! -e /var/lib/fo-setup ]'
}

# bats test_tags=short
@test "fo-setup on both makes a working pair" {
	set_up main
	has_vip main
	lan_reaches_internet
	# With a key that SORACOM refuses it is set up, and says that it does not work.
	local said status=0
	machines profile | sed 's/"secret-[^"]*"/"secret-wrong"/' | on sub tee /root/wrong.json >/dev/null
	said=$(set_up sub --profile /root/wrong.json 2>&1) || status=$?
	[ "$status" -eq 2 ]
	[[ "$said" == *"the SIM's class cannot be set like that; another key: "*"FO510 error"* ]]
	on sub rm /root/wrong.json
	set_up sub
	touch "$BATS_FILE_TMPDIR/set-up"
	normal
	local host
	for host in main sub; do
		wait_for "$host" 30 "fo-status >/run/fo-status.out" || { on "$host" cat /run/fo-status.out >&2; return 1; }
		# In a container nothing may set the clock: that it is wrong some day is this machine's affair.
		on "$host" fo-status doctor >doctor || [ $? -eq 1 ]
		[ -z "$(grep '^FO' doctor | grep -v '^FO311 ')" ]
	done
}

# bats test_tags=short
@test "a black hole on main's line: the LAN goes on over sub within a second" {
	needs_setup
	start_flow udp
	got_more udp 100
	machines line main blackhole on
	failed_over
	got_more udp 200
	at_most "$(longest_gap udp)" 1.5
	on main sh -c '! fo-status'
}

# bats test_tags=short
@test "the line is good again: the LAN goes back after ten seconds, and loses nothing" {
	needs_setup
	start_flow udp
	machines line main blackhole on
	failed_over
	got_more udp 200
	local since
	since=$(uptime_now)
	machines line main blackhole off
	normal 60
	got_more udp 200
	at_most "$(longest_gap udp "$since")" 1
	[ "$(machines counter | awk '{ sum += $2 } END { print sum }')" = 0 ]
}

@test "fo-route drill goes over and comes back" {
	needs_setup
	on main fo-route drill 10s &
	has_vip sub 10
	class_is s1.fast
	wait $!
	normal
}

@test "sub reboots: the LAN notices nothing, and sub waits behind main again" {
	needs_setup
	local before
	before=$(transitions main)
	start_flow udp
	machines reboot sub
	on sub systemctl is-active fo-watch fo-route keepalived fo-speedclass.timer fo-keepalive.timer
	normal
	got_more udp 50
	[ "$before" = "$(transitions main)" ]
	at_most "$(longest_gap udp)" 1
}

@test "main reboots: sub carries the LAN meanwhile, and main takes it back" {
	needs_setup
	start_flow udp
	machines reboot main &
	has_vip sub
	class_is s1.fast
	wait $!
	on main systemctl is-active fo-watch fo-route keepalived
	normal 60
	got_more udp 50
	# keepalived says goodbye at a shutdown; what is lost is what is on its way.
	at_most "$(longest_gap udp)" 1.5
}

@test "an upgrade while the LAN is busy: nothing lost, the address stays, the new programs run" {
	needs_setup
	local later host unit before=() pids
	later=$("$BATS_TEST_DIRNAME/repack" "$FO_DEB" "$BATS_TEST_TMPDIR")
	start_flow udp
	got_more udp 100
	for host in main sub; do
		before=("$(transitions main)" "$(transitions sub)")
		pids="$(main_pid "$host" fo-watch) $(main_pid "$host" fo-route)"
		on "$host" sh -c 'cat /var/lib/fo/history' >"$BATS_TEST_TMPDIR/history"
		install_package "$later" "$host"
		[ "$(on "$host" dpkg-query -W -f '${Version}' failover-helpers)" = "$(dpkg-deb -f "$later" Version)" ]
		for unit in fo-watch fo-route; do
			on "$host" systemctl is-active "$unit"
			[[ " $pids " != *" $(main_pid "$host" "$unit") "* ]]
		done
		# Nothing that was there before runs on.
		on "$host" sh -c '! ls -l /proc/[0-9]*/exe 2>/dev/null | grep "/usr/bin/fo-.*(deleted)"'
		# The month's history is still there.
		on "$host" head -c "$(stat -c %s "$BATS_TEST_TMPDIR/history")" /var/lib/fo/history | cmp - "$BATS_TEST_TMPDIR/history"
		got_more udp 300
		[ "${before[*]}" = "$(transitions main) $(transitions sub)" ]
	done
	at_most "$(longest_gap udp)" 1
	echo "# longest gap $(longest_gap udp) s" >&3
	normal
}

@test "a watcher that hangs is ended by its watchdog and started again, and the address stays" {
	needs_setup
	local pid before
	pid=$(main_pid main fo-watch)
	before=$(transitions main)
	start_flow udp
	on main kill -STOP "$pid"
	wait_for main 30 "p=\$(systemctl show -P MainPID fo-watch); [ \$p != 0 ] && [ \$p != $pid ]"
	wait_for main 10 "systemctl is-active --quiet fo-watch"
	on main sh -c 'journalctl --no-pager -b -u fo-watch | grep -q "Watchdog timeout"'
	normal
	[ "$before" = "$(transitions main)" ]
	at_most "$(longest_gap udp)" 1
}

@test "main boots a minute before its interfaces are there: it takes the LAN once they are" {
	needs_setup
	on main systemctl disable line.service
	machines router main power-off
	failed_over
	machines router main power-on-unplugged
	wait_for main 60 "systemctl is-system-running | grep -qE 'running|degraded'"
	# The case is that nobody has given up by then.
	sleep 60
	on main systemctl show -P ActiveState,SubState keepalived fo-watch fo-route >&2
	machines router main plug-in
	on main systemctl enable --now line.service
	normal 60
	on main systemctl is-active fo-watch fo-route keepalived
	# ifupdown has failed once.
	machines reboot main
	normal
}

# rules_stand HOST: those that somebody has added to its packet filter.
rules_stand() {
	on "$1" nft list chain inet mine in | grep -q 'tcp dport 2323 counter.* drop'
}

# bats test_tags=short
@test "a packet filter that somebody has added since: fo-setup, once more, and --undo leave it" {
	needs_setup
	on main nft 'add table inet mine; add chain inet mine in { type filter hook input priority 0; };
		add rule inet mine in tcp dport 2323 counter drop'
	on main rm /etc/sysctl.d/60-failover-helpers.conf
	set_up main
	rules_stand main
	on main nft list table ip fo_nat
	normal
	on main fo-setup --undo --yes </dev/null
	rules_stand main
	[ "$(on main nft list tables)" = "table inet mine" ]
	on main nft delete table inet mine
	on main systemctl stop nftables
	set_up main
	normal
}

# bats test_tags=short
@test "fo-setup --undo puts everything back" {
	needs_setup
	local host
	# Twice: the second set-up finds what the first undo has left.
	on main fo-setup --undo --yes </dev/null
	set_up main
	normal
	# Nor does it matter that the package was purged meanwhile.
	apt main purge failover-helpers
	install_package "$FO_DEB" main
	for host in sub main; do
		on "$host" fo-setup --undo --yes </dev/null
		# Not one that fails and is started again and again, either.
		on "$host" sh -c 'for unit in fo-watch fo-route fo-speedclass.timer fo-keepalive.timer fo-alert.timer; do
			[ "$(systemctl is-active $unit)" = inactive ] || { systemctl status $unit; exit 1; }; done'
		on "$host" ping -n -c 1 -W 2 8.8.8.8
		on "$host" sh -c '! ls /etc/fo/fo.conf /etc/keepalived/keepalived.conf 2>/dev/null'
		on "$host" sh -c '! ip -o addr show dev eth0 | grep -q 192.168.0.254'
		on "$host" systemctl is-system-running
	done
}

purge_and_look() {
	local brought
	apt "$1" purge failover-helpers
	# What the installation brought besides, keepalived first of all: autoremove(8) keeps what others suggest.
	mapfile -t brought < <(comm -13 <(part packages "$1" before | sed -n 's/ .* ii *$//p' | sort) \
		<(on "$1" dpkg-query -W -f '${Package} ${db:Status-Abbrev}\n' | sed -n 's/ ii *$//p' | sort))
	apt "$1" purge "${brought[@]}"
	# keepalived 2.3.3 leaves these at its own purge.
	on "$1" sh -c 'rm -f /root/*.deb /etc/iproute2/rt_addrprotos.d/keepalived.conf
		rmdir /etc/iproute2/rt_addrprotos.d /etc/iproute2 2>/dev/null
		systemctl daemon-reload && systemctl restart line.service'
	look after "$1"
}

# bats test_tags=short
@test "apt purge: the machine as it was before" {
	local host differs=0
	both purge_and_look
	for host in main sub; do
		same_picture "$BATS_FILE_TMPDIR/$host.before" "$BATS_FILE_TMPDIR/$host.after" || differs=1
	done
	[ $differs = 0 ]
}
