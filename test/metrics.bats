#!/usr/bin/env bats
# The metrics of fo-status beside what is made of them: the manual page, the alert rules, the dashboard.

bats_require_minimum_version 1.5.0

setup_file() {
	export ROOT=$BATS_TEST_DIRNAME/..
	load support
	find_build
	export TABLE=$BATS_FILE_TMPDIR/table
	"$FO_BUILD/test/schema/print-metrics" >"$TABLE"
	export RULES=$ROOT/etc/prometheus/failover-helpers.rules.yml
	export DASHBOARD=$ROOT/etc/grafana/failover-helpers.json
}

setup() {
	load support
}

# names_of FILE: `NAME LABEL...` for each use of a metric in its expressions, with the labels that are asked for there.
uses() {
	python3 - "$1" <<'PYTHON'
import json, re, sys

text = open(sys.argv[1]).read()
if sys.argv[1].endswith(".json"):
    def walk(node):
        if isinstance(node, dict):
            for key, value in node.items():
                if key == "expr" or key == "query" and isinstance(value, str) and "fo_" in value:
                    yield value
                yield from walk(value)
        elif isinstance(node, list):
            for value in node:
                yield from walk(value)
    expressions = list(walk(json.loads(text)))
else:
    expressions = re.findall(r"^ *expr: (.*)$", text, re.M)
for expression in expressions:
    found = re.findall(r"\b(fo_[a-z_]+)(?:\{([^}]*)\})?", expression)
    for name, matchers in found:
        print(name, *re.findall(r"([a-z_]+)(?:=|!)", matchers))
    # What is grouped by is a label of any of them.
    for words in re.findall(r"\b(?:by|without|on) \(([^)]*)\)", expression):
        print("|".join(name for name, _ in found), *words.replace(",", " ").split())
PYTHON
}

# Says which use has a metric or a label that there is not. `site`, `role` and `instance` are Prometheus's own.
unknown() {
	awk -F '\t' 'NR == FNR { known[$1] = "," $3 ",site,role,instance,job,"; next }
		{
			count = split($0, words, " ")
			names = split(words[1], alternatives, "|")
			for (i = 1; i <= names; i++)
				if (!(alternatives[i] in known)) print "no metric " alternatives[i]
			for (j = 2; j <= count; j++) {
				found = 0
				for (i = 1; i <= names; i++)
					if (index(known[alternatives[i]], "," words[j] ",")) found = 1
				if (!found) print words[1] " has no label " words[j]
			}
		}' "$TABLE" -
}

@test "the page has each metric with its labels, and no other" {
	sed -n '/^\.Ss Metrics/,/^\.S[hs] [^M]/s/^\.It Cm \(fo_[^ ]*\)/\1/p' "$ROOT/cmd/fo-status.8" | sort >"$BATS_TEST_TMPDIR/page"
	awk -F '\t' '{ gsub(",", " , ", $3); print $1 ($3 == "-" ? "" : " Brq Ar " $3) }' "$TABLE" | sort >"$BATS_TEST_TMPDIR/table"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/table")" -gt 40 ]
	diff "$BATS_TEST_TMPDIR/table" "$BATS_TEST_TMPDIR/page"
}

@test "each metric and label in the alert rules and in the dashboard exists" {
	local file
	for file in "$RULES" "$DASHBOARD"; do
		[ "$(uses "$file" | wc -l)" -gt 25 ]
		[ -z "$(uses "$file" | unknown)" ] || { uses "$file" | unknown; return 1; }
	done
	# It would be noticed.
	[ "$(echo 'fo_line_up verdict' | unknown)" = "fo_line_up has no label verdict" ]
	[ "$(echo fo_line_upp | unknown)" = "no metric fo_line_upp" ]
}

@test "each label in a text of the dashboard is one of the metric's, or Prometheus's own" {
	python3 - "$DASHBOARD" "$TABLE" <<-'PYTHON'
	import json, re, sys
	table = {row.split("\t")[0]: row.split("\t")[2] for row in open(sys.argv[2])}
	for panel in json.load(open(sys.argv[1]))["panels"]:
	    for target in panel.get("targets", []):
	        known = {"site", "instance", "role"}
	        for name in re.findall(r"fo_[a-z_]+", target["expr"]):
	            known |= set(table[name].split(","))
	        for label in re.findall(r"{{(.*?)}}", target["legendFormat"]):
	            assert label in known, f"{panel['title']}: {label}"
	PYTHON
}

@test "the dashboard: panels have a title, a unit, words, and a place of their own" {
	jq -e '.uid and .title and .schemaVersion and (.templating.list | map(.name) == ["datasource", "site"])' "$DASHBOARD" >/dev/null
	jq -e '[.panels[] | select(.type != "row")] | length > 15 and all(.title != "" and .fieldConfig.defaults.unit and
		.description != "" and (.targets | length > 0))' "$DASHBOARD" >/dev/null
	jq -e '[.panels[].id] | length == (unique | length)' "$DASHBOARD" >/dev/null
	jq -e '[.panels[].gridPos | . as $g | range(.x; .x + .w) as $x | range(.y; .y + .h) as $y | [$x, $y]] |
		length == (unique | length) and all(.[0] < 24)' "$DASHBOARD" >/dev/null
	# One site or all of them.
	jq -e '.templating.list[1] | .multi and .includeAll' "$DASHBOARD" >/dev/null
}

@test "each alert is tried, and tells a person what to do" {
	need promtool
	promtool check rules "$RULES"
	grep -oE 'alert: [A-Za-z]+' "$RULES" | cut -d ' ' -f 2 | sort >"$BATS_TEST_TMPDIR/alerts"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/alerts")" -eq "$(grep -c 'action: ' "$RULES")" ]
	[ "$(wc -l <"$BATS_TEST_TMPDIR/alerts")" -eq "$(grep -c 'severity: ' "$RULES")" ]
	sed -n "s/.*labels: '{alertname=\"\([A-Za-z]*\)\",site=\"\1\"}'.*/\1/p" "$BATS_TEST_DIRNAME/prometheus/rules.test.yml" |
		sort -u | diff "$BATS_TEST_TMPDIR/alerts" -
}

@test "alerts: each fault has its own, and a pair that is well has none" {
	need promtool
	cd "$BATS_TEST_DIRNAME/prometheus"
	promtool test rules rules.test.yml
}
