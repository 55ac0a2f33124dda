#!/usr/bin/env bats
# The architecture, as far as it can be read from the code and from the programs: rooms, which the
# compiler keeps apart, and in each header's first sentence a layer: pure, edge or job.

bats_require_minimum_version 1.5.0

setup_file() {
	export ROOT=$BATS_TEST_DIRNAME/..
	load support
	find_build
	layers >"$BATS_FILE_TMPDIR/layers"
	export LAYERS=$BATS_FILE_TMPDIR/layers
}

# `LAYER NOUN` for each header of lib, by the comment that heads it. compiler.h is of no layer.
layers() {
	awk 'FNR == 1 { comment = ""; done = 0 }
		done { next }
		{ comment = comment " " $0 }
		/\*\// {
			done = 1
			while (match(comment, /[.] (Pure|Edge|Job)[.:]/)) {
				layer = tolower(substr(comment, RSTART + 2, RLENGTH - 3))
				comment = substr(comment, RSTART + RLENGTH)
			}
			noun = FILENAME
			gsub(/.*\/|\.h$/, "", noun)
			if (layer != "") print layer, noun
			layer = ""
		}' "$ROOT"/lib/*/*.h
}

modules() {
	awk -v layer="$1" '$1 == layer { print $2 }' "$LAYERS"
}

# `FROM TO` for each include of a header of ours in lib, by nouns, without that of itself.
includes() {
	grep -H '^#include "' "$ROOT"/lib/*/*.[ch] |
		sed -n 's|^.*/\([^/]*\)\.[ch]:#include "\([^"]*\)\.h".*|\1 \2|p' |
		awk '$1 != $2 && $2 != "compiler" && $2 != "version"' | sort -u
}

# Files of lib and cmd that include a header which matches.
includers() {
	grep -lE "^#include <$1" "$ROOT"/lib/*/*.[ch] "$ROOT"/cmd/*.c | sed 's|.*/||; s|\.[ch]$||' | sort -u
}

programs() {
	sed -n 's|^.*/\(fo-[a-z-]*\)\.c$|\1|p' < <(ls "$ROOT"/cmd/*.c)
}

# The folders that the compiler searches for the headers of ours in a room: words `-IFOLDER`.
search_path() {
	grep -o "\"command\": .* -c [^ ]*/lib/$1/[a-z_]*\.c" "$FO_BUILD/compile_commands.json" | head -n 1 |
		grep -oE -- '-I[^ ]+'
}

# sees ROOM HEADER...: those that a file of ROOM can include. Without the system's, which may have the same
# name.
sees() {
	local room=$1 path
	shift
	mapfile -t path < <(search_path "$room")
	[ "${#path[@]}" -gt 0 ] || { echo "no search path of $room in $FO_BUILD"; return 1; }
	printf '%s\n' "$@" | sed -E 's/.*/#if __has_include("&")\nsees &\n#endif/' |
		cc -E -P -nostdinc -x c "${path[@]}" - | sed -n 's/^sees //p'
}

# Says what is wrong, line by line, and fails, if there is anything.
complain() {
	local faults
	faults=$(cat)
	[ -z "$faults" ] || { echo "$faults"; return 1; }
}

@test "every file of lib is built, and its header has one layer" {
	local nouns file
	nouns=$(printf '%s\n' "$ROOT"/lib/*/*.[ch] | sed 's|.*/||; s|\.[ch]$||' | sort -u | grep -vx compiler)
	diff <(echo "$nouns") <(awk '{ print $2 }' "$LAYERS" | sort)
	for file in "$ROOT"/lib/*/*.c; do
		echo "${file#"$ROOT/"}"
	done | grep -vxFf <(grep -oE 'lib/[a-z]+/[a-z0-9_]+\.c' "$FO_BUILD/compile_commands.json") | complain
}

# below ROOM: the rooms whose headers a file of ROOM may include, besides its own.
below() {
	case "$1" in
	base) ;;
	conf | web | keepalived | firewall) echo base ;;
	line | route) echo base conf ;;
	speedclass | events) echo base conf web ;;
	keepalive | drill) echo base conf line route ;;
	status | doctor) echo base conf line route web speedclass keepalive keepalived firewall ;;
	*) echo "no rule for the room $1" >&2; return 1 ;;
	esac
}

# `ROOM OTHER` where a file of ROOM must not see a header of OTHER.
forbidden() {
	local room other may rooms
	rooms=$(cd "$ROOT/lib" && printf '%s\n' */ | tr -d /)
	for room in $rooms; do
		may=$(below "$room") || return 1
		for other in $rooms; do
			grep -qw "$other" <<<"$room $may" || echo "$room $other"
		done
	done
}

@test "an include of a higher room, or across, does not compile; of a lower one it does" {
	local room other headers
	[ "$(forbidden | wc -l)" -gt 100 ]
	forbidden | while read -r room other; do
		mapfile -t headers < <(cd "$ROOT/lib/$other" && ls ./*.h | cut -c 3-)
		sees "$room" "${headers[@]}" | sed "s|^|$room can include $other/|"
	done | complain
	[ "$(sees conf addr.h)" = addr.h ]
	[ "$(sees line settings.h addr.h)" = $'settings.h\naddr.h' ]
	[ "$(sees route settings.h)" = settings.h ]
	[ "$(sees speedclass sim.h http.h)" = $'sim.h\nhttp.h' ]
	[ "$(sees events settings.h http.h)" = $'settings.h\nhttp.h' ]
	[ "$(sees keepalive line.h switchover.h)" = $'line.h\nswitchover.h' ]
}

@test "no file of lib includes one of a higher layer" {
	includes | awk 'BEGIN { height["pure"] = 1; height["edge"] = 2; height["job"] = 3 }
		NR == FNR { layer[$2] = $1; next }
		!(height[layer[$1]] >= height[layer[$2]] && layer[$2] != "") {
			print $1, "(" layer[$1] ") includes", $2, "(" layer[$2] ")"
		}' "$LAYERS" - | complain
}

@test "no include names a folder, nor a .c file" {
	grep -nE '#include ".*(/|\.c")' "$ROOT"/lib/*/*.[ch] "$ROOT"/cmd/*.[ch] | complain
}

@test "no two modules include each other, on no way round" {
	run tsort <(includes)
	[ "$status" -eq 0 ] || { echo "$output"; return 1; }
}

@test "each library has its one user" {
	[ "$(includers iniparser)" = ini_file ]
	[ "$(includers libmnl)" = netlink ]
	[ "$(includers curl/)" = http ]
	[ "$(includers cjson/)" = simapi ]
	[ "$(includers ares)" = resolver ]
}

@test "pure modules include nothing that does I/O, asks the clock or logs" {
	local noun
	for noun in $(modules pure); do
		grep -HnE '#include <(time|unistd|fcntl|poll|syslog|stdlib|pthread|signal|sys/(stat|time|file|ioctl|random|wait|mman|uio|un|epoll))(\.h)' \
			"$ROOT"/lib/*/"$noun".[ch] || true
	done | complain
}

# What libc gives without asking the kernel for anything, and the calls that sanitizers add. simapi allocates, through cJSON only.
PURE_SYMBOLS='(bcmp|mem(cmp|cpy|set|move|chr)|str(n?len|n?cmp|n?casecmp|chr|rchr|c?spn|str)|v?snprintf|__(v?snprintf|mem(cpy|set|move)|explicit_bzero)_chk|explicit_bzero|inet_(pton|ntop)|__ctype_(b|tolower|toupper)_loc|to(lower|upper)|__assert_fail|__stack_chk_(fail|guard)|_GLOBAL_OFFSET_TABLE_|__(asan|ubsan)_[a-z0-9_]+)$'

@test "pure modules call nothing that does I/O, asks the clock, logs or allocates" {
	local noun objects
	objects=$(find "$FO_BUILD/lib" -name '*.c.o' | grep -E "/($(modules pure | paste -sd'|'))\.c\.o$")
	for noun in $(modules pure); do
		grep -q "/$noun\.c\.o$" <<<"$objects" || ! compgen -G "$ROOT/lib/*/$noun.c" >/dev/null ||
			echo "no object file of $noun"
	done | complain
	xargs nm -A -u <<<"$objects" | sed -E 's|.*/([a-z0-9_]+)\.c\.o: +[Uw] |\1 |' |
		grep -vE " $PURE_SYMBOLS" | grep -vE '^simapi cJSON_[A-Za-z]+$' |
		awk 'NR == FNR { own[$3] = 1; next } !($2 in own) { print $1, "calls", $2 }' \
			<(xargs nm --defined-only -g <<<"$objects" | awk 'NF == 3') - | complain
}

@test "programs that need no HTTP are not linked to libcurl or c-ares, nor is anything they load" {
	local program
	for program in $(programs); do
		local libraries='libcurl|libcares|cjson'
		case "$program" in
		fo-speedclass) continue ;;
		fo-alert) libraries='libcares|cjson' ;;
		esac
		[ -x "$FO_BUILD/cmd/$program" ] || { echo "no $program in $FO_BUILD"; continue; }
		{ readelf -d "$FO_BUILD/cmd/$program"; ldd "$FO_BUILD/cmd/$program"; } | grep -iE "$libraries" |
			sed "s/^/$program: /" || true
	done | complain
}

@test "every file of tests is run" {
	local file
	# Or by a script of its name, beside it, or by test/ppp.
	(cd "$ROOT/test" && ls ./*.bats ./*/*.bats) | while read -r file; do
		grep -qE "^fo_bats\\([a-z0-9]+ ${file#./}[ )]" "$ROOT/test/CMakeLists.txt" ||
			grep -qsF "${file##*/}" "$ROOT/test/${file%.bats}" ||
			grep -qF "test/${file#./}" "$ROOT/test/ppp" || echo "$file is in no build"
	done | complain
}

@test "every program is built" {
	local program
	for program in $(programs); do
		[ -x "$FO_BUILD/cmd/$program" ] || echo "no $program in $FO_BUILD"
	done | complain
}

@test "assertions are in what is shipped: NDEBUG is in no build" {
	run ! grep -l NDEBUG "$FO_BUILD/compile_commands.json" "$ROOT/CMakePresets.json"
}

@test "no result is thrown away: a failure that costs nothing has a function that says so" {
	run ! grep -rnF '(void)!' "$ROOT/lib" "$ROOT/cmd"
}

@test "every program is hardened: PIE, RELRO, bound at start, no executable stack" {
	local program headers dynamic
	for program in $(programs); do
		headers=$(readelf -hlW "$FO_BUILD/cmd/$program")
		dynamic=$(readelf -dW "$FO_BUILD/cmd/$program")
		grep -q 'Type: *DYN' <<<"$headers" || echo "$program is not PIE"
		grep -q 'GNU_RELRO' <<<"$headers" || echo "$program has no RELRO"
		grep -qE '\(FLAGS\).*BIND_NOW|\(FLAGS_1\).* NOW' <<<"$dynamic" || echo "$program is not BIND_NOW"
		grep -qE 'GNU_STACK.* RW +0x' <<<"$headers" || echo "$program's stack can be executed"
		grep -qE '\((RPATH|RUNPATH)\)' <<<"$dynamic" && echo "$program has a run path"
	done | complain
}
