#!/usr/bin/env bats
# bash and zsh offer what --help of each program lists, what the program takes, and no more.

load support.bash

ROOT=$BATS_TEST_DIRNAME/..
COMPLETION=$ROOT/completion/failover-helpers

setup() {
	find_build
	PATH=$FO_BUILD/cmd:$ROOT/setup:$PATH
}

programs() {
	sed -n 's/^#compdef //p' "$COMPLETION.zsh" | tr ' ' '\n'
}

# listed PROGRAM options|verbs: by --help, in the order of the alphabet.
listed() {
	"$1" --help | case $2 in
	options) sed '1,/^Options:/d' | grep -oE '^ +(-[A-Za-z], )?--[a-z-]+' | tr -d ' ' | tr , '\n' ;;
	verbs) sed '/^Options:/,$d' | sed -nE 's/^  ([a-z|]+)( [A-Z]+)*  .*/\1/p' | tr '|' '\n' ;;
	esac | sort
}

# offered WORD...: what bash offers for the last one.
offered() {
	# shellcheck disable=SC2016 # for that bash
	bash --norc -c '. "$1"; shift; COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		"$(complete -p "$1" | sed -n "s/.* -F \([^ ]*\) .*/\1/p")" "$1" "${!#}" "${COMP_WORDS[COMP_CWORD - 1]}"
		printf "%s\n" "${COMPREPLY[@]}"' - "$COMPLETION.bash" "$@" | sed '/^$/d' | sort
}

# In zsh, without its own functions: what its _arguments and _describe are given.
given_by_zsh() {
	# shellcheck disable=SC2016 # for zsh
	zsh -f -c '_call_program() { shift; "$@" }
		_arguments() { local spec; for spec in "$@"; do print -r -- "option $spec"; done; print -rl -- verb\ ${^verbs} }
		CURRENT=2 words=("$2" "") service=$2; . $1' - "$COMPLETION.zsh" "$1"
}

# ask_zsh <LINES: for each line a row: it, `:`, and what a real zsh offers at its end, in the order of the alphabet.
ask_zsh() {
	local line words
	mkdir -p "$BATS_TEST_TMPDIR/functions"
	cp "$COMPLETION.zsh" "$BATS_TEST_TMPDIR/functions/_failover-helpers"
	timeout 300 zsh -f "$ROOT/test/completion/ask.zsh" "$BATS_TEST_TMPDIR/functions" 3>&- |
		while IFS=: read -r line words; do
			printf '%s:%s\n' "$line" "$(tr ' ' '\n' <<<"$words" | sed '/^$/d' | sort | paste -sd ' ')"
		done
}

# zsh_offers LINE WORDS: these, in that order.
zsh_offers() {
	local row
	row=$(grep -F -- "$1:" "$BATS_TEST_TMPDIR/rows" | grep "^$1:" | head -n 1)
	[ "$row" = "$1:$2" ] || { echo "\`$row' is not \`$1:$2'"; return 1; }
}

# taken PROGRAM VERB OPTION: whether that verb takes it. Asked without running anything: -v -q is refused, but last.
taken() {
	local said value=()
	case $3 in
	--json) ! taken "$1" "$2" -n 2>/dev/null || value=(-n) ;; # of a plan, where nothing else is printed
	-c | --config | --keepalived | -o | --output) value=(/no/such) ;;
	--root) value=(/) ;;
	--since) value=(2h) ;;
	--month) value=(2026-11) ;;
	esac
	# shellcheck disable=SC2086 # a verb with its operand
	said=$("$1" $2 "$3" "${value[@]}" -v -q 2>&1 || true)
	case $said in
	*"exclude each other"*) return 0 ;;
	*"goes with"* | *"no plan of"* | *"nothing to print"*) return 1 ;;
	*) echo "$1 $2 $3: $said" >&2; return 2 ;;
	esac
}

# with_verbs: `PROGRAM VERB` for each verb of each program, with its operand where it must have one.
with_verbs() {
	local program verb
	for program in $(programs); do
		for verb in $(listed "$program" verbs); do
			echo "$program $verb"
		done
	done
}

# taken_by PROGRAM VERB: the options that this verb takes. Asked once: it takes a while.
taken_by() {
	local option operand='' known=$BATS_FILE_TMPDIR/$1.$2
	[ ! -e "$known" ] || { cat "$known"; return; }
	case $2 in
	drill) operand=60s ;;
	set) operand=s1.fast ;;
	esac
	for option in $(listed "$1" options); do
		case $option in
		-h | --help | -V | --version | -v | --verbose | -q | --quiet) printf '%s\n' "$option" ;;
		*) taken "$1" "$2 $operand" "$option" && printf '%s\n' "$option" || [ $? -eq 1 ] || return 1 ;;
		esac
	done | sort >"$known.new" && mv "$known.new" "$known" && cat "$known"
}

@test "each program has its completion, and no other" {
	diff <(programs) <({ cd "$FO_BUILD/cmd" && ls fo-*; echo fo-setup; } | grep -v '\.' | sort)
	diff <(programs) <(bash --norc -c '. "$1"; complete -p' - "$COMPLETION.bash" | grep -oE 'fo-[a-z-]+$' | sort)
}

@test "bash: options and verbs are those of --help" {
	for program in $(programs); do
		[ "$(listed "$program" options | wc -l)" -ge 5 ]
		diff <(listed "$program" options) <(offered "$program" -) || { echo "$program"; return 1; }
		diff <(listed "$program" verbs) <(offered "$program" "") || { echo "$program"; return 1; }
	done
	[ "$(offered fo-route "" | wc -l)" -eq 9 ]
}

@test "bash: a part of a word, the verb that is there already, the arguments of options" {
	[ "$(offered fo-route dr)" = drill ]
	[ "$(offered fo-route /usr/bin/fo-route --dr)" = --dry-run ]
	[ -z "$(offered fo-route drill "")" ]
	[ "$(offered fo-route -v sho)" = show ]
	[ "$(offered fo-setup --role "" | paste -sd ' ')" = "main sub" ]
	[ "$(offered fo-setup --role = m)" = main ]
	[ "$(offered fo-setup --gateway "")" = dhcp ]
	[ "$(offered fo-setup --lan l)" = lo ]
	[ -z "$(offered fo-setup --vip "")" ]
	[ "$(offered fo-status -c "$ROOT/CMakeL")" = "$ROOT/CMakeLists.txt" ]
	[ "$(offered fo-status --root "$ROOT/completio")" = "$ROOT/completion" ]
}

@test "bash: the program of PATH is asked, and none that lies in the folder" {
	cd "$BATS_TEST_TMPDIR"
	printf '#!/bin/sh\ntouch %s/ran\n' "$BATS_TEST_TMPDIR" >fo-route
	chmod 755 fo-route
	PATH=$FO_BUILD/cmd:/usr/bin:/bin offered ./fo-route dr >/dev/null || true
	[ ! -e ran ]
}

@test "bash: after a verb the options that it takes, and no other" {
	local program verb seen=0
	while read -r program verb; do
		seen=$((seen + 1))
		diff <(taken_by "$program" "$verb") <(offered "$program" "$verb" -) || { echo "$program $verb"; return 1; }
	done < <(with_verbs)
	[ "$seen" -ge 25 ]
	[ "$(offered fo-status history --s)" = --since ]
	[ -z "$(offered fo-status show --s)" ]
}

@test "bash: behind -- there are no options, an argument is no verb, letters in one word" {
	[ "$(offered fo-route -- ma)" = master ]
	[ -z "$(offered fo-route -- -)" ]
	[ "$(offered fo-status -c show us)" = usage ]
	[ "$(offered fo-status --config = show us)" = usage ]
	[ "$(offered fo-route -nc "$ROOT/CMakeL")" = "$ROOT/CMakeLists.txt" ]
	[ "$(offered fo-setup --role = | paste -sd ' ')" = "main sub" ]
	[ -z "$(offered fo-status history us)" ]
}

@test "bash: a hostile name of an interface is not run" {
	[ "$(id -u)" -eq 0 ] || skip "needs root, to have such an interface"
	# shellcheck disable=SC2016 # for that bash
	run -0 unshare --net --mount bash -c 'mount -t sysfs none /sys && ip tuntap add name "$1" mode tun && cd "$2" || exit
		COMPLETION=$3; '"$(declare -f offered)"'; offered fo-setup --lan ""' \
		- '$(touch${IFS}x)' "$BATS_TEST_TMPDIR" "$COMPLETION"
	[ "$(sort <<<"$output" | paste -sd ' ')" = '\$\(touch\$\{IFS\}x\) lo' ] || { echo "$output"; return 1; }
	[ ! -e "$BATS_TEST_TMPDIR/x" ]
}

@test "bash: an installed completion is found by bash-completion, at a real prompt" {
	local prefix=$BATS_TEST_TMPDIR/prefix
	[ -e /usr/share/bash-completion/bash_completion ]
	mkdir -p "$prefix"
	cmake --install "$FO_BUILD" --prefix "$prefix" >/dev/null
	cat >"$BATS_TEST_TMPDIR/type.zsh" <<-'ZSH'
		zmodload zsh/zpty
		zpty -e shell bash --norc --noprofile -i
		zpty -w shell "bind 'set enable-bracketed-paste off'; . /usr/share/bash-completion/bash_completion; echo loa''ded"
		zpty -r shell line '*loaded*'
		zpty -w -n shell $'fo-status --version doc\t; fo-setup --und\t'
		zpty -r shell line '*fo-setup --undo*'
		print -r -- $line
	ZSH
	XDG_DATA_DIRS=$prefix/share run -0 timeout 60 zsh -f "$BATS_TEST_TMPDIR/type.zsh" 3>&-
	has "$output" "fo-status --version doctor"
	has "$output" "fo-setup --undo"
	# And every program has its link, zsh its function.
	for program in $(programs); do
		[ -s "$prefix/share/bash-completion/completions/$program" ]
	done
	# Of the same name, in another folder: pppd's hook, after a second installation as well.
	cmake --install "$FO_BUILD" --prefix "$prefix" >/dev/null
	cmp "$ROOT/etc/ppp/ip-up.d/fo-route" <(sed "s|$prefix/bin/fo-|/usr/bin/fo-|g" "$prefix/share/failover-helpers/ppp/ip-up.d/fo-route")
	cmp "$COMPLETION.zsh" "$prefix/share/zsh/site-functions/_failover-helpers"
}

@test "zsh: texts of options and verbs" {
	zsh -n "$COMPLETION.zsh"
	given_by_zsh fo-setup | grep -qxF 'option ( --role)--role=[main has the main line, sub the metered one]:main|sub:(main sub)'
	given_by_zsh fo-route | grep -qx 'verb drill:a failover for practice: .*'
}

@test "zsh: options and verbs are those of --help" {
	local program
	for program in $(programs); do
		printf '%s\n' "$program " "$program -"
	done | ask_zsh >"$BATS_TEST_TMPDIR/rows"
	for program in $(programs); do
		zsh_offers "$program -" "$(listed "$program" options | paste -sd ' ')"
		# Where no word is wanted, zsh has the options, or nothing.
		[ -z "$(listed "$program" verbs)" ] || zsh_offers "$program " "$(listed "$program" verbs | paste -sd ' ')"
	done
}

@test "zsh: after a verb the options that it takes; arguments; --" {
	local program verb
	{
		with_verbs | sed 's/$/ -/'
		printf '%s\n' "fo-setup --role " "fo-setup --role=m" "fo-status -- hi" "fo-status -- -" "fo-status -c show us" \
			"fo-check-ftth -i l" "fo-route -nc $ROOT/CMakeL"
	} | ask_zsh >"$BATS_TEST_TMPDIR/rows"
	while read -r program verb; do
		zsh_offers "$program $verb -" "$(taken_by "$program" "$verb" | paste -sd ' ')"
	done < <(with_verbs)
	zsh_offers "fo-setup --role " "main sub"
	zsh_offers "fo-setup --role=m" main
	zsh_offers "fo-status -- hi" history
	zsh_offers "fo-status -- -" ""
	zsh_offers "fo-status -c show us" usage
	zsh_offers "fo-check-ftth -i l" lo
	zsh_offers "fo-route -nc $ROOT/CMakeL" CMakeLists.txt
}

# A terminal of its own, whose Tab completes a word. Enter is never sent: nothing of it may run.
@test "zsh: Tab completes a verb and an option" {
	mkdir "$BATS_TEST_TMPDIR/functions"
	cp "$COMPLETION.zsh" "$BATS_TEST_TMPDIR/functions/_failover-helpers"
	cat >"$BATS_TEST_TMPDIR/type.zsh" <<-'ZSH'
		zmodload zsh/zpty
		zpty shell zsh -f -i
		zpty -w shell "fpath=($1 \$fpath); autoload -Uz compinit; compinit -u -D; bindkey '^I' complete-word; print loa''ded"
		zpty -r shell line '*loaded*'
		zpty -w -n shell $'fo-route dri\t; fo-setup --und\t'
		zpty -r shell line '*fo-setup --undo*'
		print -r -- $line
	ZSH
	run -0 timeout 60 zsh -f "$BATS_TEST_TMPDIR/type.zsh" "$BATS_TEST_TMPDIR/functions" 3>&-
	has "$output" "fo-route drill"
	has "$output" "fo-setup --undo"
}
