"""How long a LAN host is cut off after each fault, with each way of noticing it (../rivals.py): median and worst. Ours run one at a
time; others, whose outages are seconds, four at a time."""
import concurrent.futures
import itertools

from fo.demo.errors import DemoError
from fo.demo.figures import outage

from .. import faults
from ..figure import Figure, median
from ..rivals import RIVALS, lab_of

RUNS, SHORT_RUNS = 10, 1
AT_A_TIME = 4
_OURS = "watcher"
_NUMBERS = itertools.count()


def run(options, step):
    times = options.times(RUNS, SHORT_RUNS)
    found = {}
    for ours, workers in ((True, 1), (False, AT_A_TIME)):
        runs = [(rival, fault) for _ in range(times) for rival in RIVALS for fault in faults.FAULTS if rival.ours == ours]
        with concurrent.futures.ThreadPoolExecutor(workers) as pool:
            for (rival, fault), gap in zip(runs, pool.map(lambda one: _run(*one, options.build), runs)):
                step(f"{fault.text}, {rival.name}: {'never back' if gap is None else f'{gap:.2f} s'}")
                found.setdefault((fault, rival.name), []).append(gap)
    return [figure for fault in faults.FAULTS for figure in _figures(fault, found, times)]


def _figures(fault, found, times):
    by = {name: runs for (of, name), runs in found.items() if of is fault}
    for text, choose, least in (("median", median, fault.least), (f"worst of {times}", _worst, None)):
        peers = {name: choose(runs) for name, runs in by.items() if name != _OURS}
        yield Figure(f"{fault.text}: {text}", choose(by[_OURS]), "s", peers, most=fault.most if text == "median" else None,
                     runs=by[_OURS] if text == "median" else [], row=f"outage, {fault.short}: {text}", limit=least)


def _worst(runs):
    return None if None in runs else max(runs)


def _run(rival, fault, build):
    with lab_of(rival, build, next(_NUMBERS)) as (lab, folder):
        struck, trace = faults.strike(lab, fault, folder, rival.within, rival.interval)
        if not trace.received:
            raise DemoError(f"{rival.name}: no echo at all")
    gap = outage(trace, sorted(trace.received.values()), struck, trace.stopped, struck)
    return None if gap["to_ms"] is None else gap["gap_ms"] / 1000
