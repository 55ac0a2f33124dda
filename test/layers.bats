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

# The comment that heads a file, as one line.
first_comment() {
	awk '{ print } /\*\// { exit }' "$1" | tr '\n' ' '
}

# `LAYER NOUN` for each header of lib. compiler.h is of no layer.
layers() {
	local header
	for header in "$ROOT"/lib/*/*.h; do
		first_comment "$header" | sed -nE 's/.*[.] (Pure|Edge|Job)[.:].*/\L\1 /p'
		basename "${header%.h}"
	done | grep ' '
}

modules() {
	awk -v layer="$1" '$1 == layer { print $2 }' "$LAYERS"
}

# Height of a file of lib, by its noun.
height() {
	case $(awk -v noun="$1" '$2 == noun { print $1 }' "$LAYERS") in
	pure) echo 1 ;;
	edge) echo 2 ;;
	job) echo 3 ;;
	esac
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

# compiles ROOM HEADER: whether a file of ROOM may include HEADER, ours and not one of the system's that has
# the same name.
compiles() {
	local path
	mapfile -t path < <(search_path "$1")
	[ "${#path[@]}" -gt 0 ] || { echo "no search path of $1 in $FO_BUILD"; return 0; }
	cc -D_GNU_SOURCE -MM -x c "${path[@]}" - <<<"#include \"$2\"" 2>/dev/null | grep -q "/lib/[a-z]*/$2"
}

# Says what is wrong, line by line, and fails, if there is anything.
complain() {
	local faults
	faults=$(cat)
	[ -z "$faults" ] || { echo "$faults"; return 1; }
}

@test "every file of lib is built, and its header has one layer" {
	local file noun
	for file in "$ROOT"/lib/*/*.[ch]; do
		noun=$(basename "${file%.[ch]}")
		[ "$noun" = compiler ] && continue
		[ "$(grep -c " $noun\$" "$LAYERS")" -eq 1 ] || echo "$noun has not one layer"
	done | complain
	for file in "$ROOT"/lib/*/*.c; do
		grep -qF "${file#"$ROOT/"}" "$FO_BUILD/compile_commands.json" || echo "$file is not built"
	done | complain
}

# `ROOM OTHER` where a file of ROOM must not see a header of OTHER.
forbidden() {
	local room other
	for room in base conf line route speedclass keepalive; do
		for other in base conf line route speedclass keepalive; do
			case "$room:$other" in
			base:base | conf:base | conf:conf | keepalive:line | keepalive:route) continue ;;
			*:base | *:conf) [ "$room" = base ] || [ "$room" = conf ] || continue ;;
			esac
			[ "$room" = "$other" ] || echo "$room $other"
		done
	done
}

@test "an include of a higher room, or across, does not compile" {
	local room other header
	[ "$(forbidden | wc -l)" -eq 19 ]
	forbidden | while read -r room other; do
		for header in "$ROOT/lib/$other"/*.h; do
			! compiles "$room" "$(basename "$header")" || echo "$room can include $other/$(basename "$header")"
		done
	done | complain
}

@test "an include of a lower room compiles" {
	compiles conf addr.h
	compiles line settings.h
	compiles route settings.h
	compiles speedclass sim.h
	compiles keepalive line.h
	compiles keepalive switchover.h
}

@test "no file of lib includes one of a higher layer" {
	includes | while read -r from to; do
		[ "$(height "$from")" -ge "$(height "$to")" ] 2>/dev/null ||
			echo "$from ($(height "$from")) includes $to ($(height "$to"))"
	done | complain
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
}

@test "pure modules include nothing that does I/O, asks the clock or logs" {
	local noun
	for noun in $(modules pure); do
		grep -HnE '#include <(time|unistd|fcntl|poll|syslog|stdlib|pthread|signal|sys/(stat|time|file|ioctl|random|wait|mman|uio|un|epoll))(\.h)' \
			"$ROOT"/lib/*/"$noun".[ch] || true
	done | complain
}

# What libc gives without asking the kernel for anything, and the calls that sanitizers add. simapi allocates, through cJSON only.
PURE_SYMBOLS='^(bcmp|mem(cmp|cpy|set|move|chr)|str(n?len|n?cmp|n?casecmp|chr|rchr|c?spn|str)|v?snprintf|__(v?snprintf|mem(cpy|set|move)|explicit_bzero)_chk|explicit_bzero|inet_(pton|ntop)|__ctype_(b|tolower|toupper)_loc|to(lower|upper)|__assert_fail|__stack_chk_(fail|guard)|_GLOBAL_OFFSET_TABLE_|__(asan|ubsan)_[a-z0-9_]+)$'

@test "pure modules call nothing that does I/O, asks the clock, logs or allocates" {
	local noun object allowed own
	own=$(for noun in $(modules pure); do
		find "$FO_BUILD/lib" -name "$noun.c.o" -exec nm --defined-only -g {} +
	done | awk 'NF == 3 { print $3 }')
	for noun in $(modules pure); do
		object=$(find "$FO_BUILD/lib" -name "$noun.c.o")
		[ -n "$object" ] || { [ -z "$(find "$ROOT/lib" -name "$noun.c")" ] || echo "no object file of $noun"; continue; }
		allowed=$PURE_SYMBOLS
		[ "$noun" = simapi ] && allowed="$allowed|^cJSON_[A-Za-z]+\$"
		nm -u "$object" | awk '{ print $2 }' | grep -vxF "$own" | grep -vE "$allowed" |
			sed "s/^/$noun calls /" || true
	done | complain
}

@test "programs that need no HTTP are not linked to libcurl, nor is anything they load" {
	local program
	for program in $(programs); do
		[ "$program" != fo-speedclass ] || continue
		[ -x "$FO_BUILD/cmd/$program" ] || { echo "no $program in $FO_BUILD"; continue; }
		{ readelf -d "$FO_BUILD/cmd/$program"; ldd "$FO_BUILD/cmd/$program"; } | grep -iE 'libcurl|cjson' |
			sed "s/^/$program: /" || true
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
