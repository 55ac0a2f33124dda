"""The command line."""
import argparse
import concurrent.futures
import os
import sys
import tempfile

from fo import build
from fo.demo.errors import EXIT_CANNOT, EXIT_FAILS, EXIT_HOLDS, DemoError, status_of

from . import lives, schedule

NAME = "keepalive-life"
MONTH = 30 * 24 * schedule.HOUR
_TOLD = 5  # lines on the way, of each life


def main(words):
    return status_of(NAME, lambda: _main(_options(words)))


def _options(words):
    parser = argparse.ArgumentParser(NAME, description=(
        "A carrier that cuts a session after LIMIT seconds without a packet, for the hour of a real one. With "
        "the shipped schedule, scaled alike, the session must live, and without one echo where the LAN has "
        "traffic on the line."), epilog=(
            "exit status: 0 all held, 1 not, 2 could not be run, or this machine was too busy to tell, 64 usage"))
    parser.error = lambda text: parser.exit(64, f"{NAME}: {text}\n")
    parser.add_argument("--limit", type=float, default=60.0, metavar="SECONDS", help="default 60")
    parser.add_argument("--limits", type=int, default=100, metavar="N", help="live so many (default 100)")
    parser.add_argument("--sooner", type=float, default=5.0, metavar="PERCENT",
                        help="a limit is up to so much shorter, each time by chance (default 5)")
    parser.add_argument("--article", action="store_true",
                        help="beside them the article's hourly ping, which must let it die")
    parser.add_argument("--build", metavar="DIR", help="build folder (default: build/release, brought up to date)")
    given = parser.parse_args(words)
    if given.limit < 3 or given.limits < 1 or not 0 <= given.sooner <= 20:
        parser.error("--limit 3 or more, --limits 1 or more, --sooner 0 to 20 expected")
    return given


def _main(given):
    if os.geteuid() != 0:
        raise DemoError("only root can make the networks of the lab")
    plan = schedule.shipped(given.limit)
    ways = [lives.Shipped(plan), lives.Busy(plan)] + ([lives.Article(plan)] if given.article else [])
    print(f"{given.limits} limits of {given.limit:g} s, up to {given.sooner:g} % sooner; "
          f"a run every {plan.every:.1f} s and up to {plan.spread:.1f} s later", flush=True)
    programs = given.build or build.release()
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(len(ways)) as pool:
        etc = f"{folder}/etc"
        schedule.write_etc(plan, etc)
        told = _Teller(given)
        waiting = [pool.submit(lives.live, way, etc, programs, given, told) for way in ways]
        found = [future.result() for future in waiting]
    for life in found:
        _show(life, given)
    return _judge(found, given)


class _Teller:
    """A line now and then."""

    def __init__(self, given):
        self._part = given.limit * given.limits / _TOLD
        self._next = {}

    def __call__(self, life, seconds, lab):
        if seconds < self._next.get(life.kind, self._part):
            return
        self._next[life.kind] = seconds - seconds % self._part + self._part
        facts = lab.facts()
        print(f"  {seconds:6.0f} s  {life.kind}: {life.runs} runs, {facts['cuts']} cuts, line {facts['state']}, "
              f"longest silence {facts['idle-longest']} s", flush=True)


def _show(life, given):
    scaled = given.limits * schedule.HOUR
    rows = {"runs": life.runs, "sessions cut": life.cuts, "echoes": life.echoes,
            "longest silence": f"{life.silence:.1f} s of {given.limit:g}",
            "latest run": f"{life.latest:.1f} s after it was due"}
    if life.kind == "idle":
        rows["bytes"] = f"{life.bytes}, {life.bytes * MONTH / scaled / 1000:.1f} kB a month"
    if life.cut_after is not None:
        rows["dead"] = f"after {life.cut_after:.1f} s, {life.cut_after / given.limit:.1f} limits"
    print(f"{life.kind}")
    for name, value in rows.items():
        print(f"  {name:16} {value}")
    for text in life.bad_runs[:3]:
        print(f"  run ended with   {text}")


def _judge(found, given):
    wrong = [text for life in found for text in _complaints(life)]
    for text in wrong:
        print(f"{NAME}: {text}", file=sys.stderr)
    latest = max(life.latest for life in found)
    if wrong and latest > given.limit / 8:
        print(f"{NAME}: a run ended {latest:.1f} s late: this machine is too busy to tell", file=sys.stderr)
        return EXIT_CANNOT
    return EXIT_FAILS if wrong else EXIT_HOLDS


def _complaints(life):
    if life.kind == "article":
        return [] if life.cuts else ["article: the session was not cut, so that the others prove nothing"]
    wrong = [f"{life.kind}: {life.cuts} sessions cut"] if life.cuts else []
    wrong += [f"{life.kind}: {len(life.bad_runs)} runs found the line dead"] if life.bad_runs else []
    if life.kind == "busy" and life.echoes:
        wrong.append(f"busy: {life.echoes} echoes, though there was traffic")
    if life.kind == "idle" and not life.echoes:
        wrong.append("idle: not one echo")
    return wrong
