# journal.sh - what fo-setup has written and what was there before, in /var/lib/fo-setup/journal: each line is there
# before what it is about is done, so that a run that is killed can be taken back, or made again.
#   kept PATH, new PATH     a file was kept as PATH.before-fo, or was not there
#   folder PATH             a folder was not there
#   wrote SUM PATH          what fo-setup has put there
#   unit NAME ENABLED ACTIVE, sysctl KEY VALUE, route WORDS     as they were
# shellcheck shell=sh disable=SC2154 # the answers are of answers.sh

journal_file() {
	echo "$root/var/lib/fo-setup/journal"
}

journal_exists() {
	[ -s "$(journal_file)" ]
}

journal_add() {
	{ mkdir -p "$(dirname "$(journal_file)")" && printf '%s\n' "$*" >>"$(journal_file)"; } ||
		fail 2 "$(journal_file): it cannot be written; nothing more was changed"
	sync "$(journal_file)"
}

# journal_has WORDS: a line that begins with them.
journal_has() {
	awk -v words="$*" 'index($0, words) == 1 { found = 1 } END { exit !found }' "$(journal_file)" 2>/dev/null
}

sum_of() {
	sha256sum <"$1" | cut -d ' ' -f 1
}

# journal_wrote PATH: the file is what fo-setup has put there.
journal_wrote() {
	[ -e "$root$1" ] && journal_has "wrote $(sum_of "$root$1") $1"
}

# files_of FOLDER: their paths, one a line.
files_of() {
	(cd "$1" && find . -type f | sed 's|^\.||' | sort)
}

# May that file be replaced? What fo-setup only adapts may be, and a missing or empty one.
may_replace() {
	case $1 in
	/etc/ppp/* | /etc/nftables.conf) return 0 ;;
	esac
	[ ! -s "$root$1" ] || journal_wrote "$1" || [ "$replace" = yes ]
}

# journal_compare FOLDER: shows the differences, then the names of the files that have one, and sets `changes`, how many
# these are. Ends where a file is somebody else's.
journal_compare() {
	changes=0 foreign=''
	: >"$work/changed"
	for path in $(files_of "$1"); do
		if cmp -s "$1$path" "$root$path"; then continue; fi
		changes=$((changes + 1))
		may_replace "$path" || foreign="$foreign $path"
		old=$root$path
		if [ -e "$old" ]; then
			say "  changed  $old" >>"$work/changed"
		else
			say "  new      $old" >>"$work/changed"
			old=/dev/null
		fi
		if [ "$path" = "$PROFILE" ]; then
			say "$root$path: credentials, which are not shown"
		else
			diff -u --label "$root$path" --label "$root$path" "$old" "$1$path"
		fi
	done
	if [ "$changes" -gt 0 ]; then
		say
		cat "$work/changed"
	else
		say "all files are as they should be"
	fi
	for path in $foreign; do
		if journal_has "wrote " && grep -q "^wrote .* $path\$" "$(journal_file)"; then
			say "fo-setup: $root$path was changed by hand since fo-setup wrote it" >&2
		else
			say "fo-setup: $root$path is there, and fo-setup did not write it" >&2
		fi
	done
	[ -z "$foreign" ] || [ "$dry_run" = yes ] ||
		fail 1 "nothing was changed. --replace writes them all the same, and keeps the present ones (--undo brings back the first)"
}

# keep PATH: what is there now; the first one is what --undo brings back.
keep() {
	if ! grep -qsE "^(kept|new) $1\$" "$(journal_file)"; then
		if [ -e "$root$1" ]; then
			# A copy that a killed run has left is as good as this one.
			cp -p "$root$1" "$root$1.before-fo" || fail 2 "$root$1 cannot be kept"
			journal_add "kept $1"
		else
			journal_add "new $1"
		fi
	elif [ -e "$root$1" ] && ! journal_wrote "$1"; then
		cp -p "$root$1" "$root$1.changed" && say "kept what was changed by hand: $root$1.changed"
	fi
}

# make_folders PATH: those above it.
make_folders() {
	missing=''
	folder=$(dirname "$1")
	while [ ! -d "$root$folder" ]; do
		missing="$folder $missing"
		folder=$(dirname "$folder")
	done
	for folder in $missing; do
		journal_add "folder $folder"
		mkdir "$root$folder" || fail 2 "$root$folder cannot be made"
		[ "$folder" != "$(dirname "$PROFILE")" ] || chmod 700 "$root$folder"
	done
}

# journal_write FOLDER: each file as a whole, or not at all.
journal_write() {
	for path in $(files_of "$1"); do
		if cmp -s "$1$path" "$root$path"; then continue; fi
		make_folders "$path"
		keep "$path"
		journal_add "wrote $(sum_of "$1$path") $path"
		cp -p "$1$path" "$root$path.fo-new" || fail 2 "$root$path cannot be written"
		if [ "$path" = /etc/fo/fo.conf ] && grep -qs '^_failover:' "$root/etc/group"; then
			chgrp "$(sed -n 's/^_failover:[^:]*:\([0-9]*\):.*/\1/p' "$root/etc/group")" "$root$path.fo-new" || :
		fi
		case $path in /etc/ppp/*) chown --reference="$root$path" "$root$path.fo-new" || : ;; esac
		sync "$root$path.fo-new"
		mv "$root$path.fo-new" "$root$path" || fail 2 "$root$path cannot be written"
	done
}

# units: in the order in which they are started. The watcher first: keepalived goes by what it finds.
units() {
	! journal_has "new /etc/nftables.conf" && ! journal_has "kept /etc/nftables.conf" || echo nftables.service
	echo fo-watch.service
	echo keepalived.service
	echo fo-route.service
	[ "$role" = main ] || printf '%s\n' fo-keepalive.timer fo-speedclass.timer
}

# state_of VERB UNIT: `enabled`, `inactive` and the like, one word.
state_of() {
	state=$(systemctl "$1" "$2" 2>/dev/null)
	printf '%s\n' "${state:-unknown}" | head -n 1
}

# note_kernel: the switches of the file, and those that fo-route turns, which knows them no more after a purge.
note_kernel() {
	for key in net.ipv4.ip_forward net/ipv4/conf/all/send_redirects "net/ipv4/conf/$lan/send_redirects" $(sed -n 's/^\([a-z0-9_.]*\) *=.*/\1/p' /etc/sysctl.d/60-failover-helpers.conf); do
		journal_has "sysctl $key " || journal_add "sysctl $key $(sysctl -n "$key" 2>/dev/null)"
	done
	journal_has route || journal_add "route $(ip -4 route show default | head -n 1)"
}

# Before the first is started: one brings others with it.
note_units() {
	for unit in $(units); do
		journal_has "unit $unit " || journal_add "unit $unit $(state_of is-enabled "$unit") $(state_of is-active "$unit")"
	done
}

# start UNIT: now and at every boot. To stop nftables flushes everybody's rules: it reads its file again.
start() {
	verb=restart
	[ "$1" != nftables.service ] || verb=reload-or-restart
	if systemctl --quiet enable "$1" 2>"$work/said" && systemctl $verb "$1" 2>>"$work/said"; then
		return
	fi
	cat "$work/said" >&2
	fail 2 "$1 cannot be started: systemctl status $1"
}

# A second run restarts nothing that runs with the files as they are.
runs_already() {
	[ "$changes" -eq 0 ] && [ "$(state_of is-active "$1")" = active ] && [ "$(state_of is-enabled "$1")" = enabled ]
}

# journal_start: what the role needs; then waits until the router is as it should be, and says what is not. Fails where
# it does not work like that.
journal_start() {
	note_kernel
	sysctl -q -p /etc/sysctl.d/60-failover-helpers.conf || fail 2 "the kernel does not take /etc/sysctl.d/60-failover-helpers.conf"
	systemctl daemon-reload
	note_units
	for unit in $(units); do
		runs_already "$unit" || { say "starting $unit"; start "$unit"; }
	done
	until_s=$(($(date +%s) + 20))
	until fo-route -q show >/dev/null 2>&1 && fo-status -q >/dev/null 2>&1; do
		[ "$(date +%s)" -lt $until_s ] || break
		sleep 0.5
	done
	say
	[ "$role" = main ] || fo-speedclass login >/dev/null ||
		say "fo-setup: the SIM's class cannot be set like that; another key: sudo fo-setup --profile -" >&2
	fo-status doctor >"$work/said"
	cat "$work/said"
	fo-status | head -n 1
	# What waits for the other router, or for somebody to set the clock, is no error.
	! grep -q '^FO[0-9]* error' "$work/said"
}

# The files that --undo brings back or removes.
journal_show_undo() {
	sed -n "s|^kept \(.*\)|put back  $root\1|p; s|^new \(.*\)|remove    $root\1|p" "$(journal_file)" | sort -u
	sed -n 's/^unit \([^ ]*\) \(.*\) \(.*\)/unit      \1: \2, \3/p' "$(journal_file)"
}

stop_all() {
	for unit in fo-alert.timer fo-speedclass.timer fo-keepalive.timer fo-route.service keepalived.service fo-watch.service; do
		grep -q "^unit $unit " "$(journal_file)" || continue
		systemctl --quiet stop "$unit" 2>/dev/null
		case $unit in *.timer) systemctl --quiet stop "${unit%.timer}.path" "${unit%.timer}.service" 2>/dev/null ;; esac
	done
	fo-route -q clear 2>/dev/null || clear_by_protocol
	# A service that a timer has started may have failed.
	systemctl reset-failed 'fo-*' 2>/dev/null || :
}

# clear_by_protocol: what fo-route cannot clear without its fo.conf, such as after a purge: its rules, which have its
# protocol, and the tables that these lead to.
clear_by_protocol() {
	for family in -4 -6; do
		ip -N $family rule show | sed -n 's/^\([0-9]*\):.* lookup \([0-9]*\) .*proto 87$/\1 \2/p' | while read -r priority table; do
			ip $family rule del priority "$priority" protocol 87
			[ "$table" -ge 253 ] || ip $family route flush table "$table" protocol 87
		done
	done
}

restore_file() {
	if [ -e "$root$2" ] && ! journal_wrote "$2" && journal_has "wrote "; then
		cp -p "$root$2" "$root$2.changed" && say "kept what was changed by hand: $root$2.changed"
	fi
	if [ "$1" = new ]; then
		rm -f "$root$2"
	elif [ -e "$root$2.before-fo" ]; then
		mv "$root$2.before-fo" "$root$2"
	fi
	rm -f "$root$2.fo-new"
}

restore_unit() {
	case $2 in
	enabled) systemctl --quiet enable "$1" 2>/dev/null ;;
	*) systemctl --quiet disable "$1" 2>/dev/null ;;
	esac
	case $1,$3 in
	nftables.service,*) restore_nftables "$3" ;;
	*,active) systemctl restart "$1" ;;
	*) systemctl --quiet stop "$1" 2>/dev/null ;;
	esac
	systemctl reset-failed "$1" 2>/dev/null
	return 0
}

# restore_nftables ACTIVE: our tables go. The unit flushes everybody's rules when it stops: it runs on while there are any.
restore_nftables() {
	nft list tables 2>/dev/null | grep -E ' fo_(nat|guard|mss)$' | while read -r table; do
		nft "delete $table"
	done
	[ "$1" = active ] || [ -n "$(nft list tables 2>/dev/null)" ] || systemctl --quiet stop nftables.service 2>/dev/null
}

restore_kernel() {
	while read -r kind key value; do
		[ "$kind" != sysctl ] || [ -z "$value" ] || sysctl -q -w "$key=$value" || :
	done <"$(journal_file)"
	# shellcheck disable=SC2046
	set -- $(sed -n 's/^route //p' "$(journal_file)" | head -n 1)
	[ $# -eq 0 ] || ip -4 route replace "$@" 2>/dev/null ||
		say "fo-setup: the default route \`$*' could not be set again; it comes with the line" >&2
}

# journal_undo: in the order of what depends on what; again where it was killed.
journal_undo() {
	[ "$live" = no ] || stop_all
	grep -E '^(kept|new) ' "$(journal_file)" | while read -r kind path; do
		restore_file "$kind" "$path"
	done
	sed -n 's/^folder //p' "$(journal_file)" | sort -r | while read -r path; do
		rmdir "$root$path" 2>/dev/null
	done
	if [ "$live" = yes ]; then
		systemctl daemon-reload
		sed -n 's/^unit //p' "$(journal_file)" >"$work/units"
		while read -r unit enabled active; do
			restore_unit "$unit" "$enabled" "$active"
		done <"$work/units"
		restore_kernel
	fi
	rm -rf "$(dirname "$(journal_file)")"
	[ -z "$root" ] || (cd "$root" && rmdir -p --ignore-fail-on-non-empty var/lib)
	say "everything is as it was before fo-setup"
}
