#!/usr/bin/env bats
# What fo-keepalive says, and its exit status, on loopback in a network namespace that each test makes.
# test/e2e/keepalive.bats has the line of a carrier.

bats_require_minimum_version 1.5.0
load ../support

setup() {
	need_root
	find_build
	CONF=$BATS_TEST_TMPDIR/fo.conf
	export CONF FO_STATE_DIR=$BATS_TEST_TMPDIR/state KEEPALIVE=$FO_BUILD/cmd/fo-keepalive
}

# conf UPLINK TARGET [LINE...]: fo.conf.
conf() {
	printf '%s\n' '[router]' 'lan = eth0' 'vip = 192.168.0.254' "uplink = $1" '[keepalive]' \
		"target = $2" 'wait = 100ms' 'tries = 1' 'require-reply = yes' 'skip-if-traffic = 0' "${@:3}" >"$CONF"
}

# runs STATUS COUNT LINE [SETUP]: so many runs of the timer, each with this status and this one line.
runs() {
	need nft
	run -0 unshare -n bash -u -c ". '$BATS_TEST_DIRNAME/ns.bash'; ${4:-:}
		for run in {1..$2}; do
			said=\$(\$KEEPALIVE -c \"\$CONF\" 2>&1 </dev/null)
			echo \"\$? \$said\"
		done"
	[ "$(grep -cxE -- "$1 fo-keepalive: $3" <<<"$output")" -eq "$2" ] || { echo "$output"; return 1; }
	[ "$(wc -l <<<"$output")" -eq "$2" ] || { echo "$output"; return 1; }
}

@test "a run that fails says why, each time" {
	conf ppp7 127.0.0.9
	runs 2 3 'ppp7: no interface: is the line dialled\?'
	conf lo 127.0.0.9
	runs 2 3 'lo: no interface: it is there, but down' 'ip link set lo down'
	runs 1 3 'lo: silent: 127.0.0.9: silent; echoes sent: 1' 'silent 127.0.0.9'
	conf lo peer
	runs 2 3 'lo has no peer address; .*'
	conf lo 127.0.0.1
	runs 2 3 '\[keepalive\] target is an address of this machine itself'
}

@test "a run that is good says so when that is new, and then nothing" {
	conf lo 127.0.0.9
	runs 0 1 'lo: alive: 127.0.0.9: answered in [0-9.]+ ms; echoes sent: 1'
	run -0 unshare -n bash -c '. "$0"; $KEEPALIVE -c "$CONF"' "$BATS_TEST_DIRNAME/ns.bash"
	[ -z "$output" ]
}

@test "a password of the redial command gets into neither log nor history" {
	cat >"$BATS_TEST_TMPDIR/modem" <<-'END'
		#!/bin/sh
		echo "$*" >"${0%/*}/dialled"
	END
	chmod 700 "$BATS_TEST_TMPDIR/modem"
	conf ppp7 127.0.0.9 'redial-after = 1' "redial = $BATS_TEST_TMPDIR/modem --user admin --password hunter2"
	run -2 "$KEEPALIVE" -v -c "$CONF"
	says "ppp7: redialling with $BATS_TEST_TMPDIR/modem; failed runs in a row: 1"
	has "$(cat "$BATS_TEST_TMPDIR/dialled")" "--password hunter2"
	lacks "$output" hunter2
	run ! grep -r hunter2 "$FO_STATE_DIR"
	grep -q "redialling with $BATS_TEST_TMPDIR/modem$" "$FO_STATE_DIR/lib/history"
}
