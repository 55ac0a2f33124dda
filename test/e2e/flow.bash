# Flows of the LAN host, and what they have lost.

CLIENT=$BATS_TEST_DIRNAME/../fo/demo/client.py # 100 echoes a second; `r` is one that came back

flow_setup() {
	PIDS=()
	cd "$BATS_TEST_TMPDIR" || return
}

flow_teardown() {
	local pid
	for pid in ${PIDS[@]+"${PIDS[@]}"}; do
		kill "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
}

# start_flow icmp|udp: its trace is in the file of that name. (In the background a function would be a
# process more, which dies without what it runs.)
start_flow() {
	"$LAB" --name "$NAME" exec lan python3 -IS -u "$CLIENT" "$1" >"$1" 3>&- &
	PIDS+=($!)
	got_more "$1" 1
}

echoes() {
	grep -c '^r ' "$1" || true
}

# got_more FLOW COUNT: as many echoes come back from now on.
got_more() {
	local before
	before=$(echoes "$1")
	eventually 15 has_echoes "$1" $((before + $2))
}

has_echoes() {
	[ "$(echoes "$1")" -ge "$2" ]
}

# lost_since FLOW NUMBER: how many of those sent after that one never came back. The last ones may yet.
lost_since() {
	awk -v first="$2" '
		$1 == "s" && $2 > first { sent[$2] = 1; last = $2 }
		$1 == "r" { back[$2] = 1 }
		END { for (n in sent) if (!(n in back) && n + 0 < last - 50) lost++; print lost + 0 }' "$1"
}

last_sent() {
	awk '$1 == "s" { last = $2 } END { print last }' "$1"
}
