#!/usr/bin/env bats
# The manual pages say what the programs do: their form, every option and verb of --help, every row
# of the schema, every message that they explain; and the samples name every key.
#
# FO_ROOT is the tree whose pages and samples are read, for trying these tests on a broken copy.

bats_require_minimum_version 1.5.0

PROGRAMS="fo-check-ftth fo-watch fo-route fo-speedclass fo-keepalive fo-status fo-alert"
SAMPLES="etc/main/fo.conf etc/sub/fo.conf"

setup_file() {
	local tree="$BATS_TEST_DIRNAME/.."

	export FO_ROOT="${FO_ROOT:-$tree}"
	load support
	find_build
	export FO_STATE_DIR="$BATS_FILE_TMPDIR/state"
	mkdir "$FO_STATE_DIR"
}

setup() {
	cd "$FO_ROOT" || return 1
}

pages() {
	ls cmd/*.[78] etc/*.5
}

page_of() {
	echo "cmd/$1.8"
}

help_of() {
	"$FO_BUILD/cmd/$1" --help
}

# Fails, and shows the difference, unless both files are the same and not empty.
same() {
	[ -s "$1" ] || { echo "$1 is empty"; return 1; }
	diff -u "$1" "$2"
}

# `  -c, --config FILE   ...` as mdoc: `Fl c , -config Ar FILE`.
options_of_help() {
	help_of "$1" | sed -n '/^Options:/,$p' |
		sed -nE 's/^ +((-.), )?--([a-z-]+)( ([A-Z]+))?  .*/\2|\3|\5/p' |
		sed -E 's/^-(.)\|/Fl \1 , -/; s/^\|/Fl -/; s/\|$//; s/\|/ Ar /' | sort
}

options_of_page() {
	sed -nE '/^\.Ss Options/,/^\.S[sh] [^O]/s/^\.It (Fl .*)/\1/p' "$(page_of "$1")" | sort
}

# The letters and words that the SYNOPSIS names: `c`, `-json`.
options_of_synopsis() {
	sed -nE '/^\.Sh SYNOPSIS/,/^\.Sh D/s/^\.(Op )?Fl (.*)/\2/p' "$(page_of "$1")" |
		sed -E 's/ Ar .*//; s/ \| //' |
		while read -r word; do
			case "$word" in
			-*) echo "$word" ;;
			*) echo "$word" | grep -o . ;;
			esac
		done | sort
}

# As options_of_synopsis: the letter of an option, or its word where it has none.
short_options_of_help() {
	options_of_help "$1" | sed -E 's/^Fl ([^ ]+).*/\1/' | sort
}

# Between the first empty line and `Options:`; `set CLASS` as it is.
verbs_of_help() {
	help_of "$1" | sed -n '1,/^Options:/p' | sed -nE 's/^  ([^ ].*[^ ])  +[^ ].*/\1/p' |
		sed -E 's/  .*//' | sort
}

verbs_of_page() {
	# Only the items of the outer list: those within `show` explain what it prints.
	awk '/^\.Ss/ { on = /Verbs/ }
		/^\.Bl/ { depth++ }
		/^\.El/ { depth-- }
		on && depth == 1 && /^\.It/ { print }' "$(page_of "$1")" |
		sed -E 's/^\.It //; s/\<(Cm|Ar) //g; s/ \| /|/g' | sort
}

schema() {
	"$FO_BUILD/test/schema/print-schema"
}

# What fo.conf.5 says: section, key, default (or none, or required), by tabs.
rows_of_page() {
	awk -v OFS='\t' '
		function flush() {
			if (key != "")
				print section, key, standard == "" ? "NOT THERE" : standard
			key = ""; standard = ""; next_is = 0
		}
		/^\.S[hs] / { flush() }
		/^\.Ss \[/ { section = substr($2, 2, length($2) - 2); next }
		/^\.S[hs] / { section = ""; next }
		section == "" { next }
		/^\.It Cm [^ ]+ = ./ { flush(); key = $3; next }
		/^Default: / { standard = $2; sub(/\.$/, "", standard) }
		/^Default:$/ { next_is = 1; next }
		next_is { standard = $1 == ".Cm" ? $2 : $0; next_is = 0 }
		END { flush() }' etc/fo.conf.5
}

rows_of_schema() {
	schema | awk -F '\t' -v OFS='\t' \
		'{ print $1, $2, $4 != "-" ? $4 : $5 == "yes" ? "required" : "none" }'
}

# The text of one key in fo.conf.5: from its .It to the next one of the same list.
text_of_key() {
	awk -v section="[$1]" -v key="$2" '
		/^\.Ss / { here = $2 == section }
		/^\.(Ss|Sh) / || /^\.It Cm [^ ]+ = / { on = 0 }
		here && /^\.It Cm / && $3 == key && $4 == "=" { on = 1 }
		on' etc/fo.conf.5
}

# What follows `.It Cm KEY = ` for a type of the schema.
kind_of() {
	case "$1" in
	interface) echo "Ar interface" ;;
	interfaces) echo "Ar interface , ..." ;;
	addr4 | addr6) echo "Ar address" ;;
	addrs) echo "Ar address , ..." ;;
	target) echo "peer | Ar address" ;;
	hop4 | hop6) echo "Ar hop" ;;
	number | time | share | size | sim | class | text | command | url | hook) echo "Ar $1" ;;
	path) echo "Ar file" ;;
	events) echo "all | none | Ar event , ..." ;;
	yes-no) echo "yes | no" ;;
	choice) echo "$2" ;;
	*) echo "a type that this test does not know: $1" ;;
	esac
}

# Section, key, and `;` where commented out, of a sample; and the value, without its comment.
rows_of_sample() {
	awk -v OFS='\t' '
		/^;?\[[a-z]+\]$/ { gsub(/[];[]/, ""); section = $0; next }
		/^;?[a-z0-9-]+ =/ {
			off = sub(/^;/, "") ? ";" : "set"
			key = $1
			value = $0
			sub(/^[^=]*=[ \t]*/, "", value)
			sub(/(^|[ \t]+);.*/, "", value)
			print section, key, off, value
		}' "$1"
}

@test "the overview names every page, and every page the overview" {
	local page
	for page in cmd/*.8 etc/*.5; do
		sed -n '/^\.Sh SEE ALSO/,$p' "$page" | grep -q '^\.Xr failover-helpers 7' || { echo "$page"; return 1; }
		page=$(basename "$page")
		sed -n '/^\.Sh SEE ALSO/,$p' cmd/failover-helpers.7 | grep -q "^\.Xr ${page%.*} ${page##*.}" ||
			{ echo "$page is not named"; return 1; }
	done
}

@test "every page is clean mdoc: mandoc" {
	for page in $(pages); do
		run mandoc -T lint -W warning "$page"
		[ "$status" -eq 0 ] && [ -z "$output" ] || { echo "$page: $output"; return 1; }
	done
}

@test "every page is clean mdoc: groff" {
	for page in $(pages); do
		run --separate-stderr groff -mdoc -ww -Tutf8 "$page"
		[ "$status" -eq 0 ] && [ -z "$stderr" ] || { echo "$page: $stderr"; return 1; }
	done
}

@test "every page fits 80 columns" {
	for page in $(pages); do
		mandoc -T ascii -O width=80 "$page" | sed 's/.\x08//g' >"$BATS_TEST_TMPDIR/mandoc"
		groff -mdoc -Tascii -P-cbou -rLL=80n "$page" >"$BATS_TEST_TMPDIR/groff"
		for by in mandoc groff; do
			[ -s "$BATS_TEST_TMPDIR/$by" ]
			run awk 'length($0) > 80' "$BATS_TEST_TMPDIR/$by"
			[ -z "$output" ] || { echo "$page by $by: $output"; return 1; }
		done
	done
}

@test "every program has a page, and every page a program" {
	printf '%s\n' $PROGRAMS | sort >"$BATS_TEST_TMPDIR/programs"
	basename -s .8 -a cmd/*.8 | sort >"$BATS_TEST_TMPDIR/pages"
	same "$BATS_TEST_TMPDIR/programs" "$BATS_TEST_TMPDIR/pages"
	for program in $PROGRAMS; do
		grep -qx ".Nm $program" "$(page_of "$program")"
		[ -x "$FO_BUILD/cmd/$program" ]
	done
}

@test "every page has the sections that a person looks for" {
	for program in $PROGRAMS; do
		for section in NAME SYNOPSIS DESCRIPTION ENVIRONMENT FILES "EXIT STATUS" EXAMPLES \
			DIAGNOSTICS "SEE ALSO" CAVEATS; do
			grep -qx ".Sh $section" "$(page_of "$program")" ||
				{ echo "$program: no $section"; return 1; }
		done
	done
}

@test "every option of --help is in the page, and no other" {
	for program in $PROGRAMS; do
		options_of_help "$program" >"$BATS_TEST_TMPDIR/help"
		options_of_page "$program" >"$BATS_TEST_TMPDIR/page"
		same "$BATS_TEST_TMPDIR/help" "$BATS_TEST_TMPDIR/page" || { echo "$program"; return 1; }
	done
}

@test "every option of --help is in the SYNOPSIS, and no other" {
	for program in $PROGRAMS; do
		short_options_of_help "$program" >"$BATS_TEST_TMPDIR/help"
		options_of_synopsis "$program" >"$BATS_TEST_TMPDIR/page"
		same "$BATS_TEST_TMPDIR/help" "$BATS_TEST_TMPDIR/page" || { echo "$program"; return 1; }
	done
}

@test "every verb of --help is in the page, and no other" {
	for program in fo-watch fo-route fo-speedclass fo-status; do
		verbs_of_help "$program" >"$BATS_TEST_TMPDIR/help"
		verbs_of_page "$program" >"$BATS_TEST_TMPDIR/page"
		same "$BATS_TEST_TMPDIR/help" "$BATS_TEST_TMPDIR/page" || { echo "$program"; return 1; }
	done
	for program in fo-check-ftth fo-keepalive fo-alert; do
		[ -z "$(verbs_of_help "$program")$(verbs_of_page "$program")" ]
	done
}

@test "every exit status of --help is in the page" {
	for program in $PROGRAMS; do
		help_of "$program" | sed -n '/^Exit status/,/^$/p' | grep -oE '\b[0-9]+\b' | sort -u \
			>"$BATS_TEST_TMPDIR/help"
		sed -nE '/^\.Sh EXIT STATUS/,/^\.Sh EXAMPLES/s/^\.It ([0-9]+)$/\1/p' \
			"$(page_of "$program")" | sort -u >"$BATS_TEST_TMPDIR/page"
		same "$BATS_TEST_TMPDIR/help" "$BATS_TEST_TMPDIR/page" || { echo "$program"; return 1; }
	done
}

@test "fo.conf(5) has every section and key of the schema, no other, with the same default" {
	rows_of_schema >"$BATS_TEST_TMPDIR/schema"
	rows_of_page >"$BATS_TEST_TMPDIR/page"
	same "$BATS_TEST_TMPDIR/schema" "$BATS_TEST_TMPDIR/page"
}

@test "fo.conf(5) names the kind of every value, and its bounds" {
	schema >"$BATS_TEST_TMPDIR/schema"
	[ -s "$BATS_TEST_TMPDIR/schema" ]
	while IFS=$'\t' read -r section key type _ _ bounds; do
		text="$(text_of_key "$section" "$key")"
		want=".It Cm $key = $(kind_of "$type" "$bounds")"
		[ "$(head -n 1 <<<"$text")" = "$want" ] ||
			{ echo "[$section] $key: \`$(head -n 1 <<<"$text")' is not \`$want'"; return 1; }
		case "$type" in
		number | time | share | size)
			grep -qE "(^|[ (,])$bounds($|[;,.)])" <<<"$text" ||
				{ echo "[$section] $key: the bounds are $bounds"; return 1; }
			;;
		esac
	done <"$BATS_TEST_TMPDIR/schema"
}

@test "fo-status(8) has every finding of the doctor's table in order, no other, and a text to each" {
	"$FO_BUILD/test/schema/print-findings" | sed -E 's/\t([a-z]+)\t/ \1 : /' >"$BATS_TEST_TMPDIR/table"
	sed -nE '/^\.Sh FINDINGS/,/^\.Sh ENVIRONMENT/s/^\.It (FO[0-9]{3} )/\1/p' cmd/fo-status.8 \
		>"$BATS_TEST_TMPDIR/page"
	same "$BATS_TEST_TMPDIR/table" "$BATS_TEST_TMPDIR/page"
	sort -u -k 1,1 "$BATS_TEST_TMPDIR/table" >"$BATS_TEST_TMPDIR/sorted"
	same "$BATS_TEST_TMPDIR/sorted" "$BATS_TEST_TMPDIR/table"
	run awk '/^\.It FO/ || /^\.El/ { if (head && lines == 0) print head; head = ""; lines = 0 }
		/^\.It FO/ { head = $2; next } { lines++ }' cmd/fo-status.8
	[ -z "$output" ] || { echo "no text: $output"; return 1; }
}

@test "both samples have every section and key of the schema in order, and no other" {
	for sample in $SAMPLES; do
		schema | cut -f 1,2 >"$BATS_TEST_TMPDIR/schema"
		rows_of_sample "$sample" | cut -f 1,2 >"$BATS_TEST_TMPDIR/sample"
		same "$BATS_TEST_TMPDIR/schema" "$BATS_TEST_TMPDIR/sample" || { echo "$sample"; return 1; }
	done
}

@test "a key that is commented out in a sample shows its default" {
	schema | awk -F '\t' -v OFS='\t' '$5 == "no" { print $1, $2, $4 == "-" ? "" : $4 }' | sort \
		>"$BATS_TEST_TMPDIR/schema"
	for sample in $SAMPLES; do
		# A required key has no default to show.
		rows_of_sample "$sample" | awk -F '\t' -v OFS='\t' '$3 == ";" { print $1, $2, $4 }' |
			grep -vxF "$(schema | awk -F '\t' -v OFS='\t' '$5 == "yes" { print $1, $2 }' |
				while IFS= read -r required; do
					rows_of_sample "$sample" | cut -f 1,2,4 | grep "^$required	"
				done)" | sort >"$BATS_TEST_TMPDIR/sample"
		[ -s "$BATS_TEST_TMPDIR/sample" ]
		run comm -13 "$BATS_TEST_TMPDIR/schema" "$BATS_TEST_TMPDIR/sample"
		[ -z "$output" ] || { echo "$sample: $output"; return 1; }
	done
}

@test "both samples are sound: no program calls them faulty" {
	for sample in $SAMPLES; do
		for command in "fo-route -n apply" "fo-status"; do
			# Where eth0 is missing they cannot do more than read the file: 2.
			run "$FO_BUILD/cmd/"$command -c "$sample"
			[ "$status" -ne 78 ] && [ "$status" -le 2 ] ||
				{ echo "$sample: $command: $status: $output"; return 1; }
		done
	done
	echo '[router]' >"$BATS_TEST_TMPDIR/faulty.conf"
	run "$FO_BUILD/cmd/fo-status" -c "$BATS_TEST_TMPDIR/faulty.conf"
	[ "$status" -eq 78 ]
}

@test "every fo.conf in the pages' examples is sound" {
	# The examples of fo.conf(5) are whole files.
	awk -v dir="$BATS_TEST_TMPDIR" '
		/^\.Sh/ { here = /EXAMPLES/ }
		here && /^\.Bd -literal/ { n++; on = 1; next }
		/^\.Ed/ { on = 0 }
		on { print >(dir "/example" n ".conf") }' etc/fo.conf.5
	[ -s "$BATS_TEST_TMPDIR/example1.conf" ] && [ -s "$BATS_TEST_TMPDIR/example2.conf" ]
	for conf in "$BATS_TEST_TMPDIR"/example*.conf; do
		run "$FO_BUILD/cmd/fo-route" -n apply -c "$conf"
		[ "$status" -ne 78 ] || { echo "$output"; return 1; }
	done
}

@test "the lines for keepalived.conf, pppd and cron in the pages are those of the samples" {
	local quoted=0

	while IFS= read -r line; do
		quoted=$((quoted + 1))
		# A sample may have a comment behind it, or a condition and a pause in between.
		cat etc/*/keepalived.conf etc/ppp/*/* etc/cron.d/* |
			sed -E 's/^[ \t]+//; s/[ \t]+#.*//; s/\[ ! -d [^]]*\] && sleep [^&]*&& //; s/  +/ /g' |
			grep -qxF -- "$line" || { echo "not in etc: $line"; return 1; }
	done < <(awk '/^\.Sh/ { here = /EXAMPLES/ }
		here && /^\.Bd -literal/ && !/compact/ { on = 1; next }
		/^\.Ed/ { on = 0 }
		on && !/^\[keepalive\]|^target|^require-reply|^redial/' cmd/*.8 |
		sed -E 's/^[ \t]+//' | grep -v '^}$')
	[ "$quoted" -ge 15 ]
}

# Both a head of a -diag list and the formats of the sources are cut at ": " and "; ". Every piece of
# the head is one that a format can print, a single word (a file, an address), or somebody else's.
@test "each --help has an example, which is one of its manual page, and understood" {
	local program example
	for program in $PROGRAMS; do
		example=$(help_of "$program" | sed -n 's/^Example: //p')
		sed -n '/^\.Sh EXAMPLES/,/^\.Sh/p' "$(page_of "$program")" |
			grep -qxF -e ".Dl # $example" -e ".Dl \$ $example" || { echo "$program: $example"; return 1; }
		# shellcheck disable=SC2086
		PATH=$FO_BUILD/cmd:$PATH run -0 $example --help
	done
}

@test "every message under DIAGNOSTICS is one of the programs'" {
	# shellcheck disable=SC2046
	run python3 - $(pages) <<'PYTHON'
import errno, glob, os, re, sys

OTHERS = {os.strerror(e) for e in errno.errorcode} | {
    "Nexthop has invalid gateway",  # the kernel's words
    "Connection timed out after 20001 milliseconds",  # libcurl's
}
STRING = r'"(?:[^"\\\n]|\\.)*"'
CONVERSION = r"%[-+ 0#]*(?:\*|\d+)?(?:\.(?:\*|\d+))?(?:hh|h|ll|l|z|j)?[a-zA-Z]"

def pieces(text):
    return [piece for piece in re.split(r"[:;] ", text) if piece]

def formats():
    for name in glob.glob("cmd/*.c") + glob.glob("lib/*/*.[ch]"):
        text = re.sub(r"\bPRI[dux](32|64)\b", '"d"', open(name).read())
        for run in re.findall(rf"(?:{STRING}\s*)+", text):
            yield "".join(part[1:-1] for part in re.findall(STRING, run)).replace("%%", "%")

def regexes():
    for piece in (piece for text in formats() for piece in pieces(text)):
        fixed = re.split(CONVERSION, piece)
        if len("".join(fixed).replace(" ", "")) >= 3:
            yield re.compile(".*".join(map(re.escape, fixed)))

known = list(regexes())
heads = 0
for page in sys.argv[1:]:
    for block in re.findall(r"^\.Bl -diag\n(.*?)^\.El", open(page).read(), re.M | re.S):
        for head in re.findall(r"^\.It (.*)", block, re.M):
            heads += 1
            for piece in pieces(head):
                if " " in piece and piece not in OTHERS and not any(k.fullmatch(piece) for k in known):
                    sys.exit(f"{page}: {head}: no format has `{piece}'")
if heads < 40:
    sys.exit(f"only {heads} messages found")
PYTHON
	[ "$status" -eq 0 ] || { echo "$output"; return 1; }
	for page in cmd/*.8 etc/*.5; do
		grep -q '^\.Bl -diag' "$page" || { echo "$page explains no message"; return 1; }
	done
}

@test "fo-status(8) has every concern of the table, in its order, and no other" {
	sed -n 's/^\t\[CONCERN_[A-Z_]*\] = { "\([a-z-]*\)".*/\1/p' "lib/status/concern.c" >"$BATS_TEST_TMPDIR/table"
	sed -n '/^\.Sh CONCERNS/,/^\.Sh EXIT STATUS/s/^\.It Cm //p' "cmd/fo-status.8" >"$BATS_TEST_TMPDIR/page"
	same "$BATS_TEST_TMPDIR/table" "$BATS_TEST_TMPDIR/page"
	jq -r '.properties.attention.items.properties.name.enum[]' "etc/fo-status.schema.json" >"$BATS_TEST_TMPDIR/schema"
	same "$BATS_TEST_TMPDIR/table" "$BATS_TEST_TMPDIR/schema"
}

@test "fo-status(8) has every kind of event of the table with its values, in its order, and no other" {
	sed -nE 's/^\t\[EVENT_[A-Z_]*\] = \{ "([a-z-]*)", "?([a-z ]*|NULL)"?, .*/\1 \2/p' lib/base/event.c |
		sed 's/NULL/CLASS/' >"$BATS_TEST_TMPDIR/table"
	sed -nE '/^\.Sh EVENTS/,/^\.Sh CONCERNS/s/^\.It Cm ([^ ]*) (Li|Ar) /\1 /p' cmd/fo-status.8 >"$BATS_TEST_TMPDIR/page"
	same "$BATS_TEST_TMPDIR/table" "$BATS_TEST_TMPDIR/page"
}
