# fo-speedclass against the stand-in for SORACOM's API: one server per file, one state directory per
# test. All traffic is on loopback.

load "$BATS_TEST_DIRNAME/../support.bash"

# What the server and the program are started with: a test may give them a network of their own.
IN=()

API=$BATS_TEST_DIRNAME/../soracom/soracom-api
IMSI=440101234567890
# shellcheck disable=SC2034 # for the tests
SIM_ID=8942310022000012345
# shellcheck disable=SC2034
UPDATE=/v1/subscribers/$IMSI/update_speed_class

ctl() {
	"$API" ctl --dir "$SERVER_DIR" "$@"
}

status() {
	ctl status | jq -r "$1"
}

api_up() {
	find_build
	export SERVER_DIR=$BATS_FILE_TMPDIR/api
	"${IN[@]}" "$API" serve --dir "$SERVER_DIR" --metadata 127.0.0.1:0 3>&- &
	export SERVER=$!
	eventually 20 test -e "$SERVER_DIR/ready"
	PORT=$(cat "$SERVER_DIR/port")
	METADATA_PORT=$(cat "$SERVER_DIR/metadata-port")
	export PORT METADATA_PORT
	local kind
	for kind in authkey root sam go ruby; do
		"$API" profile --dir "$SERVER_DIR" --kind "$kind" >"$BATS_FILE_TMPDIR/$kind.json"
		chmod 600 "$BATS_FILE_TMPDIR/$kind.json"
	done
}

api_down() {
	kill "$SERVER" 2>/dev/null || return 0
	wait "$SERVER" 2>/dev/null || true
}

# A fresh router, and a SIM with the small class. What the requests of this test are counted from
# is BEFORE.
fresh() {
	DIR=$BATS_TEST_TMPDIR
	CONF=$DIR/fo.conf
	export FO_STATE_DIR=$DIR/state
	PIDS=()
	configure "profile = $BATS_FILE_TMPDIR/authkey.json"
	BEFORE=$(reset_api | jq '[.requests[]] | add // 0')
}

# Ends what a test has changed at the server, and prints its status. (One process of Python instead
# of four: before and after each of the tests.)
reset_api() {
	python3 -c '
import json, sys
sys.path.insert(0, sys.argv[1])
from fo.soracom.client import ask
folder, sim = sys.argv[2:]
ask(folder, "clear")
ask(folder, "permit", names=["Subscriber:updateSpeedClass"])
ask(folder, "metadata", mode="on")
ask(folder, "class", sim=sim, speed_class="s1.minimum")
print(json.dumps(ask(folder, "status")))' "${API%/*/*}" "$SERVER_DIR" "$IMSI"
}

# What the test has left running, ended; and no request of its was against the definition.
tidy() {
	local pid
	for pid in ${PIDS[@]+"${PIDS[@]}"}; do
		kill -KILL "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
	[ "$(reset_api | jq .rejected)" -eq 0 ]
}

# configure [LINE…]: fo.conf with further lines of [speedclass]; a key given twice counts once, the
# last time. The true state is backup: 192.0.2.1 is nobody's.
configure() {
	{
		printf '[router]\nlan = lo\nuplink = ppp0\nvip = 192.0.2.1\n[speedclass]\n'
		printf '%s\n' "sim = imsi:$IMSI" "endpoint = https://localhost:$PORT" "interface = lo" \
			"ca-file = $SERVER_DIR/ca.pem" "give-up = 30s" "$@" |
			awk -F ' *= *' '{ value[$1] = $0 } END { for (key in value) print value[key] }' |
			grep -v '= *$'
	} >"$CONF"
}

# The router of the configuration holds the VIP: 127.0.0.1 is on lo.
be_master() {
	sed -i 's/^vip = .*/vip = 127.0.0.1/' "$CONF"
}

be_backup() {
	sed -i 's/^vip = .*/vip = 192.0.2.1/' "$CONF"
}

speedclass() {
	timeout 60 "${IN[@]}" "$FO_BUILD/cmd/fo-speedclass" -c "$CONF" "$@"
}

# A worker in the background: WORKER, with its messages in the file `said`. `| cat` because
# messages for a file go to syslog.
worker() {
	mkfifo "$DIR/pipe.$((++PIPES))"
	cat "$DIR/pipe.$PIPES" >>"$DIR/said" 3>&- &
	"${IN[@]}" "$FO_BUILD/cmd/fo-speedclass" -v -c "$CONF" "$@" >"$DIR/pipe.$PIPES" 2>&1 3>&- &
	WORKER=$!
	PIDS+=("$WORKER")
}

# ended STATUS [SECONDS]: the worker ends by itself with this exit status.
ended() {
	local got=0
	eventually "${2:-20}" has_ended "$WORKER"
	wait "$WORKER" || got=$?
	[ "$got" -eq "$1" ] || { echo "exit status $got, not $1" >&2; cat "$DIR/said" >&2; return 1; }
}

has_ended() {
	[[ "$(cat "/proc/$1/stat" 2>/dev/null)" != *") "[RSD]* ]]
}

# Requests since the test began.
requests() {
	echo $(($(status '[.requests[]] | add // 0') - BEFORE))
}

wait_requests() {
	ctl wait-requests $((BEFORE + $1)) --timeout "${2:-10}"
}

sim_has() {
	ctl wait-class "$IMSI" "$1" --timeout "${2:-5}" >/dev/null
}

wanted() {
	cat "$FO_STATE_DIR/lib/speedclass.wanted"
}
