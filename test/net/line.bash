# A router's line, and who is at its far end, in two network namespaces:
#
#   router 10.0.0.1 ppp0 ─── far0 10.0.0.2 10.0.0.3 10.0.0.4
#          fd00::1                fd00::2  fd00::3
#
# After netns.bash.

CHECK() {
	router timeout 60 "$FO_BUILD/cmd/fo-check-ftth" "$@"
}

far() {
	nsenter --target "$FAR" --net -- "$@"
}

line_up() {
	nets_up ROUTER FAR
	RUN=$FO_STATE_DIR/run
	router sysctl -qw net.ipv4.ping_group_range="1 0" net.ipv4.conf.all.rp_filter=0 \
		net.ipv4.conf.default.rp_filter=0
	link_up
}

# The two ends of the line, new ones.
link_up() {
	router ip link add ppp0 type veth peer name far0 netns "$FAR"
	far ip link set far0 address 02:00:00:00:00:02 up
	far_has 10.0.0.2/24
	far_has 10.0.0.3/24
	far_has 10.0.0.4/24
	far_has fd00::2/64
	far_has fd00::3/64
	addresses
}

far_has() {
	case $1 in
	*:*) far ip addr add "$1" dev far0 nodad ;;
	*) far ip addr add "$1" dev far0 ;;
	esac
}

# Those of the router's end, which IPv6 loses whenever it goes down.
addresses() {
	router ip addr replace 10.0.0.1/24 dev ppp0
	router ip link set ppp0 up
	router ip addr replace fd00::1/64 dev ppp0 nodad
}

link_deleted() {
	router ip link del ppp0
}

# The far end takes packets and answers none.
black_hole() {
	far nft add table netdev hole
	far nft add chain netdev hole in '{ type filter hook ingress device far0 priority 0; }'
	far nft add rule netdev hole in meta protocol '{ ip, ip6 }' drop
}

# lossy PERCENT: echoes are lost at random on their way.
lossy() {
	far nft add table netdev hole
	far nft add chain netdev hole in '{ type filter hook ingress device far0 priority 0; }'
	far nft add rule netdev hole in ip protocol icmp numgen random mod 100 lt "$1" drop
}

no_hole() {
	far nft delete table netdev hole
}

# A firewall of the router's own that lets no echo out.
own_firewall() {
	router nft -f - <<-'RULES'
		table inet own {
			chain out {
				type filter hook output priority 0
				icmp type echo-request drop
				icmpv6 type echo-request drop
			}
		}
	RULES
}

no_firewall() {
	router nft delete table inet own
}

# Where echoes are counted.
in_net() {
	router "$@"
}

sent_at_least() {
	[ "$(echoes)" -ge "$1" ]
}

# From now on test/net/odd-peer answers at the far end, as `order` says. PEER is its process.
odd_peer() {
	far sysctl -qw net.ipv4.icmp_echo_ignore_all=1 net.ipv6.icmp.echo_ignore_all=1
	order "$@"
	nsenter --target "$FAR" --net -- "$BATS_TEST_DIRNAME/odd-peer" far0 "$DIR/order" \
		>"$DIR/peer" 3>&- &
	PEER=$!
	started "$PEER"
	eventually 10 grep -q ready "$DIR/peer"
}

# order KIND [MILLISECONDS]
order() {
	echo "$*" >"$DIR/order.new"
	mv "$DIR/order.new" "$DIR/order"
}

# The kind of socket for the echoes: raw ones, or the datagram ones of icmp(7).
sockets() {
	case $1 in
	raw) router sysctl -qw net.ipv4.ping_group_range="1 0" ;;
	datagram) router sysctl -qw net.ipv4.ping_group_range="0 2147483647" ;;
	esac
}
