# files.sh - the files of a router, made from the samples by one set of answers, so that they cannot disagree.
# shellcheck shell=sh disable=SC2154 # the answers are of answers.sh

PROFILE=/.soracom/keepalived.json

# put FOLDER PATH [MODE]: stdin becomes that file below FOLDER.
put() {
	mkdir -p "$1$(dirname "$2")" && cat >"$1$2" && chmod "${3:-644}" "$1$2"
}

make_fo_conf() {
	case ${gateway:-none} in
	none) way="dev $uplink" ;;
	dhcp) way="dhcp dev $uplink" ;;
	*) way="via $gateway dev $uplink" ;;
	esac
	sed -e "s|^lan = [^ ]*|lan = $lan|" -e "s|^uplink = [^ ]*|uplink = $uplink|" -e "s|^vip = [^ ]*|vip = $vip|" \
		-e "s|^master = dev ppp0|master = $way|" -e "s|^backup = via [^ ]* dev [^ ]*|backup = via $vip dev $lan|" \
		-e "s|^sim = [^ ]*|sim = $sim|" "$samples/$role/fo.conf" |
		if [ "$method" = metadata ]; then sed 's|^;method = api |method = metadata |'; else cat; fi |
		align
}

# Comments stand below each other again.
align() {
	awk '/^[a-z].* ; / {
		cut = index($0, " ;")
		head = substr($0, 1, cut)
		sub(/ +$/, "", head)
		printf "%-39s %s\n", head, substr($0, cut + 1)
		next
	}
	{ print }'
}

make_keepalived_conf() {
	sed -e "s|^\( *interface\) .*|\1 $lan|" -e "s|^\( *unicast_src_ip\) .*|\1 $address|" \
		-e "/unicast_peer/,/}/s|^\( *\)[0-9][0-9.]*|\1$peer|" \
		-e "s|^\( *\)[0-9.]*/24 dev eth0|\1$vip/$prefix_length dev $lan|" "$samples/$role/keepalived.conf"
}

# keepalived ends where its interface is not there yet, and Debian's unit leaves it at that.
make_drop_in() {
	cat <<-'END'
	# By fo-setup: keepalived comes back, also where eth0 is late, however often that takes.
	[Unit]
	Wants=fo-watch.service fo-route.service
	After=fo-watch.service
	StartLimitIntervalSec=0

	[Service]
	Restart=on-failure
	RestartSec=1
	END
}

# What a failover needs. Reverse path filters stay as they are: the line has a routing table of its own.
make_sysctl() {
	sed -e 's|^net\.ipv4\.conf\..*rp_filter|#&|' "$samples/sysctl.d/60-failover-helpers.conf" |
		if [ "$role" = sub ]; then sed 's|^net\.ipv4\.ip_forward|#&|'; else cat; fi
}

make_nftables() {
	sed -e "s|^define line = .*|define line = \"$uplink\"|" \
		-e "s|^define routers = .*|define routers = { $address, $peer }|" "$samples/nftables.conf"
}

# Whether this machine has no firewall of its own: what Debian ships has chains without a rule.
has_no_firewall() {
	[ ! -e "$root/etc/nftables.conf" ] || journal_wrote /etc/nftables.conf || ! grep -Eq \
		'^[^#]*(accept|drop|reject|masquerade|snat|dnat|jump)' "$root/etc/nftables.conf" || return 1
	[ "$live" = yes ] || return 0
	! nft list ruleset 2>/dev/null | sed '/^table ip6* fo_\|^table inet fo_/,/^}/d; s/policy accept;//' |
		grep -Eq 'policy|accept|drop|reject|masquerade|snat|dnat|jump|goto' &&
		! grep -qs . /proc/net/ip_tables_names
}

# Who sets a default route when the line comes up takes it from fo-route. pppd takes several options on a line, and
# words in quotes, which are none.
make_peers() {
	before="(([^#\"']|\"[^\"]*\"|'[^']*')*[[:space:]])?"
	option='(replace)?defaultroute'
	why='# by fo-setup: fo-route sets the route'
	for file in "$root"/etc/ppp/peers/* "$root/etc/ppp/options"; do
		case $file in *.before-fo | *.changed | *.dpkg-* | *~) continue ;; esac
		grep -Eqs "^$before$option([[:space:]]|\$)" "$file" || continue
		# A line with other options is kept as a comment, and below it what is left of it.
		sed -E -e "/^$before$option([[:space:]]|\$)/!b" -e "s/^[[:space:]]*$option[[:space:]]*(#.*)?\$/#& $why/; t" \
			-e "h; s/.*/#& $why/p; g; :more; s/^($before)$option([[:space:]].*)?\$/\1\5/; t more" "$file" |
			put "$1" "${file#"$root"}" "$(stat -c %a "$file")"
	done
}

# files_make FOLDER: all that this router needs.
files_make() {
	make_fo_conf | put "$1" /etc/fo/fo.conf
	if grep -qs '^_failover:' "$root/etc/group"; then chmod 640 "$1/etc/fo/fo.conf"; fi
	make_keepalived_conf | put "$1" /etc/keepalived/keepalived.conf
	make_drop_in | put "$1" /etc/systemd/system/keepalived.service.d/failover-helpers.conf
	make_sysctl | put "$1" /etc/sysctl.d/60-failover-helpers.conf
	case $uplink in ppp*) make_peers "$1" ;; esac
	if has_no_firewall; then
		make_nftables | put "$1" /etc/nftables.conf 755
	else
		say "This router has a firewall, which stays as it is. It has to translate the LAN's sources on $uplink and to let"
		say "VRRP in from $peer: fo-status doctor looks, and $samples/nftables.conf is a sample."
	fi
	if [ -e "$work/profile" ]; then
		umask 077
		put "$1" "$PROFILE" 600 <"$work/profile"
		umask 022
	fi
}

# files_check FOLDER: nothing is written that the programs would refuse. What the machine lacks is said at the end.
files_check() {
	fo-route -q -n apply -c "$1/etc/fo/fo.conf" >/dev/null 2>"$work/said"
	[ $? -ne 78 ] || { cat "$work/said" >&2; fail 2 "fo.conf would be faulty: nothing was changed"; }
	[ "$live" = yes ] || return 0
	fo-status doctor --no-listen -c "$1/etc/fo/fo.conf" --keepalived "$1/etc/keepalived/keepalived.conf" \
		>"$work/said" 2>/dev/null
	! grep -A 2 '^FO[01][0-9][0-9] error' "$work/said" >&2 || fail 2 "the files would not work: nothing was changed"
}
