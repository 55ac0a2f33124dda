"""The command line; its help is in ../bench, which runs before there need be a Python."""
import dataclasses
import json
import os
import subprocess
import sys
import time

from fo import build, paths
from fo.demo.errors import EXIT_FAILS, EXIT_HOLDS, DemoError, status_of
from fo.errors import LabError
from fo.demo.parser import Parser

from . import drawing, summary
from .parts import PARTS, UNPRIVILEGED
from .report import Report


@dataclasses.dataclass(frozen=True)
class Options:
    """What a part has to know."""
    build: str
    short: bool
    runs: int | None  # where the default of the part is not wanted

    def pick(self, long, short):
        return short if self.short else long

    def times(self, long, short):
        return self.runs or self.pick(long, short)


def main(words):
    return status_of("bench", lambda: _main(_parse(words)))


def _parse(words):
    parser = Parser("bench")
    parser.add_argument("parts", nargs="*")
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--runs", type=int)
    parser.add_argument("--gate", action="store_true")
    parser.add_argument("--json")
    parser.add_argument("--svg")
    parser.add_argument("--build")
    given = parser.parse_args(words)
    for part in given.parts:
        if part not in PARTS:
            parser.error(f"no part '{part}'; there are: {' '.join(PARTS)}")
    if given.runs is not None and given.runs < 1:
        parser.error("--runs takes a number from 1")
    return given


def _main(given):
    if os.geteuid() != 0 and set(given.parts or PARTS) - UNPRIVILEGED:
        raise DemoError("only root can make network namespaces: sudo test/bench")
    report = Report(sys.stdout)
    options = Options(given.build or build.release(), given.short, given.runs)
    commit = _commit()  # as the run begins: the tree may change under it
    tables, rows, failed = {}, [], []
    for part in given.parts or PARTS:
        table = _table(part, options, report)
        if table is None:
            failed.append(part)
            continue
        tables[part] = table
        rows = summary.rows(tables)
        _write(given, _result(options, commit, tables) | {"summary": rows})
    if rows:
        report.summary(summary.columns(rows))
    missed = [figure for table in tables.values() for figure in table if figure.holds is False]
    report.verdict(missed)
    if failed:
        raise DemoError(f"could not be run: {' '.join(failed)}")
    if given.gate:
        missed = [figure for figure in missed if figure.firm]
    return EXIT_FAILS if missed else EXIT_HOLDS


def _table(part, options, report):
    """The figures of a part, shown; None: it could not be run, which is told. The others go on: all of them take two hours."""
    begin = time.monotonic()
    report.part(part)
    try:
        table = PARTS[part](options, report.step)
    except (LabError, OSError, subprocess.SubprocessError) as error:
        print(f"bench: {part}: {error}", file=sys.stderr)
        return None
    report.table(table, time.monotonic() - begin)
    return table


def _write(given, result):
    if given.json:
        with open(given.json, "w", encoding="utf-8") as file:
            json.dump(result, file, indent=1)
    if given.svg:
        drawing.write(given.svg, result["summary"], f"{result['commit']}, {result['machine']}, {result['time']}")


def _commit():
    return subprocess.run(["git", "-C", paths.TREE, "describe", "--always", "--dirty"],
                          check=False, text=True, capture_output=True).stdout.strip()


def _result(options, commit, tables):
    return {"time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "commit": commit,
            "machine": f"{os.uname().machine}, {os.cpu_count()} cores, Linux {os.uname().release}",
            "options": dataclasses.asdict(options),
            "parts": {part: [figure.result() for figure in table] for part, table in tables.items()}}
