"""A storm's plan: what happens, and when. Pure; the same seed gives the same plan."""
import random
from dataclasses import dataclass, field

from .hook import MODES

DEFAULT = ("state", "line", "lte", "class-failed", "redial:failed", "split", "drift:failed", "config:faulty",
           "usage", "drill")
EVENTS = ("line up", "line down", "lte up", "lte silent", "class s1.fast", "redial begin", "redial failed",
          "split begin", "split end", "drift mended", "config read", "config faulty", "usage exceeded", "watch begin")
TIMES_S = (1, 5, 20, 31, 61, 120, 400, 2000, 8000, 40000, 90000)
PACES_S = (0.2, 1, 7, 29, 31, 50, 400, 900)
TIMER_S = 300


@dataclass(frozen=True)
class Variant:
    """A fo.conf."""
    metered: bool
    ways: tuple  # command, url
    all_kinds: bool

    def wants(self, kind, value):
        return kind != "alert" and (self.all_kinds or kind in DEFAULT or f"{kind}:{value}" in DEFAULT)


@dataclass
class Step:
    kind: str  # wait, event, flap, mode, bad, line, master, backup, class, class-failed, run, kill, reboot, timer
    words: str = ""
    number: float = 0

    def __str__(self):
        return f"{self.number:9.2f} ms  {self.kind} {self.words}"


@dataclass
class Plan:
    name: str
    variant: Variant
    steps: list = field(default_factory=list)

    def __str__(self):
        return "\n".join([f"{self.name}: {self.variant}", *map(str, self.steps)])


def make(seed):
    chance = random.Random(seed)
    variant = Variant(chance.random() < 0.6, chance.choice((("url",), ("url",), ("command",), ("command", "url"))),
                      chance.random() < 0.3)
    plan = Plan(f"seed {seed}", variant)
    for _ in range(chance.randint(12, 40)):
        plan.steps += _steps(chance)
    return plan


def _steps(chance):
    kind = chance.choices(tuple(_MAKERS), (6, 4, 4, 2, 3, 3, 3, 2, 1, 2, 3, 4, 1, 3))[0]
    return _MAKERS[kind](chance)


def _run(chance):
    return Step("kill", number=chance.expovariate(1 / 8)) if chance.random() < 0.3 else Step("run")


def _event(chance):
    return [Step("event", chance.choice(EVENTS)), _run(chance)]


def _outage(chance):
    return [Step("line", "down"), Step("event", "line down"), _run(chance), Step("wait", number=chance.choice(TIMES_S)),
            *[Step("timer") for _ in range(chance.randint(0, 4))], Step("line", "up"), Step("event", "line up"),
            _run(chance)]


def _failover(chance):
    return [Step("master"), _run(chance), Step("event", "state master"), _run(chance),
            Step("wait", number=chance.choice(TIMES_S[:6]))]


def _stuck(chance):
    """The class is not set for long, and much happens."""
    return [*_failover(chance), *[Step("event", event) for event in EVENTS],
            *[Step("timer") for _ in range(chance.randint(3, 9))]]


_MAKERS = {
    "event": _event,
    "wait": lambda chance: [Step("wait", number=chance.choice(TIMES_S)), _run(chance)],
    "timer": lambda chance: [Step("timer") for _ in range(chance.randint(1, 5))],
    "flap": lambda chance: [Step("flap", str(chance.choice((4, 20, 60, 300))), chance.choice(PACES_S)), _run(chance)],
    "mode": lambda chance: [Step("mode", chance.choice(MODES)), _run(chance)],
    "bad": lambda chance: [Step("bad", chance.choice(("yes", "no"))), _run(chance)],
    "outage": _outage,
    "failover": _failover,
    "stuck": _stuck,
    "class-failed": lambda chance: [Step("class-failed"), _run(chance)],
    "backup": lambda chance: [Step("backup"), Step("event", "state backup"), _run(chance)],
    "class": lambda chance: [Step("class"), _run(chance)],
    "reboot": lambda chance: [Step("reboot"), _run(chance)],
    "kill": lambda chance: [Step("kill", number=chance.uniform(0, 20)), Step("run")],
}
