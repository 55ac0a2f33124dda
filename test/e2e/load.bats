#!/usr/bin/env bats
# The main line under load, in short: a busy line is no dead line, and a dead one is found behind the load.

load lab

setup() {
	lab line main clear
	lab line sub clear
	is_normal
	lan_reaches_internet
	SINCE=$(wc -l <"$(lab dir)/log/main.log")
}

teardown() {
	[ -z "${LOAD:-}" ] || kill "$LOAD" 2>/dev/null || true
	lab exec main tc qdisc del dev ppp0 root 2>/dev/null || true
}

# floods BITS SECONDS: UDP from the LAN, in the background.
floods() {
	"$LAB" --name "$NAME" exec lan python3 - "$1" "$2" <<-'FLOOD' 3>&- &
		import socket, sys, time
		gap, end = 1428 * 8 / float(sys.argv[1]), time.monotonic() + float(sys.argv[2])
		sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		sock.connect(("8.8.8.8", 9))
		due = time.monotonic()
		while due < end:
		    try:
		        sock.send(bytes(1400))
		    except OSError:
		        pass
		    due += gap
		    time.sleep(max(0, due - time.monotonic()))
	FLOOD
	LOAD=$!
}

# uploads NUMBER SECONDS: by TCP from the LAN, as much as goes, in the background.
uploads() {
	lab spawn isp "$BATS_TEST_DIRNAME/busy-lan" serve
	"$LAB" --name "$NAME" exec lan python3 - "$1" "$2" <<-'UPLOADS' 3>&- &
		import socket, sys, threading, time
		end = time.monotonic() + float(sys.argv[2])
		def upload():
		    while time.monotonic() < end:
		        try:
		            with socket.create_connection(("8.8.8.8", 8081), 1) as connection:
		                while time.monotonic() < end:
		                    connection.sendall(bytes(16384))
		        except OSError:
		            time.sleep(0.2)
		threads = [threading.Thread(target=upload) for _ in range(int(sys.argv[1]))]
		for thread in threads:
		    thread.start()
		for thread in threads:
		    thread.join()
	UPLOADS
	LOAD=$!
}

# in_log TEXT: how often it is in main's log since the test began.
in_log() {
	tail -n +$((SINCE + 1)) "$(lab dir)/log/main.log" | grep -cF -- "$1" || true
}

# A mean round trip of the watcher's that only a full queue makes.
is_slow() {
	lab exec main awk '$1 == "target" && $5 > 60000 { slow = 1 } END { exit !slow }' /run/fo/watch
}

@test "an upload of more than the line takes is no failover" {
	lab line main rate 400000
	floods 600000 25
	eventually 20 is_slow
	wait "$LOAD"
	[ "$(in_log "ppp0: down")" -eq 0 ]
	[ "$(in_log "FAULT STATE")" -eq 0 ]
}

@test "uploads that put a queue of two seconds in front of an echo at once are no failover" {
	lab line main rate 400000 100000
	uploads 3 25
	eventually 20 is_slow
	wait "$LOAD"
	[ "$(in_log "ppp0: down")" -eq 0 ]
	[ "$(in_log "FAULT STATE")" -eq 0 ]
}

@test "a flood that fills the router's own queue is no failover, and no flood in the log" {
	lab exec main ip link set ppp0 txqueuelen 3
	lab exec main tc qdisc replace dev ppp0 root handle 1: htb default 1
	lab exec main tc class add dev ppp0 parent 1: classid 1:1 htb rate 5mbit
	floods 20000000 20
	wait "$LOAD"
	[ "$(in_log "FAULT STATE")" -eq 0 ]
	[ "$(in_log "No buffer space")" -eq 0 ]
}

@test "a black hole behind such an upload moves the LAN to sub" {
	lab line main rate 400000
	floods 600000 20
	eventually 20 is_slow
	[ "$(in_log "ppp0: down")" -eq 0 ]
	lab line main blackhole on
	has_vip sub 10
	[ "$(in_log "ppp0: down, no answers")" -eq 1 ]
}
