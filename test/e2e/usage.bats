#!/usr/bin/env bats
# The account of the metered line's bytes, against what the line itself has carried.

load lab

LIMIT=200K

make_etc() {
	cp -r "$BATS_TEST_DIRNAME/../../etc" "$1"
	sed -i 's/^;hold = [^ ]*/hold = 1s/; s/^;hold-max = [^ ]*/hold-max = 1s/' "$1/main/fo.conf"
	sed -i "s/^;warn-bytes = 0/warn-bytes = $LIMIT/" "$1/sub/fo.conf"
	[ "$(grep -c '^warn-bytes' "$1/sub/fo.conf")" -eq 1 ]
}

# Every test begins with main in charge, a new account, and what the line has carried until then.
setup() {
	lab line main clear
	lab line sub clear
	lab line sub up
	is_normal
	lab exec sub sh -c 'rm -f /run/fo/usage /var/lib/fo/usage /var/lib/fo/history'
	lab exec sub fo-route apply
	BEGUN=$(($(line_carried) - $(since_first_reading)))
}

line_carried() {
	lab line sub status | awk '/^(up|down)-bytes / { sum += $2 } END { print sum }'
}

# usage KEYS: the sum of these of all months.
usage() {
	lab exec sub fo-status --json usage | jq "[.usage[] | $1] | add"
}

since_first_reading() {
	usage .total_bytes
}

carried_since() {
	echo $(($(line_carried) - BEGUN))
}

is_exact() {
	[ "$(usage .total_bytes)" -eq "$(carried_since)" ]
}

counts_exactly() {
	eventually 10 is_exact || { echo "$(usage .total_bytes), and not $(carried_since)"; return 1; }
}

# 40000 bytes over the line, both ways together.
own_traffic() {
	lab exec sub ping -q -n -I ppp0 -s 972 -c 20 -i 0.01 100.127.100.127
}

lan_traffic() {
	lab exec lan ping -q -n -s 972 -c 20 -i 0.01 8.8.8.8
}

# about NUMBER: 40000, and some packets of other programs.
about() {
	[ "$1" -ge 40000 ] && [ "$1" -lt 60000 ] || { echo "$1 bytes"; return 1; }
}

fail_over() {
	lab line main blackhole on
	is_failed_over
}

warnings() {
	lab exec sub grep -c "more than 200 KB went over ppp0 this month: 2[0-9.]* KB, " /var/lib/fo/history
}

@test "over redials, failover and failback the account has each byte that the line has carried, in its state" {
	own_traffic
	lab line sub redial
	default_is sub "via 192.168.0.254 dev eth0"
	counts_exactly
	about "$(usage '.backup_received_bytes + .backup_sent_bytes')"
	[ "$(usage '.master_received_bytes + .master_sent_bytes')" -eq 0 ]
	fail_over
	lan_traffic
	lab line main clear
	is_normal
	counts_exactly
	about "$(usage '.master_received_bytes + .master_sent_bytes')"
	# A session that ends at once after the traffic, before anybody has read: with it come its last counters.
	own_traffic
	lab line sub down
	wait_for sub 5 '! ip link show ppp0'
	lab line sub up
	counts_exactly
}

@test "an orderly reboot loses nothing; a loss of power what has passed since the disk was written to" {
	own_traffic
	lab router sub stop-resident
	lab router sub power-off
	lab router sub power-on
	is_normal
	own_traffic
	counts_exactly
	before=$(carried_since)
	own_traffic
	lost=$(($(carried_since) - before))
	lab router sub power-off
	lab router sub power-on
	is_normal
	own_traffic
	missing=$(($(carried_since) - $(usage .total_bytes)))
	echo "$missing bytes are missing"
	[ "$missing" -ge 0 ]
	[ "$missing" -le $((lost + 40000 + 20000)) ] # and what came before, since the first boot's minute
}

@test "a month that passes warn-bytes is told once, also after a reboot" {
	for _ in {1..6}; do own_traffic; done
	lab exec sub fo-keepalive
	[ "$(warnings)" -eq 1 ]
	own_traffic
	lab exec sub fo-route apply
	lab exec sub fo-speedclass sync
	lab router sub power-off
	lab router sub power-on
	is_normal
	own_traffic
	lab exec sub fo-keepalive
	[ "$(warnings)" -eq 1 ]
	lab exec sub fo-status history | grep -q "more than 200 KB went over ppp0"
}

@test "the router with the main line keeps no account" {
	lab exec main fo-route apply
	lab exec main sh -c '! ls /run/fo/usage* /var/lib/fo/usage*'
	run -2 lab exec main fo-status usage
	[[ "$output" == *"no line is metered here"* ]]
	run -0 lab exec main fo-status --json
	[ "$(jq 'has("usage")' <<<"$output")" = false ]
}
