"""How long a LAN host is cut off: the longest gap in its pings, 100 a second, after a fault. Each run is in
a lab of its own: the hold time doubles with every failure."""
import random
import tempfile
import time
from dataclasses import dataclass

from fo.demo import events, flows
from fo.demo.checks import vip_on
from fo.demo.errors import DemoError
from fo.demo.figures import outage
from fo.demo.lab import settled

from ..figure import Figure, median

RUNS, SHORT_RUNS = 5, 1
SETTLED_SECONDS = 20
CHECK_SECONDS = 1.0  # the slowest interval at work: a fault comes at a random moment of it
FAILOVER_SECONDS = 20
AFTER_SECONDS = 1.0  # the flow, after sub has the VIP

_UP = "fo-check-ftth --json | grep -q since_s && [ \"$(cat /run/fo/line)\" = 0 ]"


@dataclass(frozen=True)
class _Fault:
    text: str
    most: float  # seconds
    strike: object  # a function of the lab


_BLACK_HOLE = _Fault("main's line is a black hole", 0.8, lambda lab: lab.line("main", "blackhole", "on"))
_FAULTS = [
    _Fault("main's ppp0 is down", 0.3, lambda lab: lab.do("main", "ip link set ppp0 down")),
    _Fault("main's ppp0 is gone", 0.3, lambda lab: lab.line("main", "kill")),
    _Fault("main has no power", 0.5, lambda lab: lab.router("main", "power-off"))]


def run(options, step):
    times = options.times(RUNS, SHORT_RUNS)
    ours, article = [[_run(kind, options.build, _BLACK_HOLE, step) for _ in range(times)]
                     for kind in ("ours", "article")]
    judged = [found["judged"] for found in ours]
    table = [_figure(_BLACK_HOLE, ours, {"the article's": median([found["gap"] for found in article])}),
             Figure("  until fo-check-ftth says so", median(judged), "s", runs=judged)]
    for fault in _FAULTS:
        table.append(_figure(fault, [_run("ours", options.build, fault, step) for _ in range(times)], {}))
    return table


def _figure(fault, found, peers):
    gaps = [one["gap"] for one in found]
    return Figure(fault.text, median(gaps), "s", peers, fault.most, runs=gaps)


def _run(kind, build, fault, step):
    with settled(kind, build) as lab, tempfile.TemporaryDirectory(prefix="fo-bench-") as folder:
        if kind == "ours" and not lab.wait("main", SETTLED_SECONDS, _UP):
            raise DemoError("the watcher of main does not say that the line is up: "
                            f"{lab.output('main', 'fo-check-ftth --json; cat /run/fo/line')}")
        struck, trace = _strike(lab, fault, folder)
        judged = events.first(events.collect(lab), "main", "fo-watch ppp0: down", struck)
    gap = outage(trace, sorted(trace.received.values()), struck, trace.stopped, struck)
    found = {"gap": None if gap["to_ms"] is None else gap["gap_ms"] / 1000,
             "judged": None if judged is None else judged - struck}
    step(f"{fault.text}, {kind}: {'never back' if found['gap'] is None else '%.2f s' % found['gap']}")
    return found


def _strike(lab, fault, folder):
    """When the fault came, at the earliest, and what became of the pings."""
    flow = flows.Flow(lab, "icmp", folder)
    try:
        flow.wait_for_echo()
        time.sleep(CHECK_SECONDS * (1 + random.random()))
        struck = time.monotonic()
        fault.strike(lab)
        vip_on("sub").holds(lab, FAILOVER_SECONDS)
        time.sleep(AFTER_SECONDS)
        return struck, flow.stop()
    finally:
        flow.abandon()
