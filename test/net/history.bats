#!/usr/bin/env bats
# What the programs put into the history, in namespaces of its own: each change once, and nothing else.

load netns.bash
load line.bash
load watch.bash

teardown() { net_down; }

# events [KIND]: `KIND VALUE TEXT`, the oldest first.
events() {
	"$FO_BUILD/cmd/fo-status" --json history |
		jq -r --arg kind "${1-}" '.events[] | select($kind == "" or .kind == $kind) | "\(.kind) \(.value) \(.text)"'
}

# has_events KIND: as many as lines on stdin, which the events of the kind begin with, one by one; within
# 10 s.
has_events() {
	local want
	want=$(cat)
	eventually 10 begin_with "$1" "$want" || { events >&2; return 1; }
}

begin_with() {
	local i have want
	mapfile -t have < <(events "$1")
	mapfile -t want <<<"$2"
	[ "${#have[@]}" -eq "${#want[@]}" ] || return 1
	for i in "${!want[@]}"; do
		[[ "${have[i]}" == "$1 ${want[i]}"* ]] || return 1
	done
}

# lasted KIND VALUE: of the last such event, in milliseconds.
lasted() {
	"$FO_BUILD/cmd/fo-status" --json history |
		jq --arg kind "$1" --arg value "$2" \
			'[.events[] | select(.kind == $kind and .value == $value)] | last.duration_s * 1000 | round'
}

@test "fo-route: a transition is an event, once, and tells how long the state before lasted" {
	net_up
	fo_route apply
	[ "$(events)" = "" ]
	fo_route backup
	fo_route backup
	fo_route apply
	take_vip
	fo_route master
	fo_route apply
	fo_route master
	give_vip
	fo_route master
	fo_route fault
	fo_route FAULT
	fo_route stop
	has_events state <<-'END'
		backup backup: the LAN is left to the other router
		master master: this router carries the LAN
		backup backup: the LAN is left
		fault fault: keepalived sees a fault here
		stop stop: keepalived has ended
	END
	[ "$(events | wc -l)" -eq 5 ]
	[ "$(lasted state master)" -gt 0 ]
	"$FO_BUILD/cmd/fo-status" --json history | jq -e '.events[0] | .duration_s == null and .id == 1 and
		.program == "fo-route" and (.boot | length) == 36 and (.time | fromdate) <= now'
}

@test "fo-route: no switch fails because nothing can be written" {
	net_up
	mkdir -p "$FO_STATE_DIR"
	: >"$FO_STATE_DIR/lib"
	take_vip
	run fo_route master
	[ "$status" -eq 0 ]
	default_is "$MASTER"
	says "not in the history: master: this router carries the LAN: Not a directory"
}

# A disk that hangs until disk_goes_on, for who is started by `env "${HANGS[@]}"`.
disk_hangs() {
	: >"$DIR/hangs"
	HANGS=("LD_PRELOAD=$FO_BUILD/test/power/hang.so" "FO_HANG=$DIR/hangs"
		"ASAN_OPTIONS=verify_asan_link_order=0")
}

disk_goes_on() {
	rm "$DIR/hangs"
}

# The line is in the file, and is not yet safe: whoever adds one waits for it.
is_writing() {
	[ -s "$FO_STATE_DIR/lib/history" ] && is_locked "$FO_STATE_DIR/run/history.lock"
}

@test "fo-route: the route is there, and the lock free, before anything is written" {
	net_up
	take_vip
	disk_hangs
	router_job env "${HANGS[@]}" "$FO_BUILD/cmd/fo-route" -c "$CONF" master
	eventually 5 is_writing
	default_is "$MASTER"
	flock -w 5 "$FO_STATE_DIR/run/route.lock" true
	is_writing
	disk_goes_on
	wait "$JOB"
	has_events state <<<"master"
}

@test "fo-route watch: what was mended is an event, a war is one an hour; so is a configuration" {
	net_up
	router sysctl -qw net.ipv4.ip_forward=1
	fo_route backup
	router_job "$FO_BUILD/cmd/fo-route" -c "$CONF" watch 2>"$DIR/log"
	WATCH=$JOB
	eventually 5 has_rules
	for _ in 1 2 3 4 5; do
		router ip route del default
		eventually 5 default_is "$BACKUP"
	done
	has_events drift <<<"mended corrected: default route via $VIP dev eth0 (keepalived) was removed by"
	kill -HUP "$WATCH"
	has_events config <<<"read the configuration was read again"
	echo "[route" >>"$CONF"
	kill -HUP "$WATCH"
	printf 'read\nfaulty the configuration is faulty; keeping the old one\n' | has_events config
	take_vip
	printf 'backup\nmaster\n' | has_events state
}

has_rules() {
	[ "$(router ip rule show | grep -c '^870[0-3]:')" -eq 4 ]
}

@test "fo-watch: each verdict with its reason and its duration, and when nobody judges" {
	line_up
	watch_conf
	watch_up
	line_is 0
	black_hole
	line_is 1
	no_hole
	line_is 0
	link_deleted
	line_is 1
	has_events line <<-'END'
		up ppp0: up
		down ppp0: down, no answers
		up ppp0: up again after
		down ppp0: down, no link
	END
	[ "$(lasted line down)" -gt 0 ]
	kill -HUP "$WATCH"
	has_events config <<<"read ppp0: the configuration was read again"
	watch_ends KILL
	watch_up
	has_events watch <<-'END'
		begin ppp0: fo-watch begins to judge the line
		resume ppp0: fo-watch goes on after
	END
	watch_ends TERM
	has_events watch <<-'END'
		begin
		resume
		end ppp0: fo-watch has ended; nobody judges the line
	END
	[ "$(events | wc -l)" -eq 8 ]
}

@test "fo-watch: a disk that takes nothing does not keep it from judging" {
	line_up
	watch_conf
	disk_hangs
	watch_up env "${HANGS[@]}"
	line_is 0
	for _ in 1 2 3; do
		black_hole
		line_is 1
		no_hole
		line_is 0
	done
	is_writing
	[ "$(events | wc -l)" -eq 1 ]
	disk_goes_on
	printf '%s\n' up down up down up down up | has_events line
	eventually 5 has_no_child
}

# Neither one that works nor one that nobody has waited for.
has_no_child() {
	[ -z "$(ps -o pid= --ppid "$WATCH")" ]
}

@test "the line of [keepalive]: fo-watch and fo-keepalive tell a change once" {
	line_up
	CONF=$DIR/fo.conf
	printf '[router]\nlan = eth9\nuplink = ppp0\nvip = 192.168.0.254\n[keepalive]\ntarget = 10.0.0.2\n%s\n' \
		"wait = 250ms" >"$CONF"
	keepalive() { router "$FO_BUILD/cmd/fo-keepalive" -c "$CONF" "$@"; }
	keepalive
	keepalive --probe
	has_events lte <<<"up ppp0: alive"
	watch_up
	eventually 5 beat_is line up
	router ip link set ppp0 down
	eventually 5 beat_is line down
	has_events lte <<-'END'
		up ppp0: alive
		down ppp0: down, no link
	END
	keepalive || true
	addresses
	eventually 5 beat_is line up
	keepalive --probe
	has_events lte <<-'END'
		up
		down
		up ppp0: up
	END
	watch_ends KILL
	router ip link set ppp0 down
	# It is believed for two seconds more.
	eventually 10 is_told_by_keepalive
	[ "$(lasted lte down)" -gt 0 ]
}

is_told_by_keepalive() {
	keepalive 2>/dev/null || true
	begin_with lte $'up\ndown\nup\ndown ppp0: no interface'
}
