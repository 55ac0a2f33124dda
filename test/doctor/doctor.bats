#!/usr/bin/env bats
# `fo-status doctor` on the files of a router: each folder of corpus/ is one broken set-up, each of healthy/ a good
# one, as the difference to the shipped samples. `router`: main or sub; `diff`; `setup`, what a diff cannot say, as
# lines for sh; `finds`, the code of the one finding that it has.

bats_require_minimum_version 1.5.0
load ../support
load doctor

setup_file() {
	find_build
}

setup() {
	ROOT=$BATS_TEST_TMPDIR/root
}

# built CASE: the files of that folder, at $ROOT.
built() {
	rm -rf "$ROOT"
	router "$(cat "$1/router")" "$ROOT" && break_as "$1" "$ROOT"
}

# found CASE STATUS CODES: complains when the doctor finds anything else.
found() {
	local said status=0
	built "$1" || { echo "$1: cannot be made"; return; }
	said=$(examine "$ROOT" 2>&1) || status=$?
	[ "$status" -eq "$2" ] && [ "$(codes <<<"$said" | uniq | paste -sd ' ')" = "$3" ] ||
		printf '%s: not %s, but exit status %s and:\n%s\n' "$1" "${3:-clean}" "$status" "$said"
}

@test "the shipped samples have no finding" {
	for role in main sub; do
		router "$role" "$BATS_TEST_TMPDIR/$role"
		exits 0 examine "$BATS_TEST_TMPDIR/$role"
		[ "$output" = "nothing found" ] && [ -z "$messages" ]
		exits 0 examine "$BATS_TEST_TMPDIR/$role" --json
		jq -e '.errors == 0 and .warnings == 0 and .more == false and .complete' <<<"$output"
	done
}

@test "each broken set-up has exactly its finding" {
	local folder wrong
	wrong=$(for folder in "$BATS_TEST_DIRNAME"/corpus/*; do
		found "$folder" 1 "$(cat "$folder/finds")"
	done)
	[ -z "$wrong" ] || { echo "$wrong"; return 1; }
	[ "$(ls "$BATS_TEST_DIRNAME/corpus" | wc -l)" -ge 60 ]
}

@test "a healthy set-up has none" {
	local folder wrong
	wrong=$(for folder in "$BATS_TEST_DIRNAME"/healthy/*; do
		found "$folder" 0 ""
	done)
	[ -z "$wrong" ] || { echo "$wrong"; return 1; }
	[ "$(ls "$BATS_TEST_DIRNAME/healthy" | wc -l)" -ge 20 ]
}

# theirs FILE: what keepalived itself objects to of the words and braces. In a process group of its own and not for ever:
# `keepalived -t` of 2.2.7 signals its group, and a track_file that is not defined makes it crash, or never end.
theirs() {
	timeout --signal=KILL 10 setsid keepalived -t -f "$1" --config-id sub 2>&1 </dev/null |
		grep -oE "Unknown keyword '[^']*'|Unterminated quote|Extra '}'|[0-9] missing '}'|Unexpected '\{'|Missing '\{'" |
		sort -u
}

@test "keepalived agrees about words and braces, where it is installed" {
	local name folder wrong said
	need keepalived
	wrong=$(for name in corpus/{raise,unknown-word,unknown-block,misspelt-section,brace-not-closed,brace-too-many} \
		corpus/{quote-not-closed,brace-missing} healthy/{comments,quotes,braces-on-one-line,definitions,conditions} \
		healthy/{sequence,old-words,includes,two-lans-in-a-group,folder-of-the-file,include-of-nothing}; do
		folder=$BATS_TEST_DIRNAME/$name
		built "$folder"
		sed -i "s|/etc/keepalived|$ROOT&|g" "$ROOT/etc/keepalived/keepalived.conf"
		said=$(theirs "$ROOT/etc/keepalived/keepalived.conf")
		[ "${said:+corpus}" = "$([ "${name%/*}" = healthy ] || echo corpus)" ] || echo "$name: $said"
	done)
	[ -z "$wrong" ] || { echo "$wrong"; return 1; }
}

@test "every sample that comes with keepalived is understood" {
	local sample count=0
	need keepalived
	router main "$ROOT"
	for sample in /usr/share/doc/keepalived/samples/keepalived.conf.*; do
		[ -e "$sample" ] || skip "the samples are not installed"
		cp "$sample" "$ROOT/etc/keepalived/sample.conf"
		chmod a-x "$ROOT/etc/keepalived/sample.conf"
		run examine "$ROOT" --keepalived /etc/keepalived/sample.conf
		[ "$status" -eq 1 ]
		# One has two lines that keepalived does not know either.
		[[ "$(grep 'is no word' <<<"$output" | grep -v 'VI_[23]')" = "" && "$output" != *FO105* ]] ||
			{ echo "$sample: $output"; return 1; }
		count=$((count + 1))
	done
	[ "$count" -ge 15 ]
}

@test "errors come first, and each finding has a code, a place, a reason and what mends it" {
	built "$BATS_TEST_DIRNAME/corpus/raise"
	sed -i 's/state MASTER/&\n    nopreempt/' "$ROOT/etc/keepalived/keepalived.conf"
	sed -i 's/;hold = 10s/hold = 0/' "$ROOT/etc/fo/fo.conf"
	exits 1 examine "$ROOT"
	[ "$(grep -oE '^FO[0-9]{3}' <<<"$output" | paste -sd ' ')" = "FO103 FO009 FO146" ]
	says "FO103 error: /etc/keepalived/keepalived.conf:24: a word that keepalived does not know"
	says "did you mean \`rise\`?"
	says "errors 1, warnings 2; --fix-hints shows what mends them"
	lacks "$output" "write \`rise\`"
	exits 1 examine "$ROOT" --fix-hints
	says "          write \`rise\` in the place of \`raise\`"
	says "          state BACKUP"
	exits 1 examine "$ROOT" --json
	jq -e '.errors == 1 and .warnings == 2 and .more == false and
		([.findings[] | .code] == ["FO103", "FO009", "FO146"]) and
		([.findings[] | .severity] == ["error", "warning", "warning"]) and
		(all(.findings[]; (.title + .reason | length > 20) and (.fix | length > 5))) and
		(.findings[0].place == "/etc/keepalived/keepalived.conf:24")' <<<"$output"
}

@test "what stands in the files moves no cursor and breaks no JSON" {
	router sub "$ROOT"
	printf 'evil\033[2J\302\233\377word\342\200\256 1\n' >>"$ROOT/etc/keepalived/keepalived.conf"
	printf '[\033[2Jevil\377]\n' >>"$ROOT/etc/fo/fo.conf"
	exits 1 examine "$ROOT" --fix-hints
	says FO103
	run ! grep -qP '[\x00-\x08\x0b-\x1f\x7f]' <<<"$output"
	exits 1 examine "$ROOT" --json
	jq -e '.findings | length == 2' <<<"$output"
	python3 -c 'import json, sys; json.loads(sys.stdin.buffer.read().decode("utf-8"))' <<<"$output"
}

@test "files that include each other end, and so does a flood of blocks" {
	router main "$ROOT"
	printf 'include keepalived.conf\n' >>"$ROOT/etc/keepalived/keepalived.conf"
	run timeout 10 "$FO_BUILD/cmd/fo-status" doctor --root "$ROOT"
	[ "$status" -le 1 ]
	router main "$ROOT"
	python3 -c 'print("vrrp_instance A {\nraise\nvirtual_ipaddress {\n10.0.0.1\n}\n}\n" * 5000 + "{" * 5000)' \
		>>"$ROOT/etc/keepalived/keepalived.conf"
	run timeout 10 "$FO_BUILD/cmd/fo-status" doctor --root "$ROOT"
	[ "$status" -eq 1 ]
	says FO103
}

@test "a file that may not be read is no clean one: 2" {
	need_root
	router main "$ROOT"
	chmod 711 "$BATS_TEST_TMPDIR" "$ROOT"
	chmod 600 "$ROOT/etc/keepalived/keepalived.conf"
	cp "$FO_BUILD/cmd/fo-status" "$BATS_TEST_TMPDIR/"
	run setpriv --reuid 65534 --clear-groups "$BATS_TEST_TMPDIR/fo-status" doctor --root "$ROOT"
	[ "$status" -eq 2 ]
	says "cannot read $ROOT/etc/keepalived/keepalived.conf: Permission denied"
	says "; not all could be looked at: sudo fo-status doctor"
	mkfifo "$ROOT/etc/keepalived/fifo"
	run timeout 10 "$FO_BUILD/cmd/fo-status" doctor --root "$ROOT" --keepalived /etc/keepalived/fifo
	[ "$status" -eq 1 ]
	says FO102
}

@test "an option of the doctor goes with no other verb" {
	for option in --fix-hints --no-listen "--root /" "--keepalived /etc/x"; do
		# shellcheck disable=SC2086  # two words
		exits 64 "$FO_BUILD/cmd/fo-status" show $option
		has "$messages" "goes with doctor only"
	done
}
