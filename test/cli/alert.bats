#!/usr/bin/env bats
# fo-alert against a hook on loopback, and a command. The rules of when are unit tests; whatever order of
# things is test/alert-storm.

load "$BATS_TEST_DIRNAME/../support.bash"

setup_file() {
	find_build
	export PYTHONPATH=$BATS_TEST_DIRNAME/..
}

setup() {
	DIR=$BATS_TEST_TMPDIR
	CONF=$DIR/fo.conf
	export FO_STATE_DIR=$DIR/state
	PIDS=()
	printf '%s\n' '#!/bin/sh' "cat >>$DIR/stdin; echo >>$DIR/stdin; env >>$DIR/env" "[ ! -e $DIR/bad ]" >"$DIR/tell"
	chmod +x "$DIR/tell"
}

teardown() {
	local pid
	for pid in ${PIDS[@]+"${PIDS[@]}"}; do
		kill -KILL "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
}

configure() {
	printf '%s\n' '[router]' 'lan = lo' 'uplink = no-such0' 'vip = 192.0.2.1' '[alert]' "$@" >"$CONF"
}

# hook_up [CERTIFICATE]: sets PORT.
hook_up() {
	python3 -B -m fo.storm.alert.hook "$DIR" "$@" 3>&- &
	PIDS+=($!)
	eventually 20 test -e "$DIR/port"
	PORT=$(cat "$DIR/port")
}

# shellcheck disable=SC2120 # exits calls it with arguments
alert() {
	timeout 60 "$FO_BUILD/cmd/fo-alert" -c "$CONF" --wait 0 "$@"
}

# happened AGE_S KIND VALUE TEXT
happened() {
	python3 -B -m fo.storm.alert.history "$FO_STATE_DIR/lib" "$@"
}

# What came, by a filter of jq for the body.
bodies() {
	[ ! -e "$DIR/requests" ] || jq -r ".body | fromjson | $1" "$DIR/requests"
}

# The run that begins: what is in the history by now is old.
begin() {
	alert
	[ ! -e "$DIR/requests" ] && [ ! -e "$DIR/stdin" ]
}

@test "what happens is posted as JSON in words and fields, once, in order; what is older than the first run is not" {
	hook_up
	configure "url = http://127.0.0.1:$PORT/services/SECRET?a=b"
	happened 900 line down "old news"
	begin
	happened 800 line down "ppp0: \"silent\" \\ for 2 rounds"
	happened 700 class s1.fast "of no interest"
	happened 600 line up "ppp0 is up"
	exits 0 alert -v
	lacks "$messages" SECRET
	[ "$(bodies '[.id, .first_id, .count, .kind, .value, .host] | join(" ")')" = "4 2 2 line up $(uname -n)" ]
	[ "$(bodies .text | sed 1d | cut -d' ' -f3-)" = $'ppp0: "silent" \\ for 2 rounds\nppp0 is up' ]
	[ "$(jq -r '.headers | .method, .path, .["content-type"]' "$DIR/requests" | paste -sd' ')" = \
		"POST /services/SECRET?a=b application/json" ]
	exits 0 alert
	[ "$(bodies .id)" = 4 ]
	happened 500 state fault "fault"
	alert || [ $? -eq 1 ] # the pause between messages
	run grep -r SECRET "$FO_STATE_DIR"
	[ "$status" -eq 1 ]
}

@test "a phone: the text with a title, a priority and a picture, as ntfy takes them" {
	hook_up
	configure "url = http://127.0.0.1:$PORT/topic" "format = text"
	begin
	happened 600 line down "ppp0 is down"
	exits 0 alert
	[ "$(jq -r '.headers | .title, .priority, .tags' "$DIR/requests" | paste -sd,)" = "$(uname -n): line down,high,warning" ]
	[[ "$(jq -r .body "$DIR/requests")" == *": ppp0 is down" ]]
}

@test "a command gets JSON on stdin and the fields in an environment that has nothing else" {
	configure "command = $DIR/tell 'a b'"
	begin
	happened 600 usage exceeded 'more than 1 GB $(id) "quoted"'
	SECRET=1 exits 0 alert
	[ "$(jq -r '.kind' "$DIR/stdin")" = usage ]
	[ "$(cut -d= -f1 "$DIR/env" | sort | paste -sd' ')" = \
		"FO_BAD FO_COUNT FO_FIRST_ID FO_FIRST_TIME FO_HOST FO_ID FO_KIND FO_TEXT FO_TIME FO_TITLE FO_VALUE PATH PWD" ]
	has "$(cat "$DIR/env")" 'more than 1 GB $(id) "quoted"'
	has "$(cat "$DIR/env")" FO_BAD=yes
}

@test "each way has its own place: what one has not taken, it gets later, and the other not again" {
	hook_up
	echo 500 >"$DIR/mode"
	configure "command = $DIR/tell" "url = http://127.0.0.1:$PORT/x"
	begin
	happened 600 line down "it fell"
	exits 1 alert
	has "$messages" "alert by url: the hook answered 500; trying again in "
	exits 1 alert # too early
	[ "$(bodies .id)" = 1 ]
	exits 1 "$FO_BUILD/cmd/fo-status" -c "$CONF" alert --json
	[ "$(jq -c '[.alerts[] | [.way, .waiting, .because, .failures]]' <<<"$output")" = \
		'[["command",0,"nothing waits",0],["url",1,"the last try failed",1]]' ]
	# A test that arrives ends the pause.
	rm "$DIR/mode"
	exits 0 "$FO_BUILD/cmd/fo-status" -c "$CONF" alert --test --json
	[ "$(jq -c '[.tests[] | [.way, .result]]' <<<"$output")" = '[["command","delivered"],["url","delivered"]]' ]
	exits 0 alert
	has "$messages" "alert by url: works again, after 1 failures"
	[ "$(bodies '[.id, .kind] | join(" ")' | paste -sd,)" = "1 line,0 alert,1 line" ]
	[ "$(jq -r '[.id, .kind] | join(" ")' "$DIR/stdin" | paste -sd,)" = "1 line,0 alert" ]
}

@test "whatever a hook does, a run ends, and what it did not take is kept" {
	local mode
	hook_up
	configure "url = http://127.0.0.1:$PORT/x"
	begin
	happened 600 line down "it fell"
	for mode in 429 500 301 404 garbage close cut; do
		echo "$mode" >"$DIR/mode"
		sed -i 's/^retry_ms .*/retry_ms 0/' "$FO_STATE_DIR/lib/alert.url"
		exits 1 alert
	done
	[ "$(bodies .id | uniq -c | awk '{ print $1, $2 }')" = "7 1" ]
	echo ok >"$DIR/mode"
	sed -i 's/^retry_ms .*/retry_ms 0/' "$FO_STATE_DIR/lib/alert.url"
	exits 0 alert
}

@test "a hook that talks much, or whose 200 ends with a reset, has taken it all the same" {
	local mode
	hook_up
	configure "url = http://127.0.0.1:$PORT/x"
	begin
	for mode in long reset; do
		echo "$mode" >"$DIR/mode"
		rm -f "$DIR/requests"
		happened 600 line down "it fell"
		sed -i 's/^sent_ms .*/sent_ms 0/; s/^gap_ms .*/gap_ms 0/' "$FO_STATE_DIR/lib/alert.url"
		exits 0 alert
		has "$messages" "alert by url: told of 1 event"
		exits 0 alert
		[ "$(bodies .id | wc -l)" = 1 ]
	done
}

@test "what cannot be written on the disk is told once all the same, by each way" {
	need_root
	hook_up
	configure "command = $DIR/tell" "url = http://127.0.0.1:$PORT/x"
	begin
	happened 600 line down "it fell"
	for _ in 1 2; do
		exits 0 unshare -m sh -ec 'mount -o bind "$1" "$1" && mount -o remount,bind,ro "$1"; shift; exec "$@"' - \
			"$FO_STATE_DIR/lib" "$FO_BUILD/cmd/fo-alert" -c "$CONF" --wait 0
	done
	[ "$(bodies .id)" = 1 ]
	[ "$(jq -r .id "$DIR/stdin")" = 1 ]
}

@test "a test ends the pause after a failure also while a run waits for its end" {
	hook_up
	echo 404 >"$DIR/mode"
	configure "url = http://127.0.0.1:$PORT/x"
	begin
	happened 600 line down "it fell"
	exits 1 alert
	"$FO_BUILD/cmd/fo-alert" -c "$CONF" 3>&- &
	local run=$!
	PIDS+=("$run")
	eventually 10 is_locked "$FO_STATE_DIR/run/alert.lock"
	rm "$DIR/mode"
	exits 0 alert --test
	wait "$run"
	[ "$(bodies .kind | tail -n 1)" = line ]
}

@test "who is told again some day is not told of what was meanwhile" {
	hook_up
	configure "url = http://127.0.0.1:$PORT/x"
	begin
	configure
	exits 0 alert
	happened 600 line down "long ago"
	configure "url = http://127.0.0.1:$PORT/x"
	begin
}

@test "a refusal is said once, becomes an event, and is tried again at once when the URL is another one" {
	hook_up
	echo 404 >"$DIR/mode"
	configure "url = http://127.0.0.1:$PORT/old"
	begin
	happened 600 line down "it fell"
	exits 1 alert
	has "$messages" "the hook answered 404, which needs a person; trying again in "
	exits 1 alert
	[ -z "$messages" ]
	[ "$(grep -c ' fo-alert alert failed ' "$FO_STATE_DIR/lib/history")" -eq 1 ]
	exits 1 alert --test
	has "$output" no_channel
	rm "$DIR/mode"
	configure "url = http://127.0.0.1:$PORT/new"
	exits 0 alert
	[ "$(jq -r .headers.path "$DIR/requests" | tail -n 1)" = /new ]
}

@test "a command that fails, or is not there" {
	configure "command = $DIR/tell"
	begin
	happened 600 line down "it fell"
	touch "$DIR/bad"
	exits 1 alert
	has "$messages" "alert by command: $DIR/tell: exit status 1; trying again in "
	configure "command = $DIR/nothing SECRET"
	exits 1 alert
	has "$messages" "alert by command: cannot run $DIR/nothing: No such file or directory; trying again in "
	lacks "$messages" SECRET
	rm "$DIR/bad"
	configure "command = $DIR/tell"
	exits 0 alert
	[ "$(wc -l <"$DIR/stdin")" -eq 2 ]
}

@test "-n prints what would be sent, and when; and sends and writes nothing" {
	hook_up
	configure "url = http://127.0.0.1:$PORT/x"
	begin
	happened 600 line down "it fell"
	before=$(cat "$FO_STATE_DIR"/lib/*)
	exits 0 alert -n --json
	[ "$(jq -r '.plan[] | [.action, .kind, .have] | join(",")' <<<"$output")" = "make,url,due now" ]
	has "$output" "it fell"
	[ "$(cat "$FO_STATE_DIR"/lib/*)" = "$before" ]
	[ ! -e "$DIR/requests" ]
	sed -i 's/^cursor .*/cursor 1/' "$FO_STATE_DIR/lib/alert.url"
	happened 5 line up "it rose"
	exits 0 alert -n --json
	[ "$(jq -r '.plan[] | [.action, .have] | join(",")' <<<"$output")" = "keep,more may follow" ]
}

@test "a history that begins anew is told from its beginning; a corrupt state begins with what is new" {
	hook_up
	configure "url = http://127.0.0.1:$PORT/x"
	for _ in 1 2 3; do happened 900 line down "old"; done
	begin
	rm "$FO_STATE_DIR/lib/history"
	happened 600 line down "new 1"
	exits 0 alert
	[ "$(bodies .id)" = 1 ]
	echo rubbish >"$FO_STATE_DIR/lib/alert.url"
	happened 500 line up "new 2"
	exits 0 alert
	has "$messages" "alert by url: ignoring the saved state: it is corrupt"
	[ "$(bodies .id)" = 1 ]
	sed -i 's/^cursor .*/cursor 1/' "$FO_STATE_DIR/lib/alert.url"
	exits 0 alert
	[ "$(bodies .id | tail -n 1)" = 2 ]
}

@test "without [alert] there is nobody to tell: 0, and said; a faulty one is 78 without the secret" {
	configure
	exits 0 alert
	has "$messages" "has no [alert] with command or url: nobody to tell"
	exits 1 alert --test
	has "$messages" "nobody to tell"
	configure "url = http://hooks.example.net/SECRET"
	exits 78 alert
	has "$messages" "[alert] url = ...: would be sent in clear"
	lacks "$messages" SECRET
	exits 78 "$FO_BUILD/cmd/fo-status" -c "$CONF" alert
}

@test "a certificate that is not trusted gets nothing; one of the machine's authorities does" {
	need_root
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
		-addext subjectAltName=DNS:localhost -keyout "$DIR/key" -out "$DIR/cert" 2>"$DIR/openssl"
	cat "$DIR/key" "$DIR/cert" >"$DIR/both"
	hook_up "$DIR/both"
	configure "url = https://localhost:$PORT/x"
	begin
	happened 600 line down "it fell"
	exits 1 alert
	has "$messages" "alert by url: no answer of the hook: "
	[ ! -e "$DIR/requests" ]
	sed -i 's/^retry_ms .*/retry_ms 0/' "$FO_STATE_DIR/lib/alert.url"
	exits 0 unshare -m sh -ec 'mount --bind "$1" /etc/ssl/certs/ca-certificates.crt; shift; exec "$@"' - \
		"$DIR/cert" "$FO_BUILD/cmd/fo-alert" -c "$CONF" --wait 0
	[ "$(bodies .id)" = 1 ]
}

@test "a run waits for what is not due yet, and ends with it" {
	hook_up
	configure "url = http://127.0.0.1:$PORT/x"
	begin
	happened 29 line down "it fell"
	exits 0 timeout 60 "$FO_BUILD/cmd/fo-alert" -c "$CONF"
	[ "$(bodies .id)" = 1 ]
	happened 29 line up "it rose" # soon after the first message
	exits 1 timeout 60 "$FO_BUILD/cmd/fo-alert" -c "$CONF" --wait 100ms --json
	[ "$(jq -r '.alerts[0] | .waiting, .because' <<<"$output" | paste -sd,)" = "1,more may follow" ]
}

# net COMMAND...: in a network of its own, where this router is master.
net() {
	nsenter -t "$NET" -n "$@"
}

@test "a metered master waits for its class, whatever else is due, and goes on as soon as it is set" {
	need_root
	unshare -n sh -c 'ip link set lo up && ip address add 192.0.2.1 dev lo && exec sleep 1000' 3>&- &
	NET=$!
	PIDS+=("$NET")
	eventually 10 eval 'net ip address show dev lo 2>/dev/null | grep -q 192.0.2.1'
	net python3 -B -m fo.storm.alert.hook "$DIR" 3>&- &
	PIDS+=($!)
	eventually 20 test -e "$DIR/port"
	configure "url = http://127.0.0.1:$(cat "$DIR/port")/x" "[speedclass]" "sim = imsi:440101234567890"
	net "$FO_BUILD/cmd/fo-alert" -c "$CONF" --wait 0
	happened 600 line down "it fell"
	mkdir -p "$FO_STATE_DIR/run"
	echo s1.minimum >"$FO_STATE_DIR/run/speedclass.known"
	exits 1 net "$FO_BUILD/cmd/fo-alert" -c "$CONF" --wait 0
	exits 0 net "$FO_BUILD/cmd/fo-status" -c "$CONF" alert
	has "$output" "the speed class is not set"
	net "$FO_BUILD/cmd/fo-alert" -c "$CONF" 3>&- &
	local run=$!
	PIDS+=("$run")
	eventually 10 is_locked "$FO_STATE_DIR/run/alert.lock" # it has the work
	[ ! -e "$DIR/requests" ]
	echo s1.fast >"$FO_STATE_DIR/run/speedclass.known"
	wait "$run"
	[ "$(bodies .id)" = 1 ]
}

@test "two runs at the same time: one works, the other leaves it" {
	hook_up
	echo slow >"$DIR/mode"
	configure "url = http://127.0.0.1:$PORT/x"
	begin
	happened 600 line down "it fell"
	alert &
	local first=$!
	eventually 10 test -e "$DIR/requests"
	exits 0 alert
	has "$messages" "another fo-alert is already running"
	wait "$first"
	[ "$(bodies .id)" = 1 ]
}

@test "the sample mails: headers, and the text" {
	mkdir "$DIR/sbin"
	printf '%s\n' '#!/bin/sh' "{ echo \"\$*\"; cat; } >$DIR/mail" >"$DIR/sbin/sendmail"
	chmod +x "$DIR/sbin/sendmail"
	sed "s|/usr/sbin/sendmail|$DIR/sbin/sendmail|" "$BATS_TEST_DIRNAME/../../etc/alert/mail" >"$DIR/alert-mail"
	chmod +x "$DIR/alert-mail"
	configure "command = $DIR/alert-mail you@example.net"
	begin
	happened 600 line down "it fell"
	exits 0 alert
	[ "$(head -n 3 "$DIR/mail" | paste -sd,)" = \
		"-oi -- you@example.net,To: you@example.net,Subject: $(uname -n): line down" ]
	has "$(tail -n 1 "$DIR/mail")" ": it fell"
}
