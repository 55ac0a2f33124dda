#!/usr/bin/env bats
# bash and zsh offer what --help of each program lists, and no more.

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
offered_by_zsh() {
	# shellcheck disable=SC2016 # for zsh
	zsh -f -c '_call_program() { shift; "$@" }
		_arguments() { local spec; for spec in "$@"; do print -r -- "option $spec"; done; print -rl -- verb\ ${^verbs} }
		service=$2; . $1' - "$COMPLETION.zsh" "$1"
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

@test "zsh: options and verbs are those of --help, with their texts" {
	zsh -n "$COMPLETION.zsh"
	for program in $(programs); do
		offered_by_zsh "$program" >"$BATS_TEST_TMPDIR/offered"
		diff <(listed "$program" options) <(sed -nE 's/^option \([^)]*\)(-[A-Za-z]|--[a-z-]+)=?\[.*/\1/p' "$BATS_TEST_TMPDIR/offered" | sort)
		diff <(listed "$program" verbs) <(sed -nE 's/^verb ([a-z]+):.*/\1/p' "$BATS_TEST_TMPDIR/offered" | sort)
	done
	offered_by_zsh fo-setup | grep -qxF 'option ( --role)--role=[main has the main line, sub the metered one]:main|sub:(main sub)'
	offered_by_zsh fo-route | grep -qx 'verb drill:a failover for practice: .*'
}

# A terminal of its own, whose Tab completes a word; what is asked for is printed.
@test "zsh: Tab completes a verb and an option" {
	mkdir "$BATS_TEST_TMPDIR/functions"
	cp "$COMPLETION.zsh" "$BATS_TEST_TMPDIR/functions/_failover-helpers"
	cat >"$BATS_TEST_TMPDIR/type.zsh" <<-'ZSH'
		zmodload zsh/zpty
		zpty shell zsh -f -i
		zpty -w shell "fpath=($1 \$fpath); autoload -Uz compinit; compinit -u -D; bindkey '^I' complete-word; print loa''ded"
		zpty -r shell line '*loaded*'
		zpty -w shell $'fo-route dri\t; fo-setup --und\t'
		zpty -r shell line '*fo-setup --undo*'
		print -r -- $line
	ZSH
	run -0 timeout 60 zsh -f "$BATS_TEST_TMPDIR/type.zsh" "$BATS_TEST_TMPDIR/functions" 3>&-
	has "$output" "fo-route drill"
	has "$output" "fo-setup --undo"
}
