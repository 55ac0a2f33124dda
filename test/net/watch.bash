# The resident prober on a line of line.bash, and what it tells.

# watch_conf [LINE…]: fo.conf; the lines of [check] come before those below.
watch_conf() {
	local line
	CONF=$DIR/fo.conf
	{
		printf '[router]\nlan = eth9\nuplink = %s\nvip = 192.168.0.254\n[check]\n' "${UPLINK:-ppp0}"
		[ $# -eq 0 ] || printf '%s\n' "$@"
		# Rounds long enough for a busy machine, and many of them.
		for line in "targets = 10.0.0.2, 10.0.0.3, 10.0.0.4" "interval = 50ms" \
			"round-timeout = 250ms" "fall = 2" "rise = 3" "hold = 0s"; do
			printf '%s\n' "$@" | grep -q "^${line%% *} " || echo "$line"
		done
	} >"$DIR/conf.new"
	mv "$DIR/conf.new" "$CONF"
}

# The watcher, in the background: WATCH; its messages are in $LOG. What is given comes before it, such
# as an `env`.
watch_up() {
	LOG=$DIR/log
	[ -p "$DIR/messages" ] || mkfifo "$DIR/messages"
	cat "$DIR/messages" >>"$LOG" 3>&- &
	started $!
	router_job "$@" "$FO_BUILD/cmd/fo-watch" -c "$CONF" 2>"$DIR/messages"
	WATCH=$JOB
}

# watch_ends SIGNAL: STATUS is that of the end.
watch_ends() {
	STATUS=0
	kill -"$1" "$WATCH"
	wait "$WATCH" || STATUS=$?
}

# Hangs on the watcher's own messages, so that an old one is not taken for a new one.
forget_log() {
	: >"$LOG"
}

logged() {
	grep -qF -- "$1" "$LOG"
}

is_logged() {
	eventually 10 logged "$1" || { cat "$LOG" >&2; return 1; }
}

track_file() {
	echo "$RUN/line"
}

# The value of the track file, 254 as 1; `none` where there is none.
track() {
	sed 's/^254$/1/' "$(track_file)" 2>/dev/null || echo none
}

track_is() {
	[ "$(track)" = "$1" ]
}

line_is() {
	eventually 10 track_is "$1" || { cat "$LOG" "$RUN/watch" >&2; return 1; }
}

# A word of the heartbeat.
beat() {
	sed -n "s/^$1 //p" "$RUN/watch" 2>/dev/null
}

beat_is() {
	[ "$(beat "$1")" = "$2" ]
}

# How many the watcher has open.
descriptors() {
	find "/proc/$WATCH/fd" -mindepth 1 | wc -l
}

now_us() {
	python3 -c 'import time; print(time.monotonic_ns() // 1000)'
}
