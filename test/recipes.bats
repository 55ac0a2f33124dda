#!/usr/bin/env bats
# doc/recipes.md shows the files of etc/recipes as they are, and the end-to-end tests use each of them.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_DIRNAME/.." || return 1
	PAGE=doc/recipes.md
}

@test "each file that the page shows is the file, or a part of it" {
	python3 - "$PAGE" <<-'END'
		import re, sys
		page = open(sys.argv[1], encoding="utf-8").read()
		shown = re.findall(r"\[([^]\n]*)\]\(\.\./(etc/recipes/[^)]*)\):\n\n```\n(.*?)^```$", page, re.M | re.S)
		assert len(shown) > 30, "the blocks are not found"
		for text, path, block in shown:
		    file = open(path, encoding="utf-8").read()
		    same = block in file if text.startswith("from ") else block == file
		    assert same, f"{path} is not as the page shows it"
		    name = re.sub("^from ", "", text)
		    assert name == "these lines" or path.endswith(name.strip("`")), f"{path} is not {name}"
		assert page.count("```") == 2 * len(shown), "a block without its file"
	END
}

@test "the page names each file, and no other" {
	grep -o '(\.\./etc/recipes/[^)]*)' "$PAGE" | tr -d '()' | sed 's|^\.\./||' | sort -u >"$BATS_TEST_TMPDIR/named"
	find etc/recipes -type f | sort | diff - "$BATS_TEST_TMPDIR/named"
}

@test "each recipe is run by a test" {
	for folder in etc/recipes/*; do
		grep -q "${folder#etc/recipes/}" test/e2e/recipes.bats test/e2e/three-routers.bats || { echo "$folder" >&2; return 1; }
	done
}

@test "the findings of the page are those of fo-status(8)" {
	grep -o 'FO[0-9][0-9][0-9]' "$PAGE" | sort -u >"$BATS_TEST_TMPDIR/codes"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/codes")" -gt 20 ]
	for code in $(cat "$BATS_TEST_TMPDIR/codes"); do
		grep -q "^\.It $code " cmd/fo-status.8 || { echo "$code" >&2; return 1; }
	done
}

@test "the folders that the commands copy are there" {
	grep -oE 'cp -r .*/\. /' "$PAGE" | grep -oE '[a-z0-9-]+/[a-z]+/\.' | sort -u >"$BATS_TEST_TMPDIR/copied"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/copied")" -gt 15 ]
	while read -r folder; do
		[ -d "etc/recipes/$folder" ] || { echo "$folder" >&2; return 1; }
	done <"$BATS_TEST_TMPDIR/copied"
}
