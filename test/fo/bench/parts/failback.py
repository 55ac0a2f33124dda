"""What a LAN host's flow of 100 datagrams a second loses when main takes the LAN back from LTE: answers
that are on their way over the slow line then must still arrive."""
import contextlib
import os
import re
import shutil
import tempfile
import time

from fo.demo import flows
from fo.demo.checks import vip_on
from fo.demo.errors import DemoError
from fo.demo.lab import ETC, Lab

from ..figure import Figure, median

RUNS, SHORT_RUNS = 10, 2
ROUND_TRIPS_MS = (60, 200)
MOST_LOST, MOST_LOST_EVER = 0, 2
MOVE_SECONDS = 20
AFTER_SECONDS = 1.5  # of the flow, on either line; what is still on its way at its end does not count
ON_THE_WAY_SECONDS = 0.5


def run(options, step):
    times = options.times(RUNS, SHORT_RUNS)
    table = []
    with tempfile.TemporaryDirectory(prefix="fo-bench-") as folder, without_hold(options.build, folder) as lab:
        for round_trip in ROUND_TRIPS_MS:
            lost = []
            for _ in range(times):
                lost.append(_cycle(lab, round_trip, folder))
                step(f"round trip {round_trip} ms: {lost[-1]} lost")
            table.append(Figure(f"UDP, 100/s, LTE with {round_trip} ms: lost at failback", median(lost),
                                most=MOST_LOST, runs=lost, limit=0.0,
                                row=f"failback, LTE with {round_trip} ms: datagrams lost"))
            table.append(Figure("  the worst", max(lost), most=MOST_LOST_EVER))
        table.append(Figure("private sources at the provider", lab.private_packets(), most=0))
    return table


@contextlib.contextmanager
def without_hold(build, folder):
    """The samples, but for the hold time, which doubles with each failure."""
    etc = f"{folder}/etc"
    shutil.copytree(ETC["ours"], etc)
    path = f"{etc}/main/fo.conf"
    with open(path, encoding="utf-8") as file:
        text = re.sub(r"^;hold(-max)? = \S+", r"hold\1 = 1s", file.read(), flags=re.MULTILINE)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    lab = Lab(f"failback-{os.getpid()}")
    try:
        lab.up("--etc", etc, "--build", build)
        yield lab
    finally:
        lab.down()


def move(lab, owner):
    if not vip_on(owner).holds(lab, MOVE_SECONDS):
        raise DemoError(f"{owner} does not take the address")


def over_and_back(lab, after_seconds):
    """The LAN stays so long on sub's line, and on main's again. Returns when main's line died, and when it was well."""
    struck = time.monotonic()
    lab.line("main", "blackhole", "on")
    move(lab, "sub")
    time.sleep(after_seconds)
    good = time.monotonic()
    lab.line("main", "blackhole", "off")
    move(lab, "main")
    time.sleep(after_seconds)
    return struck, good


def _cycle(lab, round_trip, folder):
    lab.line("sub", "delay", str(round_trip / 2))
    flow = flows.Flow(lab, "udp", folder)
    try:
        flow.wait_for_echo()
        _, good = over_and_back(lab, AFTER_SECONDS)
        trace = flow.stop()
    finally:
        flow.abandon()
    return trace.lost(good, trace.stopped - ON_THE_WAY_SECONDS)
