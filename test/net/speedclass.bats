#!/usr/bin/env bats
# Copies of fo-speedclass that overlap at the worst moment: strace holds one of them there. They and
# the stand-in for SORACOM's API are in a network of their own, on whose lo the VIP comes and goes.

load "$BATS_TEST_DIRNAME/../cli/speedclass.bash"

HOLD_US=6000000

setup_file() {
	[ "$(id -u)" -eq 0 ] || skip "network namespaces need root"
	unshare --net sleep infinity 3>&- &
	export NET=$!
	eventually 5 has_own_net "$NET"
	enter
	"${IN[@]}" ip link set lo up
	api_up
}

teardown_file() {
	api_down
	kill -KILL "$NET" 2>/dev/null || true
	wait "$NET" 2>/dev/null || true
}

setup() {
	enter
	fresh
	vip del 2>/dev/null || true
}

teardown() { tidy; }

enter() {
	IN=(nsenter --target "$NET" --net --)
}

has_own_net() {
	[ "$(readlink "/proc/$1/ns/net")" != "$(readlink /proc/self/ns/net)" ]
}

# vip add|del
vip() {
	"${IN[@]}" ip address "$1" 192.0.2.1/32 dev lo
}

# held CALL STRACE-OPTIONS… -- VERB…: a copy in the background, which the system call CALL keeps for
# HOLD_US. It is HELD. (The leak check of a sanitized build does not work below strace.)
held() {
	local call=$1 options=()
	while [ "$2" != -- ]; do
		options+=("$2")
		shift
	done
	ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0 "${IN[@]}" strace -qq -o "$DIR/trace" -e "trace=$call" "${options[@]}" \
		"$FO_BUILD/cmd/fo-speedclass" -c "$CONF" "${@:3}" 3>&- &
	HELD=$!
	PIDS+=("$HELD")
}

# It is held while this is there: nothing else is in its way for so long.
is_writing_wanted() {
	compgen -G "$FO_STATE_DIR/lib/.speedclass.wanted.*" >/dev/null
}

@test "a VIP that goes while its class is written down: the class is that of the truth" {
	vip add
	held renameat -e "inject=renameat:delay_enter=$HOLD_US:when=1" -- master
	eventually 5 is_writing_wanted
	vip del
	run -0 speedclass backup
	[ "$(wanted)" = s1.minimum ]
	is_writing_wanted
	wait "$HELD"
	[ "$(wanted)" = s1.minimum ]
	sim_has s1.minimum 1
}

knows() {
	[ "$(cat "$FO_STATE_DIR/run/speedclass.known" 2>/dev/null)" = "$1" ]
}

wrote_history() {
	grep -q "$1" "$FO_STATE_DIR/lib/history" 2>/dev/null
}

@test "a class that becomes wanted after the worker's last look, before the lock is free: it is set" {
	held close -P "$FO_STATE_DIR/run/speedclass.lock" -e "inject=close:delay_enter=$HOLD_US" -- set s1.fast
	eventually 10 knows s1.fast
	eventually 2 wrote_history s1.fast
	run -0 speedclass set s1.slow
	[[ "$output" == *"left to the fo-speedclass that is already running"* ]]
	sim_has s1.fast 1
	wait "$HELD"
	sim_has s1.slow 1
}

# sockets: those of the kernel that have something to do with the API.
sockets() {
	"${IN[@]}" ss -Htan "dport = :$PORT"
}

@test "a request that is given up does not arrive later: the kernel keeps nothing of it" {
	ctl fault hang --count 1 --path "$UPDATE"
	worker set s1.fast
	wait_requests 2
	"${IN[@]}" nft -f - <<-RULES
		table inet hole {
			chain out {
				type filter hook output priority 0
				tcp dport $PORT drop
			}
		}
	RULES
	[ -n "$(sockets)" ]
	kill -KILL "$WORKER"
	wait "$WORKER" || true
	now=$(sockets)
	"${IN[@]}" nft delete table inet hole
	[ -z "$now" ]
	run -0 speedclass set s1.minimum
	sim_has s1.minimum
}

@test "two copies at once: one of them asks SORACOM" {
	ctl fault delay --seconds 2 --count 1 --path "$UPDATE"
	worker set s1.fast
	wait_requests 2
	run -0 speedclass set s1.fast
	[[ "$output" == *"left to"* ]]
	ended 0
	[ "$(requests)" -eq 2 ]
}
