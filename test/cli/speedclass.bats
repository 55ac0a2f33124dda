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
	jq -e '.events | map(.program + " " + .text) == ["fo-speedclass speed class s1.fast set"]' <<<"$output"
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
	run -2 speedclass get
	says "reading the class needs the permission Subscriber:getSubscriber, which the user of profile"
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

@test "the permission that README asks for gives no line that looks like a failure" {
	run -0 speedclass set s1.minimum
	run -0 speedclass sync
	[ -z "$output" ]
	run -0 --separate-stderr speedclass login
	[ -z "$stderr" ]
	[[ "$output" =~ permission\ +good ]]
	# A SORACOM that refuses it in the same way as an old token.
	ctl fault 401 --path "/v1/subscribers/$IMSI"
	ctl fault 401 --path "/v1/subscribers/$IMSI"
	run -0 speedclass sync
	[ -z "$output" ]
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

@test "after a request without an answer the class is read back by the timer's next run, not in an hour" {
	ctl permit Subscriber:updateSpeedClass Subscriber:getSubscriber
	run -0 speedclass sync
	be_master
	ctl fault reset --count 1 --path "$UPDATE"
	run -0 speedclass set s1.fast
	ctl class "$IMSI" s1.minimum # by an older request, which had been on its way
	run -0 speedclass sync --if-due
	sim_has s1.fast
	before=$(requests)
	run -0 speedclass sync --if-due
	[ "$(requests)" -eq "$before" ]
}

# They may arrive when another one has been answered.
@test "after a request that was given up, or whose process was killed, the class is read back by the timer's next run" {
	local how
	ctl permit Subscriber:updateSpeedClass Subscriber:getSubscriber
	for how in given-up killed; do
		run -0 speedclass set s1.minimum
		run -0 speedclass sync
		ctl fault hang --count 1 --path "$UPDATE"
		worker set s1.fast
		eventually 5 is_unknown
		ctl wait-requests 1 --timeout 5 --path "$UPDATE"
		if [ "$how" = killed ]; then
			kill -KILL "$WORKER"
			wait "$WORKER" || true
		fi
		run -0 speedclass set s1.minimum
		sim_has s1.minimum 8
		[ "$how" = killed ] || ended 0
		ctl clear
		ctl class "$IMSI" s1.fast
		run -0 speedclass sync --if-due
		sim_has s1.minimum
	done
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

@test "a renewal of the login that is refused is told while there is time, and the login that is left is used" {
	ctl permit Subscriber:updateSpeedClass Subscriber:getSubscriber
	run -0 speedclass sync
	sed -i "2s/.*/end $(($(cut -d. -f1 /proc/uptime) + 3600))/" "$FO_STATE_DIR/run/soracom.token"
	ctl fault 401 --path /v1/auth
	run -2 speedclass sync
	says "login refused"
	refused_is true
	[ "$("$FO_BUILD/cmd/fo-status" -c "$CONF" history | grep -c 'SORACOM refuses')" -eq 1 ]
	run -0 speedclass set s1.fast
	ctl clear
	run -0 speedclass sync
	refused_is false
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

@test "wrong credentials: one login, exit 2, told where to look" {
	jq '.authKey = "secret-wrong"' "$BATS_FILE_TMPDIR/authkey.json" >"$DIR/wrong.json"
	chmod 600 "$DIR/wrong.json"
	configure "profile = $DIR/wrong.json"
	run -2 speedclass set s1.fast
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

@test "a certificate of tomorrow: nothing is sent, keeps at it, and says what the clock says" {
	heals early-cert
	grep -q "the clock says $(date -u +%F), when the server's certificate is not yet valid" "$DIR/said"
	[ "$(grep -c "the clock says" "$DIR/said")" -eq 1 ]
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

# refused KIND TEXT: exit 2 after few requests, and the next call after its end succeeds.
refused() {
	speedclass set s1.slow
	ctl fault "$1" --path "$UPDATE"
	run -2 timeout 5 "$FO_BUILD/cmd/fo-speedclass" -c "$CONF" set s1.fast
	says "$2"
	[ "$(requests)" -le 5 ]
	[ "$(wanted)" = s1.fast ]
	ctl clear
	run -0 speedclass set s1.fast
	sim_has s1.fast
}

@test "401 for good: one new login, then exit 2" { refused 401 Subscriber:updateSpeedClass; }

@test "403 for good: exit 2, and the permission is named" { refused 403 Subscriber:updateSpeedClass; }

@test "404: exit 2, and the SIM is named" { refused 404 "has no SIM $IMSI"; }

@test "400: exit 2" { refused 400 "cannot have this speed class"; }

@test "a class that the SIM's plan does not have: one request, exit 2" {
	run -2 speedclass set u1.slow
	says "SIM $IMSI cannot have this speed class"
	[ "$(requests)" -eq 2 ]
}

# refused_is true|false: as fo-status tells it, whatever class the SIM has.
refused_is() {
	[ "$("$FO_BUILD/cmd/fo-status" -c "$CONF" --json 2>/dev/null | jq .speed_class_refused)" = "$1" ]
}

# The unit of the timer, after a run with this status.
unit_is() {
	local success
	success=$(sed -n 's/^SuccessExitStatus=//p' "$BATS_TEST_DIRNAME/../../systemd/fo-speedclass.service")
	if [[ " 0 $success " == *" $2 "* ]]; then [ "$1" = good ]; else [ "$1" = failed ]; fi
}

# timer_says UNIT TEXT: what the timer starts leaves the unit so, with the reason, each time.
timer_says() {
	local i
	for i in 1 2 3; do
		run speedclass sync --if-due
		unit_is "$1" "$status" || { echo "exit status $status: $output" >&2; return 1; }
		says "$2"
	done
}

@test "a wrong key, SIM or permission makes the unit fail at each run, also while the class is right" {
	ctl permit Subscriber:updateSpeedClass Subscriber:getSubscriber
	run -0 speedclass sync
	aged run/speedclass.looked 3600
	jq '.authKey = "secret-wrong"' "$BATS_FILE_TMPDIR/authkey.json" | install -m 600 /dev/stdin "$DIR/wrong.json"
	configure "profile = $DIR/wrong.json"
	rm "$FO_STATE_DIR/run/soracom.token"
	timer_says failed "login refused: check the credentials in profile $DIR/wrong.json"
	refused_is true
	[ "$("$FO_BUILD/cmd/fo-status" -c "$CONF" history | grep -c 'SORACOM refuses')" -eq 1 ]
	# Mended, while the class was right all the time.
	configure "profile = $BATS_FILE_TMPDIR/authkey.json"
	run -0 speedclass sync --if-due
	refused_is false
	aged run/speedclass.looked 3600
	rm "$FO_STATE_DIR/run/soracom.token"
	configure "profile = $BATS_FILE_TMPDIR/authkey.json" "sim = imsi:440109999999999"
	timer_says failed "this account has no SIM 440109999999999"
	configure "profile = $BATS_FILE_TMPDIR/authkey.json"
	run -0 speedclass sync --if-due
	ctl permit
	ctl revoke
	be_master
	timer_says failed "lacks the permission Subscriber:updateSpeedClass"
	refused_is true
	ctl permit Subscriber:updateSpeedClass Subscriber:getSubscriber
	run -0 speedclass sync --if-due
	refused_is false
	aged run/speedclass.looked 3600
	configure "profile = $DIR/missing.json"
	be_master
	timer_says failed "cannot open $DIR/missing.json"
	configure "sim = nonsense"
	timer_says failed "[speedclass] sim = nonsense"
}

# failed_events TEXT: how many of the history have it.
failed_events() {
	"$FO_BUILD/cmd/fo-status" -c "$CONF" history | grep -c "$1"
}

@test "a class that cannot be set for a reason of this router is an event, once each time" {
	configure "profile = $DIR/missing.json"
	be_master
	for _ in 1 2 3; do
		run -2 speedclass master
	done
	[ "$(failed_events "speed class s1.fast not set, for a reason of this router")" -eq 1 ]
	configure "profile = $BATS_FILE_TMPDIR/authkey.json"
	be_master
	run -0 speedclass master
	configure "profile = $DIR/missing.json"
	run -2 speedclass backup
	[ "$(failed_events "speed class s1.minimum not set, for a reason of this router")" -eq 1 ]
	configure "profile = $BATS_FILE_TMPDIR/authkey.json"
	run -0 speedclass backup
	configure "profile = $DIR/missing.json"
	be_master
	run -2 speedclass master
	[ "$(failed_events "speed class s1.fast not set, for a reason of this router")" -eq 2 ]
}

@test "a refusal that was met before, or by login, does not hide that a failover's class is refused" {
	jq '.authKey = "secret-wrong"' "$BATS_FILE_TMPDIR/authkey.json" | install -m 600 /dev/stdin "$DIR/wrong.json"
	configure "profile = $DIR/wrong.json"
	run -1 speedclass login
	run -2 speedclass backup
	be_master
	run -2 speedclass master
	run -2 speedclass master
	[ "$(failed_events "speed class s1.minimum: SORACOM refuses")" -eq 1 ]
	[ "$(failed_events "speed class s1.fast: SORACOM refuses")" -eq 1 ]
}

@test "passing trouble does not make the unit fail, and is told at each run" {
	local fault
	for fault in refuse 503 429 html reset expired-cert; do
		configure "profile = $BATS_FILE_TMPDIR/authkey.json" "give-up = 1s"
		ctl fault "$fault"
		timer_says good "giving up after"
		ctl clear
	done
	configure "profile = $BATS_FILE_TMPDIR/authkey.json" "give-up = 1s" "interface = ppp7"
	run speedclass sync --if-due # once: it waits for an address for 20 s
	unit_is good "$status"
	says "ppp7"
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
