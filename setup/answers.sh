# answers.sh - what fo-setup has to know: from options, from the machine, from a person; and what it refuses.
# shellcheck shell=sh disable=SC2153,SC2154 # the options are fo-setup's

# ask_line PROMPT: one line of the terminal, whatever stdin is, in `line`.
ask_line() {
	{ printf '%s' "$1" >/dev/tty && IFS= read -r line </dev/tty; } 2>/dev/null
}

# ask_secret PROMPT: the same, without an echo.
ask_secret() {
	stty -echo </dev/tty
	ask_line "$1"
	stty echo </dev/tty
	printf '\n' >/dev/tty
}

# ask NAME QUESTION GUESS WHY: sets the variable NAME, where no option has; Enter takes the guess.
ask() {
	eval "given=\$$1"
	[ -z "$given" ] || return 0
	if [ "$yes" = yes ]; then
		[ -n "$3" ] || misused "--$1 is needed: $2"
		line=$3
		say "--$1 $3: $4"
	else
		ask_line "$2${3:+ [$3: $4]}: " || misused "--$1 is needed, and nobody can be asked: $2"
		line=${line:-$3}
		[ -n "$line" ] || misused "--$1 is needed: $2"
		# Pasted too early, it is not printed once more.
		case $line in
		*authKey* | *password*) misused "these are credentials, and not the answer to: $2 They are asked for last" ;;
		esac
	fi
	eval "$1=\$line"
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

# host_of ADDRESS: prints its part behind the network's; 0 is the network, and all ones its broadcast.
host_of() {
	echo $(($(number "$1") & hosts))
}

# check_on_lan OPTION ADDRESS: that it can be a host's, in the LAN's network.
check_on_lan() {
	is_address "$2" || misused "$1 $2: this is no IPv4 address, such as 192.168.0.1"
	[ $(($(number "$2") & ~hosts)) -eq $(($(number "$address") & ~hosts)) ] ||
		misused "$1 $2: it is not in the network of $lan, $address/$prefix_length"
	case $(host_of "$2") in
	0 | "$hosts") misused "$1 $2: this is the address of the network, or its broadcast, not a host's" ;;
	esac
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

# answer_role .. answer_sim: each is asked, and refused where it cannot be.
answer_role() {
	ask role "Does this router have the main line, or the metered one (main, sub)?" "" ""
	case $role in
	main | sub) ;;
	*) misused "--role $role: it is main or sub" ;;
	esac
}

answer_interfaces() {
	ask lan "Which interface is the LAN?" "$(guess_lan)" "it has a private address"
	is_interface "$lan" || misused "--lan $lan: this is no name of an interface"
	[ "$live" = no ] || [ -e "/sys/class/net/$lan" ] || fail 2 "--lan $lan: there is no such interface; ip -br link shows them"
	ask uplink "Which interface is this router's own line?" "$(guess_uplink)" "the way to the Internet"
	is_interface "$uplink" || misused "--uplink $uplink: this is no name of an interface"
	[ "$uplink" != "$lan" ] || misused "--uplink $uplink: this is the LAN"
	case ${gateway:-none} in
	none | dhcp) ;;
	*) is_address "$gateway" || misused "--gateway $gateway: it is dhcp, none, or an IPv4 address" ;;
	esac
	case $uplink in
	ppp* | wwan* | tun*) ;;
	*) [ -n "$gateway" ] || misused "--gateway is needed: $uplink is no ppp line; dhcp, or the address of its gateway" ;;
	esac
}

answer_addresses() {
	addresses=$(guess_addresses)
	found=$(printf '%s\n' "$addresses" | head -n 1)
	if [ -z "$address" ] && [ -n "$found" ] && [ "$found" = "$addresses" ]; then
		address=${found%/*}
		say "--address $address: $lan has no other"
	fi
	ask address "What is this router's own address on $lan?" "${found%/*}" "it has that"
	is_address "${address%/*}" || misused "--address $address: this is no IPv4 address, such as 192.168.0.1"
	case $address in
	*/*) prefix_length=${address#*/} address=${address%/*} ;;
	*) case $found in */*) prefix_length=${found#*/} ;; *) prefix_length=24 ;; esac ;;
	esac
	case $prefix_length in
	[89] | [12][0-9] | 30) ;;
	*) misused "--address $address/$prefix_length: the length of the prefix is 8 to 30" ;;
	esac
	hosts=$(((1 << (32 - prefix_length)) - 1))
	check_on_lan --address "$address"
	[ "$live" = no ] || ip -4 -o addr show dev "$lan" | grep -q " $address/" ||
		fail 2 "--address $address: $lan does not have it; ip -br addr shows what it has"
	ask peer "What is the other router's address on the LAN?" "" ""
	check_on_lan --peer "$peer"
	[ "$peer" != "$address" ] || misused "--peer $peer: this is this router's own address"
	ask vip "Which address, that nobody has yet, will be the gateway of the LAN?" "" ""
	vip=${vip%"/$prefix_length"}
	check_on_lan --vip "$vip"
	case $vip in
	"$address" | "$peer") misused "--vip $vip: this is a router's own address; the VRRP address moves, and is nobody's own" ;;
	esac
}

answer_sim() {
	[ "$role" = sub ] || {
		[ -z "$sim$method$profile" ] || misused "--sim, --method and --profile are of --role sub"
		return 0
	}
	ask sim "Which SIM (imsi:DIGITS, or sim-id:DIGITS)?" "" ""
	is_sim "$sim" ||
		misused "--sim $sim: it is imsi: with up to 15 digits, or sim-id: with up to 22; the SORACOM console shows both"
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
			ask_secret 'The SORACOM key, {"authKeyId":"keyId-...","authKey":"secret-..."} (not shown): '
			printf '%s\n' "$line" >"$work/profile"
		else
			cat >"$work/profile"
		fi
		;;
	*) cat -- "$profile" >"$work/profile" || fail 2 "--profile $profile: it cannot be read" ;;
	esac
	umask 022
	grep -q '"authKeyId"' "$work/profile" && grep -q '"authKey"' "$work/profile" ||
		grep -q '"email"' "$work/profile" || grep -q '"profileCommand"' "$work/profile" ||
		misused '--profile: this is no profile of the SORACOM tools: {"authKeyId":"keyId-...","authKey":"secret-..."}'
}

ask_profile() {
	[ "$yes" = no ] || misused "--profile is needed: the credentials of a SORACOM user who may set speed classes"
	ask_line "Key id of a SORACOM user who may do Subscriber:updateSpeedClass (keyId-...): " ||
		misused "--profile is needed, and nobody can be asked"
	id=$line
	ask_secret "Its secret (not shown): "
	case $id$line in
	*[!A-Za-z0-9_-]*) misused "a key id or a secret has letters, digits and - only" ;;
	esac
	printf '{"authKeyId":"%s","authKey":"%s"}\n' "$id" "$line" >"$work/profile"
}

answers_complete() {
	answer_role
	answer_interfaces
	answer_addresses
	answer_sim
}
