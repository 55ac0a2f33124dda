"""The invariants that hold all the time, each with how long it may be otherwise, and why. Pure.

A time counts from when the breach began, or from when the last fault that excuses it has been over for
`grace`; how late the looks were (a machine that stood still) is added to what is allowed.
"""
from dataclasses import dataclass, replace

from . import etc
from .eyes import VIP
from .kind import ROUTERS

ADVERT_S = 0.1  # advert_int of both samples
SKEW_S = ADVERT_S  # at most, whatever the priority
MASTER_DOWN_S = 3 * ADVERT_S + SKEW_S  # RFC 9568, 6.1
DETECT_S = 2 * 0.225  # fall x round-timeout
RESIGN_S = 0.5  # "254 for the first half second", and the neighbour's skew is within it
APPLY_S = 0.5  # keepalived starts fo-route, which has the lock: a fork and exec on a busy machine
HOLD_LAN_S = 5.0  # [speedclass] hold-lan
TRICKLE_S = 1.0  # meanwhile one packet of UDP a second passes
RESTART_S = 0.2 + 0.3  # of a resident: the unit's pause, and its start
CHECK_S = 3 * 1.0 + 0.9  # rise x interval of check_ftth, and its timeout
# Until main has the LAN again after anything: a brown-out leaves the window, five good rounds, the longest hold, the
# check beside it, VRRP, the route.
FAILBACK_S = etc.WINDOW_S + 5 * 0.1 + etc.HOLD_MAX_S + CHECK_S + MASTER_DOWN_S + APPLY_S
STALL_S = 0.05  # a look that is later than this: the machine stood still, and so did the programs
PAUSE_S = 4.0  # a split is looked for in 1 s + 1 s; a watchdog of as long


@dataclass(frozen=True)
class Invariant:
    name: str
    allowed: float
    excuse: frozenset  # parts of faults
    grace: float
    breach: object  # breach(sample) is what was seen, or ""


@dataclass(frozen=True)
class Violation:
    name: str
    at: float  # since the round began
    seen: str
    lasted: float
    allowed: float
    faults: tuple
    again: int = 0  # how often it was so after that
    last: float = 0.0

    def __str__(self):
        again = f"; {self.again} times more until {self.last:.1f} s" if self.again else ""
        return (f"{self.name}: at {self.at:.1f} s: {self.seen}, for {self.lasted:.2f} s; allowed {self.allowed:.2f} s; "
                f"faults: {', '.join(self.faults) or 'none'}{again}")


def _of_both(*names):
    return frozenset(f"{name} {router}" for name in names for router in ROUTERS)


def _two_masters(sample):
    return "both have the VIP" if all(router.vip for router in sample.routers.values()) else ""


def _no_way(name):
    def breach(sample):
        router = sample.routers[name]
        possible = router.power and (router.line if router.vip else router.lan)
        return f"{name} has no default route, {'master' if router.vip else 'backup'}" if (
            possible and router.way is None) else ""
    return breach


def _own_way(name):
    def breach(sample):
        router = sample.routers[name]
        return f"{name} has the VIP and sends to it" if router.vip and router.way == f"{VIP} eth0" else ""
    return breach


def _over_lte(sample):
    count = sample.lan_packets.get("sub", 0)
    return f"{count} of the LAN's packets over LTE while main is well" if count else ""


def _cut(sample):
    return "no answer to the LAN" if sample.silent["new"] > 0.5 else ""


def _stuck(sample):
    return "a flow of the LAN is stuck while new ones are answered" if (
        sample.silent["flow"] > 2 and sample.silent["new"] < 0.5) else ""


def _private(sample):
    return ", ".join(sorted({f"{source} at the provider of {router}" for router, source in sample.private}))


def _made():
    whole = frozenset({"lan"}) | _of_both("vrrp", "power")
    # Somebody's rule in front of all can keep a router from hearing the other (rp_filter) and from answering it.
    yield Invariant("two-masters", MASTER_DOWN_S, whole | _of_both("routes"), PAUSE_S, _two_masters)
    for name in ROUTERS:
        excuse = frozenset(f"{part} {name}" for part in ("suite", "routes", "power"))
        yield Invariant(f"no-route-{name}", APPLY_S + RESTART_S, excuse, RESTART_S, _no_way(name))
        yield Invariant(f"own-route-{name}", APPLY_S + RESTART_S, excuse, RESTART_S, _own_way(name))
    yield Invariant("private", 0.0, frozenset(), 0.0, _private)
    yield Invariant("over-lte", 0.0, frozenset({"lan", "line main", "power main", "suite main", "routes main",
                                                "disk main"}) | _of_both("vrrp", "power"),
                    FAILBACK_S, _over_lte)
    # One line is well at any time, or this is not looked at: see Oracle.
    yield Invariant("lan-cut", DETECT_S + RESIGN_S + MASTER_DOWN_S + APPLY_S + HOLD_LAN_S + TRICKLE_S,
                    frozenset({"lan"}) | _of_both("vrrp", "suite", "routes", "disk"), FAILBACK_S, _cut)
    yield Invariant("stuck-flow", HOLD_LAN_S + TRICKLE_S,
                    frozenset({"lan"}) | _of_both("vrrp", "suite", "routes", "power", "disk"), PAUSE_S, _stuck)


INVARIANTS = tuple(_made())


class _State:
    def __init__(self):
        self.since = None
        self.late = 0.0  # of all looks so far, when it began
        self.is_told = False
        self.looks = self.watched = 0  # in all, and without an excuse
        self.longest = 0.0  # breach, allowed or not


class Oracle:
    """`live(now)` are the faults that have begun and ended at most so long ago: [(fault, seconds since its end)]."""

    def __init__(self, live, begin):
        self._live, self._begin = live, begin
        self._states = {invariant.name: _State() for invariant in INVARIANTS}
        self._late = self._last = 0.0
        self._first = {}  # the first Violation of each invariant
        self.lateness = 0.0  # the worst
        self.masters = []  # (when, who): what the history has to have, later

    @property
    def violations(self):
        return list(self._first.values())

    @property
    def watched(self):
        """{invariant: share of the time in which nothing excused a breach}."""
        return {name: state.watched / max(1, state.looks) for name, state in self._states.items()}

    @property
    def longest(self):
        """{invariant: how long it was otherwise at most, allowed or not}."""
        return {name: state.longest for name, state in self._states.items()}

    def see(self, sample):
        self._late += sample.late if sample.late > STALL_S else 0.0
        self.lateness = max(self.lateness, sample.late)
        self._note_master(sample)
        live = self._live(sample.at)
        for invariant in INVARIANTS:
            self._judge(invariant, sample, live)

    def _note_master(self, sample):
        who = tuple(name for name, router in sample.routers.items() if router.vip)
        if not self.masters or self.masters[-1][1] != who:
            self.masters.append((sample.at - self._begin, who))

    def _judge(self, invariant, sample, live):
        state = self._states[invariant.name]
        excused = _excused(invariant, live)
        state.looks += 1
        state.watched += not excused
        seen = "" if excused else invariant.breach(sample)
        if not seen:
            state.since, state.is_told = None, False
            return
        if state.since is None:
            state.since, state.late = sample.at, self._late
        lasted = sample.at - state.since
        state.longest = max(state.longest, lasted)
        allowed = invariant.allowed + self._late - state.late
        if lasted < allowed:
            return
        first = self._first.get(invariant.name)
        if first is not None and first.at != state.since - self._begin:
            self._first[invariant.name] = replace(first, again=first.again + (not state.is_told),
                                                  last=sample.at - self._begin)
        else:
            self._first[invariant.name] = Violation(
                invariant.name, state.since - self._begin, first.seen if first else seen, lasted, allowed,
                first.faults if first else tuple(fault.name for fault, ended in live if ended is None or ended < 2))
        state.is_told = True


def _excused(invariant, live):
    broken = set()
    for fault, ended in live:
        if ended is None or ended < invariant.grace:
            if fault.parts & invariant.excuse:
                return True
            broken |= fault.parts
    if invariant.name == "lan-cut":
        return all(broken & {f"line {name}", f"power {name}"} for name in ROUTERS)
    return False
