#!/usr/bin/env bats
# From the provider's side: what comes in over a line is answered over that line, whatever the default route
# is. Counted at the far end of both lines: nothing arrives with the address of the other one.

load lab
load field

# Echo by UDP and TCP, bound to each address that its line gets: a reply from another one is no answer.
SERVER='
import selectors, socket, sys
FREEBIND = 15
ready = selectors.DefaultSelector()
for address in sys.argv[1:]:
    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
        sock = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, kind)
        sock.setsockopt(socket.SOL_IP, FREEBIND, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((address, 7))
        if kind == socket.SOCK_STREAM:
            sock.listen()
        ready.register(sock, selectors.EVENT_READ)
while True:
    for key, _ in ready.select():
        try:
            if key.fileobj.type == socket.SOCK_DGRAM:
                key.fileobj.sendto(*key.fileobj.recvfrom(1000))
            else:
                connection, _ = key.fileobj.accept()
                connection.settimeout(1)
                connection.sendall(connection.recv(1000))
                connection.close()
        except OSError:
            pass
'
CLIENT='
import socket, sys
address = sys.argv[1]
source = "2001:4860:4860::8888" if ":" in address else "8.8.8.8"
for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
    sock = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, kind)
    sock.settimeout(1)
    sock.bind((source, 0))
    sock.connect((address, 7))
    sock.sendall(b"hello")
    assert sock.recv(100) == b"hello"
'

MAIN=(100.64.0.10 100.64.0.77 2001:db8:64::10)
SUB=(10.128.0.10 10.128.0.77 2001:db8:128::10)

# begin [OPTION...]: a lab with IPv6 on both lines, servers, and the counters.
begin() {
	with_ipv6 "dev ppp0" "dev ppp0"
	lab_up "$ETC" "$@"
	ipv6_lines
	carried_by main
	lab spawn main python3 -c "$SERVER" "${MAIN[@]}"
	lab spawn sub python3 -c "$SERVER" "${SUB[@]}"
	for router in main sub; do
		wait_for "$router" 5 "[ \$(ss -Hlntu sport = 7 | wc -l) -eq 6 ]"
	done
	# Raw, so that nothing of the far end drops it first.
	lab exec isp nft -f - <<-END
		table inet astray {
			chain arrival {
				type filter hook prerouting priority raw - 10
				iifname line-main ip saddr != { 100.64.0.10, 100.64.0.77 } counter
				iifname line-sub ip saddr != { 10.128.0.10, 10.128.0.77 } counter
				iifname line-main ip6 saddr != { ::, 2001:db8:64::/64, fe80::/10 } counter
				iifname line-sub ip6 saddr != { ::, 2001:db8:128::/64, fe80::/10 } counter
			}
		}
	END
}

# answers ADDRESS: to ping, UDP and TCP. A packet may be lost to a queue: a second attempt is allowed, and what
# goes the wrong way is counted all the same.
answers() {
	lab wait isp 3 ping -n -c 1 -W 1 -I "$([[ $1 == *:* ]] && echo 2001:4860:4860::8888 || echo 8.8.8.8)" "$1" >/dev/null
	lab wait isp 3 python3 -c "$CLIENT" "$1"
}

# both_answer [MAIN SUB]: on their IPv4 addresses and on IPv6.
both_answer() {
	answers "${1:-100.64.0.10}"
	answers "${2:-10.128.0.10}"
	answers 2001:db8:64::10
	answers 2001:db8:128::10
}

nothing_astray() {
	run -0 lab exec isp nft list table inet astray
	[ "$(grep -c 'counter packets 0 bytes 0' <<<"$output")" -eq 4 ] || { echo "$output" >&2; return 1; }
}

in_every_state() {
	both_answer
	# Both dial again and get new addresses.
	lab line main redial 100.64.0.77
	lab line sub redial 10.128.0.77
	carried_by main
	both_answer 100.64.0.77 10.128.0.77
	lab line main redial 100.64.0.10
	lab line sub redial 10.128.0.10
	carried_by main
	# The LAN is at sub, and main's line is good: its keepalived has stopped.
	lab router main stop-keepalived
	has_vip sub
	sends main "via 192.168.0.254 dev eth0"
	sends sub "dev ppp0"
	both_answer
	lab line main redial 100.64.0.77
	both_answer 100.64.0.77
	lab line main redial 100.64.0.10
	lab router main start-keepalived
	carried_by main
	# main's line fails: what stays is that sub answers.
	lab line main blackhole on
	carried_by sub
	answers 10.128.0.10
	answers 2001:db8:128::10
	lab line main blackhole off
	carried_by main
	both_answer
	nothing_astray
}

@test "answered over the line it came in by, in every state, rp_filter 0" {
	begin --rp-filter 0
	in_every_state
}

@test "answered over the line it came in by, in every state, rp_filter 1" {
	begin --rp-filter 1
	in_every_state
}

@test "answered over the line it came in by, in every state, rp_filter 2" {
	begin --rp-filter 2
	in_every_state
}
