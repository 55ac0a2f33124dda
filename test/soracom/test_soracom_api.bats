#!/usr/bin/env bats
# Tests of the stand-in itself, with curl as the client.

IMSI=440101234567890
SIM_ID=8942310022000012345
UPDATE=/v1/subscribers/$IMSI/update_speed_class

setup() {
	API=$BATS_TEST_DIRNAME/soracom-api
	DIR=$BATS_TEST_TMPDIR/api
	serve --metadata 127.0.0.1:0
}

teardown() {
	kill "$SERVER" 2>/dev/null || return 0
	wait "$SERVER"
}

# Starts a server with further options, and waits until it accepts.
serve() {
	"$API" serve --dir "$DIR" "$@" 3>&- &
	SERVER=$!
	until [ -e "$DIR/ready" ]; do
		kill -0 "$SERVER"
		sleep 0.01
	done
	PORT=$(cat "$DIR/port")
	URL=https://localhost:$PORT
}

ctl() { "$API" ctl --dir "$DIR" "$@"; }

status() { ctl status | jq -r "$1"; }

# Whether the one JSON value on stdin fulfils the filter. (jq -e alone is content with no value at all.)
holds() { jq -e -s "length == 1 and (.[0] | $1)" >/dev/null; }

# curl that waits at most 5 s, so that a hang is a failure and not a stop.
fetch() { curl -sS --max-time 5 --cacert "$DIR/ca.pem" "$@"; }

code() { fetch -o /dev/null -w '%{http_code}' "$@"; }

post() {
	local path=$1 body=$2
	shift 2
	fetch -H 'Content-Type: application/json' -d "$body" "$@" "$URL$path"
}

login_body() {
	local kind=$1
	"$API" profile --dir "$DIR" --kind "$kind" | jq -c '
		{authKeyId, authKey, email, password, operatorId, userName: (.userName // .username)}
		| with_entries(select(.value != null))'
}

login() {
	post /v1/auth "$(login_body "${1:-authkey}" | jq -c ". + ${2:-{\}}")" >"$BATS_TEST_TMPDIR/auth"
	KEY=$(jq -r .apiKey "$BATS_TEST_TMPDIR/auth")
	TOKEN=$(jq -r .token "$BATS_TEST_TMPDIR/auth")
}

as_user() { fetch -H "X-Soracom-API-Key: $KEY" -H "X-Soracom-Token: $TOKEN" "$@"; }

update() {
	local path=$1 class=$2
	shift 2
	as_user -H 'Content-Type: application/json' -d "{\"speedClass\":\"$class\"}" "$@" "$URL$path"
}

update_code() { update "$@" -o /dev/null -w '%{http_code}'; }

@test "the directory is private and a clean stop leaves no sign of a server" {
	[ "$(stat -c %a "$DIR")" = 700 ]
	[ "$(cat "$DIR/pid")" = "$SERVER" ]
	kill "$SERVER"
	wait "$SERVER"
	[ ! -e "$DIR/ready" ]
	[ ! -e "$DIR/port" ]
	[ ! -e "$DIR/control" ]
}

@test "a second server in the same directory is refused" {
	run "$API" serve --dir "$DIR"
	[ "$status" -eq 1 ]
	[[ "$output" == *"running server"* ]]
}

@test "after kill -9 the next server takes over" {
	kill -9 "$SERVER"
	wait "$SERVER" || true
	rm "$DIR/ready"
	serve
	[ "$(post /v1/auth '{}' -o /dev/null -w '%{http_code}')" = 401 ]
}

@test "all kinds of profile log in" {
	local kind
	for kind in authkey root sam go ruby; do
		login "$kind"
		[[ "$KEY" == api-* ]]
		[[ "$TOKEN" == ey*.*.* ]]
	done
	[ "$(status .tokens)" = 5 ]
	[ "$(status .rejected)" = 0 ]
	"$API" profile --dir "$DIR" --kind ruby --endpoint | holds '.endpoint | endswith("/v1")'
	"$API" profile --dir "$DIR" --kind go --endpoint | holds '.endpoint | endswith("/v1") | not'
}

@test "a wrong password is AUM0002, in Japanese when asked" {
	run post /v1/auth '{"email":"root@example.com","password":"x"}' -w '%{http_code}'
	[[ "$output" == *'"AUM0002","message":"Invalid username/password supplied."}401' ]]
	run post /v1/auth '{"email":"\ud800","password":"x"}' -H 'x-soracom-lang: ja'
	[[ "$output" == *ユーザー名* ]]
	[ "$(status .rejected)" = 0 ]
}

@test "both paths change the same SIM, header names in any case, a bare ? accepted" {
	ctl permit Subscriber:updateSpeedClass Sim:updateSimSpeedClass Sim:getSim
	login
	update "$UPDATE?" s1.fast | holds '.speedClass == "s1.fast" and .imsi == "'$IMSI'"'
	[ "$(ctl class $SIM_ID)" = s1.fast ]
	fetch -H "x-soracom-api-key: $KEY" -H "X-SORACOM-TOKEN: $TOKEN" "$URL/v1/sims/$SIM_ID" |
		holds '.speedClass == "s1.fast" and .sessionStatus.online'
	update "/v1/sims/$SIM_ID/update_speed_class" s1.slow | holds '.speedClass == "s1.slow"'
	[ "$(ctl class $IMSI)" = s1.slow ]
	[ "$(status .rejected)" = 0 ]
}

@test "the SAM user may do only what its login was permitted, the root everything" {
	login
	[ "$(update_code "$UPDATE" s1.fast)" = 200 ]
	run as_user "$URL/v1/subscribers/$IMSI" -w '%{http_code}'
	[[ "$output" == *AUM0017*"'keepalived' doesn't have permission 'Subscriber:getSubscriber'"*403 ]]
	ctl permit Subscriber:getSubscriber
	[ "$(as_user -o /dev/null -w '%{http_code}' "$URL/v1/subscribers/$IMSI")" = 403 ]
	login
	[ "$(as_user -o /dev/null -w '%{http_code}' "$URL/v1/subscribers/$IMSI")" = 200 ]
	[ "$(update_code "$UPDATE" s1.fast)" = 403 ]
	login root
	[ "$(update_code "$UPDATE" s1.fast)" = 200 ]
	run ctl permit Subscriber:noSuchThing
	[ "$status" -eq 2 ]
}

@test "tokens expire, are revoked, and end with a logout" {
	login authkey '{"tokenTimeoutSeconds":180}'
	ctl advance 179
	[ "$(update_code "$UPDATE" s1.fast)" = 200 ]
	ctl advance 1
	[ "$(update_code "$UPDATE" s1.fast)" = 401 ]
	login
	ctl revoke
	[ "$(update_code "$UPDATE" s1.fast)" = 401 ]
	login
	[ "$(as_user -X POST -o /dev/null -w '%{http_code}' "$URL/v1/auth/logout")" = 204 ]
	[ "$(update_code "$UPDATE" s1.fast)" = 401 ]
	[ "$(status .tokens)" = 0 ]
	[ "$(status .rejected)" = 0 ]
}

@test "a key with another login's token is refused, and so are lifetimes out of bounds" {
	login
	local first=$KEY
	login
	KEY=$first
	[ "$(update_code "$UPDATE" s1.fast)" = 401 ]
	[ "$(post /v1/auth "$(login_body root | jq -c '.tokenTimeoutSeconds = 179')" -o /dev/null -w '%{http_code}')" = 400 ]
	[ "$(status .rejected)" = 0 ]
	[ "$(post /v1/auth "$(login_body root | jq -c '.tokenTimeoutSeconds = 172801')" -o /dev/null -w '%{http_code}')" = 400 ]
	[ "$(status .rejected)" = 1 ]
}

@test "unknown SIMs are 404, classes that the plan does not have 400" {
	login root
	[ "$(update_code /v1/subscribers/1/update_speed_class s1.fast)" = 404 ]
	[ "$(update_code /v1/sims/1/update_speed_class s1.fast)" = 404 ]
	[ "$(update_code "$UPDATE" u1.slow)" = 400 ]
	[ "$(status .rejected)" = 0 ]
	[ "$(ctl class $IMSI)" = s1.minimum ]
}

@test "every operation that reads answers as the definition says" {
	login root
	local path
	for path in /v1/subscribers "/v1/subscribers?speed_class_filter=s1.fast" /v1/subscribers/$IMSI \
		/v1/sims/$SIM_ID /v1/subscribers/$IMSI/events/sessions "/v1/sims/$SIM_ID/events/sessions?limit=1" \
		"/v1/stats/air/sims/$SIM_ID?from=1&to=2&period=day" \
		"/v1/stats/air/subscribers/$IMSI?from=1&to=2&period=minutes"; do
		[ "$(as_user -o /dev/null -w '%{http_code}' "$URL$path")" = 200 ]
	done
	KIND='Content-Type: application/json'
	as_user -H "$KIND" -d '{}' "$URL/v1/sims/$SIM_ID/downlink/ping" | holds .success
	ctl online $IMSI no
	as_user -H "$KIND" -d '{}' "$URL/v1/sims/$SIM_ID/downlink/ping" | holds '.code == "SEM0016"'
	[ "$(as_user -H "$KIND" -d '{}' -o /dev/null -w '%{http_code}' "$URL/v1/auth/switch_user")" = 400 ]
	[ "$(status .rejected)" = 0 ]
}

@test "what breaks the definition is refused and counted" {
	login
	local number=0
	rejected() {
		local want=$1 got
		shift
		got=$(as_user -o /dev/null -w '%{http_code}' "$@")
		number=$((number + 1))
		[ "$got" = "$want" ]
		[ "$(status .rejected)" = $number ]
	}
	JSON='Content-Type: application/json'
	rejected 404 "$URL/v1/nowhere"
	rejected 404 "$URL//v1/auth" -H "$JSON" -d '{}'
	rejected 405 "$URL$UPDATE"
	rejected 400 "$URL$UPDATE" -d '{"speedClass":"s1.fast"}'
	rejected 400 "$URL$UPDATE" -H "$JSON" -d '{"speedClass":"s1.fast"'
	rejected 400 "$URL$UPDATE" -H "$JSON" -d '{"speedClass":"s1.fast","speedClass":"s1.slow"}'
	rejected 400 "$URL$UPDATE" -H "$JSON" -d '{"speedClass":"s1.fast","more":1}'
	rejected 400 "$URL$UPDATE" -H "$JSON" -d '{"speedclass":"s1.fast"}'
	rejected 400 "$URL$UPDATE" -H "$JSON" -d '{"speedClass":"s1.warp"}'
	rejected 400 "$URL$UPDATE" -H "$JSON" -d '["speedClass"]'
	rejected 400 "$URL$UPDATE?x=1" -H "$JSON" -d '{"speedClass":"s1.fast"}'
	rejected 400 "$URL$UPDATE" -H "$JSON" -H 'X-Soracom-Token: x' -d '{"speedClass":"s1.fast"}'
	rejected 400 "$URL/v1/stats/air/sims/$SIM_ID?from=a&to=2&period=day"
	rejected 400 "$URL$UPDATE" -H "$JSON" -H 'Transfer-Encoding: chunked' -d '{"speedClass":"s1.fast"}'
	KEY=
	rejected 401 "$URL$UPDATE" -H "$JSON" -d '{"speedClass":"s1.fast"}'
	[ "$(ctl class $IMSI)" = s1.minimum ]
	[ "$(status '.rejections | length')" = $number ]
}

@test "the log has no secret, and counts connections" {
	login ruby
	post /v1/auth '{"password":"Pa55","speedClass":{"password":"Pa55"},"x":["Pa55"]}' >/dev/null
	post /v1/auth 'Pa55' -H 'X-Other: Pa55' >/dev/null
	local keep
	keep=$(fetch -w '%{num_connects}' -o /dev/null "$URL/v1/sims" --next -sS --cacert "$DIR/ca.pem" \
		-w '%{num_connects}' -o /dev/null "$URL/v1/sims")
	[ "$keep" = 10 ]
	ctl log >"$BATS_TEST_TMPDIR/log"
	ctl status >>"$BATS_TEST_TMPDIR/log"
	run grep -e Pa55 -e "$TOKEN" -e "$KEY" -e "$(login_body ruby | jq -r .password)" "$BATS_TEST_TMPDIR/log"
	[ "$status" -eq 1 ]
	ctl log | jq -e -s '.[0].body.password == "***" and .[0].status == 200 and .[0].in > 0 and .[0].out > 0
		and (.[3].connection == .[4].connection)'
	[ "$(status .connections.tls)" = 4 ]
}

@test "rate limits count by path, and by source for auth" {
	login
	ctl ratelimit 2
	fetch -D - -o /dev/null "$URL/v1/auth" -H 'Content-Type: application/json' -d '{}' |
		grep -i '^X-Soracom-Ratelimit-Remaining: 1'
	[ "$(post /v1/auth '{}' -o /dev/null -w '%{http_code}')" = 401 ]
	run post /v1/auth '{}' -D -
	[[ "$output" == *"429 Too Many"*X-Soracom-Ratelimit-Seconds-Before-Refresh* ]]
	[ "$(update_code "$UPDATE" s1.fast)" = 200 ]
	ctl advance 60
	[ "$(post /v1/auth '{}' -o /dev/null -w '%{http_code}')" = 401 ]
}

@test "wait-class wakes at the change, and gives up at the timeout" {
	run ctl wait-class $IMSI s1.fast --timeout 0.1
	[ "$status" -eq 1 ]
	[ "$output" = s1.minimum ]
	ctl wait-class $IMSI s1.fast --timeout 10 3>&- &
	local waiting=$!
	ctl class $SIM_ID s1.fast
	wait $waiting
	run ctl class $IMSI u1.slow
	[ "$status" -eq 2 ]
}

@test "the metadata service answers without credentials, and can be shut" {
	local meta
	meta=http://127.0.0.1:$(cat "$DIR/metadata-port")/v1/subscriber
	KIND='Content-Type: application/json'
	fetch "$meta/update_speed_class" -H "$KIND" -d '{"speedClass":"s1.fast"}' | holds '.speedClass == "s1.fast"'
	[ "$(fetch "$meta.speedClass")" = s1.fast ]
	fetch "$meta" | holds '.imsi == "'$IMSI'"'
	[ "$(fetch "$meta.nothing")" = "Specified key does not exist." ]
	ctl metadata readonly
	[ "$(code "$meta/update_speed_class" -H "$KIND" -d '{"speedClass":"s1.slow"}')" = 403 ]
	[ "$(code "$meta.imsi")" = 200 ]
	ctl metadata off
	[ "$(fetch "$meta.imsi")" = "You are not allowed to access Metadata Server." ]
	[ "$(status .rejected)" = 0 ]
	[ "$(code "$meta.imsi" -H 'X-Soracom-Token: x')" = 400 ]
	[ "$(status .rejected)" = 1 ]
}

@test "faults: statuses, with count, path and waiting time" {
	login
	local number
	for number in 401 403 404 500 502 503; do
		ctl fault $number --count 1
		[ "$(update_code "$UPDATE" s1.fast)" = $number ]
	done
	ctl fault 429 --seconds 7 --path "$UPDATE"
	run update "$UPDATE" s1.fast -D -
	[[ "$output" == *"Before-Refresh: 7"*"Retry-After: 7"* ]]
	[ "$(post /v1/auth '{}' -o /dev/null -w '%{http_code}')" = 401 ]
	[ "$(ctl class $IMSI)" = s1.minimum ]
	[ "$(status '.faults[0].kind')" = 429 ]
	ctl clear
	[ "$(update_code "$UPDATE" s1.fast)" = 200 ]
	run ctl fault 700
	[ "$status" -eq 2 ]
	run ctl fault refuse --count 1
	[ "$status" -eq 2 ]
}

@test "faults: html, empty, redirect, wrong-class" {
	login
	ctl fault html --count 1
	run update "$UPDATE" s1.fast -w '%{http_code}'
	[[ "$output" == "<html>"*503 ]]
	ctl fault html --status 200 --count 1
	[ "$(update_code "$UPDATE" s1.fast)" = 200 ]
	ctl fault empty --count 1
	[ -z "$(update "$UPDATE" s1.fast)" ]
	ctl fault wrong-class --count 1
	login
	update "$UPDATE" s1.fast | holds '.speedClass == "s1.minimum"'
	[ "$(ctl class $IMSI)" = s1.minimum ]
	[ "$(status .rejected)" = 0 ]
	ctl fault redirect --count 1
	[ "$(update_code "$UPDATE" s1.fast -L)" = 404 ]
	[ "$(status .rejected)" = 1 ]
}

@test "faults: reset, truncated, huge" {
	login
	ctl fault reset --count 1
	run update "$UPDATE" s1.fast
	[ "$status" -eq 56 ] || [ "$status" -eq 35 ]
	[ "$(ctl class $IMSI)" = s1.minimum ]
	ctl fault reset --applied --count 1
	run update "$UPDATE" s1.fast
	[ "$status" -ne 0 ]
	[ "$(ctl class $IMSI)" = s1.fast ]
	ctl fault truncated --count 1
	run update "$UPDATE" s1.slow
	[ "$status" -eq 18 ]
	[ "$(ctl class $IMSI)" = s1.slow ]
	ctl fault huge --count 1
	update "$UPDATE" s1.fast | head -c 1000000 | wc -c | grep -x 1000000
	[ "$(update_code "$UPDATE" s1.fast)" = 200 ]
}

@test "faults: hang ends at clear, and at SIGTERM" {
	login
	ctl fault hang --count 1
	update "$UPDATE" s1.fast 3>&- &
	local client=$!
	ctl wait-requests 1 --path "$UPDATE"
	ctl clear
	run wait $client
	[ "$status" -ne 0 ]
	[ "$status" -ne 28 ]
	[ "$(ctl class $IMSI)" = s1.minimum ]
	ctl fault hang
	update "$UPDATE" s1.fast 3>&- &
	client=$!
	ctl wait-requests 2 --path "$UPDATE"
	kill "$SERVER"
	wait "$SERVER"
	run wait $client
	[ "$status" -ne 28 ]
}

@test "faults: hang-accept never ends the handshake" {
	ctl fault hang-accept
	run fetch --max-time 0.3 "$URL/v1/auth"
	[ "$status" -eq 28 ]
	ctl clear
	[ "$(code "$URL/v1/auth")" = 405 ]
	[ "$(status .connections.tls)" = 1 ]
}

@test "faults: refuse, and the port comes back" {
	ctl fault refuse
	run fetch "$URL/v1/auth"
	[ "$status" -eq 7 ]
	ctl clear
	[ "$(code "$URL/v1/auth")" = 405 ]
}

@test "faults: slow and delay" {
	login
	ctl fault slow --bytes-per-second 4000 --count 1
	local took
	took=$(update "$UPDATE" s1.fast -o /dev/null -w '%{time_total}')
	jq -en "$took > 0.3 and $took < 3"
	ctl fault delay --seconds 0.3 --count 1
	took=$(update "$UPDATE" s1.fast -o /dev/null -w '%{time_total}')
	jq -en "$took > 0.3 and $took < 3"
	ctl fault slow --bytes-per-second 1
	run update "$UPDATE" s1.slow --max-time 0.2
	[ "$status" -eq 28 ]
}

@test "faults: wrong, expired and early certificates fail only the check of the client" {
	local kind
	for kind in wrong-cert expired-cert early-cert; do
		ctl fault $kind
		run fetch "$URL/v1/auth"
		[ "$status" -eq 60 ]
		[ "$(code -k "$URL/v1/auth")" = 405 ]
		ctl clear
	done
	[ "$(status '.requests | add')" = 3 ]
	[ "$(status .connections.tls_failed)" = 3 ]
	[ "$(code --resolve "api.soracom.io:$PORT:127.0.0.1" "https://api.soracom.io:$PORT/v1/auth")" = 405 ]
	run fetch --tls-max 1.1 "$URL/v1/auth"
	[ "$status" -ne 0 ]
}

@test "several addresses share a port, and further SIMs have their own plans" {
	kill "$SERVER"
	wait "$SERVER"
	serve --listen 127.0.0.1:0 --listen '[::1]:0' --sim 1:2:plan-DU:u1.slow
	[ "$(code -6 "$URL/v1/auth")" = 405 ]
	[ "$(code -4 "$URL/v1/auth")" = 405 ]
	[ "$(code "https://[::1]:$PORT/v1/auth")" = 405 ]
	login root
	[ "$(update_code /v1/sims/2/update_speed_class u1.standard)" = 200 ]
	[ "$(update_code /v1/sims/2/update_speed_class s1.fast)" = 400 ]
	[ "$(ctl class 1)" = u1.standard ]
}

@test "clients that go away or send rubbish leave no noise" {
	kill "$SERVER"
	wait "$SERVER"
	serve --metadata 127.0.0.1:0 2>"$BATS_TEST_TMPDIR/noise"
	head -c 3000 /dev/urandom >"/dev/tcp/127.0.0.1/$PORT" || true
	head -c 30000 /dev/zero >"/dev/tcp/127.0.0.1/$(cat "$DIR/metadata-port")" || true
	printf 'GET / HTTP/1.1\r\nA\r\n\r\n' >"/dev/tcp/127.0.0.1/$(cat "$DIR/metadata-port")"
	login
	[ "$(update_code "$UPDATE" s1.fast)" = 200 ]
	[ ! -s "$BATS_TEST_TMPDIR/noise" ]
}
