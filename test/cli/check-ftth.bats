#!/usr/bin/env bats
# fo-check-ftth against hosts that answer, are silent, or cannot be reached: addresses of loopback,
# in a network namespace that each test makes.

bats_require_minimum_version 1.5.0
load ../support

setup_file() {
	# Where nobody may read it, too.
	DIR=$(mktemp -d)
	export DIR
	chmod 755 "$DIR"
	find_build
	cp "$FO_BUILD/cmd/fo-check-ftth" "$DIR/"
}

teardown_file() {
	rm -rf "$DIR"
}

setup() {
	CHECK=$DIR/fo-check-ftth
	export CHECK FO_STATE_DIR=$BATS_TEST_TMPDIR/state
}

# ns STATUS SCRIPT: the script's exit status in a namespace; its output apart from the messages.
ns() {
	need_root
	need nft
	exits "$1" unshare -n bash -eu -c ". '$BATS_TEST_DIRNAME/ns.bash'; $2"
}

@test "a host that answers: up, and silent about it" {
	ns 0 '$CHECK -i lo 127.0.0.1'
	[ -z "$output$messages" ]
	ns 0 '$CHECK -v -i lo 127.0.0.1'
	has "$messages" "fo-check-ftth: lo: up, 1 answered, 1 needed, "
}

@test "IPv6 answers too, and the families may be mixed" {
	ns 0 '$CHECK -i lo ::1'
	ns 0 '$CHECK -i lo --need 2 127.0.0.1 ::1; echoes'
	[ "$output" = 2 ]
	ns 0 '$CHECK -i lo --need 1 -t 100ms 127.0.0.1 ::1; echoes'
	[ "$output" = 1 ]
}

@test "with one answer needed exactly one of three good hosts is asked" {
	ns 0 '$CHECK -i lo 127.0.0.1 127.0.0.2 127.0.0.3; echoes'
	[ "$output" = 1 ]
	ns 0 '$CHECK -i lo --need 2 127.0.0.1 127.0.0.2 127.0.0.3; echoes'
	[ "$output" = 2 ]
}

@test "when the first host is silent all others are asked, in a quarter of the time" {
	ns 0 'silent 127.0.0.1
		asking_first 127.0.0.1 $CHECK -i lo -t 400ms --json 127.0.0.1 127.0.0.2 127.0.0.3
		echo "$asked" >&2'
	[ "$messages" -ge 3 ]
	jq -e '.line == "up" and .took_ms >= 95 and .took_ms < 400' <<<"$output"
	jq -e '.targets[0].answer == "silent"' <<<"$output"
}

@test "when the first host is unreachable the next is asked at once" {
	ns 0 'unreachable 127.0.0.1 host-unreachable
		asking_first 127.0.0.1 $CHECK -i lo -t 4s --json 127.0.0.1 127.0.0.2 127.0.0.3
		echo "$asked" >&2'
	[ "$messages" = 2 ]
	jq -e '.line == "up" and .took_ms < 900' <<<"$output"
	jq -e '.targets[0].answer | startswith("destination host unreachable, says ")' <<<"$output"
	jq -e '[.targets[1:][].answer[:12]] | sort == ["answered in ", "not asked"]' <<<"$output"
}

@test "hosts that are silent: down, when the time is over and not before" {
	ns 1 'silent 127.0.0.1; silent ::1; $CHECK -i lo -t 200ms --json 127.0.0.1 ::1'
	jq -e '.line == "down" and .answered == 0 and .took_ms >= 190 and .took_ms < 1000' <<<"$output"
	ns 1 'silent 127.0.0.1; $CHECK -i lo -t 100ms 127.0.0.1'
	has "$messages" "fo-check-ftth: lo: down, 0 answered, 1 needed"
	has "$messages" "127.0.0.1: silent"
}

@test "hosts that are unreachable: down at once, and it says so" {
	ns 1 'unreachable 127.0.0.1 net-unreachable; $CHECK -i lo -t 10s --json 127.0.0.1'
	jq -e '.took_ms < 2000' <<<"$output"
	ns 1 'unreachable ::1 admin-prohibited; $CHECK -i lo -t 10s --json ::1'
	jq -e '.took_ms < 2000' <<<"$output"
	jq -e '.targets[0].answer | startswith("destination administratively prohibited, says ")' <<<"$output"
}

@test "it says who says that a host is unreachable" {
	not_emulated "the sender of an error"
	ns 1 'unreachable 127.0.0.1 host-unreachable; $CHECK -i lo -t 10s --json 127.0.0.1'
	jq -e '.targets[0].answer | endswith(", says 127.0.0.1")' <<<"$output"
	ns 1 'unreachable ::1 admin-prohibited; $CHECK -i lo -t 10s --json ::1'
	jq -e '.targets[0].answer | endswith(", says ::1")' <<<"$output"
}

@test "one good host is not enough where two are needed" {
	ns 1 'silent 127.0.0.2; $CHECK -i lo -t 100ms --need 2 127.0.0.1 127.0.0.2'
	has "$messages" "down, 1 answered, 2 needed"
}

@test "as few answers as are needed are enough, and end the round" {
	ns 0 'silent 127.0.0.2; $CHECK -i lo -t 8s --need 2 --json 127.0.0.1 127.0.0.2 127.0.0.3'
	jq -e '.answered == 2 and .took_ms < 4000' <<<"$output"
}

@test "an interface that is missing or down is a dead line" {
	ns 1 '$CHECK -i ppp0 -t 10s 192.0.2.1'
	has "$messages" "ppp0: down, "
	has "$messages" "No such device"
	ns 1 'ip link add wan0 type veth peer name far0; $CHECK -i wan0 -t 10s 192.0.2.1'
	ns 1 'ip link set lo down; $CHECK -i lo -t 10s 127.0.0.1 ::1'
}

@test "without the permission to send it cannot tell, and says what to do" {
	ns 2 'nobody $CHECK -i lo 127.0.0.1'
	has "$messages" "may not send ICMP echoes on lo"
	has "$messages" "setcap cap_net_raw"
	has "$messages" "ping_group_range"
	ns 2 'nobody $CHECK -i lo ::1'
}

@test "where the system allows datagram sockets nobody may ask" {
	ns 0 'echo 0 65534 >/proc/sys/net/ipv4/ping_group_range
		nobody $CHECK -i lo --need 2 127.0.0.1 ::1'
	ns 1 'echo 0 65534 >/proc/sys/net/ipv4/ping_group_range
		unreachable 127.0.0.1 host-unreachable; nobody $CHECK -i lo -t 10s --json 127.0.0.1'
	jq -e '.took_ms < 2000' <<<"$output"
}

@test "a firewall of our own that drops the echoes is no dead line" {
	ns 2 'nft add rule inet fo out icmp type echo-request drop; $CHECK -i lo 127.0.0.1'
	has "$messages" "firewall"
}

@test "one host that cannot be sent to and one that answers: up" {
	ns 0 'nft add rule inet fo out ip daddr 127.0.0.3 drop; $CHECK -i lo 127.0.0.3 127.0.0.2'
}

@test "SIGTERM and SIGINT while it waits never give 0" {
	local signal
	for signal in TERM INT HUP; do
		ns 0 'silent 127.0.0.1
			env --default-signal $CHECK -i lo -t 60s 127.0.0.1 &
			until_true "[ \$(echoes) -ge 1 ]"
			kill -'$signal' $!
			status=0; wait $! || status=$?
			echo $status'
		[ "$output" -ne 0 ]
	done
}

@test "only a change is told, once" {
	ns 1 '$CHECK -i missing0 127.0.0.1'
	has "$messages" "missing0: down"
	ns 1 '$CHECK -i missing0 127.0.0.1'
	[ -z "$messages" ]
	ns 0 '$CHECK -i lo 127.0.0.1'
	has "$messages" "lo: up, 1 answered, 1 needed"
	ns 0 '$CHECK -i lo 127.0.0.1'
	[ -z "$messages" ]
}

@test "a state directory that cannot be used does not change the verdict" {
	ns 0 'FO_STATE_DIR=/dev/null/x $CHECK -i lo 127.0.0.1'
	ns 1 'FO_STATE_DIR=/dev/null/x $CHECK -i missing0 127.0.0.1'
}

@test "the configuration names line, hosts and time; the command line comes before it" {
	cat >"$BATS_TEST_TMPDIR/fo.conf" <<-'CONF'
		[router]
		lan = eth0
		uplink = lo
		vip = 192.0.2.254
		[check]
		targets = 127.0.0.1, ::1
		need = 2
		timeout = 300ms
	CONF
	export CONF=$BATS_TEST_TMPDIR/fo.conf
	ns 0 '$CHECK -c $CONF --json'
	jq -e '.interface == "lo" and .need == 2 and (.targets | length) == 2' <<<"$output"
	ns 0 '$CHECK -c $CONF --need 1 --json 127.0.0.9'
	jq -e '[.targets[].address] == ["127.0.0.9"]' <<<"$output"
	ns 1 '$CHECK -c $CONF -i ppp0'
	ns 1 'silent ::1; $CHECK -c $CONF --json'
	jq -e '.took_ms >= 290 and .took_ms < 800' <<<"$output"
}
