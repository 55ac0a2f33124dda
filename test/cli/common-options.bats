#!/usr/bin/env bats
# What all programs share: options, exit statuses, where output and messages go.

load "$BATS_TEST_DIRNAME/../support.bash"

PROGRAMS=(fo-check-ftth fo-watch fo-route fo-speedclass fo-keepalive fo-status fo-alert)

# A verb, where a program needs one.
declare -gA VERB=([fo-check-ftth]="" [fo-watch]="" [fo-route]=show [fo-speedclass]=get [fo-keepalive]="" [fo-status]=show [fo-alert]="")

# What a faulty configuration ends with. fo-check-ftth is asked about the line: 2, as no verdict is known.
declare -gA FAULTY=([fo-check-ftth]=2 [fo-watch]=78 [fo-route]=78 [fo-speedclass]=78 [fo-keepalive]=78 [fo-status]=78 [fo-alert]=78)

setup() {
	find_build
	DIR=$BATS_TEST_TMPDIR
	CONF=$DIR/fo.conf
	export FO_STATE_DIR=$DIR/state
	configure
	PIDS=()
}

teardown() {
	local pid
	for pid in ${PIDS[@]+"${PIDS[@]}"}; do
		kill -KILL "$pid" 2>/dev/null || true
	done
}

# A configuration under which nothing is sent: the uplink is not there.
configure() {
	printf '%s\n' '[router]' 'lan = lo' 'uplink = no-such0' 'vip = 192.0.2.1' \
		'[check]' 'targets = 192.0.2.9' \
		'[route]' 'master = dev no-such0' 'backup = via 192.0.2.1 dev lo' \
		'[speedclass]' 'sim = imsi:440101234567890' "$@" >"$CONF"
}

# call PROGRAM ARG…
call() {
	local name=$1
	shift
	timeout 10 "$FO_BUILD/cmd/$name" "$@"
}

# apart STATUS NAME ARG…: stdout in OUT, stderr in `output`.
apart() {
	local expected=$1
	shift
	run "-$expected" to_file call "$@"
	OUT=$(cat "$DIR/out")
}

to_file() {
	"$@" >"$DIR/out"
}

# misused TEXT PROGRAM ARG…: 64, nothing on stdout, on stderr the text and where help is.
misused() {
	local text=$1
	shift
	apart 64 "$@"
	[ -z "$OUT" ]
	[[ "$output" == "$1: "*"$text"*"; try $1 --help" ]] || { echo "$*: $output" >&2; return 1; }
}

@test "-h and --help: usage on stdout, nothing on stderr, exit 0, without a configuration" {
	local name option
	for name in "${PROGRAMS[@]}"; do
		for option in -h --help; do
			apart 0 "$name" "$option" -c /nonexistent
			[[ "$OUT" == "usage: $name [options]"* ]]
			[[ "$OUT" == *"-c, --config FILE"* ]]
			[[ "$OUT" == *"Exit status:"* ]]
			[ -z "$output" ]
		done
	done
}

@test "-V and --version: name and version on stdout, exit 0" {
	local name option
	for name in "${PROGRAMS[@]}"; do
		for option in -V --version; do
			apart 0 "$name" "$option"
			[[ "$OUT" =~ ^$name\ \(failover-helpers\)\ [0-9]+\.[0-9]+\.[0-9]+ ]]
			[ -z "$output" ]
		done
	done
}

@test "every line of the help fits a terminal" {
	local name
	for name in "${PROGRAMS[@]}"; do
		run -0 call "$name" -h
		[ "$(wc -L <<<"$output")" -le 100 ]
	done
}

@test "an unknown option: 64, named" {
	local name
	for name in "${PROGRAMS[@]}"; do
		misused "unknown option \`-Z'" "$name" -Z
		misused "unknown option \`--bogus'" "$name" --bogus
		misused "unknown option \`--bogus=1'" "$name" --bogus=1
		misused "unknown option" "$name" --help=1
	done
}

@test "an unknown letter in a group is named, too" {
	misused "unknown option \`-Z'" fo-route -Zn show
	misused "unknown option \`-Z'" fo-check-ftth -nZq 127.0.0.1
}

@test "a missing value: 64" {
	local name
	for name in "${PROGRAMS[@]}"; do
		misused "option \`-c' needs a value" "$name" -c
		misused "option \`--config' needs a value" "$name" --config
	done
}

@test "a surplus operand: 64" {
	misused "not a numeric address" fo-check-ftth -c "$CONF" surplus
	misused "\`surplus': fo-watch takes no operands" fo-watch -c "$CONF" surplus
	misused "\`surplus': show takes no operands" fo-route -c "$CONF" show surplus
	misused "\`INSTANCE' with these operands is neither a state nor a verb" fo-route -c "$CONF" INSTANCE VI_1 MASTER 100 surplus
	misused "\`surplus': get takes no operands" fo-speedclass -c "$CONF" get surplus
	misused "set takes one class" fo-speedclass -c "$CONF" set
	misused "\`surplus': fo-keepalive takes no operands" fo-keepalive -c "$CONF" surplus
	misused "\`foo': show takes no operands" fo-status -c "$CONF" show foo
}

@test "no operand where one is needed, and unknown words: 64" {
	misused "a state or a verb is missing" fo-route -c "$CONF"
	misused "a state or a verb is missing" fo-speedclass -c "$CONF"
	misused "\`mastr' is neither a state nor a verb" fo-route -c "$CONF" mastr
	misused "\`' is neither a state nor a verb" fo-route -c "$CONF" ""
	misused "is neither a state nor a verb" fo-speedclass -c "$CONF" INSTANCE VI_1 MASTR 100
	misused "is neither a state nor a verb" fo-speedclass -c "$CONF" THING VI_1 MASTER 100
	misused "\`shw' is not a verb" fo-status -c "$CONF" shw
}

@test "a mistake on the command line is named before one in the file: 64, with a faulty file and with none" {
	echo rubbish >"$DIR/faulty"
	for file in "$DIR/faulty" /nonexistent; do
		misused "\`x': show takes no operands" fo-route -c "$file" show x
		misused "is neither a state nor a verb" fo-route -c "$file" mister
		misused "is not a numeric address" fo-check-ftth -c "$file" x
		misused "takes no operands" fo-keepalive -c "$file" x
		misused "takes no operands" fo-watch -c "$file" x
		misused "\`9x' is not a speed class" fo-speedclass -c "$file" set 9x
		misused "is not a verb" fo-status -c "$file" x
	done
}

@test "an option that would do nothing is refused, and named: 64" {
	misused "--if-due goes with sync only" fo-speedclass -c "$CONF" --if-due set s1.fast
	misused "--if-due goes with sync only" fo-speedclass -c "$CONF" --if-due master
	misused "--json: there is nothing to print" fo-speedclass -c "$CONF" --json set s1.fast
	misused "--json: there is nothing to print" fo-route -c "$CONF" --json backup
	misused "--dry-run: there is no plan of show to print" fo-route -c "$CONF" -n show
	misused "unknown option \`-n'" fo-status -c "$CONF" --json -n
	misused "unknown option \`-n'" fo-watch -c "$CONF" -n
	misused "unknown option \`--json'" fo-watch -c "$CONF" --json
}

# plan FILTER PROGRAM ARG…: what -n prints, as JSON too: a list of operations.
plan() {
	local filter=$1
	shift
	run -0 call "$@" -n
	[[ "$output" == *plan*action*kind*want*have* ]]
	run -0 call "$@" -n --json
	jq -e '.plan | type == "array" and all(.[]; (keys - ["action", "kind", "want", "have"]) == [])' <<<"$output"
	jq -e "$filter" <<<"$output"
}

@test "-n prints its plan, as JSON too, in one form for all programs" {
	[ "$(id -u)" -eq 0 ] || skip "fo-route looks at the kernel's flows"
	plan '.plan[] | select(.kind == "route") | .want == "via 192.0.2.1 dev lo" and .action == "make"' \
		fo-route -c "$CONF" backup
	plan '.plan == [{action: "make", kind: "speed class", want: "s1.fast", have: null}]' \
		fo-speedclass -c "$CONF" set s1.fast
	plan '.plan[0].kind == "request"' fo-speedclass -c "$CONF" get
	plan '.plan == [{action: "make", kind: "echo", want: "on no-such0 to 192.0.2.9", have: null}]' \
		fo-check-ftth -c "$CONF"
	plan '.plan[0] | .kind == "echo" and .want == "none on no-such0"' fo-keepalive -c "$CONF"
}

@test "-v with -q: 64" {
	local name
	for name in "${PROGRAMS[@]}"; do
		# shellcheck disable=SC2086
		misused "--verbose and --quiet exclude each other" "$name" -v -q ${VERB[$name]}
		# shellcheck disable=SC2086
		misused "--verbose and --quiet exclude each other" "$name" --quiet --verbose ${VERB[$name]}
	done
}

@test "-- ends the options" {
	misused "\`-h' is neither a state nor a verb" fo-route -c "$CONF" -- -h
}

@test "a configuration that is a folder or at fault: 78, one that cannot be read: 2; nothing on stdout" {
	local name
	mkdir "$DIR/folder"
	printf '[router]\nlan = eth0\nuplink = ppp0\nvip = 192.168.0.256\nspeling = 1\n' >"$DIR/faulty"
	for name in "${PROGRAMS[@]}"; do
		# shellcheck disable=SC2086
		for file in folder faulty; do
			apart "${FAULTY[$name]}" "$name" -c "$DIR/$file" ${VERB[$name]}
			[ -z "$OUT" ]
			[[ "$output" == *"$DIR/$file"* ]]
		done
		[[ "$output" == *"vip = 192.168.0.256"* && "$output" == *"speling"* ]]
		# shellcheck disable=SC2086
		apart 2 "$name" -c "$DIR/nowhere" ${VERB[$name]}
		[ -z "$OUT" ]
		[[ "$output" == *"cannot read $DIR/nowhere: No such file"* ]]
	done
}

@test "a file that cannot be read for a passing reason is not called faulty: 2" {
	local name
	for name in "${PROGRAMS[@]}"; do
		# shellcheck disable=SC2016,SC2086
		run -2 bash -c 'exec 3>&- 4>&-; ulimit -n 4; exec "$@"' - "$FO_BUILD/cmd/$name" -c "$CONF" ${VERB[$name]}
		[[ "$output" == *"cannot read $CONF: Too many open files"* ]]
	done
}

@test "a fault of a section stops the programs that use it, and no other" {
	configure "master = s1.fast" "backup = 9"
	run -78 call fo-speedclass -c "$CONF" get
	run -64 call fo-speedclass -c "$CONF" nonsense
	run -0 call fo-route -c "$CONF" INSTANCE VI_1 MASTER_PRIORITY 100
	[[ "$output" == *"[speedclass] backup = 9: is not a speed class"*"; not used by fo-route" ]]
	run call fo-keepalive -c "$CONF" -n
	[ "$status" -ne 78 ]
	run -1 call fo-status -c "$CONF" --json
	jq -e '.faulty == [{section: "speedclass"}]' <<<"$(grep -v '^fo-status: ' <<<"$output")"
}

# hostile NAME LINE…: such a configuration is refused with 78, in time and without a control
# character in the message.
hostile() {
	local name=$1
	shift
	configure "$@"
	# shellcheck disable=SC2086
	run -78 call "$name" -c "$CONF" ${VERB[$name]}
	[[ ! "$output" =~ [[:cntrl:]] ]] || [[ ! "${output//$'\n'/}" =~ [[:cntrl:]] ]]
}

@test "hostile values of the configuration: 78" {
	hostile fo-speedclass "endpoint = http://example.com"
	hostile fo-speedclass "endpoint = http://127.0.0.1@example.com"
	hostile fo-speedclass "endpoint = http://127.0.0.1.example.com"
	hostile fo-speedclass "endpoint = http://localhost.example.com/"
	hostile fo-speedclass "endpoint = file:///etc/passwd"
	hostile fo-speedclass "endpoint = https://example.com/?x"
	hostile fo-speedclass "interface = ../../x"
	hostile fo-speedclass "interface = a-name-of-sixteen"
	hostile fo-speedclass "master = s1.fast\"}"
	hostile fo-speedclass "give-up = 0s"
	hostile fo-speedclass "give-up = 99999999999999999999s"
	hostile fo-speedclass "ca-file = relative.pem"
	hostile fo-speedclass "profile ="
	hostile fo-route "[route]" "stop = maybe"
	hostile fo-speedclass "master = "$'\e[2J'
	hostile fo-speedclass "master = $(printf 'x%.0s' {1..3000})"
	hostile fo-status "[router]" "lan = eth1"
}

@test "an endless or odd file as configuration ends in time, not with 0" {
	local file
	mkfifo "$DIR/fifo"
	for file in /dev/zero /dev/full /dev/null "$DIR/fifo" /proc/self/mem; do
		run call fo-status -c "$file"
		[ "$status" -eq 78 ] || [ "$status:$file" = 2:/proc/self/mem ] || { echo "$file: $status" >&2; return 1; }
	done
	head -c 2000000 /dev/zero | tr '\0' '[' >"$DIR/long"
	run -78 call fo-status -c "$DIR/long"
	head -c 100000 /dev/urandom >"$DIR/noise"
	run -78 call fo-status -c "$DIR/noise"
}

# unprinted NAME ARG…: not 0 where stdout takes nothing, whether closed or full.
unprinted() {
	local name=$1 got
	shift
	got=0
	call "$name" "$@" >/dev/full || got=$?
	[ "$got" -ne 0 ] || { echo "$name $* with stdout full: 0" >&2; return 1; }
	got=0
	call "$name" "$@" >&- || got=$?
	[ "$got" -ne 0 ] || { echo "$name $* with stdout closed: 0" >&2; return 1; }
}

@test "show with stdout full or closed is not 0" {
	unprinted fo-route -c "$CONF" show
	unprinted fo-route -c "$CONF" --json show
	unprinted fo-status -c "$CONF"
	unprinted fo-status -c "$CONF" --json show
}

# without_reader NAME ARG…: with a pipe that nobody reads any more, it ends as SIGPIPE would have it, and says nothing.
without_reader() {
	python3 - "$FO_BUILD/cmd/$1" "${@:2}" <<'PYTHON'
import os, signal, subprocess, sys
reader, writer = os.pipe()
os.close(reader)
got = subprocess.run(sys.argv[1:], stdout=writer, stderr=subprocess.PIPE, restore_signals=True)
if got.returncode != -signal.SIGPIPE or got.stderr:
    sys.exit(f"{sys.argv[1:]}: {got.returncode}, {got.stderr}")
PYTHON
}

@test "who reads no further, as head, is told nothing" {
	local name
	for name in "${PROGRAMS[@]}"; do
		without_reader "$name" --help
	done
	without_reader fo-status -q -c "$CONF" history
	without_reader fo-status -q -c "$CONF" --json history
	without_reader fo-status -q -c "$CONF" report --html
}

@test "who reads no further of doctor is told nothing" {
	not_emulated "openat2(2)"
	without_reader fo-status -q -c "$CONF" doctor --root "$DIR"
}

@test "help, version and dry runs with stdout full or closed are not 0" {
	local name
	for name in "${PROGRAMS[@]}"; do
		unprinted "$name" --help
		unprinted "$name" --version
	done
	unprinted fo-route -c "$CONF" -n backup
	unprinted fo-speedclass -c "$CONF" -n set s1.fast
}

@test "messages go to stderr, whatever it is: a file, a pipe, a socket" {
	local name
	for name in "${PROGRAMS[@]}"; do
		call "$name" --bogus 2>"$DIR/file" && return 1
		[[ "$(cat "$DIR/file")" == "$name: unknown option \`--bogus'; try $name --help" ]]
		[[ "$(call "$name" --bogus 2>&1 >/dev/null)" == "$name: unknown option"* ]]
		python3 -c '
import socket, subprocess, sys
ours, theirs = socket.socketpair()
subprocess.run(sys.argv[1:], stderr=theirs)
assert b": unknown option" in ours.recv(4096)' "$FO_BUILD/cmd/$name" --bogus
	done
}

@test "-q leaves errors only, -v adds" {
	configure
	sed -i '/^\[speedclass\]/,$d' "$CONF"
	run -0 call fo-speedclass -c "$CONF" master
	[[ "$output" == *"nothing to do"* ]]
	run -0 call fo-speedclass -q -c "$CONF" master
	[ -z "$output" ]
	run -0 call fo-route -v -c "$CONF" INSTANCE VI_1 MASTER_PRIORITY 100
	[[ "$output" == *"not a change of state"* ]]
	run -0 call fo-route -c "$CONF" INSTANCE VI_1 MASTER_PRIORITY 100
	[ -z "$output" ]
	run -2 call fo-route -q -c /nonexistent show
	[[ "$output" == *"/nonexistent"* ]]
}

@test "an error of the kernel is never taken for another copy that is running" {
	local fault
	command -v strace >/dev/null || skip "needs strace"
	for fault in flock:error=EINTR flock:error=EIO openat:error=EAGAIN:when={5..12} openat:error=EINTR:when={5..12}; do
		run env ASAN_OPTIONS=detect_leaks=0 timeout 10 strace -qq -o "$DIR/trace" -e "inject=$fault" \
			"$FO_BUILD/cmd/fo-keepalive" -c "$CONF"
		grep -q INJECTED "$DIR/trace" || { echo "$fault was not met"; return 1; }
		[ "$status" -ne 0 ] || { echo "$fault: $output"; return 1; }
		[[ "$output" != *"already running"* ]] || { echo "$fault: $output"; return 1; }
	done
}

# Runs the rest with a /dev of its own, whose syslog writes to the file `syslog`.
with_syslog() {
	# shellcheck disable=SC2016
	timeout 20 unshare --mount bash -ec '
		dir=$1
		shift
		mkdir "$dir/dev"
		mount --rbind /dev "$dir/dev"
		mount -t tmpfs none /dev
		for file in null full zero urandom; do
			touch "/dev/$file"
			mount --bind "$dir/dev/$file" "/dev/$file"
		done
		python3 -c "
import pathlib, socket, sys
sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
sock.bind(\"/dev/log\")
log = pathlib.Path(sys.argv[1])
log.touch()
with log.open(\"ab\", buffering=0) as out:
    while True:
        out.write(sock.recv(8192) + b\"\\n\")" "$dir/syslog" &
		logger=$!
		trap "kill $logger" EXIT
		for ((i = 0; i < 500; i++)); do [ -e "$dir/syslog" ] && break; sleep 0.01; done
		"$@" </dev/null >/dev/null 2>/dev/null || echo $? >"$dir/exit"
		for ((i = 0; i < 200; i++)); do [ -s "$dir/syslog" ] && break; sleep 0.01; done' bash "$DIR" "$@" 3>&-
}

@test "as keepalived starts them, with /dev/null everywhere, messages go to syslog" {
	[ "$(id -u)" -eq 0 ] || skip "a mount namespace needs root"
	local name
	for name in "${PROGRAMS[@]}"; do
		rm -rf "${DIR:?}/dev" "$DIR/syslog" "$DIR/exit"
		# shellcheck disable=SC2086
		with_syslog "$FO_BUILD/cmd/$name" -c /nonexistent ${VERB[$name]}
		[ "$(cat "$DIR/exit")" -eq 2 ]
		# LOG_DAEMON and LOG_ERR: 3 * 8 + 3.
		grep -Eq "^<27>.* $name\[[0-9]+\]: .*/nonexistent" "$DIR/syslog"
	done
}

@test "nothing on /dev/log: the exit status says it all, at once" {
	local name
	for name in "${PROGRAMS[@]}"; do
		# shellcheck disable=SC2086
		run -2 timeout 2 "$FO_BUILD/cmd/$name" -c /nonexistent ${VERB[$name]} 2>/dev/null
	done
}

@test "nothing of stdio: the right exit status, and no file harmed" {
	run -2 call fo-status -c /nonexistent <&- >&- 2>&-
	run -64 call fo-route --bogus <&- >&- 2>&-
}

@test "odd locales and time zones change no word" {
	local locale
	for locale in C tr_TR.UTF-8 ja_JP.SJIS nonsense ""; do
		LC_ALL=$locale LANG=$locale TZ=:/dev/zero run -64 call fo-route --bogus
		[[ "$output" == "fo-route: unknown option \`--bogus'; try fo-route --help" ]]
	done
}

# Runs a program whose stderr is a pipe that nobody reads. Prints its exit status.
unread() {
	python3 -c '
import os, subprocess, sys
reader, writer = os.pipe()
os.close(reader)
print(subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=writer).returncode)' \
		"$FO_BUILD/cmd/$1" "${@:2}"
}

@test "messages that nobody reads any more end no program: 2 all the same" {
	local name
	for name in "${PROGRAMS[@]}"; do
		# shellcheck disable=SC2086 # no verb is no word
		[ "$(unread "$name" -c /nonexistent ${VERB[$name]})" -eq 2 ]
	done
}
