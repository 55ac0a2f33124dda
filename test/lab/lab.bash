# What the tests of the lab share. Each file has labs of its own, of which $NAME is the first.

bats_require_minimum_version 1.5.0

LAB="$BATS_TEST_DIRNAME/lab"
FIXTURE="$BATS_TEST_DIRNAME/fixture"
HAS_VIP="ip -o addr show | grep -q 'inet 192.168.0.254/'"

lab() {
	"$LAB" --name "$NAME" "$@"
}

between() {
	awk -v x="$1" -v low="$2" -v high="$3" 'BEGIN { exit !(x >= low && x <= high) }' ||
		{ echo "$1 is not between $2 and $3"; return 1; }
}

# line_has LINE KEY: a value of a line's status; 0 for an address to which no echo has come.
line_has() {
	lab line "$1" status | awk -v key="$2" '$1 == key { $1 = ""; value = substr($0, 2) } END { print value ? value : 0 }'
}
