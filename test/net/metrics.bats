#!/usr/bin/env bats
# fo-status metrics, of a router that is made wrong in one way after another.

load netns.bash

setup() {
	net_up
	router sysctl -qw net.ipv4.ip_forward=1
	printf '[speedclass]\nsim = imsi:440101234567890\nwarn-bytes = 1G\n[keepalive]\n' >>"$CONF"
	mkdir -p "$FO_STATE_DIR/lib" "$FO_STATE_DIR/run"
	# Otherwise each run waits for an answer of the LAN.
	take_vip
}

teardown() { net_down; }

metrics() {
	router timeout 20 "$FO_BUILD/cmd/fo-status" -c "$CONF" metrics
}

# is SAMPLE VALUE: one line of the metrics.
is() {
	metrics | grep -qxF -- "$1 $2" || { metrics | grep -F "${1%%\{*}" >&2; return 1; }
}

@test "Prometheus understands it, and each sample is in the table" {
	need promtool
	metrics >"$DIR/out"
	promtool check metrics <"$DIR/out" >"$DIR/complaints" 2>&1
	[ ! -s "$DIR/complaints" ] || { cat "$DIR/complaints" >&2; return 1; }
	sed -n 's/^\(fo_[a-z_]*\)\({\(.*\)}\)\? .*/\1 \3/p' "$DIR/out" | sed 's/="[^"]*"//g; s/ $/ -/' | sort -u >"$DIR/used"
	[ "$(wc -l <"$DIR/used")" -gt 30 ]
	"$FO_BUILD/test/schema/print-metrics" | awk -F '\t' '{ print $1, $3 }' | sort >"$DIR/table"
	[ -z "$(comm -23 "$DIR/used" "$DIR/table")" ] || { comm -23 "$DIR/used" "$DIR/table" >&2; return 1; }
	# Each once.
	[ -z "$(grep -v '^#' "$DIR/out" | sed 's/ [^ ]*$//' | sort | uniq -d)" ]
}

@test "what changes here changes there" {
	give_vip
	is 'fo_vrrp_state{state="backup"}' 1
	is 'fo_vip_holder{holder="nobody"}' 1
	take_vip
	is 'fo_vrrp_state{state="master"}' 1
	is 'fo_vrrp_state{state="backup"}' 0
	is 'fo_vip_holder{holder="this"}' 1
	is fo_route_right 0
	fo_route master
	is fo_route_right 1
	is 'fo_vrrp_state_changes_total{state="master"}' 1
	is 'fo_vrrp_state_changes_total{state="backup"}' 0
	is fo_lan_forwarding 1
	router sysctl -qw net.ipv4.conf.eth0.forwarding=0
	is fo_lan_forwarding 0
	is fo_source_translation 1
	router nft delete table inet fo_nat
	is fo_source_translation 0
	is fo_uplink_up 1
	ppp_down
	is fo_uplink_up 0
	is fo_line_up 0
	is fo_watcher_running 0
	is fo_uplink_month_limit_bytes 1073741824
	is 'fo_config_faulty{section="keepalive"}' 0
	echo "nonsense = 1" >>"$CONF"
	is 'fo_config_faulty{section="keepalive"}' 1 2>/dev/null
}

@test "a class that another program has written ends no label" {
	printf 's1.fast"} 1\n' >"$FO_STATE_DIR/run/speedclass.known"
	metrics | { run grep -c '^fo_speed_class_info'; [ "$output" = 1 ]; }
	metrics | promtool check metrics
}

@test "the file is replaced as a whole, readable for all, and left as it is where nothing is known" {
	local file=$DIR/fo.prom
	echo old >"$file"
	router "$FO_BUILD/cmd/fo-status" -c "$CONF" -o "$file" metrics
	grep -q '^fo_info{' "$file"
	[ "$(stat -c %a "$file")" = 644 ]
	[ "$(find "$DIR" -name '*prom*' | wc -l)" = 1 ]
	cp "$file" "$DIR/before"
	sed -i 's/^uplink.*/uplink = /' "$CONF"
	exits 78 router "$FO_BUILD/cmd/fo-status" -c "$CONF" -o "$file" metrics
	cmp "$file" "$DIR/before"
	exits 64 router "$FO_BUILD/cmd/fo-status" -o "$file" show
}
