"""A plan: which faults, and when. Pure; the same seed gives the same plan, in every run and on every machine."""
import random
from dataclasses import dataclass, replace

from . import kinds
from .kind import ROUTERS

FAULT_SECONDS = 40.0  # in which faults begin
MOST_FAULTS = 16
FEWEST_FAULTS = 4
RP_FILTERS = (0, 0, 1, 2)  # the lab's own, Debian's, systemd's
UPLINKS = ("ppp0", "ppp0", "eth1")  # of main: a session of pppd, a router in front by DHCP
BOTH = 0.3  # of a line's faults: the other line suffers one, too, at about the same time
BOTH_SECONDS = 2.0
_LINES = frozenset(f"line {router}" for router in ROUTERS)
_TRIES = 20  # to find a fault that disturbs no other


class BadPlan(ValueError):
    """The text is for the person who wrote it."""


@dataclass(frozen=True)
class Fault:
    at: float
    lasts: float
    kind: str
    where: str
    words: tuple = ()

    @property
    def ends(self):
        return self.at + self.lasts

    @property
    def parts(self):
        return kinds.KINDS[self.kind].parts(self.where)

    def __str__(self):
        return f"{self.at:6.1f} s  for {self.lasts:5.1f} s  {self.kind} {' '.join((self.where, *self.words))}"

    @property
    def name(self):
        return " ".join((self.kind, self.where, *self.words))


@dataclass(frozen=True)
class Plan:
    seed: int
    faults: tuple
    rp_filter: int = 0  # of the lab's routers
    uplink: str = "ppp0"  # of main

    @property
    def name(self):
        return f"seed {self.seed}"

    @property
    def ends(self):
        return max((fault.ends for fault in self.faults), default=0.0)

    def without(self, dropped):
        return replace(self, faults=tuple(fault for fault in self.faults if fault not in dropped))

    def __str__(self):
        return "\n".join([f"seed {self.seed} rp-filter {self.rp_filter} uplink {self.uplink}", *(f"{fault}" for fault in self.faults)])


def make(seed):
    chance = random.Random(seed)
    faults = []
    for _ in range(chance.randint(FEWEST_FAULTS, MOST_FAULTS)):
        faults += _fitting(chance, faults)
    faults.sort(key=lambda fault: (fault.at, fault.kind, fault.where))
    return Plan(seed, tuple(faults), chance.choice(RP_FILTERS), chance.choice(UPLINKS))


def _fitting(chance, others):
    """A fault that shares nothing with another one at the same time, perhaps with one of the other line; none,
    where that is not found."""
    for _ in range(_TRIES):
        fault = _drawn(chance, chance.uniform(0, FAULT_SECONDS))
        if any(_disturb(fault, other) for other in others):
            continue
        if fault.parts <= _LINES and chance.random() < BOTH:
            return [fault, *_beside(chance, fault, others)]
        return [fault]
    return []


def _beside(chance, fault, others):
    for _ in range(_TRIES):
        second = _drawn(chance, max(0.0, fault.at + chance.uniform(-BOTH_SECONDS, BOTH_SECONDS)))
        if second.parts == _LINES - fault.parts and not any(_disturb(second, other) for other in others):
            return [second]
    return []


def _drawn(chance, at):
    name = chance.choices(kinds.NAMES, kinds.WEIGHTS)[0]
    where, words, lasts = kinds.KINDS[name].draw(chance)
    return Fault(round(at, 1), lasts, name, where, tuple(words))


def _disturb(one, other):
    """One second apart at least: what ends has ended."""
    return (bool(one.parts & other.parts) and one.at < other.ends + 1 and other.at < one.ends + 1)


def parse(text):
    """What str(plan) printed; blank lines and what begins with # are passed over."""
    seed, world, faults = 0, {}, []
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        try:
            if words[0] == "seed":
                seed, world = int(words[1]), _world(words[2:])
            else:
                faults.append(_fault(words))
        except (ValueError, IndexError, KeyError) as error:
            raise BadPlan(f"line {number}: {line.strip()}: {error}") from error
    return Plan(seed, tuple(sorted(faults, key=lambda fault: fault.at)), **world)


def _world(words):
    given = dict(zip(words[::2], words[1::2], strict=True))
    uplink = given.get("uplink", "ppp0")
    if set(given) - {"rp-filter", "uplink"} or uplink not in UPLINKS:
        raise ValueError("seed N [rp-filter N] [uplink ppp0|eth1] expected")
    return {"rp_filter": int(given.get("rp-filter", "0")), "uplink": uplink}


def _fault(words):
    at, second, word, lasts, second_, kind, where, *rest = words
    if (second, word, second_) != ("s", "for", "s"):
        raise ValueError("AT s for SECONDS s KIND WHERE [WORD...] expected")
    if kind not in kinds.KINDS:
        raise ValueError(f"no fault '{kind}'; there are {', '.join(kinds.NAMES)}")
    return Fault(float(at), float(lasts), kind, where, tuple(rest))
