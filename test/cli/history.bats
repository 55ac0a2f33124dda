#!/usr/bin/env bats
# fo-status history and report, of months that test/month makes.

load "$BATS_TEST_DIRNAME/../support.bash"

setup() {
	find_build
	DIR=$BATS_TEST_TMPDIR
	CONF=$DIR/fo.conf
	export FO_STATE_DIR=$DIR/state TZ=UTC
	printf '%s\n' '[router]' 'lan = lo' 'uplink = ppp0' 'vip = 192.0.2.1' "[check]" "targets = 192.0.2.9" >"$CONF"
}

status() {
	timeout 20 "$FO_BUILD/cmd/fo-status" -c "$CONF" "$@"
}

month() {
	"$BATS_TEST_DIRNAME/../month" --month 2026-10 "$FO_STATE_DIR"
}

# add LINE…: events `ISO-TIME KIND VALUE TEXT`, all of one boot, behind those that are there.
add() {
	mkdir -p "$FO_STATE_DIR/lib"
	PYTHONPATH=$BATS_TEST_DIRNAME/.. python3 -B - "$FO_STATE_DIR/lib/history" "$@" <<-'PYTHON'
		import datetime, sys
		from fo.month.event import Event, write
		events = []
		for line in sys.argv[2:]:
		    when, kind, value, text = line.split(" ", 3)
		    events.append(Event(int(datetime.datetime.fromisoformat(when).timestamp() * 1000), kind, value, text))
		write(sys.argv[1], events)
	PYTHON
}

# misused TEXT ARG…: 64, nothing on stdout.
misused() {
	run -64 --separate-stderr status "${@:2}"
	[ -z "$output" ]
	# shellcheck disable=SC2154  # of bats
	has "$stderr" "$1"
}

@test "history: local time for a person, UTC for a program" {
	add "2026-10-25T00:30:00+00:00 line down ppp0: down, no answers" \
		"2026-10-25T01:30:00+00:00 line up ppp0: up again after 3600 s"
	TZ=CET-1CEST,M3.5.0,M10.5.0/3 run -0 status history
	# The hour that there is twice.
	has "${lines[1]}" "2026-10-25 02:30:00  line"
	has "${lines[2]}" "2026-10-25 02:30:00  line"
	TZ=JST-9 run -0 status --json history
	jq -e '.events | map(.time) == ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"]' <<<"$output"
	jq -e '.events[0] | keys == ["boot", "duration_s", "id", "kind", "program", "text", "time", "value"]' <<<"$output"
}

@test "history: nothing has happened; nothing is asked of fo.conf" {
	run -0 status history
	[ "$output" = "no events" ]
	run -0 status --json history
	[ "$output" = '{"events":[]}' ]
	echo "[router" >"$CONF"
	run -0 status history
	[ "$output" = "no events" ]
}

@test "history --since: so long ago, a date, a time; and what is none" {
	add "2026-10-01T12:00:00+00:00 line up one" "2026-10-02T12:00:00+00:00 line down two" \
		"$(date -u -d '90 minutes ago' +%FT%T+00:00) line up three"
	count() { status --json history --since "$1" | jq '.events | length'; }
	[ "$(count 2026-10-01)" -eq 3 ]
	[ "$(count 2026-10-02)" -eq 2 ]
	[ "$(count '2026-10-02 12:00')" -eq 2 ]
	[ "$(count 2026-10-02T12:00:01)" -eq 1 ]
	[ "$(count 2h)" -eq 1 ]
	[ "$(count 89m)" -eq 0 ]
	misused "--since: \`yesterday' is not a time such as 2h, 3d" history --since yesterday
	misused "--since: \`2026-02-30'" history --since 2026-02-30
	misused "since" report --since 2h
	misused "\`foo': history takes no operands" history foo
}

@test "history: what others wrote moves no cursor, and is no other JSON" {
	add $'2026-10-01T12:00:00+00:00 line up evil\e[31m\xc2\x9b"},\u202e\\'
	run -0 status history
	[[ "$output" != *$'\e'* && "$output" != *$'\u202e'* ]]
	run -0 status --json history
	jq -e '.events[0].text | contains("evil")' <<<"$output"
}

@test "report: outages, availability of what was watched, and how long nobody did" {
	month
	run -0 status report --month 2026-10
	says "2026-10 on $(uname -n)"
	says "available     99.162 % of the 30 d 12 h in which it was watched"
	says "outages       13, 6 h 08 min together"
	says "not watched   11 h 20 min"
	says "2026-10-14 03:00:00  2026-10-14 08:12:00  5 h 12 min    no answers"
	run -0 status --json report --month 2026-10
	jq -e '.month == "2026-10" and .from == "2026-10-01T00:00:00Z" and .to == "2026-11-01T00:00:00Z" and
		.metered == false and (.outages | length) == 13 and (.days | length) == 31 and
		(.lines[0] | .available_pct == 99.162 and .up_s + .down_s + .unknown_s == 31 * 86400)' <<<"$output"
	# What these are, without our code.
	jq -e '(.outages | map(.duration_s) | add) == .lines[0].down_s and
		([.outages[] | (.end | fromdate) - (.begin | fromdate)] | add) == .lines[0].down_s' <<<"$output"
}

@test "report: a month ends where the router's clocks say so" {
	add "2026-10-01T00:00:00+00:00 line up a" "2026-10-31T23:00:00+00:00 line down ppp0: down, no link" \
		"2026-11-01T01:00:00+00:00 line up b" "2026-11-20T00:00:00+00:00 watch end c"
	down() { TZ=$1 status --json report --month "$2" | jq '.lines[0].down_s'; }
	[ "$(down UTC 2026-10)" = 3600 ]
	[ "$(down UTC 2026-11)" = 3600 ]
	[ "$(down JST-9 2026-10)" = 0 ]
	[ "$(down JST-9 2026-11)" = 7200 ]
	[ "$(down EST5 2026-10)" = 7200 ]
	[ "$(TZ=CET-1CEST,M3.5.0,M10.5.0/3 status --json report --month 2026-10 | jq '.lines[0] | .up_s + .down_s + .unknown_s')" = \
		"$((31 * 86400 + 3600))" ]
}

@test "report: nothing is known; a damaged file; a month that is none" {
	run -0 status report --month 2026-10
	says "no line was watched in this month, or nothing of it is kept"
	run -0 status report --month 2026-10 --html
	mkdir -p "$FO_STATE_DIR/lib"
	echo rubbish | tee "$FO_STATE_DIR/lib/history" >"$FO_STATE_DIR/lib/watch.days"
	run -0 status report
	says "ignoring watch.days: it is corrupt"
	misused "--month: \`11' is not a month such as 2026-11" report --month 11
	misused "--month: \`2026-13'" report --month 2026-13
	misused "--html and --json do not go together" report --html --json
	misused "html" history --html
}

@test "report: the bytes and the time as master, where the line is metered" {
	month
	printf '%s\n' "[keepalive]" "target = 192.0.2.9" >>"$CONF"
	mkdir -p "$FO_STATE_DIR/run"
	printf 'boot %s\nname ppp0\nmonth 202610 1000 200 30 4\n' "$(cat /proc/sys/kernel/random/boot_id)" \
		>"$FO_STATE_DIR/lib/usage"
	run -0 status --json report --month 2026-10
	jq -e '.metered and .master_received_bytes == 1000 and .backup_sent_bytes == 4 and .master_s > 2500000' <<<"$output"
	run -0 status report --month 2026-10
	says "so long the LAN went over LTE"
	says "over LTE        1.2 KB, 1.17 KB of it as master"
}

# Whether a page on stdin is well-formed, names what it shows, and fetches nothing.
is_page() {
	python3 -c '
import sys, xml.sax
class Page(xml.sax.ContentHandler):
    def __init__(self):
        self.names, self.ids, self.wanted = [], set(), set()
    def startElement(self, name, attrs):
        self.names.append(name)
        self.ids |= {attrs[key] for key in attrs.keys() if key == "id"}
        self.wanted |= set(attrs.get("aria-labelledby", "").split())
        assert name not in ("script", "img", "link", "iframe", "object"), name
        assert not {"href", "src", "style", "onload"} & set(attrs.keys()), attrs.keys()
        assert name != "svg" or attrs["role"] == "img" and attrs["aria-labelledby"]
        assert name != "th" or attrs["scope"] == "col"
page = Page()
text = sys.stdin.read()
assert "://" not in text and "url(" not in text and "@import" not in text
# Of HTML only what XML has, too, but for these two.
xml.sax.parseString(text.replace("<!DOCTYPE html>", "").replace("<meta charset=\"utf-8\">", "")
    .replace("content=\"width=device-width\">", "content=\"width=device-width\"/>")
    .replace("\x27unsafe-inline\x27\">", "\x27unsafe-inline\x27\"/>"), page)
assert page.wanted <= page.ids, page.wanted
print(*page.names)' || return 1
}

@test "report --html: one page that is well-formed, with a bar for each day and a row for each outage" {
	month
	status report --month 2026-10 --html >"$DIR/page"
	run -0 is_page <"$DIR/page"
	[ "$(grep -o '<tr>' "$DIR/page" | wc -l)" -eq 14 ]
	[ "$(grep -o 'class="down" x=' "$DIR/page" | wc -l)" -eq 13 ]
	[ "$(grep -c '<circle' "$DIR/page")" -eq 31 ]
	grep -q 'prefers-color-scheme:dark' "$DIR/page"
	grep -q '@media print' "$DIR/page"
	grep -q 'size:A4' "$DIR/page"
}

@test "report --html: a reason is text" {
	add "2026-10-02T12:00:00+00:00 line down ppp0: down, <script>alert(1)</script>\"'&amp;" \
		"2026-10-02T13:00:00+00:00 line up ppp0: up"
	status report --month 2026-10 --html >"$DIR/page"
	run -0 is_page <"$DIR/page"
	run ! grep -qi '<script' "$DIR/page"
	grep -qF '&#60;script&#62;alert(1)&#60;/script&#62;&#34;&#39;&#38;amp;' "$DIR/page"
}

@test "report and history: a full disk is no success" {
	month
	run -2 bash -c '"$FO_BUILD/cmd/fo-status" -c "$0" history >/dev/full' "$CONF"
	run -2 bash -c '"$FO_BUILD/cmd/fo-status" -c "$0" report --html >/dev/full' "$CONF"
}
