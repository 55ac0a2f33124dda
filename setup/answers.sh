# answers.sh - what fo-setup has to know: from options, from the machine, from a person; and what it refuses.
# shellcheck shell=sh disable=SC2153,SC2154 # the options are fo-setup's

# ask_line PROMPT: one line of the terminal, whatever stdin is, in `line`.
ask_line() {
	{ printf '%s' "$1" >/dev/tty && IFS= read -r line </dev/tty; } 2>/dev/null
}

# ask_secret PROMPT: the same, without an echo.
ask_secret() {
	stty -echo </dev/tty 2>/dev/null
	ask_line "$1"
	asked=$?
	{ stty echo </dev/tty && printf '\n' >/dev/tty; } 2>/dev/null
	return $asked
}

# ask NAME QUESTION GUESS WHY: sets the variable NAME, as the option does, to what refuse_NAME has nothing against.
ask() {
	eval "line=\$$1"
	if [ -z "$line" ] && [ "$yes" = yes ]; then
		line=$3
		[ -z "$line" ] || say "--$1 $line: $4"
	elif [ -z "$line" ]; then
		ask_until_right "$@"
	fi
	[ -n "$line" ] || misused "--$1 is needed: $2"
	refusal=$("refuse_$1" "$line")
	[ -z "$refusal" ] || misused "--$1 $line: $refusal"
	eval "$1=\$line"
}

# ask_until_right NAME QUESTION GUESS WHY: a person, who may type it wrong; Enter takes the guess.
ask_until_right() {
	while :; do
		ask_line "$2${3:+ [$3: $4]}: " || misused "--$1 is needed, and nobody can be asked: $2"
		line=${line:-$3}
		case $line in
		'') refusal="it is needed; Ctrl-C ends this, and nothing is changed" ;;
		*authKey* | *password*) refusal="these are credentials, which are asked for last" ;;
		*) refusal=$("refuse_$1" "$line") ;;
		esac
		[ -n "$refusal" ] || return 0
		printf '  %s\n' "$refusal" >/dev/tty
	done
}

# propose NAME VALUE: prints it, where there is no option and a person looks at it who can say no; --yes takes no guess
# that may be wrong.
propose() {
	eval "given=\$$1"
	[ -n "$given" ] || [ "$yes" = yes ] || [ -n "$("refuse_$1" "$2")" ] || printf '%s\n' "$2"
}

is_interface() {
	case $1 in
	[!A-Za-z0-9]* | *[!A-Za-z0-9_.@-]*) return 1 ;;
	esac
	[ ${#1} -le 15 ]
}

# grep(1) looks at each line: there must be one.
is_address() {
	case $1 in
	*[!0-9.]*) return 1 ;;
	esac
	printf '%s\n' "$1" |
		grep -Eqx '((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])\.){3}(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])'
}

is_sim() {
	case $1 in
	*[!a-z0-9:-]*) return 1 ;;
	esac
	printf '%s\n' "$1" | grep -Eqx 'imsi:[0-9]{6,15}|sim-id:[0-9]{10,22}'
}

# number ADDRESS: prints it as one.
number() {
	(
		IFS=.
		# shellcheck disable=SC2086
		set -- $1
		echo $((($1 << 24) + ($2 << 16) + ($3 << 8) + $4))
	)
}

# dotted NUMBER: prints it as an address.
dotted() {
	echo "$(($1 >> 24 & 255)).$(($1 >> 16 & 255)).$(($1 >> 8 & 255)).$(($1 & 255))"
}

# set_network ADDRESS[/LENGTH]: the variables address, prefix_length, and hosts, the bits of a host in the network.
set_network() {
	case $1 in
	*/*) prefix_length=${1#*/} ;;
	*) case $found in */*) prefix_length=${found#*/} ;; *) prefix_length=24 ;; esac ;;
	esac
	address=${1%/*}
	case $prefix_length in
	[89] | [12][0-9] | 30) hosts=$(((1 << (32 - prefix_length)) - 1)) ;;
	*) return 1 ;;
	esac
}

# refuse_host ADDRESS: prints why it can be no host's in the LAN's network.
refuse_host() {
	is_address "$1" || { echo "this is no IPv4 address, such as 192.168.0.1"; return; }
	if [ $(($(number "$1") & ~hosts)) -ne $(($(number "$address") & ~hosts)) ]; then
		echo "it is not in the network of $lan, $address/$prefix_length"
		return
	fi
	case $(($(number "$1") & hosts)) in
	0 | "$hosts") echo "this is the address of the network, or its broadcast, not a host's" ;;
	esac
}

# mac_of ADDRESS: prints the hardware address of who has it on the LAN, if anybody does; only root may ask. A host that
# answers no echo answers ARP; what the kernel remembers from earlier does not count.
mac_of() {
	[ "$live" = yes ] && [ "$(id -u)" -eq 0 ] || return 0
	ip -4 neigh flush to "$1" dev "$lan" 2>/dev/null
	fo-check-ftth -q --probe -i "$lan" -t 1s "$1" >/dev/null 2>&1
	ip -4 neigh show to "$1" dev "$lan" | sed -n 's/.*lladdr \([0-9a-f:]*\).*/\1/p'
}

# holder_of_vip ADDRESS: prints who has it, where that is neither a router of this pair nor VRRP's own address.
holder_of_vip() {
	! grep -qs "^vip = $1 " "$root/etc/fo/fo.conf" || return 0
	mac=$(mac_of "$1")
	case $mac in
	'' | 00:00:5e:00:01:*) return 0 ;;
	esac
	[ "$mac" = "$(mac_of "$peer")" ] || echo "$mac"
}

# The interface with the first address of the kind that a LAN has, other than the one with the default route.
guess_lan() {
	[ "$live" = yes ] || return 0
	ip -4 -o addr show scope global 2>/dev/null |
		awk -v out="$(guess_uplink)" '$2 != out && $4 ~ /^(10\.|192\.168\.|172\.(1[6-9]|2[0-9]|3[01])\.)/ { print $2; exit }'
}

# Where the Internet is now.
guess_uplink() {
	[ "$live" = yes ] || return 0
	if [ -e /sys/class/net/ppp0 ] || grep -qs . /etc/ppp/peers/*; then
		echo ppp0
	else
		ip -4 route show default 2>/dev/null | awk '{ for (i = 1; i < NF; i++) if ($i == "dev") { print $(i + 1); exit } }'
	fi
}

# The addresses of the LAN that are not the VRRP address, with the lengths of their prefixes.
guess_addresses() {
	[ "$live" = yes ] || return 0
	ip -4 -o addr show dev "$lan" scope global 2>/dev/null | awk -v vip="$vip" '$4 !~ "^" vip "/" { print $4 }'
}

# refuse_role .. refuse_sim VALUE: print what is wrong with it, if anything is.
refuse_role() {
	case $1 in
	main | sub) ;;
	*) echo "it is main or sub" ;;
	esac
}

refuse_lan() {
	if ! is_interface "$1"; then
		echo "this is no name of an interface"
	elif [ "$live" = yes ] && [ ! -e "/sys/class/net/$1" ]; then
		echo "there is no such interface; ip -br link shows them"
	fi
}

# A line that is dialled may come later; but hardly where one is up, and pppd does not know the name.
refuse_uplink() {
	[ "$1" != "$lan" ] || { echo "this is the LAN"; return; }
	case $1 in
	ppp* | wwan* | tun*) is_interface "$1" || { echo "this is no name of an interface"; return; } ;;
	*) refuse_lan "$1"; return ;;
	esac
	if [ "$live" = no ] || [ -e "/sys/class/net/$1" ] || grep -Eqs "^[[:space:]]*ifname[[:space:]]+$1" /etc/ppp/peers/*; then
		return
	fi
	for other in /sys/class/net/ppp*; do
		[ ! -e "$other" ] || { echo "it is not there, and ${other##*/} is; a name of your own is \`ifname $1' in /etc/ppp/peers"; return; }
	done
}

refuse_gateway() {
	case $1 in
	none | dhcp) ;;
	*) is_address "$1" || echo "it is dhcp, none, or an IPv4 address" ;;
	esac
}

refuse_address() {
	is_address "${1%/*}" || { echo "this is no IPv4 address, such as 192.168.0.1"; return; }
	set_network "$1" || { echo "the length of the prefix is 8 to 30"; return; }
	refusal=$(refuse_host "$address")
	if [ -n "$refusal" ]; then
		echo "$refusal"
	elif [ "$live" = yes ] && ! ip -4 -o addr show dev "$lan" | grep -q " $address/"; then
		echo "$lan does not have it; ip -br addr shows what it has"
	fi
}

refuse_peer() {
	if [ "$1" = "$address" ]; then
		echo "this is this router's own address"
	else
		refuse_host "$1"
	fi
}

refuse_vip() {
	vip=${1%"/$prefix_length"}
	case $vip in
	"$address" | "$peer") echo "this is a router's own address; the VRRP address moves, and is nobody's own"; return ;;
	esac
	refusal=$(refuse_host "$vip")
	[ -z "$refusal" ] || { echo "$refusal"; return; }
	holder=$(holder_of_vip "$vip")
	[ -z "$holder" ] || echo "a machine that is not the other router has it already: $holder"
}

refuse_sim() {
	is_sim "$1" || echo "it is imsi: with up to 15 digits, or sim-id: with up to 22; the SORACOM console shows both"
}

answer_interfaces() {
	ask lan "Which interface is the LAN?" "$(guess_lan)" "it has a private address"
	ask uplink "Which interface is this router's own line?" "$(guess_uplink)" "the way to the Internet"
	case $uplink in
	ppp* | wwan* | tun*) gateway=${gateway:-none} ;;
	esac
	ask gateway "What is the gateway on $uplink (dhcp, or its address)?" "$(propose gateway dhcp)" "what the DHCP client finds"
}

# As in the samples: main, and the one behind it.
propose_peer() {
	case $role in
	main) propose peer "$(dotted $(($(number "$address") + 1)))" ;;
	sub) propose peer "$(dotted $(($(number "$address") - 1)))" ;;
	esac
}

propose_vip() {
	propose vip "$(dotted $((($(number "$address") | hosts) - 1)))"
}

answer_addresses() {
	addresses=$(guess_addresses)
	found=$(printf '%s\n' "$addresses" | head -n 1)
	if [ -z "$address" ] && [ -n "$found" ] && [ "$found" = "$addresses" ]; then
		address=${found%/*}
		say "--address $address, the only one that $lan has"
	fi
	ask address "What is this router's own address on $lan?" "${found%/*}" "it has that"
	set_network "$address"
	ask peer "What is the other router's address on the LAN?" "$(propose_peer)" "beside this one's"
	[ "$live" = no ] || [ "$(id -u)" -ne 0 ] || [ -n "$(mac_of "$peer")" ] ||
		say "Nobody answers at $peer now: this is right only while the other router is off."
	ask vip "Which address, that nobody has yet, will be the gateway of the LAN?" "$(propose_vip)" "the last one"
	vip=${vip%"/$prefix_length"}
}

answer_sim() {
	[ "$role" = sub ] || {
		[ -z "$sim$method$profile" ] || misused "--sim, --method and --profile are of --role sub"
		return 0
	}
	ask sim "Which SIM (imsi:DIGITS, or sim-id:DIGITS; SORACOM's console lists both)?" "" ""
	method=${method:-api}
	case $method in
	api) answer_profile ;;
	metadata) [ -z "$profile" ] || misused "--profile: method metadata needs none" ;;
	*) misused "--method $method: it is api or metadata" ;;
	esac
}

# The credentials, in $work/profile: never on a command line, never shown.
answer_profile() {
	umask 077
	case $profile in
	'')
		[ ! -e "$root$PROFILE" ] || { umask 022; return 0; }
		ask_profile
		;;
	-)
		if [ -t 0 ]; then
			paste_profile
		else
			cat >"$work/profile"
		fi
		;;
	*) cat -- "$profile" >"$work/profile" || fail 2 "--profile $profile: it cannot be read" ;;
	esac
	umask 022
	is_profile || misused "--profile: $NO_PROFILE"
}

NO_PROFILE='this is no profile of the SORACOM tools: {"authKeyId":"keyId-...","authKey":"secret-..."}'

is_profile() {
	grep -q '"authKeyId"' "$work/profile" && grep -q '"authKey"' "$work/profile" ||
		grep -q '"email"' "$work/profile" || grep -q '"profileCommand"' "$work/profile"
}

paste_profile() {
	while :; do
		ask_secret 'The SORACOM key, {"authKeyId":"keyId-...","authKey":"secret-..."} (not shown): ' ||
			misused "--profile -: it is empty"
		printf '%s\n' "$line" >"$work/profile"
		! is_profile || return 0
		printf '  %s\n' "$NO_PROFILE" >/dev/tty
	done
}

ask_profile() {
	[ "$yes" = no ] || misused "--profile is needed: the credentials of a SORACOM user who may set speed classes"
	while :; do
		ask_line "Key id of a SORACOM user who may do Subscriber:updateSpeedClass (keyId-...): " ||
			misused "--profile is needed, and nobody can be asked"
		id=$line
		ask_secret "Its secret (not shown): " || misused "--profile is needed, and nobody can be asked"
		case $id:$line in
		keyId-*[!A-Za-z0-9_:-]* | *:*:*) ;;
		keyId-?*:secret-?*) break ;;
		esac
		printf '  %s\n' "a key id is keyId- with letters and digits, its secret is secret- with those" >/dev/tty
	done
	printf '{"authKeyId":"%s","authKey":"%s"}\n' "$id" "$line" >"$work/profile"
}

answers_complete() {
	ask role "Does this router have the main line, or the metered one (main, sub)?" "" ""
	answer_interfaces
	answer_addresses
	answer_sim
}
