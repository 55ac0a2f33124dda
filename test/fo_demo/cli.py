"""The command line; its help is in ../demo, which runs before there need be a Python."""
import argparse
import json
import os
import subprocess
import sys
import time

from . import scenario, svg
from .errors import EXIT_CANNOT, EXIT_FAILS, EXIT_HOLDS, EXIT_USAGE, DemoError
from .lab import TEST
from .marks import marks
from .report import Report

TREE = os.path.dirname(TEST)
TITLES = {"ours": "failover-helpers", "article": "the article's own scripts and timers"}


def main(words):
    try:
        return _main(_options(words))
    except (DemoError, OSError) as error:
        print(f"demo: {error}", file=sys.stderr)
        return EXIT_CANNOT
    except KeyboardInterrupt:
        return 130


class _Parser(argparse.ArgumentParser):
    def error(self, message):
        print(f"demo: {message}; see test/demo --help", file=sys.stderr)
        sys.exit(EXIT_USAGE)


def _options(words):
    parser = _Parser(add_help=False, allow_abbrev=False)
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--article", action="store_true")
    which.add_argument("--both", action="store_true")
    parser.add_argument("--svg")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("-q", "--quiet", action="store_true")
    parser.add_argument("--build")
    parser.add_argument("results", nargs="*")
    options = parser.parse_args(words)
    if options.results and not (options.both and options.svg and len(options.results) == 2):
        parser.error("results are read by --both --svg FILE OURS.json ARTICLE.json")
    return options


def _main(options):
    if options.results:
        svg.write(options.svg, [_read(path) for path in options.results])
        return EXIT_HOLDS
    if os.geteuid() != 0:
        raise DemoError("only root can make the networks of the lab: sudo test/demo")
    report = Report(sys.stderr if options.json else sys.stdout, options.quiet)
    results = [_run(kind, options, report) for kind in _kinds(options)]
    if options.json:
        print(json.dumps(results[0] if len(results) == 1 else results, indent=1))
    if options.svg:
        svg.write(options.svg, results)
    return max(_status(result) for result in results)


def _kinds(options):
    if options.both:
        return ["ours", "article"]
    return ["article"] if options.article else ["ours"]


def _run(kind, options, report):
    report.title(TITLES[kind])
    build = options.build
    if kind == "ours" and build is None:
        build = _build(report)
    result = scenario.run(kind, build, report)
    result["marks"] = marks(result)
    report.result(result, result["marks"])
    return result


def _build(report):
    begin = time.monotonic()
    for words in (["--preset", "release"], ["--build", "--preset", "release"]):
        done = subprocess.run(["cmake", *words], cwd=TREE, check=False, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode != 0:
            raise DemoError(f"cmake {' '.join(words)} failed:\n{done.stdout[-2000:]}")
    report.step("build", "build/release", time.monotonic() - begin)
    return f"{TREE}/build/release"


def _status(result):
    """The article's run is there to be compared: that it ran is all that is asked of it."""
    if result["kind"] == "article" or all(mark["holds"] for mark in result["marks"]):
        return EXIT_HOLDS
    return EXIT_FAILS


def _read(path):
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except ValueError as error:
        raise DemoError(f"{path}: {error}") from error
