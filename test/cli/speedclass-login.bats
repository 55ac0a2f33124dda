#!/usr/bin/env bats
# With what fo-speedclass logs in, and in which surroundings: profiles, endpoints, secrets, descriptors, disks.

load speedclass.bash

setup_file() { api_up; }

teardown_file() { api_down; }

setup() { fresh; }

teardown() { tidy; }

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

@test "an endpoint that is none is a fault of the configuration, and of the profile, without its password" {
	local endpoint
	for endpoint in "https://[::1]evil.com" https://-x https://a..b https://a:0 https://a:99999 https://1.2.3 \
		https://user:secret@a; do
		configure "profile = $BATS_FILE_TMPDIR/authkey.json" "endpoint = $endpoint"
		run -78 speedclass set s1.fast
		says "[speedclass] endpoint = $endpoint: "
		jq --arg endpoint "$endpoint" '.endpoint = $endpoint' "$BATS_FILE_TMPDIR/authkey.json" |
			install -m 600 /dev/stdin "$DIR/p.json"
		configure "profile = $DIR/p.json" "endpoint ="
		run -2 speedclass set s1.fast
		says "the profile's endpoint "
		lacks "$output" secret
	done
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
	printf '{"authKeyId":"a\\u0000b","authKey":"c"}' >"$DIR/p.json"
	bad_profile "profile $DIR/p.json has a NUL character"
	printf '{"authKeyId":"a","authKey":"c"}\0' >"$DIR/p.json"
	bad_profile "profile $DIR/p.json has a NUL character"
	printf '{"authKeyId":"a","authKey":"c"} }' >"$DIR/p.json"
	bad_profile "profile $DIR/p.json has something behind its JSON"
	printf '{"authKeyId":"a","authKey":"c"}%20000sx' "" >"$DIR/p.json"
	bad_profile "profile $DIR/p.json is too long"
	printf '{"authKeyId":"a","authKey":"c","sandbox":1}' >"$DIR/p.json"
	bad_profile "sandbox that is neither true nor false"
	printf '{"authKeyId":"a","authKey":"c","coverageType":"jpn"}' >"$DIR/p.json"
	bad_profile "coverageType that is neither jp nor g"
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
	run -2 speedclass set s1.slow
	ctl metadata on
	says "read-only off"
}

@test "a server of an unknown authority is refused" {
	configure "profile = $BATS_FILE_TMPDIR/authkey.json" "ca-file =" "give-up = 1s"
	run -1 speedclass set s1.fast
	says "certificate"
	[ "$(requests)" -eq 0 ]
}

# The system trusts the server by /etc/ssl/certs; another authority is in the ca-file.
@test "with a ca-file the system's authorities are not trusted" {
	need_root
	mkdir "$DIR/certs"
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=other" -keyout "$DIR/key" \
		-out "$DIR/other.pem" 2>"$DIR/openssl"
	cp "$SERVER_DIR/ca.pem" "$DIR/certs/"
	cp "$DIR/other.pem" "$DIR/certs/ca-certificates.crt"
	openssl rehash "$DIR/certs" 2>>"$DIR/openssl"
	# shellcheck disable=SC2034 # speedclass.bash
	IN=(unshare --mount bash -c "mount --bind '$DIR/certs' /etc/ssl/certs && exec \"\$@\"" -)
	configure "profile = $BATS_FILE_TMPDIR/authkey.json" "ca-file ="
	run -0 speedclass set s1.fast
	# shellcheck disable=SC2034 # speedclass.bash
	BEFORE=$(status '[.requests[]] | add // 0')
	configure "profile = $BATS_FILE_TMPDIR/authkey.json" "ca-file = $DIR/other.pem" "give-up = 1s"
	run -1 speedclass set s1.slow
	says "certificate"
	[ "$(requests)" -eq 0 ]
}

@test "a ca-file that is missing, or is none, is named at once: no try would help" {
	local file
	echo rubbish >"$DIR/rubbish.pem"
	for file in "$DIR/missing.pem" "$DIR/rubbish.pem" "$DIR"; do
		configure "profile = $BATS_FILE_TMPDIR/authkey.json" "ca-file = $file"
		run -2 timeout 5 "$FO_BUILD/cmd/fo-speedclass" -c "$CONF" set s1.fast
		says "$file"
	done
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

@test "the environment neither logs the keys of TLS, nor changes what is trusted or loaded" {
	printf '%s\n' 'openssl_conf = all' '[all]' 'providers = none' '[none]' 'null = on' '[on]' 'activate = 1' >"$DIR/openssl"
	SSLKEYLOGFILE=$DIR/keys OPENSSL_CONF=$DIR/openssl OPENSSL_MODULES=$DIR SSL_CERT_FILE=/dev/null \
		SSL_CERT_DIR=/dev/null HOSTALIASES=$DIR/none RES_OPTIONS=rubbish run -0 speedclass set s1.fast
	[ ! -e "$DIR/keys" ]
	sim_has s1.fast
	printf '#!/bin/sh\nenv >%s/seen; exec cat %s\n' "$DIR" "$BATS_FILE_TMPDIR/authkey.json" >"$DIR/vault"
	chmod 700 "$DIR/vault"
	profile_command "$DIR/vault"
	SSLKEYLOGFILE=$DIR/keys VAULT=here run -0 speedclass set s1.minimum
	has "$(cat "$DIR/seen")" VAULT=here
	lacks "$(cat "$DIR/seen")" SSLKEYLOGFILE
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
	[ "$got" -eq 134 ] || { echo "got $got"; return 1; }
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
	eventually 5 grep -qx sleep "/proc/$pid/comm" # no shell any more, which would end in its own way
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

@test "a wanted class that cannot be read back is set: it is in hand" {
	need strace
	ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0 run -0 strace -qq -o "$DIR/trace" \
		-P "$FO_STATE_DIR/lib/speedclass.wanted" -e trace=open,openat -e inject=open,openat:error=EIO \
		"$FO_BUILD/cmd/fo-speedclass" -c "$CONF" set s1.fast
	says "cannot read $FO_STATE_DIR/lib/speedclass.wanted"
	says "speed class s1.fast set, 1 try"
	sim_has s1.fast
}

@test "one that becomes unreadable while a worker retries is set all the same" {
	ctl fault 503
	worker set s1.fast
	eventually 10 grep -q 'next try' "$DIR/said"
	rm "$FO_STATE_DIR/lib/speedclass.wanted"
	mkdir "$FO_STATE_DIR/lib/speedclass.wanted"
	eventually 10 grep -q 'cannot read' "$DIR/said"
	ctl clear
	sim_has s1.fast 15
	ended 0
	lacks "$(cat "$DIR/said")" "no longer wanted"
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
