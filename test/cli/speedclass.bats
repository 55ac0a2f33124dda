#!/usr/bin/env bats
# fo-speedclass against a SORACOM API that misbehaves.

load speedclass.bash

setup_file() { api_up; }

teardown_file() { api_down; }

setup() { fresh; }

teardown() { tidy; }

# Verbs

@test "set: the SIM has the class, once, and it is remembered" {
	run -0 speedclass set s1.fast
	says "speed class s1.fast set, 1 try"
	sim_has s1.fast
	run -0 speedclass set s1.fast
	says "already set"
	[ "$(requests)" -eq 2 ]
	run -0 "$FO_BUILD/cmd/fo-status" -c "$CONF" --json history
	jq -e '.events | map(.program + " " + .event) == ["fo-speedclass speed class s1.fast set"]' <<<"$output"
}

@test "master and backup, and keepalived's four words: the class of the true state" {
	be_master
	run -0 speedclass master
	sim_has s1.fast
	be_backup
	run -0 speedclass INSTANCE VI_1 BACKUP 100
	sim_has s1.minimum
	run -0 speedclass INSTANCE VI_1 MASTER 100
	sim_has s1.minimum
	be_master
	run -0 speedclass GROUP G1 FAULT 0
	sim_has s1.fast
	run -0 speedclass INSTANCE VI_1 MASTER_RX_LOWER_PRI 100
	[ "$(requests)" -eq 4 ]
}

@test "a second change of class needs one request, with the token of the first; its file is private" {
	speedclass set s1.fast
	[ "$(stat -c %a "$FO_STATE_DIR/run/soracom.token")" = 600 ]
	speedclass set s1.minimum
	speedclass set s1.fast
	[ "$(requests)" -eq 4 ]
	[ "$(ctl log | jq -rs 'map(.path)[-4:] | join(" ")')" = "/v1/auth $UPDATE $UPDATE $UPDATE" ]
}

@test "the token of another profile or server is not used" {
	speedclass set s1.fast
	configure "profile = $BATS_FILE_TMPDIR/root.json"
	speedclass set s1.minimum
	[ "$(requests)" -eq 4 ]
	configure "profile = $BATS_FILE_TMPDIR/root.json" "endpoint = https://127.0.0.1:$PORT"
	speedclass set s1.fast
	[ "$(requests)" -eq 6 ]
	sim_has s1.fast
}

@test "revoked tokens, and expired ones, cost one login" {
	speedclass set s1.fast
	ctl revoke
	run -0 speedclass set s1.minimum
	sim_has s1.minimum
	[ "$(requests)" -eq 5 ]
	ctl advance 90000
	run -0 speedclass set s1.fast
	[ "$(requests)" -eq 8 ]
}

@test "a garbled token file is no token" {
	speedclass set s1.fast
	head -c 3000 /dev/urandom >"$FO_STATE_DIR/run/soracom.token"
	run -0 speedclass set s1.minimum
	sim_has s1.minimum
	[ "$(requests)" -eq 4 ]
}

@test "get prints class, SIM and what is wanted; without the permission it says which" {
	ctl permit Subscriber:updateSpeedClass Subscriber:getSubscriber
	speedclass set s1.fast
	run -0 --separate-stderr speedclass --json get
	jq -e '.speed_class == "s1.fast" and .wanted == "s1.fast" and .sim == "'$IMSI'"' <<<"$output"
	ctl permit Subscriber:updateSpeedClass
	ctl revoke
	run -1 speedclass get
	says "Subscriber:getSubscriber"
}

@test "sync mends a class that was changed behind its back" {
	ctl permit Subscriber:updateSpeedClass Subscriber:getSubscriber
	run -0 speedclass sync
	ctl class "$IMSI" s1.fast
	run -0 speedclass sync
	sim_has s1.minimum
}

@test "sync of a user who may only update asks no more than once" {
	speedclass set s1.minimum
	run -0 speedclass sync
	[ "$(requests)" -eq 3 ]
}

@test "sync without permission to read believes the last answer, and carries on what was given up" {
	ctl fault 503
	configure "profile = $BATS_FILE_TMPDIR/authkey.json" "give-up = 1s" "backup = s1.slow"
	run -1 speedclass backup
	ctl clear
	run -0 speedclass sync
	sim_has s1.slow
}

# Makes a time that is written down earlier: aged FILE SECONDS.
aged() {
	local file=$FO_STATE_DIR/$1
	echo $(($(cat "$file") - $2)) >"$file"
}

@test "sync --if-due sends nothing while all is well, and reads the class back once an hour" {
	ctl permit Subscriber:updateSpeedClass Subscriber:getSubscriber
	run -0 speedclass sync --if-due
	[ "$(requests)" -eq 2 ]
	run -0 speedclass sync --if-due
	[ "$(requests)" -eq 2 ]
	ctl class "$IMSI" s1.fast
	aged run/speedclass.looked 3600
	run -0 speedclass sync --if-due
	sim_has s1.minimum
	be_master
	run -0 speedclass sync --if-due
	sim_has s1.fast
}

@test "a time of looking that is in the future, or no time, is none" {
	ctl permit Subscriber:updateSpeedClass Subscriber:getSubscriber
	run -0 speedclass sync
	for time in $(($(cut -d. -f1 /proc/uptime) + 1000)) -1 rubbish; do
		before=$(requests)
		echo "$time" >"$FO_STATE_DIR/run/speedclass.looked"
		run -0 speedclass sync --if-due
		[ "$(requests)" -eq $((before + 1)) ]
	done
}

@test "sync renews a login that ends within hours, ahead of time" {
	ctl permit Subscriber:updateSpeedClass Subscriber:getSubscriber
	run -0 speedclass sync
	before=$(requests)
	run -0 speedclass sync
	[ "$(requests)" -eq $((before + 1)) ]
	token=$(tail -n 1 "$FO_STATE_DIR/run/soracom.token")
	sed -i "2s/.*/end $(($(cut -d. -f1 /proc/uptime) + 3600))/" "$FO_STATE_DIR/run/soracom.token"
	run -0 speedclass sync
	[ "$(requests)" -eq $((before + 3)) ]
	[ "$(tail -n 1 "$FO_STATE_DIR/run/soracom.token")" != "$token" ]
	run -0 speedclass set s1.fast
	[ "$(requests)" -eq $((before + 4)) ]
}

@test "max-raised lowers the class after that long as master, says so once, until backup was in between" {
	configure "profile = $BATS_FILE_TMPDIR/authkey.json" "max-raised = 1h"
	be_master
	run -0 speedclass master
	sim_has s1.fast
	aged run/speedclass.raised 3500
	run -0 speedclass sync --if-due
	sim_has s1.fast
	aged run/speedclass.raised 200
	run -0 speedclass sync --if-due
	says "master for more than 1h: speed class s1.minimum, because of [speedclass] max-raised"
	sim_has s1.minimum
	run -0 speedclass sync
	[[ "$output" != *max-raised* ]]
	run -0 speedclass master
	sim_has s1.minimum
	be_backup
	run -0 speedclass backup
	be_master
	run -0 speedclass master
	sim_has s1.fast
}

@test "max-raised does not follow a clock that is set, but outlives a boot" {
	configure "profile = $BATS_FILE_TMPDIR/authkey.json" "max-raised = 1h"
	be_master
	run -0 speedclass master
	# The clock is two hours ahead of what it was.
	aged lib/speedclass.raised 7200
	run -0 speedclass sync
	sim_has s1.fast
	# The same, after a boot: now it is all that is known.
	rm -r "$FO_STATE_DIR/run"
	run -0 --separate-stderr speedclass -n sync
	[[ "$output" == *"make    speed class  s1.minimum"* ]]
	run -0 speedclass sync
	sim_has s1.minimum
	run -0 "$FO_BUILD/cmd/fo-status" -c "$CONF" history
	says "speed class s1.minimum wanted, by max-raised"
}

@test "max-raised: a time of a clock that was not set yet is none after a boot" {
	configure "profile = $BATS_FILE_TMPDIR/authkey.json" "max-raised = 1h"
	be_master
	run -0 speedclass master
	aged lib/speedclass.raised 40000000 # over a year: written in 1970, or before the clock was set back
	rm -r "$FO_STATE_DIR/run"
	run -0 speedclass sync
	sim_has s1.fast
	aged run/speedclass.raised 3600
	run -0 speedclass sync
	sim_has s1.minimum
}

# found FILTER: what `login` tells in JSON.
found() {
	jq -e "$1" <<<"$output" >/dev/null || { echo "not so: $1; but: $output" >&2; return 1; }
}

@test "login checks credentials, SIM and permission in one run, and changes nothing" {
	ctl permit Subscriber:updateSpeedClass Subscriber:getSubscriber
	run -0 --separate-stderr speedclass login
	[[ "$output" =~ login\ +good ]]
	[[ "$output" =~ speed_class\ +s1.minimum ]]
	[[ "$output" =~ permission\ +good ]]
	sim_has s1.minimum
	ctl permit Subscriber:getSubscriber
	run -1 --separate-stderr speedclass --json login
	found '.login == "good" and .permission == "refused"'
	run -1 speedclass login
	says "lacks the permission Subscriber:updateSpeedClass"
	ctl permit Subscriber:updateSpeedClass
	run -0 --separate-stderr speedclass --json login
	found '.permission == "good" and .speed_class == "s1.minimum" and .sim == "'$IMSI'"'
	rm "$FO_STATE_DIR/run/speedclass.known"
	run -2 --separate-stderr speedclass --json login
	found '.login == "good" and .speed_class == "unknown" and (.permission | startswith("not tried: the present"))'
	sim_has s1.minimum
}

@test "login tells a SIM that is not this account's, and a server that does not answer" {
	configure "profile = $BATS_FILE_TMPDIR/root.json" "sim = imsi:440109999999999"
	run -1 --separate-stderr speedclass --json login
	found '.login == "good" and .speed_class == "unknown" and .permission == "refused"'
	run -1 speedclass login
	says "this account has no SIM 440109999999999"
	ctl fault refuse
	run -1 --separate-stderr speedclass --json login
	found '.login == "no answer" and .permission == "not tried"'
}

@test "wrong credentials: one login, exit 1, told where to look" {
	jq '.authKey = "secret-wrong"' "$BATS_FILE_TMPDIR/authkey.json" >"$DIR/wrong.json"
	chmod 600 "$DIR/wrong.json"
	configure "profile = $DIR/wrong.json"
	run -1 speedclass set s1.fast
	says "check the credentials in profile $DIR/wrong.json"
	[[ "$output" != *secret-wrong* ]]
	[ "$(requests)" -eq 1 ]
	run -1 --separate-stderr speedclass --json login
	found '.login == "refused" and .permission == "not tried"'
}

@test "a dry run says what would be sent, and sends nothing" {
	run -0 speedclass -n set s1.fast
	says "make    speed class  s1.fast"
	[ "$(requests)" -eq 0 ]
	[ ! -e "$FO_STATE_DIR/lib" ]
}

@test "without [speedclass] there is nothing to do, and it says so" {
	sed -i '/^\[speedclass\]/,$d' "$CONF"
	run -0 speedclass master
	says "no [speedclass]: nothing to do"
}

# Faults

# heals KIND [OPTION…]: a worker meets the fault, keeps at it, and reaches its end once it is over.
heals() {
	speedclass set s1.slow
	BEFORE=$((BEFORE + 2))
	ctl fault "$@"
	worker set s1.fast
	eventually 10 grep -q 'next try' "$DIR/said"
	! has_ended "$WORKER"
	[ "$(wanted)" = s1.fast ]
	ctl clear
	sim_has s1.fast
	ended 0
	grep -Eq 'speed class s1.fast set, [2-9] tries' "$DIR/said"
}

# The same for faults that hold the request until they are over.
heals_when_freed() {
	speedclass set s1.slow
	ctl fault "$@"
	worker set s1.fast
	wait_met
	! has_ended "$WORKER"
	ctl clear
	sim_has s1.fast
	ended 0
}

wait_met() {
	local before=$BEFORE
	BEFORE=$((before + 2))
	wait_requests 1
	BEFORE=$before
}

@test "500: keeps at it" { heals 500; }

@test "502: keeps at it" { heals 502; }

@test "503: keeps at it" { heals 503; }

@test "a load balancer's page: keeps at it" { heals html; }

@test "a load balancer's page with status 400: keeps at it" { heals html --status 400; }

@test "another class in the answer: keeps at it" { heals wrong-class; }

@test "an empty answer: keeps at it" { heals empty; }

@test "reset: keeps at it" { heals reset; }

@test "reset after the class was set: keeps at it" { heals reset --applied; }

@test "refused connection: keeps at it" { heals refuse; }

@test "cut-off answer: keeps at it" { heals truncated; }

@test "answer without end: keeps at it" {
	heals huge
	grep -q 'too long' "$DIR/said"
}

@test "redirect: not followed, keeps at it" { heals redirect; }

@test "a certificate of another host: nothing is sent, keeps at it" {
	heals wrong-cert
	grep -q 'certificate' "$DIR/said"
}

@test "an expired certificate: nothing is sent, keeps at it" { heals expired-cert; }

@test "no answer: waits, and tries again" { heals_when_freed hang; }

@test "no TLS: waits, and tries again" {
	local tls
	speedclass set s1.slow
	tls=$(status .connections.accepted)
	ctl fault hang-accept
	worker set s1.fast
	eventually 10 accepted_more_than "$tls"
	ctl clear
	sim_has s1.fast
	ended 0
}

accepted_more_than() {
	[ "$(status .connections.accepted)" -gt "$1" ]
}

@test "a slow answer is waited for" {
	speedclass set s1.slow
	ctl fault slow --bytes-per-second 2000 --count 1
	run -0 speedclass set s1.fast
	says "1 try"
}

@test "429: the pause that the server asks for is kept" {
	local begin=${EPOCHREALTIME/./}
	ctl fault 429 --seconds 3 --count 1 --path "$UPDATE"
	run -0 speedclass set s1.fast
	says "next try in 3s"
	[ $((${EPOCHREALTIME/./} - begin)) -ge 3000000 ]
	[ "$(requests)" -eq 3 ]
	sim_has s1.fast
}

@test "429 at the login: the pause that the server asks for is kept" {
	ctl fault 429 --seconds 3 --count 1 --path /v1/auth
	run -0 speedclass set s1.fast
	says "next try in 3s"
}

# refused KIND TEXT: exit 1 after few requests, and the next call after its end succeeds.
refused() {
	speedclass set s1.slow
	ctl fault "$1" --path "$UPDATE"
	run -1 timeout 5 "$FO_BUILD/cmd/fo-speedclass" -c "$CONF" set s1.fast
	says "$2"
	[ "$(requests)" -le 5 ]
	[ "$(wanted)" = s1.fast ]
	ctl clear
	run -0 speedclass set s1.fast
	sim_has s1.fast
}

@test "401 for good: one new login, then exit 1" { refused 401 Subscriber:updateSpeedClass; }

@test "403 for good: exit 1, and the permission is named" { refused 403 Subscriber:updateSpeedClass; }

@test "404: exit 1, and the SIM is named" { refused 404 "has no SIM $IMSI"; }

@test "400: exit 1" { refused 400 "cannot have this speed class"; }

@test "a class that the SIM's plan does not have: one request, exit 1" {
	run -1 speedclass set u1.slow
	says "SIM $IMSI cannot have this speed class"
	[ "$(requests)" -eq 2 ]
}

@test "a lasting fault is not hammered; give-up: exit 1, and sync goes on with what is wanted" {
	local begin=${EPOCHREALTIME/./}
	ctl fault 500
	configure "profile = $BATS_FILE_TMPDIR/authkey.json" "give-up = 3s"
	be_master
	run -1 speedclass master
	[[ "$output" =~ "giving up after "[23]"s and "[0-9]+" tries; the next fo-speedclass sync will try again" ]]
	[ $((${EPOCHREALTIME/./} - begin)) -lt 15000000 ]
	# Tries at once, and up to 1, 3 and 7 s later.
	[ "$(requests)" -ge 3 ]
	[ "$(requests)" -le 6 ]
	[ "$(wanted)" = s1.fast ]
	ctl clear
	run -0 speedclass sync
	sim_has s1.fast
}

@test "give-up ends also a long pause that the server asked for" {
	ctl fault 429 --seconds 20 --path "$UPDATE"
	configure "profile = $BATS_FILE_TMPDIR/authkey.json" "give-up = 2s"
	worker set s1.fast
	ended 1 5
}

# Overlapping runs

@test "a second call while a worker retries: 0 at once, and the worker goes for the new class" {
	local begin
	ctl fault 503 --count 3
	worker set s1.fast
	eventually 10 grep -q 'next try' "$DIR/said"
	begin=${EPOCHREALTIME/./}
	run -0 speedclass set s1.slow
	says "left to the fo-speedclass that is already running"
	[ $((${EPOCHREALTIME/./} - begin)) -lt 3000000 ]
	eventually 5 grep -q 's1.fast is no longer wanted' "$DIR/said"
	sim_has s1.slow 8
	ended 0
}

@test "also while its request hangs" {
	local begin
	ctl fault hang --count 1 --path "$UPDATE"
	worker set s1.fast
	wait_requests 2
	begin=${EPOCHREALTIME/./}
	run -0 speedclass set s1.slow
	[ $((${EPOCHREALTIME/./} - begin)) -lt 3000000 ]
	sim_has s1.slow 8
	ended 0
}

@test "a request whose answer is lost leaves the class unknown, and the way back is gone" {
	ctl fault hang --applied --count 1 --path "$UPDATE"
	worker set s1.fast
	sim_has s1.fast
	run -0 speedclass set s1.minimum
	sim_has s1.minimum 4
	ended 0
}

@test "a class that becomes wanted in the worker's last request is not lost" {
	configure "profile = $BATS_FILE_TMPDIR/authkey.json" "give-up = 1s"
	ctl fault hang --count 1 --path "$UPDATE"
	worker set s1.fast
	wait_requests 2
	sleep 1.2
	run -0 speedclass set s1.slow
	says "left to"
	sim_has s1.slow 8
	ended 0
}

@test "a sync that reads while a worker sets does not hide what that sets" {
	ctl permit Subscriber:updateSpeedClass Subscriber:getSubscriber
	speedclass set s1.minimum
	rm "$FO_STATE_DIR/run/speedclass.known"
	ctl fault delay --seconds 1.5 --count 1 --path "/v1/subscribers/$IMSI"
	worker sync
	wait_requests 3
	ctl fault hang --applied --count 1 --path "$UPDATE"
	speedclass set s1.fast 3>&- &
	PIDS+=($!)
	sim_has s1.fast
	# The sync ends now, or has become the worker whose request hangs.
	eventually 2 has_ended "$WORKER" || true
	ctl clear
	wait "${PIDS[@]}"
	sim_has "$(wanted)"
}

@test "twenty notifications at once: the SIM ends in the true class" {
	local i
	be_master
	for i in {1..20}; do
		if [ $((i % 3)) -eq 0 ]; then be_backup; else be_master; fi
		"$FO_BUILD/cmd/fo-speedclass" -q -c "$CONF" master 3>&- &
		PIDS+=($!)
	done
	be_master
	"$FO_BUILD/cmd/fo-speedclass" -q -c "$CONF" backup 3>&- &
	PIDS+=($!)
	for i in "${PIDS[@]}"; do
		wait "$i"
	done
	run -0 speedclass master
	sim_has s1.fast
}

@test "a worker killed in mid-request: the next call converges" {
	local fault
	for fault in "hang" "hang --applied"; do
		# shellcheck disable=SC2086
		ctl fault $fault --path "$UPDATE"
		BEFORE=$(status '[.requests[]] | add // 0')
		worker set s1.fast
		ctl wait-requests 1 --timeout 5 --path "$UPDATE"
		eventually 5 is_unknown
		kill -KILL "$WORKER"
		wait "$WORKER" || true
		ctl clear
		run -0 speedclass set s1.minimum
		sim_has s1.minimum
	done
}

is_unknown() {
	[ -e "$FO_STATE_DIR/lib/speedclass.wanted" ] && [ ! -e "$FO_STATE_DIR/run/speedclass.known" ]
}

@test "SIGTERM never gives exit status 0, and the lock is free after it" {
	local got=0
	ctl fault hang --path "$UPDATE"
	worker set s1.fast
	wait_requests 2
	kill -TERM "$WORKER"
	wait "$WORKER" || got=$?
	[ "$got" -eq 143 ]
	ctl clear
	run -0 speedclass set s1.fast
	sim_has s1.fast
}

@test "SIGTERM at random moments never gives exit status 0 before the class is set" {
	local i got
	for i in {1..25}; do
		rm -rf "$FO_STATE_DIR"
		"$FO_BUILD/cmd/fo-speedclass" -q -c "$CONF" set s1.fast 3>&- 2>/dev/null &
		sleep "0.0$((RANDOM % 60))"
		if kill -TERM $! 2>/dev/null; then
			got=0
			wait $! || got=$?
			# It may have been done just before the signal.
			[ "$got" -eq 143 ] || [ "$(cat "$FO_STATE_DIR/run/speedclass.known")" = s1.fast ]
		fi
	done
}

# Profiles and endpoints

@test "every kind of profile logs in" {
	local kind
	for kind in authkey root sam go ruby; do
		rm -rf "$FO_STATE_DIR"
		configure "profile = $BATS_FILE_TMPDIR/$kind.json"
		run -0 speedclass set s1.fast
	done
	[ "$(requests)" -eq 10 ]
}

@test "an endpoint with or without /v1 and a final slash" {
	local tail
	for tail in "" / /v1 /v1/ //; do
		rm -rf "$FO_STATE_DIR"
		configure "profile = $BATS_FILE_TMPDIR/authkey.json" "endpoint = https://localhost:$PORT$tail"
		run -0 speedclass set s1.fast
	done
	"$API" profile --dir "$SERVER_DIR" --kind ruby --endpoint >"$DIR/own.json"
	chmod 600 "$DIR/own.json"
	configure "profile = $DIR/own.json" "endpoint ="
	rm -rf "$FO_STATE_DIR"
	run -0 speedclass set s1.fast
}

@test "sim-id instead of imsi" {
	ctl permit Sim:updateSimSpeedClass Sim:getSim
	configure "profile = $BATS_FILE_TMPDIR/authkey.json" "sim = sim-id:$SIM_ID"
	run -0 speedclass set s1.fast
	sim_has s1.fast
	run -0 --separate-stderr speedclass --json get
	jq -e '.sim == "'$SIM_ID'" and .speed_class == "s1.fast"' <<<"$output"
}

# bad_profile TEXT: exit 2, the reason is told, nothing is sent.
bad_profile() {
	configure "profile = $DIR/p.json"
	run -2 speedclass set s1.fast
	says "$1"
	[ "$(requests)" -eq 0 ]
}

@test "a profile that others can read is refused, with the remedy" {
	cp "$BATS_FILE_TMPDIR/authkey.json" "$DIR/p.json"
	local mode
	for mode in 644 640 604 620 601; do
		chmod "$mode" "$DIR/p.json"
		bad_profile "chmod 600 $DIR/p.json"
	done
}

@test "a profile of another user is refused, with the remedy" {
	[ "$(id -u)" -eq 0 ] || skip "only root can give a file away"
	cp "$BATS_FILE_TMPDIR/authkey.json" "$DIR/p.json"
	chmod 600 "$DIR/p.json"
	chown 65534 "$DIR/p.json"
	bad_profile "chown 0 $DIR/p.json"
}

@test "a profile that is missing, no file, no JSON, huge or without credentials is refused" {
	bad_profile "cannot open $DIR/p.json: No such file"
	mkdir -m 700 "$DIR/p.json"
	bad_profile "not a regular file"
	rmdir "$DIR/p.json"
	mkfifo -m 600 "$DIR/p.json"
	bad_profile "not a regular file"
	rm "$DIR/p.json"
	install -m 600 /dev/stdin "$DIR/p.json" <<<'{"authKey": secret-broken'
	bad_profile "is not JSON"
	[[ "$output" != *secret-broken* ]]
	{ printf '{"x":"'; head -c 100000 /dev/zero | tr '\0' x; printf '"}'; } >"$DIR/p.json"
	bad_profile "p.json"
	head -c 15000 /dev/zero | tr '\0' '[' >"$DIR/p.json"
	bad_profile "is not JSON"
	printf '{}' >"$DIR/p.json"
	bad_profile "has no credentials"
	printf '{"authKeyId":"a\\nb","authKey":"c"}' >"$DIR/p.json"
	bad_profile "sound length"
	printf '{"sourceProfile":"other"}' >"$DIR/p.json"
	bad_profile "sourceProfile"
}

# profile_command COMMAND: a profile which leaves the credentials to it, with quotation marks of JSON.
profile_command() {
	jq -n --arg command "$1" '{profileCommand: $command}' |
		install -m 600 /dev/stdin "$DIR/command.json"
	configure "profile = $DIR/command.json"
}

@test "profileCommand: fetches the credentials, without a shell, for a login only" {
	cat >"$DIR/vault it" <<-'END'
		#!/bin/sh
		printf '%s|' "$#" "$@" >>"${0%/*}/calls"
		cat "$2"
	END
	chmod 700 "$DIR/vault it"
	profile_command "'$DIR/vault it' get \"$BATS_FILE_TMPDIR/sam.json\" '\$HOME;' "
	run -0 speedclass set s1.fast
	run -0 speedclass set s1.minimum
	sim_has s1.minimum
	[ "$(requests)" -eq 3 ]
	# shellcheck disable=SC2016
	[ "$(cat "$DIR/calls")" = "3|get|$BATS_FILE_TMPDIR/sam.json|\$HOME;|" ]
	ctl revoke
	run -0 speedclass set s1.fast
	[ "$(grep -o get "$DIR/calls" | wc -l)" -eq 2 ]
}

@test "a profileCommand that fails is tried again; one that cannot be, or prints nonsense, is told" {
	printf '#!/bin/sh\n[ -e "$0.again" ] && exec cat %s\ntouch "$0.again"; exit 7\n' \
		"$BATS_FILE_TMPDIR/authkey.json" >"$DIR/flaky"
	chmod 700 "$DIR/flaky"
	profile_command "$DIR/flaky"
	run -0 speedclass set s1.fast
	says "$DIR/flaky: exit status 7"
	says "2 tries"
	rm -r "$FO_STATE_DIR"
	profile_command "$DIR/missing --now"
	run -2 speedclass set s1.minimum
	says "cannot run $DIR/missing: No such file"
	profile_command "echo secret-nonsense"
	run -2 speedclass set s1.minimum
	says "profileCommand: its output is not JSON"
	[[ "$output" != *secret-nonsense* ]]
	profile_command "cat $DIR/command.json"
	run -2 speedclass set s1.minimum
	says "has a profileCommand itself"
	profile_command "cat x | tail -1"
	run -2 speedclass set s1.minimum
	says "profileCommand has a character that needs a shell"
	[ "$(wanted)" = s1.minimum ]
}

@test "a profile is looked for in SORACOM_PROFILE_DIR, HOME, and / where HOME has none" {
	mkdir -p "$DIR/home/.soracom" "$DIR/dir"
	install -m 600 "$BATS_FILE_TMPDIR/authkey.json" "$DIR/home/.soracom/keepalived.json"
	install -m 600 "$BATS_FILE_TMPDIR/authkey.json" "$DIR/dir/keepalived.json"
	configure
	HOME=$DIR/home run -0 speedclass set s1.fast
	HOME=/ SORACOM_PROFILE_DIR=$DIR/dir run -0 speedclass set s1.minimum
	HOME=$DIR/nowhere run -2 speedclass set s1.fast
	says "cannot open $DIR/nowhere/.soracom/keepalived.json, nor /.soracom/keepalived.json: No such"
	HOME=/ run -2 speedclass set s1.fast
	says "cannot open /.soracom/keepalived.json: No such"
	rm "$DIR/dir/keepalived.json"
	HOME=$DIR/home SORACOM_PROFILE_DIR=$DIR/dir run -2 speedclass set s1.fast
	says "$DIR/dir/keepalived.json"
}

@test "HOME=/ in a root of its own: /.soracom is found" {
	[ "$(id -u)" -eq 0 ] || skip "a mount namespace needs root"
	mkdir -p "$DIR/soracom"
	install -m 600 "$BATS_FILE_TMPDIR/authkey.json" "$DIR/soracom/keepalived.json"
	configure
	export CONF DIR
	[ ! -e /.soracom ] || skip "this machine has a /.soracom of its own"
	# The look-up is of names only: an overlay adds the folder to /. The build may be on another file system.
	cp "$FO_BUILD/cmd/fo-speedclass" "$DIR/program"
	run timeout 20 unshare --mount bash -ec '
		mkdir "$DIR"/{up,work,root}
		mount -t tmpfs none "$DIR/up"
		mkdir "$DIR"/up/{upper,work}
		mount -t overlay -o "lowerdir=/,upperdir=$DIR/up/upper,workdir=$DIR/up/work" none "$DIR/root" || exit 99
		cp -r "$DIR/soracom" "$DIR/root/.soracom"
		for fs in dev proc sys tmp; do mount --rbind "/$fs" "$DIR/root/$fs"; done
		exec chroot "$DIR/root" env HOME=/ "$DIR/program" -c "$CONF" set s1.fast'
	[ "$status" -ne 99 ] || skip "no overlayfs here"
	[ "$status" -eq 0 ]
	sim_has s1.fast
}

@test "the metadata service: no login, no credentials" {
	configure "method = metadata" "endpoint = http://127.0.0.1:$METADATA_PORT" "ca-file ="
	run -0 speedclass set s1.fast
	sim_has s1.fast
	run -0 --separate-stderr speedclass --json get
	jq -e '.speed_class == "s1.fast"' <<<"$output"
	run -0 speedclass login
	[ "$(ctl log | jq -rs 'map(.path)[-4:] | unique | join(" ")')" = \
		"/v1/subscriber /v1/subscriber/update_speed_class" ]
	[ "$(requests)" -eq 4 ]
	ctl metadata readonly
	run -1 speedclass set s1.slow
	ctl metadata on
	says "read-only off"
}

@test "a server of an unknown authority is refused" {
	configure "profile = $BATS_FILE_TMPDIR/authkey.json" "ca-file =" "give-up = 1s"
	run -1 speedclass set s1.fast
	says "certificate"
	[ "$(requests)" -eq 0 ]
}

@test "a server whose certificate is for another name is refused" {
	# libcurl takes every name below .localhost for this machine.
	configure "profile = $BATS_FILE_TMPDIR/authkey.json" "endpoint = https://other.localhost:$PORT" \
		"give-up = 1s"
	run -1 speedclass set s1.fast
	says "other.localhost"
	[[ "$output" == *"certificate"* ]]
	[ "$(requests)" -eq 0 ]
}

@test "an interface that is not there: tried again, for it may come" {
	configure "profile = $BATS_FILE_TMPDIR/authkey.json" "interface = ppp7" "give-up = 1s"
	run -1 speedclass set s1.fast
	says "ppp7"
	[ "$(wanted)" = s1.fast ]
}

@test "proxies of the environment are not used" {
	https_proxy=http://127.0.0.1:1 HTTPS_PROXY=http://127.0.0.1:1 ALL_PROXY=http://127.0.0.1:1 \
		run -0 speedclass set s1.fast
	sim_has s1.fast
}

# Secrets

# Everything in the profile, and the token, that must not be seen.
secrets() {
	jq -r '.authKeyId, .authKey' "$BATS_FILE_TMPDIR/authkey.json"
	sed -n 's/^\(key\|token\) //p' "$FO_STATE_DIR/run/soracom.token"
}

@test "no secret in any output, argument or environment" {
	local hidden before
	run -2 speedclass -v login
	echo "$output" >"$DIR/seen"
	run -0 speedclass -v set s1.fast
	echo "$output" >>"$DIR/seen"
	ctl revoke
	run -0 speedclass -v set s1.minimum
	echo "$output" >>"$DIR/seen"
	ctl fault 500 --count 1
	run -0 speedclass -v set s1.fast
	echo "$output" >>"$DIR/seen"
	ctl fault hang --path "$UPDATE"
	before=$(requests)
	worker set s1.slow
	wait_requests $((before + 1))
	tr '\0' '\n' <"/proc/$WORKER/cmdline" >>"$DIR/seen"
	tr '\0' '\n' <"/proc/$WORKER/environ" >>"$DIR/seen"
	cat "$DIR/said" "$FO_STATE_DIR"/lib/* "$FO_STATE_DIR"/run/speedclass.* >>"$DIR/seen"
	hidden=$(secrets)
	[ "$(wc -l <<<"$hidden")" -eq 4 ]
	run ! grep -F -f <(echo "$hidden") "$DIR/seen"
	# The test sees what it looks for: it is in the file that may have it.
	grep -qF -f <(echo "$hidden") "$FO_STATE_DIR/run/soracom.token"
	[ "$(grep -rlF -f <(echo "$hidden") "$FO_STATE_DIR")" = "$FO_STATE_DIR/run/soracom.token" ]
}

# aborted PID: it ends by SIGABRT.
aborted() {
	local got=0
	kill -ABRT "$1"
	wait "$1" || got=$?
	[ "$got" -eq 134 ]
}

@test "no core is left, where others leave one" {
	local pid
	ulimit -c unlimited 2>/dev/null || skip "no core can be made here: the hard limit is $(ulimit -H -c)"
	mkdir "$DIR/cores"
	cd "$DIR/cores"
	ctl fault hang --path "$UPDATE"
	worker set s1.fast
	wait_requests 2
	aborted "$WORKER"
	[ -z "$(ls)" ]
	# The test would have seen one, but where a core goes to a program, not to a file here.
	sleep 60 3>&- &
	pid=$!
	aborted "$pid"
	[ -n "$(ls)" ] || [[ "$(cat /proc/sys/kernel/core_pattern)" == [/\|]* ]]
}

# Odd surroundings

@test "state files that cannot be written, as on a full disk: the class is set all the same, once" {
	echo "no directory" >"$FO_STATE_DIR"
	run -0 speedclass set s1.fast
	says "going on without the lock"
	says "speed class s1.fast set, 1 try"
	sim_has s1.fast
	[ "$(requests)" -eq 2 ] # with the login
}

@test "1000 descriptors, an odd locale and time zone, keepalived's umask" {
	run -0 bash -c '
		umask 0177
		for ((i = 0; i < 1000; i++)); do exec {fd}</dev/null || break; done
		cd /
		export TZ=:/dev/zero LANG=tr_TR.UTF-8 LC_ALL=tr_TR.UTF-8
		exec timeout 20 "$0" -c "$1" set s1.fast' "$FO_BUILD/cmd/fo-speedclass" "$CONF"
	sim_has s1.fast
	[ "$(stat -c %a "$FO_STATE_DIR/lib")" = 755 ]
}

@test "without stdio: the class is set" {
	speedclass set s1.fast <&- >&- 2>&-
	sim_has s1.fast
}

@test "get with stdout closed or full fails, and sends nothing but requests" {
	[ -z "${LD_PRELOAD-}" ] || skip "a preloaded library opens files before the program does"
	ctl permit Subscriber:updateSpeedClass Subscriber:getSubscriber
	run -2 bash -c 'exec "$0" -c "$1" get >/dev/full' "$FO_BUILD/cmd/fo-speedclass" "$CONF"
	run -2 bash -c 'exec "$0" -c "$1" get >&-' "$FO_BUILD/cmd/fo-speedclass" "$CONF"
}

@test "few descriptors: no exit status 0 without the class" {
	run bash -c '
		for fd in {3..30}; do eval "exec $fd>&-"; done
		ulimit -n 4
		exec timeout 20 "$0" -c "$1" set s1.fast' "$FO_BUILD/cmd/fo-speedclass" "$CONF"
	[ "$status" -ne 0 ]
}

@test "hostile classes on the command line are refused before anything is sent" {
	local class
	for class in "" 's1 fast' 's1.fast"}' $'s1\n' ../x "$(printf 'x%.0s' {1..100})"; do
		run -64 speedclass set "$class"
	done
	run -64 speedclass set
	run -64 speedclass set s1.fast s1.slow
	[ "$(requests)" -eq 0 ]
}

@test "sync says so when SORACOM cannot be asked" {
	speedclass set s1.minimum
	configure "profile = $BATS_FILE_TMPDIR/authkey.json" "give-up = 1s"
	ctl fault refuse
	run -1 speedclass sync
	[[ "$output" == *"giving up"* ]]
}
