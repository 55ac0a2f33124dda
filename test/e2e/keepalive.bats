#!/usr/bin/env bats
# fo-keepalive on a line whose carrier cuts idle sessions, and whose modem gets stuck.
#
# Hours pass at once: `modem later` tells the line, a time namespace tells the program (see
# keepalive-turns). So the shipped schedule is played as it is; test/keepalive-life plays it in real time.

load lab

HOUR=3600
TARGET=100.127.100.127 # of the sample
STATE=/run/fo/keepalive # and for the next boot in /var/lib/fo
HASTY=/etc/fo/hasty.conf
PEER=/etc/fo/peer.conf

# The sample with something to dial anew with, and without [speedclass], whose requests are traffic, too.
# hasty.conf does not wait for long, where no answer will come; peer.conf has the defaults, and no target.
make_etc() {
	local conf=$1/sub/fo.conf root=$1/sub/root
	cp -r "$BATS_TEST_DIRNAME/../../etc" "$1"
	sed -i 's/^;hold = [^ ]*/hold = 1s/; s/^;hold-max = [^ ]*/hold-max = 1s/' "$1/main/fo.conf"
	sed -i 's|^;redial =.*|redial = /usr/local/sbin/modem redial|; /^\[speedclass\]/,/^$/d' "$conf"
	mkdir -p "$root/etc/fo" "$root/usr/local/bin"
	sed 's/^;wait = 3s/wait = 100ms/; s/^;tries = 3/tries = 1/' "$conf" >"$root$HASTY"
	sed 's/^;wait = 3s/wait = 100ms/; s/^target = /;&/; s/^require-reply = /;&/' "$conf" >"$root$PEER"
	[ "$(grep -cE '^(redial|wait|tries) = ' "$root$HASTY")" -eq 3 ]
	cp "$BATS_TEST_DIRNAME/keepalive-turns" "$root/usr/local/bin/turns"
	cp "$BATS_TEST_DIRNAME/later" "$root/usr/local/bin/later"
}

# Every test begins with a good line of which nothing is known, and main in charge.
setup() {
	[ -e /proc/self/ns/time ] || skip "time namespaces are not in this kernel"
	lab line main clear
	lab line sub clear
	lab line sub up
	target_is answering
	has_vip main 15
	default_is sub "via 192.168.0.254 dev eth0"
	lab exec sub sh -c 'while umount /var/lib/fo || umount /run/fo; do :; done 2>/dev/null'
	forget
}

forget() {
	lab exec sub sh -c 'rm -rf /var/lib/fo/* /run/fo/keepalive* /run/turns'
}

# line_has KEY: a value of the line's status, 0 for an address to which no echo has come.
line_has() {
	lab line sub status | awk -v key="$1" '$1 == key { value = $2 } END { print value ? value : 0 }'
}

echoes_arrived() {
	line_has "echoes-$TARGET"
}

keepalive() {
	lab exec sub fo-keepalive "$@"
}

# hasty_runs COUNT STATUS: each ends so.
hasty_runs() {
	local i
	for ((i = 0; i < $1; i++)); do
		run keepalive -c "$HASTY"
		[ "$status" -eq "$2" ] || { echo "run $i: status $status: $output"; return 1; }
	done
}

# turns [--traffic] MINUTES SPREAD COUNT COMMAND...: see keepalive-turns.
turns() {
	lab exec sub turns "$@"
}

# silent_turns COUNT: so many of the shipped schedule find the line dead.
silent_turns() {
	turns "$EVERY" "$SPREAD" "$1" sh -c "fo-keepalive --probe -c $HASTY; [ \$? -eq 1 ]"
}

# The shipped timer's minutes, from one run to the next, and how many more it may take.
timer() {
	sed -n "s/^$1=\([0-9]*\)min$/\1/p" "$BATS_TEST_DIRNAME/../../systemd/fo-keepalive.timer"
}
EVERY=$(timer OnUnitActiveSec)
SPREAD=$(timer RandomizedDelaySec)

sub_carries_lan() {
	lab line main blackhole on
	has_vip sub
	default_is sub "dev ppp0"
}

reboot_sub() {
	lab router sub power-off
	lab router sub power-on
}

# grown KEY NUMBER: a counter of the line has gone beyond it.
grown() {
	[ "$(line_has "$1")" -gt "$2" ]
}

@test "the shipped schedule keeps the session for 100 hours with a limit of one, for 100 kB a month" {
	lab line sub idle "$HOUR" 5
	cuts=$(line_has cuts) echoes=$(echoes_arrived) bytes=$(($(line_has up-bytes) + $(line_has down-bytes)))
	turns "$EVERY" "$SPREAD" 300 fo-keepalive
	[ "$(line_has cuts)" -eq "$cuts" ]
	[ $(($(echoes_arrived) - echoes)) -eq 150 ] # every other run
	bytes=$(($(line_has up-bytes) + $(line_has down-bytes) - bytes))
	echo "$bytes bytes, the longest silence $(line_has idle-longest) s"
	[ "$bytes" -le $((100000 * 100 / 720)) ]
}

@test "without target and required reply it lives, too" {
	lab line sub idle "$HOUR" 5
	cuts=$(line_has cuts) echoes=$(line_has echoes-10.64.64.64)
	turns "$EVERY" "$SPREAD" 30 fo-keepalive -c "$PEER"
	[ "$(line_has cuts)" -eq "$cuts" ]
	echoes=$(($(line_has echoes-10.64.64.64) - echoes))
	[ "$echoes" -ge 15 ] # every other run; three each, if there is time for them
	[ "$echoes" -le 45 ]
}

@test "the article's line lets it die: echoes exactly every hour" {
	lab line sub idle "$HOUR" 5
	cuts=$(line_has cuts)
	# `ping -w 3`: the last of its echoes leaves two seconds late, which is in the line's favour.
	run turns 60 0 10 sh -c 'ping -n -c 3 -w 1 -i 0.01 10.64.64.64; ip link show ppp0'
	[ "$status" -ne 0 ]
	[ "$(line_has cuts) $(line_has state)" = "$((cuts + 1)) down" ]
}

@test "in real time, scaled: it lives, not an echo while there is traffic, the article's dies" {
	local attempt
	# 2: this machine was too busy for real time.
	for attempt in 1 2 3; do
		run "$BATS_TEST_DIRNAME/../keepalive-life" --build "$FO_BUILD" --limit 12 --limits 2 --article 3>&-
		echo "attempt $attempt: $output"
		[ "$status" -eq 2 ] || break
	done
	[ "$status" -eq 0 ]
}

@test "not one echo while there is traffic of the LAN on the line" {
	sub_carries_lan
	turns 0 0 1 fo-keepalive
	# Not by the function, which would be the process that is killed.
	"$LAB" --name "$NAME" exec lan bash -c 'exec 3<>/dev/udp/8.8.8.8/7; while sleep 0.02; do echo >&3; done' 3>&- &
	client=$!
	lab line sub idle "$HOUR" 5
	cuts=$(line_has cuts) echoes=$(echoes_arrived)
	turns --traffic "$EVERY" "$SPREAD" 60 fo-keepalive
	[ "$(echoes_arrived) $(line_has cuts)" = "$echoes $cuts" ]
	kill "$client"
	wait "$client" || true
	# Nothing more on the line: now they are needed.
	turns "$EVERY" 0 3 fo-keepalive
	[ "$(echoes_arrived)" -gt "$echoes" ]
}

@test "a stuck modem is redialled after three dead runs, once, and the line lives again" {
	redials=$(line_has redials)
	lab line sub stuck 1
	hasty_runs 2 1
	[ "$(line_has redials)" -eq "$redials" ]
	run keepalive -c "$HASTY"
	[ "$status" -eq 1 ]
	[[ "$output" == *"redialling with /usr/local/sbin/modem; failed runs in a row: 3"* ]]
	[ "$(line_has redials)" -eq $((redials + 1)) ]
	run keepalive
	[ "$status" -eq 0 ]
	[[ "$output" == *"alive"* ]]
	keepalive --probe
	[ "$(line_has redials)" -eq $((redials + 1)) ]
	lab exec sub grep -q 'redialling' /var/lib/fo/history
}

@test "one that stays stuck for a day is redialled once per redial-every, and needs that many" {
	redials=$(line_has redials)
	lab line sub stuck 24
	for ((hour = 1; hour <= 24; hour++)); do
		silent_turns 3
		[ "$(line_has redials)" -eq $((redials + hour)) ]
	done
	turns "$EVERY" 0 1 fo-keepalive
	[ "$(line_has redials) $(line_has state)" = "$((redials + 24)) up" ]
	# It has been alive: dead runs are counted from the first again.
	lab line sub stuck 1
	silent_turns 2
	[ "$(line_has redials)" -eq $((redials + 24)) ]
	silent_turns 1
	[ "$(line_has redials)" -eq $((redials + 25)) ]
}

@test "no storm: 20 runs at once after each other on a modem that stays stuck, one redial" {
	redials=$(line_has redials)
	lab line sub stuck forever
	hasty_runs 20 1
	[ "$(line_has redials)" -eq $((redials + 1)) ]
}

@test "a modem whose queue is full, so that nothing leaves, is a silent line, and redialled" {
	redials=$(line_has redials)
	lab exec sub tc qdisc replace dev ppp0 root tbf rate 8bit burst 10 limit 108
	hasty_runs 3 1
	says "silent: $TARGET: not sent: No buffer space available"
	# The new ppp0 has a new queue.
	[ "$(line_has redials)" -eq $((redials + 1)) ]
	keepalive --probe
}

@test "a target of a family that the line has no address of is asked nothing, and no reason to redial the line that carries the LAN" {
	sub_carries_lan
	redials=$(line_has redials)
	lab exec sub sh -c "sed 's/^target = .*/target = 2001:db8:9::9/' $HASTY >/run/no-route.conf"
	lab exec sub ip -6 route flush default
	for _ in {1..5}; do
		run keepalive -c /run/no-route.conf
		[ "$status" -eq 2 ]
		says "no address: "
	done
	[ "$(line_has redials)" -eq "$redials" ]
}

@test "a target that is this machine itself, or no host, is told" {
	lab exec sub sh -c "sed 's/^target = .*/target = 192.168.0.2/' $HASTY >/run/own.conf"
	run keepalive -c /run/own.conf
	[ "$status" -eq 2 ]
	[[ "$output" == *"[keepalive] target is an address of this machine itself"* ]]
	run keepalive --json -c /run/own.conf
	[[ "$output" == *'"verdict":"unknown"'*'"echoes":0'* ]]
	lab exec sub sh -c "sed 's/^target = .*/target = 224.0.0.1/' $HASTY >/run/many.conf"
	run keepalive -c /run/many.conf
	[ "$status" -eq 78 ]
}

@test "fo-status tells a line that is dead, or that was not checked for two hours" {
	keepalive --probe
	wait_for sub 10 "fo-status -q" # the watcher judges the line anew
	run lab exec sub later 8000 fo-status
	[ "$status" -eq 1 ]
	lab line sub stuck 1
	run -1 keepalive --probe -c "$HASTY"
	run lab exec sub fo-status --json
	[ "$status" -eq 1 ]
	[ "$(jq -r '"\(.keepalive) \(.keepalive_dead_runs)"' <<<"$output")" = "silent 1" ]
}

@test "a redial that cannot be run is told before the day of the outage" {
	lab exec sub sh -c "sed 's|^redial = .*|redial = /usr/bin/redail now|' $HASTY >/run/typo.conf"
	run keepalive -n -c /run/typo.conf
	[ "$status" -eq 2 ]
	[[ "$output" == *"[keepalive] redial: /usr/bin/redail: No such file"* ]]
	run keepalive --probe -c /run/typo.conf
	[ "$status" -eq 0 ]
	[[ "$output" == *"/usr/bin/redail: No such file"* ]]
}

# target_is ignored|answering: the provider drops the echoes to it, and all else passes.
target_is() {
	lab exec isp nft "add table ip t; delete table ip t"
	[ "$1" = answering ] ||
		lab exec isp nft "add table ip t; add chain ip t i { type filter hook prerouting priority -200; }; add rule ip t i ip daddr $TARGET drop"
}

# heard_runs COUNT: as hasty_runs, silent, with an answer to the LAN before each.
heard_runs() {
	local turn # not i, which bats takes for its own at `run -1`
	for ((turn = 0; turn < $1; turn++)); do
		lab wait lan 5 ping -n -c 1 -W 1 8.8.8.8 >/dev/null
		run -1 keepalive --probe -c "$HASTY"
	done
}

@test "while sub carries the LAN, a line on which only the target is silent is not redialled; one that is gone is" {
	sub_carries_lan
	redials=$(line_has redials)
	target_is ignored
	heard_runs 6
	[ "$(line_has redials)" -eq "$redials" ]
	target_is answering
	lab line sub down
	hasty_runs 1 2
	[ "$(line_has redials) $(line_has state)" = "$((redials + 1)) up" ]
	# And no more than that, although it is as stuck as before.
	lab line sub down
	hasty_runs 3 2
	[ "$(line_has redials)" -eq $((redials + 1)) ]
}

@test "while sub carries the LAN, a line on which nothing comes in is redialled by the third run" {
	sub_carries_lan
	redials=$(line_has redials)
	lab line sub stuck 1
	hasty_runs 2 1
	[ "$(line_has redials)" -eq "$redials" ]
	hasty_runs 1 1
	[ "$(line_has redials)" -eq $((redials + 1)) ]
	keepalive --probe
}

@test "a line that was left alone while it carried the LAN is redialled afterwards" {
	sub_carries_lan
	redials=$(line_has redials)
	target_is ignored
	heard_runs 4
	[ "$(line_has redials)" -eq "$redials" ]
	lab line main clear
	has_vip main 15
	hasty_runs 1 1
	[ "$(line_has redials)" -eq $((redials + 1)) ]
	target_is answering
	keepalive
}

@test "the second of two runs leaves the work to the first" {
	lab line sub stuck forever
	lost=$(line_has up-lost)
	lab exec sub fo-keepalive 3>&- &
	first=$!
	eventually 10 grown up-lost "$lost"
	run keepalive
	[ "$status" -eq 0 ]
	[[ "$output" == *"another fo-keepalive is already running"* ]]
	lab line sub stuck off # its next echo arrives
	wait "$first"
	lab exec sub grep -qx 'dead 0' "$STATE"
}

@test "ten runs at once: each ends well, and they leave no file of their own" {
	run lab exec sub bash -c '
		for i in {1..10}; do fo-keepalive --probe 2>/dev/null & all+=($!); done
		for pid in "${all[@]}"; do wait "$pid" || exit; done
		find /var/lib/fo /run/fo -mindepth 1 -name ".*"'
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	run keepalive
	[[ "$status $output" == "0 "* && "$output" != *"ignoring the saved state: it is corrupt"* ]]
}

@test "ppp0 goes while an answer is awaited" {
	lab line sub stuck forever
	lost=$(line_has up-lost)
	lab exec sub fo-keepalive 3>&- &
	first=$!
	eventually 10 grown up-lost "$lost"
	lab line sub down
	status=0
	wait "$first" || status=$?
	[ "$status" -eq 2 ]
	lab exec sub grep -qx 'dead 1' "$STATE"
}

@test "a ppp0 that has been dialled anew is a new one: an echo, though there was one just now" {
	keepalive
	echoes=$(echoes_arrived)
	keepalive
	[ "$(echoes_arrived)" -eq "$echoes" ]
	lab line sub redial 10.128.0.78
	keepalive
	lab line sub redial 10.128.0.10
	[ "$(echoes_arrived)" -eq $((echoes + 1)) ]
}

@test "after a reboot the last boot's echo and its dead runs do not count" {
	keepalive
	echoes=$(echoes_arrived) redials=$(line_has redials)
	reboot_sub
	keepalive
	[ "$(echoes_arrived)" -eq $((echoes + 1)) ]
	lab line sub stuck forever
	forget
	hasty_runs 2 1
	reboot_sub
	hasty_runs 2 1
	[ "$(line_has redials)" -eq "$redials" ]
	hasty_runs 1 1
	[ "$(line_has redials)" -eq $((redials + 1)) ]
}

@test "a reboot does not make a redial due that was done lately" {
	redials=$(line_has redials)
	lab line sub stuck forever
	hasty_runs 3 1
	reboot_sub
	hasty_runs 4 1
	[ "$(line_has redials)" -eq $((redials + 1)) ]
}

@test "the clock of the machine goes back by a day: an echo, and then none" {
	# While the watcher finds the line dead, as it was in the test before, each run asks.
	keepalive --probe
	wait_for sub 10 "grep -qx 'line up' /run/fo/watch"
	lab exec sub later 86400 fo-keepalive
	echoes=$(echoes_arrived)
	keepalive
	[ "$(echoes_arrived)" -eq $((echoes + 1)) ]
	keepalive
	[ "$(echoes_arrived)" -eq $((echoes + 1)) ]
}

@test "a state directory that cannot be written is told, and an echo leaves all the same" {
	lab exec sub mount -t tmpfs -o ro none /var/lib/fo
	echoes=$(echoes_arrived)
	run keepalive
	[ "$status" -eq 0 ]
	[[ "$output" == *"/var/lib/fo/keepalive"*"Read-only file system"* ]]
	[ "$(echoes_arrived)" -eq $((echoes + 1)) ]
}

# freeze FOLDER...: what is in there can be read, and no more.
freeze() {
	local folder
	for folder; do
		lab exec sub sh -c 'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1"' - "$folder"
	done
}

# redials_after COMMAND...: how many there are in six runs after it, when the line was dead for two before.
redials_after() {
	local before
	before=$(line_has redials)
	lab line sub stuck forever
	hasty_runs 2 1
	"$@"
	hasty_runs 6 1
	redials=$(($(line_has redials) - before))
	echo "$redials redials"
}

@test "a disk that has become read-only when the line was dead already: one redial, no storm" {
	redials_after freeze /var/lib/fo
	[ "$redials" -eq 1 ]
}

@test "memory that is full since then: one redial, no storm" {
	lab exec sub mount -t tmpfs -o size=16k none /run/fo
	redials_after lab exec sub sh -c '! cat /dev/zero >/run/fo/filler 2>/dev/null'
	[ "$redials" -eq 1 ]
}

@test "nothing at all can be written any more: no redial that could not be noted" {
	redials_after freeze /var/lib/fo /run/fo
	[ "$redials" -eq 0 ]
	[[ "$output" == *"not redialling: the attempt cannot be recorded"* ]]
}

@test "a saved state that is corrupt is named, ignored and replaced" {
	for text in '' 'garbage' 'verdict 99' 'dead -1' 'boot' 'run 99999999999999999999'; do
		lab exec sub sh -c 'printf "%s\n" "$1" | tee /var/lib/fo/keepalive >"$2"' - "$text" "$STATE"
		echoes=$(echoes_arrived)
		run keepalive
		[ "$status" -eq 0 ]
		[[ -z "$text" || "$output" == *"ignoring the saved state: it is corrupt"* ]]
		echo "'$text': $output; $echoes echoes before, $(echoes_arrived) after"
		[ "$(echoes_arrived)" -eq $((echoes + 1)) ]
		lab exec sub grep -qx 'verdict 1' "$STATE"
	done
}

@test "a state file that is too long, or no file: an echo leaves all the same" {
	for make in 'head -c 1M /dev/zero >keepalive' 'mkdir keepalive'; do
		for folder in /var/lib/fo /run/fo; do
			lab exec sub sh -c "cd $folder && rm -rf keepalive && $make"
		done
		echoes=$(echoes_arrived)
		run keepalive
		[ "$status" -eq 0 ]
		[[ "$output" == *"keepalive"* ]]
		[ "$(echoes_arrived)" -eq $((echoes + 1)) ]
	done
}
