"""What becomes of the flows of a LAN host when main's line is a black hole, and when it is back: datagrams, a WireGuard tunnel, and
a TCP connection. That belongs to the public address it began with, so it dies, and a new one is made: what counts is
how long the user waits."""
import tempfile
from itertools import pairwise

from fo.demo import flows
from fo.demo.figures import outage

from .. import faults, tunnel
from ..figure import Figure, median
from .failback import over_and_back, without_hold

RUNS, SHORT_RUNS = 10, 2
AFTER_SECONDS = 4.0  # of the flow on either line: TCP sends once more after 0.2, 0.4, 0.8, 1.6 s
# The time until TCP sends once more may double what went before.
MOST = {"UDP": (0.8, 0.02), "WireGuard": (0.8, 0.02), "TCP": (1.8, 1.8)}
MOST_EVER = 0.04  # at a failback, but for TCP: two of them, and two that are late
_LEAST = {"failover": faults.BLACK_HOLE.least, "failback": None}  # at a failback nothing need be lost


def run(options, step):
    times = options.times(RUNS, SHORT_RUNS)
    found = {}
    with tempfile.TemporaryDirectory(prefix="fo-bench-") as folder, without_hold(options.build, folder) as lab:
        tunnel.make(lab, folder)
        for _ in range(times):
            for name, one in _cycle(lab, folder).items():
                step(f"{name}: " + ", ".join(f"{key} {value:.2f}" for key, value in one.items()))
                found.setdefault(name, []).append(one)
    return [figure for name, runs in found.items() for figure in _figures(name, runs)]


def _figures(name, runs):
    for when, most in zip(("failover", "failback"), MOST[name]):
        gaps = [one[when] for one in runs]
        yield Figure(f"{name}: gap at {when}, median", median(gaps), "s", most=most, runs=gaps,
                     row=f"gap of a LAN host's {name}, {when}", limit=_LEAST[when])
        held = when == "failback" and name != "TCP"
        yield Figure(f"  worst {name} gap at {when}", max(gaps), "s", most=MOST_EVER if held else None)
    if name == "TCP":
        yield Figure("TCP connections that died, a cycle", median([one["died"] for one in runs]))
    yield Figure(f"{name} flows that do not go on", sum(not one["alive"] for one in runs), most=0, firm=True)


def _cycle(lab, folder):
    clients = {"UDP": flows.Flow(lab, "udp", folder), "WireGuard": flows.Flow(lab, "icmp", folder, tunnel.SERVER),
               "TCP": flows.Flow(lab, "tcp", folder)}
    try:
        for flow in clients.values():
            flow.wait_for_echo()
        struck, good = over_and_back(lab, AFTER_SECONDS)
        return {name: _told(name, flow.stop(), struck, good) for name, flow in clients.items()}
    finally:
        for flow in clients.values():
            flow.abandon()


def _told(name, trace, struck, good):
    times = sorted(trace.received.values())
    gap = _silence if name == "TCP" else lambda *window: outage(trace, *window, struck)["gap_ms"] / 1000
    return {"failover": gap(times, struck, good), "failback": gap(times, good, trace.stopped), "died": trace.errors,
            "alive": bool(times) and trace.stopped - times[-1] < 1}


def _silence(times, begin, end):
    """A late answer is no answer to the user of TCP, in which nothing is lost."""
    points = [begin, *(at for at in times if begin <= at <= end), end]
    return max(right - left for left, right in pairwise(points))
