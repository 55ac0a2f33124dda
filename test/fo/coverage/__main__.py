"""The command line of test/coverage."""
import json
import os
import re
import subprocess
import sys
from collections import defaultdict

from fo.paths import TEST, TREE

USAGE = """usage: coverage [--all]
How many lines of lib/ the tests run, room by room: the unit tests and the doctor's corpus, which need no network; with
--all every test. The build is build/coverage.
Exit status: 0 of what is pure 90 % or more; 1 less, or a test failed; 2 could not be tried; 64 usage."""

BUILD = f"{TREE}/build/coverage"
QUICK = "^(unit/|cli/doctor$)"
MARK = 90.0


def main(words):
    if words in (["-h"], ["--help"]):
        print(USAGE)
        return 0
    if words not in ([], ["--all"]):
        print(USAGE, file=sys.stderr)
        return 64
    try:
        _build()
        passed = _test([] if words else ["-R", QUICK])
        subprocess.run([f"{TEST}/build", "--own"], check=True)
        return 0 if _tell(_measure()) and passed else 1
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"coverage: {error}", file=sys.stderr)
        return 2


def _build():
    subprocess.run([f"{TEST}/setup", "coverage"], check=True)
    subprocess.run([f"{TEST}/build", "coverage"], check=True)
    for folder, _, names in os.walk(BUILD):
        for name in names:
            if name.endswith(".gcda"):  # of an earlier run
                os.remove(f"{folder}/{name}")


def _test(options):
    done = subprocess.run(["ctest", "--test-dir", BUILD, "-j", str(os.cpu_count()), "--output-on-failure", "--progress", *options],
                          check=False)
    return done.returncode == 0


def _measure():
    """Each source file with its lines: {file: (run, all)}."""
    done = subprocess.run(["gcovr", "--root", TREE, "--object-directory", BUILD, "--filter", f"{TREE}/lib/",
                           "--json-summary", "-", BUILD], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    files = json.loads(done.stdout)["files"]
    return {file["filename"]: (file["line_covered"], file["line_total"]) for file in files}


def _is_pure(source):
    """As its header says: no file, no clock, no kernel."""
    try:
        with open(f"{TREE}/{source[:-2]}.h", encoding="utf-8") as header:
            words = header.read().partition("*/")[0]
    except FileNotFoundError:
        return False
    return re.search(r"\bPure\b", words) is not None


def _tell(files):
    """Prints the table. Returns whether the mark is reached."""
    rooms = defaultdict(lambda: {True: [0, 0], False: [0, 0]})
    for name, (run, lines) in files.items():
        for room in (name.split("/")[1], "all"):
            sum_of = rooms[room][_is_pure(name)]
            sum_of[0] += run
            sum_of[1] += lines
    print("| room | pure: lines | run | at an edge: lines | run |\n|---|--:|--:|--:|--:|")
    for room in sorted(set(rooms) - {"all"}) + ["all"]:
        pure, edge = rooms[room][True], rooms[room][False]
        print(f"| {room} | {pure[1]} | {_percent(pure)} | {edge[1]} | {_percent(edge)} |")
    low = sorted(name for name, sums in files.items() if _is_pure(name) and 100 * sums[0] < MARK * sums[1])
    for name in low:
        print(f"below {MARK:g} %: {name}, {_percent(files[name])}")
    pure = rooms["all"][True]
    return 100 * pure[0] >= MARK * pure[1]


def _percent(sums):
    return f"{100 * sums[0] / sums[1]:.1f} %" if sums[1] else "-"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
