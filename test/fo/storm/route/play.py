"""Plays a plan in a world, and says what became of its notifications."""
import contextlib
import time
from dataclasses import dataclass, field

from fo.storm import runs, sandbox

from . import oracle
from . import world as places
from .plan import NO_STATE

CONVERGE_SECONDS = 2  # the resident has this long, and until forwarding no longer lingers
_LOOK_SECONDS = 0.02
END_SECONDS = 60  # all are waited for this long: each gives up by itself long before


@dataclass
class Run(runs.Run):
    """A notification."""
    after_change: bool = False  # begun after the last change of what is true
    alive_at_change: bool = True

    @property
    def tells(self):
        """The state that it tells of, or None."""
        if self.words == NO_STATE or self.words == "apply":
            return None
        word = self.words.split()[2 if " " in self.words else 0].lower()
        return {"deleted": "stop"}.get(word, word)


@dataclass
class Outcome:
    runs: list = field(default_factory=list)
    flows: list = field(default_factory=list)
    watched: bool = False  # a resident is alive
    taken: set = field(default_factory=set)  # commands of somebody's that the kernel took
    residents: set = field(default_factory=set)  # numbers of all
    said: str = ""
    left: int = 0  # temporary files of killed ones, which nobody else may know


CHANGES = ("vip", "vip6", "ppp-up", "ppp-down", "readdress", "foreign", "ip", "flow")


@contextlib.contextmanager
def playing(plan, world):
    """Plays it; the outcome is for a `with`, during which the resident lives."""
    with runs.Runs(places.FO_ROUTE) as those:
        outcome = _Player(plan, world, those).play()
        yield outcome
        outcome.said = those.said()


def judge(plan, outcome, world):
    """What is wrong in the end. Of a resident: also after a while."""
    linger = float(plan.variant.linger.removesuffix("ms")) / 1000
    until = time.monotonic() + (CONVERGE_SECONDS + linger if outcome.watched else 0)
    while True:
        found = oracle.complaints(plan, outcome, world)
        if not found or time.monotonic() >= until:
            return found
        time.sleep(_LOOK_SECONDS)


class _Player(runs.Player):
    def __init__(self, plan, world, those):
        super().__init__(plan, world, those)
        self._outcome = Outcome(runs=those.all)
        last = [n for n, event in enumerate(plan.events) if event.kind in CHANGES]
        self._last_change = last[-1] if last else -1

    def play(self):
        self._set_up()
        start = time.monotonic()
        for number, event in enumerate(self._plan.events):
            wait = start + event.at_us / 1e6 - time.monotonic()
            if wait > 0:
                time.sleep(wait)
            self._do(event, number > self._last_change)
            if number == self._last_change:
                self._runs.reap()
                for run in self._outcome.runs:
                    run.alive_at_change = run.status is None
        if not self._runs.reap(END_SECONDS):
            raise sandbox.StormError(f"{len(self._runs.running)} runs do not end:\n{self._runs.said()}")
        self._outcome.watched = self._plan.resident and self._runs.has_resident
        return self._outcome

    def _set_up(self):
        plan, world = self._plan, self._world
        sandbox.configure(plan.variant.lines())
        world.reset(plan.initial)
        world.tell("backup")
        if plan.first_route:
            world.foreign({"master": "dev ppp0", "backup": f"via {places.VIA} dev eth0",
                           "foreign": "via 192.168.0.1 dev eth0"}[plan.first_route])
        # Last: of a gateway that is the router's own as the route is made, the kernel makes no use, ever.
        if plan.vip:
            world.vip(True)
        if plan.vip6:
            world.vip(True, places.VIP6)

    def _do(self, event, after_change):
        world = self._world
        if event.kind == "notify":
            self._start(event, after_change)
        elif event.kind == "kill":
            self._runs.kill(self._by_number[event.number], event.words)
        elif event.kind == "vip":
            world.vip(event.words == "add")
        elif event.kind == "vip6":
            world.vip(event.words == "add", places.VIP6)
        elif event.kind == "ppp-up":
            world.ppp_up(event.words, event.defaultroute)
        elif event.kind == "ppp-down":
            world.ppp_down()
        elif event.kind == "readdress":
            world.readdress(event.words)
        elif event.kind == "foreign":
            world.foreign(event.words)
        elif event.kind == "ip":
            if world.somebody(event.words):
                self._outcome.taken.add(event.words)
        elif event.kind == "watch" and event.words == "start":
            self._outcome.residents.add(self._runs.start_resident("watch", world.line_descriptor()))
        elif event.kind == "watch":
            self._runs.end_resident(event.words)
        elif event.kind == "flow":
            self._outcome.flows.append((event.words, world.flow(event.words)))

    def _start(self, event, after_change):
        def make(words, pid):
            return Run(words, pid, after_change=after_change)
        self._by_number[event.number] = self._runs.start(make, event.words, self._world.line_descriptor())
