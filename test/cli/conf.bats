#!/usr/bin/env bats
# Command line and configuration, as every program has them: exit statuses and messages.

bats_require_minimum_version 1.5.0
load ../support

ROUTER='[router]
lan = eth0
uplink = ppp0
vip = 192.168.0.254'
CHECK='[check]
targets = 1.1.1.1, 8.8.8.8'

setup_file() {
	find_build
	BIN=$FO_BUILD/cmd
	export BIN
}

setup() {
	CONF=$BATS_TEST_TMPDIR/fo.conf
	export FO_STATE_DIR=$BATS_TEST_TMPDIR/state
}

# programs: all that there are.
programs() {
	(cd "$BIN" && printf '%s\n' fo-*)
}

# conf LINE...: writes the file.
conf() {
	printf '%s\n' "$@" >"$CONF"
}

# refused MESSAGE LINE...: the file is a fault of the configuration, and the message is its own line.
refused() {
	local message=$1
	shift
	conf "$@"
	exits 78 "$BIN/fo-check-ftth" -n -c "$CONF"
	[ -z "$output" ]
	grep -qxF -- "fo-check-ftth: $CONF$message" <<<"$messages" ||
		{ printf 'not %s but:\n%s\n' "$message" "$messages"; return 1; }
}

@test "fo-check-ftth takes no half-right values" {
	exits 64 "$BIN/fo-check-ftth" -i lo one.one.one.one
	has "$messages" "\`one.one.one.one' is not a numeric address"
	exits 64 "$BIN/fo-check-ftth" -i lo -t 800 127.0.0.1
	has "$messages" "\`800' is not a time from 10ms to 1m"
	exits 64 "$BIN/fo-check-ftth" -i lo -t 2m 127.0.0.1
	exits 64 "$BIN/fo-check-ftth" -i 'a b' 127.0.0.1
	has "$messages" "\`a b' is not the name of an interface"
	exits 64 "$BIN/fo-check-ftth" -i lo --need 0 127.0.0.1
	exits 64 "$BIN/fo-check-ftth" -i lo --need -9223372036854775808 127.0.0.1
	has "$messages" "is not a number from 1 to 16"
	exits 64 "$BIN/fo-check-ftth" -i lo --need 2 127.0.0.1
	has "$messages" "--need 2, but there are only 1 targets"
	exits 64 "$BIN/fo-check-ftth" -i lo 127.0.0.{1..17}
	has "$messages" "more than 16 targets"
}

@test "fo-route wants a state or a verb" {
	conf "$ROUTER" '[route]' 'master = dev ppp0' 'backup = via 192.168.0.253 dev eth0'
	exits 64 "$BIN/fo-route"
	has "$messages" "a state or a verb is missing"
	exits 64 "$BIN/fo-route" -c "$CONF" mister
	has "$messages" "\`mister' is neither a state nor a verb"
	exits 64 "$BIN/fo-route" -c "$CONF" INSTANCE VI_1 MASTER
	conf "$ROUTER"
	exits 78 "$BIN/fo-route" -c "$CONF" master
	has "$messages" "$CONF: [route] is missing"
}

@test "-n says what would be done, and does nothing" {
	conf "$ROUTER" "$CHECK" 'need = 1'
	exits 0 "$BIN/fo-check-ftth" -n -c "$CONF"
	[[ "$output" == *"make    echo  on ppp0 to 1.1.1.1"*"on ppp0 to 8.8.8.8, where others are late"* ]]
	[[ "$output" == *"need"*1*"timeout_ms"*800* ]]
	[ -z "$messages" ]
	exits 0 "$BIN/fo-check-ftth" --dry-run -i lo --need 2 -t 1s ::1 127.0.0.1
	[[ "$output" == *"on lo to ::1"*"on lo to 127.0.0.1 "*"need"*2*"timeout_ms"*1000* ]]
}

@test "--json is JSON, one object" {
	need jq
	# An interface that is missing is an answer, whatever the permissions of root.
	need_root
	exits 1 "$BIN/fo-check-ftth" --json -i missing0 192.0.2.1 2001:db8::1
	jq -es 'length == 1 and .[0].line == "down" and .[0].interface == "missing0"
		and .[0].answered == 0 and .[0].need == 1 and (.[0].took_ms | type) == "number"
		and [.[0].targets[].address] == ["192.0.2.1", "2001:db8::1"]' <<<"$output"
}

@test "the usual file, when it is missing or only root may read it: the message says what to do" {
	need_root
	# shellcheck disable=SC2016
	run unshare --mount bash -c 'mount -t tmpfs none /etc && mkdir /etc/fo && mount --bind "${1%/*}" /mnt || exit
		/mnt/fo-route master
		install -m 600 /dev/null /etc/fo/fo.conf
		setpriv --reuid 65534 --clear-groups /mnt/fo-route show' - "$BIN/fo-route"
	has "$output" "cannot read /etc/fo/fo.conf, which sudo fo-setup writes: No such file or directory"
	has "$output" "cannot read /etc/fo/fo.conf, which root (sudo) and its group can: Permission denied"
}

@test "a file that is missing or no file is named" {
	exits 2 "$BIN/fo-route" -c "$CONF" master
	[ "$messages" = "fo-route: cannot read $CONF: No such file or directory" ]
	exits 2 "$BIN/fo-check-ftth" -n -c "$CONF"
	[ "$messages" = "fo-check-ftth: cannot read $CONF: No such file or directory" ]
	exits 78 "$BIN/fo-check-ftth" -n -c "$BATS_TEST_TMPDIR"
	has "$messages" "$BATS_TEST_TMPDIR is not a regular file"
	mkfifo "$BATS_TEST_TMPDIR/fifo"
	exits 78 timeout 10 "$BIN/fo-check-ftth" -n -c "$BATS_TEST_TMPDIR/fifo"
	has "$messages" "fifo is not a regular file"
}

@test "a faulty file leaves the verdict as it was known, and 2 where none is" {
	local verdict
	export FO_STATE_DIR=$BATS_TEST_TMPDIR/state
	mkdir -p "$FO_STATE_DIR/run"
	conf "$ROUTER" "$CHECK" 'need = x'
	exits 2 "$BIN/fo-check-ftth" -c "$CONF"
	has "$messages" "need = x"
	has "$messages" "configuration is faulty; no verdict is known since the boot: unknown"
	for verdict in up:0 down:1 unknown:2; do
		echo "${verdict%:*}" >"$FO_STATE_DIR/run/check.verdict"
		exits "${verdict#*:}" "$BIN/fo-check-ftth" -c "$CONF"
		has "$messages" "configuration is faulty; repeating the last verdict: ${verdict%:*}"
		exits "${verdict#*:}" "$BIN/fo-check-ftth" -c "$CONF.none"
	done
	# Another question than keepalived's is not answered by that.
	exits 78 "$BIN/fo-check-ftth" -c "$CONF" --probe
	exits 78 "$BIN/fo-check-ftth" -c "$CONF" 127.0.0.1
}

@test "line and hosts on the command line need no file, but a file that is given is read" {
	exits 0 "$BIN/fo-check-ftth" -n -i lo 127.0.0.1
	conf '[chek]'
	exits 78 "$BIN/fo-check-ftth" -n -i lo -c "$CONF" 127.0.0.1
}

@test "a fault is told with file, line, section, key, value and a hint" {
	refused ':7: [check] has no key `timout`; did you mean [check] timeout?' "$ROUTER" "$CHECK" 'timout = 1s'
	refused ':5: [chek] is not a known section; did you mean [check]?' "$ROUTER" '[chek]'
	refused ':7: [check] timeout = 1: is not a time with its unit, such as 250ms, 3s, 10m or 1h' \
		"$ROUTER" "$CHECK" 'timeout = 1'
	refused ':7: [check] timeout = 2m: is out of bounds, 10ms to 1m' "$ROUTER" "$CHECK" 'timeout = 2m'
	refused ':7: [check] targets is a duplicate, already set in line 6' \
		"$ROUTER" "$CHECK" 'targets = 9.9.9.9'
	refused ': [check] targets is missing' "$ROUTER" '[check]'
	refused ': [check] need = 3, but there are only 2 targets' "$ROUTER" "$CHECK" 'need = 3'
	refused ': [check] is missing, and there is no TARGET' "$ROUTER"
}

@test "all faults are told at once" {
	conf '[router]' 'lan = a b' 'uplnik = ppp0' '[chek]' '[log]' 'level = loud'
	exits 78 "$BIN/fo-check-ftth" -n -c "$CONF"
	has "$messages" ':2: [router] lan = a b: is not the name of an interface'
	has "$messages" ':3: [router] has no key `uplnik`; did you mean [router] uplink?'
	has "$messages" ':4: [chek] is not a known section; did you mean [check]?'
	has "$messages" ':6: [log] level = loud: is none of: error, warning, info, debug'
	has "$messages" ': [router] uplink is missing'
	has "$messages" ': [router] vip is missing'
	[ "$(wc -l <<<"$messages")" -eq 6 ]
}

# in_journal COMMAND...: stderr is the journal, as systemd connects it.
in_journal() {
	python3 -c 'import os, sys
status = os.fstat(2)
os.environ["JOURNAL_STREAM"] = f"{status.st_dev}:{status.st_ino}"
os.execv(sys.argv[1], sys.argv[1:])' "$@"
}

# each_run_says STATUS TEXT: of what the units and timers start, every run has one line of its own.
each_run_says() {
	local program
	while read -ra program; do
		for run in 1 2 3; do
			run -"$1" in_journal "$BIN/${program[0]}" -c "$CONF" "${program[@]:1}"
			[ "$(grep -cF "$2" <<<"$output")" -eq 1 ] ||
				{ echo "run $run of ${program[*]}: $output"; return 1; }
		done
	done <<-'PROGRAMS'
		fo-watch
		fo-route watch
		fo-keepalive
		fo-speedclass sync --if-due
	PROGRAMS
}

@test "each run of a unit names what stops it, however often that was said" {
	conf '[router]' 'lan = eth0' 'vip = 192.168.0.254' 'uplink = eth 1'
	each_run_says 78 "[router] uplink = eth 1: is not the name of an interface"
	rm "$CONF"
	each_run_says 2 "$CONF: No such file or directory"
}

@test "a value cannot move the cursor or forge a line" {
	conf "$ROUTER" "$CHECK" $'need = 1\e[2J\rfo-check-ftth: all is well'
	exits 78 "$BIN/fo-check-ftth" -n -c "$CONF"
	[ "$(wc -l <<<"$messages")" -eq 1 ]
	lacks "$messages" $'\e'
	lacks "$messages" $'\r'
}

@test "below keepalived, with no stdio and its umask, the status is the same" {
	conf '[chek]'
	exits 78 bash -c 'umask 0177; cd /; exec env -i "$@" </dev/null >/dev/null 2>&1' - \
		"$BIN/fo-check-ftth" -n -c "$CONF"
	exits 64 bash -c 'exec "$@" <&- >&- 2>&-' - "$BIN/fo-check-ftth" --no-such-option
}
