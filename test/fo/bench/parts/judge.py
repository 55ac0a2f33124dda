"""The watcher's rule against those of others, in virtual time: how long an outage lasts until it is seen, and
how often one is seen that is not there. ../../../judge has the rules and the network."""
import concurrent.futures
import json
import os
import subprocess

from fo.demo.errors import DemoError

from .. import curve
from ..figure import Figure

SEED = 12
CONDITIONS = ["good", "loss-1", "loss-5", "loss-10", "loss-20", "bursts", "ramps", "all"]
SHORT_CONDITIONS = ["loss-20", "bursts", "ramps"]
PEERS = ["article", "keepalived", "pfsense", "opnsense", "mwan3-quick", "mwan3"]
SHIPPED = "fo"

# Years of virtual time. A line that loses nothing but single packets has nothing that takes years.
YEARS, EASY_YEARS, EASY = 1.0, 0.25, ("good", "loss-1", "loss-5", "loss-10")
SWEEP_YEARS = 0.03
SHORT_YEARS = 0.01
PIECE_YEARS = 0.125  # a process: two cores are then busy to the end
HOLES, SHORT_HOLES = 1000, 100

# Silences that mean "down", and how often is asked. Of `fall` and `round-timeout` only the product counts.
SWEEP = [f"fo:fall={fall},round-timeout={timeout}ms,interval={interval}ms"
         for interval in (50, 100, 200, 500)
         for fall, timeout in ((1, 100), (2, 100), (2, 150), (2, 175), (2, 200), (2, 225), (3, 200), (5, 200),
                               (15, 200))]
SWEPT = (*curve.PANELS, "all")
SHORT_SWEEP = ["fo:fall=4", "fo:fall=16"]

# Ours takes at most this share of the outage of the quickest of the others.
MOST_OF_OUTAGE = 0.5

# On lines as bad as these, where the best of the others has fewer: what has none has outages of seconds.
MOST_A_YEAR = 24.0


def run(options, step):
    conditions = options.pick(CONDITIONS, SHORT_CONDITIONS)
    sweep = options.pick(SWEEP, SHORT_SWEEP)
    simulator = Simulator(options)
    step(f"seed {SEED}, {len(conditions)} conditions, {1 + len(PEERS)} rules, {len(sweep)} other settings of ours")
    points = simulator.points([(rule, condition) for condition in conditions for rule in (SHIPPED, *PEERS)]
                              + [(rule, condition) for condition in conditions if condition in SWEPT for rule in sweep])
    again = simulator.points([(SHIPPED, "loss-20")])
    folder = f"{options.build}/bench"
    os.makedirs(folder, exist_ok=True)
    curve.write(folder, {"seed": SEED, "shipped": SHIPPED, "peers": PEERS, "points": points})
    step(f"{folder}/judge.svg, judge.json")
    table = [figure for condition in conditions for figure in _figures(points, condition, step)]
    return [*table,
            Figure("points of others that no setting of ours beats", len(_unbeaten(points, step)), most=0, firm=True),
            Figure("results that the same seed does not give again",
                   sum(points[name] != point for name, point in again.items()), most=0, firm=True)]


def _figures(points, condition, step):
    ours = points[f"{SHIPPED} {condition}"]
    peers = {name: points[f"{name} {condition}"] for name in PEERS}
    for point in [ours, *peers.values()]:
        step("{condition}: {rule}: {false} in {up_years:.2f} years of being up; {median_ms:.0f} ms, worst {worst_ms:.0f}"
             "; down before {down_already} of {holes} holes".format(**point))
    outages = {name: point["median_ms"] / 1000 for name, point in peers.items() if curve.saw_outages(point)}
    alarms = {name: curve.a_year(point) for name, point in peers.items()}
    return [Figure(f"{condition}: outage until it is seen, median", ours["median_ms"] / 1000, "s", outages,
                   most=MOST_OF_OUTAGE * min(outages.values()), firm=True),
            Figure("  worst", ours["worst_ms"] / 1000, "s"),
            Figure("  false failovers a year", curve.a_year(ours), "", alarms,
                   most=max(min(alarms.values()), MOST_A_YEAR), firm=True)]


def _unbeaten(points, step):
    """Those of others that are better in one thing than each setting of ours that is as good in the other."""
    ours = [point for point in points.values() if curve.is_ours(point)]
    left = [point for point in points.values() if not curve.is_ours(point)
            and not any(_beats(mine, point) for mine in ours)]
    for point in left:
        step("not beaten: {rule}, {condition}".format(**point))
    return left


def _beats(mine, other):
    return (mine["condition"] == other["condition"] and curve.a_year(mine) <= curve.a_year(other)
            and mine["median_ms"] < other["median_ms"])


class Simulator:
    def __init__(self, options):
        self._program = f"{options.build}/test/judge/judge-sim"
        self._options = options
        if not os.access(self._program, os.X_OK):
            raise DemoError(f"no {self._program}: build with BUILD_TESTING")

    def points(self, wanted):
        """{`RULE CONDITION`: point} of [(rule, condition)]"""
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            pieces = {(rule, condition): [pool.submit(self._piece, rule, condition, *piece)
                                          for piece in self._pieces(rule, condition)] for rule, condition in wanted}
            return {f"{rule} {condition}": _sum([piece.result() for piece in found])
                    for (rule, condition), found in pieces.items()}

    def _pieces(self, rule, condition):
        """[(seed, years, holes)]; the first has the black holes."""
        holes = self._options.times(HOLES, SHORT_HOLES)
        if self._options.short:
            return [(SEED, SHORT_YEARS, holes)]
        if rule != SHIPPED and rule not in PEERS:
            return [(SEED, SWEEP_YEARS, holes)]
        years = EASY_YEARS if condition in EASY else YEARS
        return [(SEED + number, PIECE_YEARS, 0 if number else holes) for number in range(round(years / PIECE_YEARS))]

    def _piece(self, rule, condition, seed, years, holes):
        done = subprocess.run([self._program, rule, condition, str(seed), str(years), str(holes)],
                              check=False, capture_output=True, text=True)
        if done.returncode != 0:
            raise DemoError(f"{rule}, {condition}: {done.stderr.strip()}")
        return json.loads(done.stdout)


def _sum(pieces):
    point = dict(pieces[0])
    for key in ("years", "up_years", "false"):
        point[key] = sum(piece[key] for piece in pieces)
    return point
