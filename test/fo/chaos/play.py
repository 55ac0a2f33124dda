"""Plays a plan in a lab, under the oracle's eyes, and looks at the end whether all is as on an ordinary day."""
import threading
import time
import traceback
from dataclasses import dataclass, field

from fo.errors import LabError

from . import kinds
from .calm import Calm
from .eyes import Eyes
from .oracle import FAILBACK_S, Oracle

QUIET_SECONDS = FAILBACK_S + 5
RECALL_SECONDS = 60  # no invariant is excused for longer by what has ended


@dataclass
class Outcome:
    violations: list = field(default_factory=list)  # what can be printed, each with a name
    notes: list = field(default_factory=list)
    seconds: float = 0.0
    lateness: float = 0.0
    moves: int = 0  # of the VIP
    watched: dict = field(default_factory=dict)  # see Oracle
    longest: dict = field(default_factory=dict)  # the same


class _Faults:
    """Which have begun, and ended."""

    def __init__(self):
        self._begun, self._lock = {}, threading.Lock()

    def begin(self, fault):
        with self._lock:
            self._begun[fault] = None

    def end(self, fault):
        with self._lock:
            self._begun[fault] = time.monotonic()

    def live(self, now):
        with self._lock:
            return [(fault, None if ended is None else now - ended) for fault, ended in self._begun.items()
                    if ended is None or now - ended < RECALL_SECONDS]


def play(plan, world, calm_seconds):
    """The Outcome; the lab is up before, and is left as it is."""
    calm = Calm(world)
    calm.settle()
    faults, ended = _Faults(), threading.Event()
    begin = time.monotonic()
    oracle = Oracle(faults.live, begin)
    outcome = Outcome()
    watching = threading.Thread(target=_watch, args=(Eyes(world, oracle.see), ended, outcome))
    watching.start()
    try:
        _begin_all(plan, world, faults, begin)
        # Without faults the invariants have no excuse: for a while at least.
        quiet = time.monotonic() + QUIET_SECONDS
        outcome.violations += calm.complaints(plan, calm_seconds)
        time.sleep(max(0.0, quiet - time.monotonic()))
    finally:
        ended.set()
        watching.join()
        world.resume_all()
    outcome.violations += oracle.violations
    outcome.notes += world.notes()
    outcome.seconds, outcome.lateness = time.monotonic() - begin, oracle.lateness
    outcome.watched, outcome.longest = oracle.watched, oracle.longest
    outcome.moves = len(oracle.masters) - 1
    return outcome


def _watch(eyes, ended, outcome):
    try:
        eyes.run(ended)
    except Exception:  # pylint: disable=broad-except  # a blind oracle would hold for ever
        outcome.notes.append(f"the oracle's eyes: {traceback.format_exc()}")
        outcome.violations.append(Blind("the oracle was blind"))


@dataclass(frozen=True)
class Blind:
    name: str

    def __str__(self):
        return self.name


def _begin_all(plan, world, faults, begin):
    """Each fault in a thread of its own: some take their time."""
    threads = [threading.Thread(target=_suffer, args=(fault, world, faults, begin)) for fault in plan.faults]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _suffer(fault, world, faults, begin):
    kind = kinds.KINDS[fault.kind]
    time.sleep(max(0.0, begin + fault.at - time.monotonic()))
    faults.begin(fault)
    try:
        _act(kind.begin, fault, world, "begins")
        time.sleep(max(0.0, begin + fault.ends - time.monotonic()))
        if kind.end is not None:
            _act(kind.end, fault, world, "ends")
    finally:
        faults.end(fault)


def _act(action, fault, world, what):
    try:
        action(world, fault.where, fault.words)
    except (LabError, OSError, ValueError) as error:
        world.note(f"{fault.name} {what}: {error}")


