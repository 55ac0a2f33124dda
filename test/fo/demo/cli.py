"""The command line; its help is in ../demo, which runs before there need be a Python."""
import json
import os
import sys
import time

from fo import build as programs

from . import scenario, svg
from .errors import EXIT_FAILS, EXIT_HOLDS, DemoError, status_of
from .marks import marks
from .parser import Parser
from .report import Report

TITLES = {"ours": "failover-helpers", "article": "the article's own scripts and timers"}


def main(words):
    return status_of("demo", lambda: _main(_options(words)))


def _options(words):
    parser = Parser("demo")
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
    build = programs.release()
    report.step("build", "build/release", time.monotonic() - begin)
    return build


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
