# That README.md says of each command where it runs, that README.ja.md has the same, and that test/readme, which runs
# them on two machines, finds what is there.

load "$BATS_TEST_DIRNAME/support.bash"

TREE=$BATS_TEST_DIRNAME/..

readme() {
	"$BATS_TEST_DIRNAME/readme" "$@"
}

# page: from stdin, in a file.
page() {
	cat >"$BATS_TEST_TMPDIR/page.md"
}

finds() {
	exits 0 readme list "$BATS_TEST_TMPDIR/page.md"
	[ "$output" = "$1" ] || { printf 'not\n%s\nbut\n%s\n' "$1" "$output" >&2; return 1; }
}

# complains TEXT: about the page.
complains() {
	exits 1 readme list "$BATS_TEST_TMPDIR/page.md"
	# shellcheck disable=SC2154  # exits() sets it
	has "$messages" "$1"
}

@test "README.md: each command of the sections that are tested says where it runs" {
	exits 0 readme list "$TREE/README.md"
	says "fo-setup --role main"
	says "fo-setup --role sub"
	says "fo-route drill"
}

@test "README.ja.md has the commands of README.md" {
	exits 0 readme same "$TREE/README.md" "$TREE/README.ja.md"
}

@test "fenced and indented blocks, in lists too" {
	page <<-'END'
		# A page
		## Try it
		Some words

		<!-- on: main -->

		    one
		      two

		    three
		1. An item:

		   <!-- on: both -->
		   ```sh
		   four
		   ```

		   <!-- on: lan -->

		       five

		    <!-- not run: it is an example -->
		~~~
		six
		~~~
	END
	finds "== line 7, Try it: main
one
  two

three
== line 14, Try it: main, sub
four
== line 20, Try it: lan
five
== line 23, Try it: not run: it is an example
six"
}

@test "promises, and what a person types" {
	page <<-'END'
		<!-- on: sub; type: profile, y -->

		    sudo fo-setup

		<!-- by 3 s on lan: ping -c 1 8.8.8.8 -->
		<!-- then on main: sudo fo-status -->
	END
	finds "== line 3, : sub
sudo fo-setup
-> by 3 s on lan: ping -c 1 8.8.8.8
-> then, by 30 s on main: sudo fo-status"
}

@test "a section without comments is not tested; one with them is, as a whole" {
	page <<-'END'
		## Free

		    anything

		## Tested
		<!-- on: main -->

		    one
	END
	finds "== line 8, Tested: main
one"
	printf '\nAnd then\n\n    two\n' >>"$BATS_TEST_TMPDIR/page.md"
	complains "line 12: a block without"
}

@test "a comment that says nothing is an error with its line" {
	local comment
	for comment in "on: nobody" "on main" "not run:" "on: main; say: y" "then on main: ls"; do
		printf '<!-- %s -->\n\n    one\n' "$comment" | page
		complains "line 1: "
	done
	printf '<!-- on: main -->\n\nwords\n' | page
	complains "line 3: a block was expected"
	printf '<!-- on: main -->\n' | page
	complains "no block"
	printf 'words\n\n    one\n' | page
	complains "no block says where it runs"
}

@test "two languages: comments of the shell are each language's own, commands are not" {
	printf '    sudo one   # first\n    it prints this\n\n<!-- on: main -->\n\n    two\n' | page
	printf '    sudo one   # 最初\n\n<!-- on: main -->\n\n    two\n' >"$BATS_TEST_TMPDIR/ja.md"
	exits 0 readme same "$BATS_TEST_TMPDIR/page.md" "$BATS_TEST_TMPDIR/ja.md"
	says "the same 2 commands"
	sed -i s/two/three/ "$BATS_TEST_TMPDIR/ja.md"
	exits 1 readme same "$BATS_TEST_TMPDIR/page.md" "$BATS_TEST_TMPDIR/ja.md"
	says "-two"
	says "+three"
}
