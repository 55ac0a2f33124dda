#!/usr/bin/env bats
# fo-setup on the files of a machine that does not run: what it writes, refuses, keeps, and takes back. Machines that
# run are in test/machines.

bats_require_minimum_version 1.5.0
load ../support

setup_file() {
	find_build
	export SETUP=$BATS_TEST_DIRNAME/../../setup/fo-setup
}

setup() {
	export PATH=$FO_BUILD/cmd:$PATH
	ROOT=$BATS_TEST_TMPDIR/root
	mkdir -p "$ROOT"/etc/{ppp/peers,keepalived}
	printf 'ifname ppp0\nreplacedefaultroute\n  defaultroute\npersist\n' >"$ROOT/etc/ppp/peers/line"
	chmod 640 "$ROOT/etc/ppp/peers/line"
	printf 'root:x:0:\n' >"$ROOT/etc/group"
	cp -a "$ROOT" "$BATS_TEST_TMPDIR/before"
}

MAIN=(--role main --lan eth0 --uplink ppp0 --address 192.168.0.1/24 --peer 192.168.0.2 --vip 192.168.0.254)
SUB=(--role sub --lan eth0 --uplink ppp0 --address 192.168.0.2/24 --peer 192.168.0.1 --vip 192.168.0.254
	--sim imsi:440101234567890)
KEY='{"authKeyId":"keyId-1","authKey":"secret-not-for-others"}'

# fo_setup OPTION…: on the files, without a terminal.
fo_setup() {
	setsid -w sh "$SETUP" --root "$ROOT" "$@" </dev/null
}

# is_as_before: every file, mode and link.
is_as_before() {
	diff <(cd "$BATS_TEST_TMPDIR/before" && picture) <(cd "$ROOT" && picture)
}

picture() {
	find . -printf '%p %y %m %l\n' | sort
	find . -type f -print0 | sort -z | xargs -0 sha256sum
}

@test "both roles: the doctor finds nothing in what is written, and the files of both agree" {
	local role
	for role in main sub; do
		ROOT=$BATS_TEST_TMPDIR/$role
		mkdir -p "$ROOT"/{root,usr/bin,var/lib/dpkg,etc/default}
		printf 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n' >"$ROOT/etc/passwd"
		printf 'root:x:0:\n' >"$ROOT/etc/group"
		printf 'Package: keepalived\nVersion: 1:2.2.7-1+b2\n' >"$ROOT/var/lib/dpkg/status"
		for program in fo-check-ftth fo-watch fo-route fo-speedclass fo-keepalive fo-status; do
			printf '\177ELF' >"$ROOT/usr/bin/$program"
			chmod 755 "$ROOT/usr/bin/$program"
		done
	done
	ROOT=$BATS_TEST_TMPDIR/main run -0 fo_setup "${MAIN[@]}" --yes
	echo "$KEY" >"$BATS_TEST_TMPDIR/key"
	ROOT=$BATS_TEST_TMPDIR/sub run -0 fo_setup "${SUB[@]}" --profile "$BATS_TEST_TMPDIR/key" --yes
	for role in main sub; do
		run -0 fo-status doctor --root "$BATS_TEST_TMPDIR/$role"
		cmp "$BATS_TEST_TMPDIR/$role/etc/fo/fo.conf" "$BATS_TEST_DIRNAME/../../etc/$role/fo.conf"
		cmp "$BATS_TEST_TMPDIR/$role/etc/keepalived/keepalived.conf" "$BATS_TEST_DIRNAME/../../etc/$role/keepalived.conf"
	done
	for key in virtual_router_id advert_int version; do
		[ "$(grep -hE "^ +$key " "$BATS_TEST_TMPDIR"/{main,sub}/etc/keepalived/keepalived.conf | sort -u | wc -l)" -eq 1 ]
	done
}

@test "other names and addresses are in every file, and those of the samples in none" {
	run -0 fo_setup --role main --lan enp1s0 --uplink eth1 --gateway dhcp --address 10.1.2.1/22 --peer 10.1.2.2 \
		--vip 10.1.3.254 --yes
	run fo-route -n apply -c "$ROOT/etc/fo/fo.conf"
	[ "$status" -ne 78 ]
	grep -qE '^master = dhcp dev eth1 +;' "$ROOT/etc/fo/fo.conf"
	grep -qE '^backup = via 10\.1\.3\.254 dev enp1s0 +;' "$ROOT/etc/fo/fo.conf"
	grep -qx '        10.1.3.254/22 dev enp1s0' "$ROOT/etc/keepalived/keepalived.conf"
	grep -qx '    unicast_src_ip 10.1.2.1' "$ROOT/etc/keepalived/keepalived.conf"
	grep -qx '        10.1.2.2' "$ROOT/etc/keepalived/keepalived.conf"
	grep -qx 'define line = "eth1"' "$ROOT/etc/nftables.conf"
	grep -qx 'define routers = { 10.1.2.1, 10.1.2.2 }' "$ROOT/etc/nftables.conf"
	run ! grep -rnE '^[^;#]*(192\.168\.0\.|eth0|ppp0)' "$ROOT"/etc/{fo,keepalived,nftables.conf}
	# A line that is no ppp is no matter of pppd's.
	cmp "$ROOT/etc/ppp/peers/line" "$BATS_TEST_TMPDIR/before/etc/ppp/peers/line"
}

@test "pppd sets no default route any more, and the rest of its file stays" {
	run -0 fo_setup "${MAIN[@]}" --yes
	run ! grep -E '^[^#]*defaultroute' "$ROOT/etc/ppp/peers/line"
	[ "$(grep -c '^#.*defaultroute' "$ROOT/etc/ppp/peers/line")" -eq 2 ]
	grep -qx persist "$ROOT/etc/ppp/peers/line"
	[ "$(stat -c %a "$ROOT/etc/ppp/peers/line")" = 640 ]
}

@test "of a line of pppd's peers the option alone goes: the others stay, and so do words in quotes and the owner" {
	local peers=$ROOT/etc/ppp/peers/line
	printf '%s\n' 'defaultroute persist user "x defaultroute"' "plugin 'y' replacedefaultroute defaultroute" \
		'defaultroute # mine' 'lcp-echo-interval 5 # defaultroute' nodefaultroute 'defaultroute-metric 5' >"$peers"
	[ "$(id -u)" -ne 0 ] || chown nobody:dip "$peers"
	local owner
	owner=$(stat -c %U:%G "$peers")
	cp "$peers" "$BATS_TEST_TMPDIR/peers"
	run -0 fo_setup "${MAIN[@]}" --yes
	run -0 grep -v '^#' "$peers"
	[ "$(sed 's/ *$//' <<<"$output")" = ' persist user "x defaultroute"
plugin '"'y'"'
lcp-echo-interval 5 # defaultroute
nodefaultroute
defaultroute-metric 5' ]
	[ "$(grep -c '^#.*by fo-setup' "$peers")" -eq 3 ]
	[ "$(stat -c %U:%G "$peers")" = "$owner" ]
	run -0 fo_setup --undo --yes
	cmp "$peers" "$BATS_TEST_TMPDIR/peers"
}

@test "a second run changes nothing; --undo brings back what was there" {
	run -0 fo_setup "${MAIN[@]}" --yes
	cp -a "$ROOT" "$BATS_TEST_TMPDIR/once"
	run -0 fo_setup "${MAIN[@]}" --yes
	[[ "$output" == *"all files are as they should be"* ]]
	diff -r "$ROOT" "$BATS_TEST_TMPDIR/once"
	# Another answer: our own files may be replaced.
	run -0 fo_setup "${MAIN[@]}" --vip 192.168.0.253 --yes
	grep -q '^vip = 192.168.0.253' "$ROOT/etc/fo/fo.conf"
	run -0 fo_setup --undo --yes
	is_as_before
	run -0 fo_setup --undo --yes
	[[ "$output" == *"nothing to undo"* ]]
}

@test "-n shows every file, and changes nothing; without a terminal and --yes nothing is written" {
	run -0 fo_setup "${MAIN[@]}" -n
	for file in fo/fo.conf keepalived/keepalived.conf nftables.conf sysctl.d/60-failover-helpers.conf ppp/peers/line; do
		[[ "$output" == *"+++ $ROOT/etc/$file"* ]]
	done
	is_as_before
	run -1 fo_setup "${MAIN[@]}"
	[[ "$output" == *"say --yes"* ]]
	is_as_before
}

@test "what somebody else has written is left alone; --replace keeps it, and --undo brings it back" {
	echo '# my own' >"$ROOT/etc/keepalived/keepalived.conf"
	cp -a "$ROOT/etc/keepalived" "$BATS_TEST_TMPDIR/before/etc/"
	run -1 fo_setup "${MAIN[@]}" --yes
	[[ "$output" == *"keepalived.conf is there, and fo-setup did not write it"* ]]
	is_as_before
	run -0 fo_setup "${MAIN[@]}" --replace --yes
	grep -qx '# my own' "$ROOT/etc/keepalived/keepalived.conf.before-fo"
	run -0 fo_setup --undo --yes
	is_as_before
}

@test "a change by hand is not overwritten, and not lost" {
	run -0 fo_setup "${MAIN[@]}" --yes
	echo '; mine' >>"$ROOT/etc/fo/fo.conf"
	run -1 fo_setup "${MAIN[@]}" --yes
	[[ "$output" == *"was changed by hand since fo-setup wrote it"* ]]
	grep -qx '; mine' "$ROOT/etc/fo/fo.conf"
	run -0 fo_setup "${MAIN[@]}" --replace --yes
	grep -qx '; mine' "$ROOT/etc/fo/fo.conf.changed"
	echo '; again' >>"$ROOT/etc/fo/fo.conf"
	run -0 fo_setup --undo --yes
	grep -qx '; again' "$ROOT/etc/fo/fo.conf.changed"
}

@test "a firewall stays as it is, and what it needs is said; what Debian ships is none" {
	printf 'table inet filter {\n chain input {\n  type filter hook input priority 0;\n }\n}\n' >"$ROOT/etc/nftables.conf"
	run -0 fo_setup "${MAIN[@]}" --yes
	grep -q masquerade "$ROOT/etc/nftables.conf"
	run -0 fo_setup --undo --yes
	printf 'table inet filter {\n chain input {\n  type filter hook input priority 0; policy drop;\n }\n}\n' >"$ROOT/etc/nftables.conf"
	cp "$ROOT/etc/nftables.conf" "$BATS_TEST_TMPDIR/firewall"
	run -0 fo_setup "${MAIN[@]}" --yes
	cmp "$ROOT/etc/nftables.conf" "$BATS_TEST_TMPDIR/firewall"
	[[ "$output" == *"This router has a firewall, which stays as it is."* ]]
}

@test "credentials: from stdin, for root alone, never shown; one that is none is refused" {
	# shellcheck disable=SC2016
	run -0 bash -c 'echo "$1" | setsid -w sh "$2" --root "$3" --yes --profile - "${@:4}"' - "$KEY" "$SETUP" "$ROOT" "${SUB[@]}"
	[[ "$output" != *secret-not-for-others* ]]
	[ "$(cat "$ROOT/.soracom/keepalived.json")" = "$KEY" ]
	[ "$(stat -c %a "$ROOT/.soracom" "$ROOT/.soracom/keepalived.json" | paste -sd ' ')" = "700 600" ]
	run ! grep -r secret-not-for-others "$ROOT/var" "$ROOT/etc"
	# They are there: not asked for again.
	run -0 fo_setup "${SUB[@]}" --yes
	run -0 fo_setup --undo --yes
	is_as_before
	echo 'not a profile' >"$BATS_TEST_TMPDIR/key"
	run -64 fo_setup "${SUB[@]}" --profile "$BATS_TEST_TMPDIR/key" --yes
	run -64 fo_setup "${SUB[@]}" --yes
	[[ "$output" == *"--profile is needed"* ]]
	is_as_before
	run -0 fo_setup "${SUB[@]}" --method metadata --yes
	grep -q '^method = metadata ' "$ROOT/etc/fo/fo.conf"
	[ ! -e "$ROOT/.soracom" ]
}

# refused TEXT OPTION…: with 64, that text, and nothing changed.
refused() {
	run -64 fo_setup "${@:2}" --yes
	[[ "$output" == *"$1"* ]] || { echo "not \`$1' but: $output"; return 1; }
	is_as_before
}

@test "an answer that cannot be is refused, with what is wrong and what it should be" {
	refused "--role is needed"
	refused "it is main or sub" --role both
	refused "--lan is needed" --role main
	refused "no name of an interface" --role main --lan 'eth0; reboot' --uplink ppp0
	refused "no name of an interface" --role main --lan '../../etc/passwd' --uplink ppp0
	refused "no name of an interface" --role main --lan $'eth0\nmaster = dev eth9' --uplink ppp0
	refused "no name of an interface" --role main --lan a-name-that-is-too-long --uplink ppp0
	refused "this is the LAN" --role main --lan eth0 --uplink eth0
	refused "--gateway is needed" --role main --lan eth0 --uplink eth1
	refused "it is dhcp, none, or" --role main --lan eth0 --uplink eth1 --gateway dhcp4
	local addresses=(--role main --lan eth0 --uplink ppp0)
	refused "no IPv4 address" "${addresses[@]}" --address 192.168.0.256
	refused "no IPv4 address" "${addresses[@]}" --address 192.168.0
	refused "no IPv4 address" "${addresses[@]}" --address '192.168.0.1 192.168.0.9'
	refused "no IPv4 address" "${addresses[@]}" --address 010.0.0.1
	refused "8 to 30" "${addresses[@]}" --address 192.168.0.1/33
	refused "8 to 30" "${addresses[@]}" --address 192.168.0.1/x
	refused "address of the network" "${addresses[@]}" --address 192.168.0.0/24
	addresses+=(--address 192.168.0.1/24)
	refused "own address" "${addresses[@]}" --peer 192.168.0.1
	refused "not in the network" "${addresses[@]}" --peer 192.168.1.2
	addresses+=(--peer 192.168.0.2)
	refused "--vip is needed" "${addresses[@]}"
	refused "not in the network" "${addresses[@]}" --vip 192.168.1.254
	refused "its broadcast" "${addresses[@]}" --vip 192.168.0.255
	refused "is nobody's own" "${addresses[@]}" --vip 192.168.0.2
	refused "no IPv4 address" "${addresses[@]}" --vip '192.168.0.254|s|x'
	refused "are of --role sub" "${MAIN[@]}" --sim imsi:440101234567890
	refused "it is imsi: with" "${SUB[@]}" --sim 440101234567890
	refused "it is imsi: with" "${SUB[@]}" --sim 'imsi:44010123456789&'
	refused "it is api or metadata" "${SUB[@]}" --method both
	refused "unknown option" --rool main
	refused "unexpected argument" main
	refused "needs an argument" --role
	refused "is empty" --role ''
}

@test "killed after any step, it can be run again, and be undone" {
	local after steps=0 whole
	ROOT=$BATS_TEST_TMPDIR/whole
	cp -a "$BATS_TEST_TMPDIR/before" "$ROOT"
	run -0 fo_setup "${MAIN[@]}" --yes
	whole=$(wc -l <"$ROOT/var/lib/fo-setup/journal")
	[ "$whole" -ge 15 ]
	for ((after = 1; after <= whole; after += 5)); do
		for then in again undo; do
			ROOT=$BATS_TEST_TMPDIR/$after-$then
			cp -a "$BATS_TEST_TMPDIR/before" "$ROOT"
			# sync(1) is what follows each line of the journal: at that one all ends.
			mkdir -p "$BATS_TEST_TMPDIR/bin"
			printf '#!/bin/sh\n[ "$(wc -l <"%s/var/lib/fo-setup/journal")" -lt %d ] || kill -KILL "$PPID"\n' \
				"$ROOT" "$after" >"$BATS_TEST_TMPDIR/bin/sync"
			chmod +x "$BATS_TEST_TMPDIR/bin/sync"
			run ! env PATH="$BATS_TEST_TMPDIR/bin:$PATH" setsid -w sh "$SETUP" --root "$ROOT" "${MAIN[@]}" --yes </dev/null
			if [ $then = again ]; then
				run -0 fo_setup "${MAIN[@]}" --yes
				diff -r "$ROOT/etc" "$BATS_TEST_TMPDIR/whole/etc"
			fi
			run -0 fo_setup --undo --yes
			is_as_before
			steps=$((steps + 1))
		done
	done
	[ "$steps" -ge 6 ]
}

# at_terminal: on the files, with stdin typed at a terminal; what is seen comes to $BATS_TEST_TMPDIR/said.
at_terminal() {
	command -v script >/dev/null || skip "script(1) is not installed"
	timeout 20 script -qefc "sh '$SETUP' --root '$ROOT'" /dev/null >"$BATS_TEST_TMPDIR/said"
}

@test "at a terminal it asks, proposes, and Enter takes the proposal" {
	printf '%s\n' main eth0 ppp0 192.168.0.1/24 "" "" y | at_terminal
	grep -q "Which interface is the LAN?" "$BATS_TEST_TMPDIR/said"
	grep -q '^vip = 192.168.0.254 ' "$ROOT/etc/fo/fo.conf"
	grep -qx '        192.168.0.2' "$ROOT/etc/keepalived/keepalived.conf"
	# Above the question, how many, and which.
	grep -B 9 "Write these [0-9]* files?" "$BATS_TEST_TMPDIR/said" | tr -d '\r' >"$BATS_TEST_TMPDIR/question"
	grep -qx "  new      $ROOT/etc/fo/fo.conf" "$BATS_TEST_TMPDIR/question"
	grep -qx "  changed  $ROOT/etc/ppp/peers/line" "$BATS_TEST_TMPDIR/question"
	[ "$(grep -cE '^  (new|changed)  ' "$BATS_TEST_TMPDIR/question")" = \
		"$(sed -n 's/^Write these \([0-9]*\) .*/\1/p' "$BATS_TEST_TMPDIR/question")" ]
}

@test "at a terminal a wrong answer is asked for again, and says what is wrong" {
	printf '%s\n' both "" sub 'eth0; reboot' eth0 eth0 eth1 dhcp4 dhcp 192.168.0.300 192.168.0.2/33 192.168.0.2/24 \
		192.168.0.2 192.168.1.1 192.168.0.1 192.168.0.1 192.168.0.255 192.168.0.254 440101234567890 imsi:440101234567890 \
		'keyId-1"' secret-1 keyId-1 secret-1 y | at_terminal
	for said in "it is main or sub" "it is needed; Ctrl-C" "no name of an interface" "this is the LAN" "it is dhcp, none" \
		"no IPv4 address" "the prefix is 8 to 30" "this router's own address" "not in the network" "a router's own address" \
		"its broadcast" "it is imsi: with" "a key id is keyId-"; do
		grep -q "$said" "$BATS_TEST_TMPDIR/said"
	done
	grep -q '^master = dhcp dev eth1 ' "$ROOT/etc/fo/fo.conf"
	[ "$(cat "$ROOT/.soracom/keepalived.json")" = '{"authKeyId":"keyId-1","authKey":"secret-1"}' ]
	# The terminal's end is no answer.
	run -0 fo_setup --undo --yes
	printf '%s\n' main eth0 | run ! at_terminal
	is_as_before
}

# What dpkg runs at `apt purge`, on the files.
purge() {
	DPKG_ROOT=$ROOT sh "$BATS_TEST_DIRNAME/../../debian/failover-helpers.postrm" purge
}

@test "the package is purged first: --undo still puts everything back, and then nothing is left" {
	run -0 fo_setup "${MAIN[@]}" --yes
	run -0 purge
	[[ "$output" == *"what fo-setup has written elsewhere stays, and /var/lib/fo-setup"* ]]
	[ ! -e "$ROOT/etc/fo" ]
	run -0 fo_setup --undo --yes
	is_as_before
	mkdir -p "$ROOT/var/lib/fo-setup"
	run -0 purge
	[ -z "$output" ]
	[ ! -e "$ROOT/var/lib/fo-setup" ]
}

@test "credentials that are pasted at another question are refused, and not printed again" {
	run ! at_terminal <<<$'main\neth0\nppp0\n{"authKeyId":"keyId-1","authKey":"secret-1"}'
	grep -q "  these are credentials, which are asked for last" "$BATS_TEST_TMPDIR/said"
	# What the terminal itself has shown is done, above the questions.
	run ! grep -q "?.*secret-1" "$BATS_TEST_TMPDIR/said"
}

@test "its page has the options of --help, and the version is that of the others" {
	diff <(sh "$SETUP" --help | grep -oE -- '--[a-z-]+' | grep -v failover | sort -u) \
		<(sed -nE 's/^\.It Fl ([a-zA-Z] , )?-([a-z-]+).*/--\2/p' "$BATS_TEST_DIRNAME/../../setup/fo-setup.8" | sort -u)
	[ "$(sh "$SETUP" --version)" = "fo-setup $(fo-status --version | cut -d ' ' -f 2-)" ]
	[ "$(sh "$SETUP" --help | wc -L)" -le 84 ]
}
