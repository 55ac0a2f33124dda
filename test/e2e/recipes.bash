# The files of doc/recipes.md, put where the page says: etc/recipes/NAME/WHO/PATH is /PATH of the router WHO, and
# what stands in NAME/WHO.changes goes into the file of that name, in the place of what is there.

load field

RECIPES=$(readlink -f "$BATS_TEST_DIRNAME/../../etc/recipes")

# Most recipes add something to the samples' routers: one lab for them all, made new where a test has failed. A recipe
# that changes a configuration has a lab of its own: begin_own.
setup_file() {
	need_root
	export NAME="e2e$$"
	export SHARED=$NAME
	export OWNER=$$ # who lives as long as this file: a test does not
	find_build
	make_etc "$BATS_FILE_TMPDIR/etc"
	lab_up "$BATS_FILE_TMPDIR/etc"
}

teardown() {
	if [ "$NAME" != "$SHARED" ]; then
		lab down
	elif [ -z "$BATS_TEST_COMPLETED" ]; then
		lab up --build "$FO_BUILD" --etc "$BATS_FILE_TMPDIR/etc" --owner "$OWNER" --settled
	fi
}

teardown_file() {
	[ -z "${NAME:-}" ] || lab down
}

# begin_own [OPTION...]: a lab with the test's own configuration, its sysctls set as at a boot.
# shellcheck disable=SC2016
begin_own() {
	NAME=${SHARED}o
	lab_up "$ETC" "$@"
	for router in main sub; do
		lab exec "$router" sh -c 'for file in /etc/sysctl.d/61-*.conf; do [ ! -e "$file" ] || sysctl -q -p "$file" || exit; done'
	done
	carried_by main
}

# has_files ROUTER NAME/WHO...: these are on the running router.
has_files() {
	local folder
	for folder in "${@:2}"; do
		lab exec "$1" cp -r "$RECIPES/$folder/." /
	done
}

# with ROUTER NAME/WHO...: the lab will begin with these files and changes.
with() {
	local folder changes key value
	for folder in "${@:2}"; do
		mkdir -p "$ETC/$1/root"
		[ ! -d "$RECIPES/$folder" ] || cp -r "$RECIPES/$folder/." "$ETC/$1/root"
		changes=$RECIPES/$folder.changes
		[ ! -e "$changes/keepalived.conf" ] || change_keepalived "$1" "$changes/keepalived.conf"
		# The lab has one of these for both routers.
		[ ! -e "$changes/nftables.conf" ] ||
			sed -i "s/^define line = .*/define line = { \"ppp0\", $(sed 's/.* = //' "$changes/nftables.conf") }/" "$ETC/nftables.conf"
		[ -e "$changes/fo.conf" ] || continue
		while IFS='= ' read -r key value; do
			case $key in
			'' | '['*) ;;
			redial) sed -i "/^\[keepalive\]/a redial = $value" "$ETC/$1/fo.conf" ;;
			*) conf "$1" "$key" "$value" ;;
			esac
		done <"$changes/fo.conf"
	done
}

# change_keepalived ROUTER FILE: in the place of the statement of that name, or else before those that tell fo-route.
change_keepalived() {
	awk -v changes="$2" -v file="$ETC/$1/keepalived.conf" '
		BEGIN {
			while ((getline line <changes) > 0) text = text line "\n"
			split(text, words)
			while ((getline line <file) > 0) { split(line, have); replaces = replaces || have[1] == words[1] }
		}
		skip { skip = $1 != "}"; next }
		replaces && $1 == words[1] { printf "%s", text; skip = $NF == "{"; next }
		!replaces && $1 == "notify_master" { printf "%s", text }
		{ print }' "$ETC/$1/keepalived.conf" >"$ETC/new"
	mv "$ETC/new" "$ETC/$1/keepalived.conf"
}

# starts HOST COMMAND: a shell command that leaves a daemon behind.
starts() {
	lab exec "$1" sh -c "$2" >"$BATS_TEST_TMPDIR/started" 2>&1 3>&- || { cat "$BATS_TEST_TMPDIR/started" >&2; return 1; }
}

# on_both COMMAND
on_both() {
	starts main "$1"
	starts sub "$1"
}

# are_healthy ROUTER...: fo-status doctor finds nothing.
are_healthy() {
	local router
	for router in "$@"; do
		run lab exec "$router" fo-status doctor
		[ "$status" -eq 0 ] || { echo "$router: $output" >&2; return 1; }
	done
}

# healthy_over_and_back: the main job beside the recipe, and the doctor in both states.
healthy_over_and_back() {
	carried_by main
	are_healthy main sub
	lab line main blackhole on
	carried_by sub
	are_healthy main sub
	lab line main blackhole off
	carried_by main
}
