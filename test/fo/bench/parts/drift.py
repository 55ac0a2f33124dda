"""Somebody else changes routes, rules or addresses: how soon `fo-route watch` has put it right, what it costs
while nothing happens, and how it meets somebody who never rests. Beside it those that Debian has."""
import os
import re
import signal
import subprocess
import time

from fo.demo.errors import DemoError
from fo.kernel import netlink
from fo.storm import sandbox
from fo.storm.route import foreign, world
from fo.storm.route.plan import Variant

from . import drift_peers
from .drift_ways import BACKUP, MASTER, RIGHT_SECONDS, Way, until
from ..figure import Figure, median

RUNS, SHORT_RUNS = 20, 5  # fewer than what it corrects before it slows down
MOST_MS, MOST_MB = 500, 3.0
IDLE_SECONDS, SHORT_IDLE_SECONDS = 10, 3
REST_SECONDS = 0.5
MOVES, SHORT_MOVES, WARM_UP = 500, 100, 50
FIGHT_SECONDS = 5
MOST_CORRECTIONS = 40  # 30 at once, one more a second, and then ever more slowly
MOST_FIGHT_PCT = 10  # each correction looks at the flows, too
LOUD = "another program keeps changing the routes"
LOG = "/run/watch.log"


def run(options, step):
    try:
        found = world.inside(f"{options.build}/cmd/fo-route", lambda place: _measure(place, options, step))
        peers = {name: world.inside(f"{options.build}/cmd/fo-route",
                                    lambda place, measure=measure: measure(place, options.pick(3, 1), step))
                 for name, measure in drift_peers.PEERS.items()}
    except world.StormError as error:
        raise DemoError(error) from error
    table = []
    for what, runs in found["right_ms"].items():
        others = {name: median(times[what]) for name, times in peers.items() if what in times}
        worst = None if None in runs else max(runs)
        table += [Figure(f"{what}: right again, median", median(runs), "ms", others, most=MOST_MS, runs=runs),
                  Figure(f"{what}: worst of {len(runs)}", worst, "ms")]
    fight = found["fight"]
    return [*table,
            Figure("memory (VmRSS)", found["rss_mb"], "MB", most=MOST_MB, firm=True),
            Figure("CPU ticks while nothing happens", found["idle_ticks"], most=0, firm=True),
            Figure(f"memory after {found['moves']} corrections, growth", found["growth_kb"], "KB", most=0, firm=True),
            Figure(f"{FIGHT_SECONDS} s of somebody who never rests: taken away", fight["taken"]),
            Figure("  put back", fight["put"], most=MOST_CORRECTIONS, firm=True),
            Figure("  CPU of the resident, of one core", fight["cpu_pct"], "%", most=MOST_FIGHT_PCT),
            Figure("  loud lines short of 1", max(0, 1 - fight["loud"]), most=0, firm=True)]


def _measure(place, options, step):
    runs = options.times(RUNS, SHORT_RUNS)
    found = {"right_ms": {what: _times(place, what, runs, step) for what in CHANGES}}
    with _Resident(place, vip=False) as resident:
        found["moves"] = options.pick(MOVES, SHORT_MOVES)
        _move(place, WARM_UP)
        before = resident.memory_kb()
        _move(place, found["moves"])
        found["growth_kb"] = max(0, resident.memory_kb() - before)
        found["rss_mb"] = resident.memory_kb() * 1024 / 1e6
        resident.await_rest()
        before = resident.cpu_s()
        seconds = options.pick(IDLE_SECONDS, SHORT_IDLE_SECONDS)
        time.sleep(seconds)  # what is measured is that nothing happens
        idle = resident.cpu_s() - before
        found["idle_ticks"] = int(idle * os.sysconf("SC_CLK_TCK"))
        step(f"{found['rss_mb']:.1f} MB, {idle * 1e6:.0f} µs of CPU in {seconds} s")
    with _Resident(place, vip=True) as resident:
        found["fight"] = _fight(place, resident)
        step("{taken} times taken away, {put} times put back, {cpu_pct:.1f} % CPU".format(**found["fight"]))
    return found


# -- one change --------------------------------------------------------------------------------

# What: (whether the VIP is there before, what is done, the way that is looked at, what is right).
CHANGES = {
    "route deleted": (True, lambda place: place.somebody("route del default"), Way(), MASTER),
    "route replaced": (True, lambda place: netlink.put_default(
        place.link, "eth0", foreign.NOBODY, netlink.CREATE | netlink.REPLACE), Way(), MASTER),
    "route in front": (True, lambda place: netlink.put_default(place.link, "eth0", foreign.NOBODY), Way(), MASTER),
    "rule deleted": (False, lambda place: place.somebody("rule del pref 8701"), Way("100.64.0.10"), MASTER),
    "VIP without a notification": (False, lambda place: place.vip(True), Way(), MASTER),
}


def _times(place, what, runs, step):
    vip, change, way, right = CHANGES[what]
    times = []
    with _Resident(place, vip):
        for _ in range(runs):
            begin = time.monotonic()
            change(place)
            taken = until(lambda: way.now() == right, begin)
            times.append(taken)
            if what.startswith("VIP"):
                place.vip(False)
                if until(lambda: way.now() == BACKUP, time.monotonic()) is None:
                    raise DemoError("the VIP is gone, and the route stays")
    known = [taken for taken in times if taken is not None]
    step(f"{what}: {min(known):.1f} to {max(known):.1f} ms" if known else f"{what}: never")
    return times


def _move(place, times):
    way = Way()
    for number in range(times):
        place.vip(number % 2 == 0)
        if until(lambda: way.now() == (MASTER if number % 2 == 0 else BACKUP), time.monotonic()) is None:
            raise DemoError("the VIP has moved, and the route has not")


def _fight(place, resident):
    way, taken = Way(), 0
    before, begin = resident.cpu_s(), time.monotonic()
    while time.monotonic() < begin + FIGHT_SECONDS:
        taken += netlink.delete_default(place.link, "ppp0")
    seconds = time.monotonic() - begin
    cpu = resident.cpu_s() - before
    # Each was there to be taken: the first, and those that were put back.
    put = taken - 1 + (way.now() == MASTER)
    return {"taken": taken, "put": put, "cpu_pct": cpu / seconds * 100, "loud": resident.said().count(LOUD)}


# -- the resident ------------------------------------------------------------------------------


class _Resident:
    """A router with `fo-route watch`, once all is right, for the length of a `with`."""

    def __init__(self, place, vip):
        sandbox.configure(Variant("global", "stale", "off", "backup", "", "0").lines())
        place.reset({name: 0 for name in world.SWITCHES})
        place.tell("backup")
        if vip:
            place.vip(True)
        with open(LOG, "w", encoding="utf-8") as log:
            self._process = subprocess.Popen([world.FO_ROUTE, "-c", sandbox.CONF, "watch"], stderr=log,
                                             stdin=subprocess.DEVNULL)
        self._right = MASTER if vip else BACKUP

    def __enter__(self):
        way = Way()
        if until(lambda: way.now() == self._right, time.monotonic()) is None:
            raise DemoError(f"fo-route watch does not set the route: {self.said()}")
        bound = Way("100.64.0.10")
        if until(lambda: bound.now() == MASTER, time.monotonic()) is None:
            raise DemoError(f"fo-route watch does not set the rules: {self.said()}")
        return self

    def __exit__(self, *_):
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(RIGHT_SECONDS)

    def said(self):
        with open(LOG, encoding="utf-8") as log:
            return log.read()

    def memory_kb(self):
        with open(f"/proc/{self._process.pid}/status", encoding="ascii") as file:
            return int(re.search(r"^VmRSS:\s+(\d+)", file.read(), re.MULTILINE)[1])

    def cpu_s(self):
        with open(f"/proc/{self._process.pid}/schedstat", encoding="ascii") as file:
            return int(file.read().split()[0]) / 1e9

    def await_rest(self):
        """Until it has had nothing to do for a while."""
        before = None
        while before != self.cpu_s():
            before = self.cpu_s()
            time.sleep(REST_SECONDS)
