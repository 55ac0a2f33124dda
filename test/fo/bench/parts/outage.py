"""How long a LAN host is cut off: the longest gap in its pings, 100 a second, after a fault. Each run is in
a lab of its own: the hold time doubles with every failure."""
import tempfile

from fo.demo import events
from fo.demo.errors import DemoError
from fo.demo.figures import outage
from fo.demo.lab import settled

from .. import faults
from ..figure import Figure, median

RUNS, SHORT_RUNS = 5, 1
SETTLED_SECONDS = 20

_UP = "fo-check-ftth --json | grep -q since_s && [ \"$(cat /run/fo/line)\" = 0 ]"


def run(options, step):
    times = options.times(RUNS, SHORT_RUNS)
    ours, article = [[_run(kind, options.build, faults.BLACK_HOLE, step) for _ in range(times)]
                     for kind in ("ours", "article")]
    judged = [found["judged"] for found in ours]
    table = [_figure(faults.BLACK_HOLE, ours, {"the article's": median([found["gap"] for found in article])}),
             Figure("  until fo-check-ftth says so", median(judged), "s", runs=judged)]
    for fault in faults.FAULTS[1:]:
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
        struck, trace = faults.strike(lab, fault, folder)
        judged = events.first(events.collect(lab), "main", "fo-watch ppp0: down", struck)
    gap = outage(trace, sorted(trace.received.values()), struck, trace.stopped, struck)
    found = {"gap": None if gap["to_ms"] is None else gap["gap_ms"] / 1000,
             "judged": None if judged is None else judged - struck}
    step(f"{fault.text}, {kind}: {'never back' if found['gap'] is None else '%.2f s' % found['gap']}")
    return found
