"""One idle line each, in a lab of its own, and what is done to keep it alive."""
import os
import random
import subprocess
import time
from dataclasses import dataclass, field

from fo.demo.lab import ETC, Lab

TARGET = "100.127.100.127"  # of the sample for sub
INVENTED_PEER = "10.64.64.64"
_RUN_SECONDS = 60  # for one run of anything
_CUT = "cut by the carrier"  # in the line's log
# What `sub` is while it carries the LAN, without anybody to negotiate it.
_CARRY_LAN = "ip addr add 192.168.0.254/24 dev eth0 && fo-route apply"
_DATAGRAMS = "exec 3<>/dev/udp/8.8.8.8/7; while sleep {}; do echo >&3; done"


class QuietLab(Lab):
    """Without keepalived: nothing but what is looked at uses sub's line."""

    def up(self, *options):
        self._must("up", "--no-keepalived", "--owner", str(os.getpid()), *options)

    def facts(self):
        """What sub's line says of itself."""
        return dict(row.split(" ", 1) for row in self.line("sub", "status").splitlines())

    def cuts(self):
        """When the carrier has cut sub's session, by CLOCK_MONOTONIC."""
        return [float(row.split()[1]) for row in self.log("line-sub") if _CUT in row]


@dataclass
class Life:
    """What became of a line."""
    kind: str
    runs: int = 0
    bad_runs: list = field(default_factory=list)  # what they said
    latest: float = 0.0  # the most that a run ended after it was due
    cut_after: float | None = None  # seconds to the first cut
    facts: dict = field(default_factory=dict)  # of the line in the end
    before: dict = field(default_factory=dict)  # and when the life began

    def number(self, key):
        return int(self.facts.get(key, 0)) - int(self.before.get(key, 0))

    @property
    def cuts(self):
        return self.number("cuts")

    @property
    def echoes(self):
        return sum(self.number(f"echoes-{target}") for target in (TARGET, INVENTED_PEER))

    @property
    def bytes(self):
        return self.number("up-bytes") + self.number("down-bytes")

    @property
    def silence(self):
        return float(self.facts["idle-longest"])


class Shipped:
    """fo-keepalive, as often as its timer has it."""
    kind = "idle"
    etc = None  # the scaled one

    def __init__(self, schedule):
        self.every = schedule.every
        self.spread = schedule.spread
        self._schedule = schedule

    def prepare(self, lab):
        """Until one run has been: it knows nothing of the line, and asks."""
        lab.do("sub", "fo-keepalive")

    def argv(self):
        return ["fo-keepalive"]

    @staticmethod
    def is_good(status):
        return status == 0


class Busy(Shipped):
    """The same, while sub carries a LAN that says something now and then. Without fo-watch, which asks after a
    second of nothing."""
    kind = "busy"

    def prepare(self, lab):
        lab.router("sub", "stop-watcher")
        lab.do("sub", _CARRY_LAN)
        lab.spawn("lan", "bash", "-c", _DATAGRAMS.format(self.every / 2))
        super().prepare(lab)


class Article:
    """`0 * * * * ping -w 3 -n 10.64.64.64`: three echoes, a second apart."""
    kind = "article"
    etc = ETC["article"]

    def __init__(self, schedule):
        self.every = schedule.limit
        self.spread = 0.0
        self._gap = schedule.scale

    def prepare(self, lab):
        """The session is as young as the last ping, as for the others."""
        lab.do("sub", f"{' '.join(self.argv())} || true")

    def argv(self):
        return ["ping", "-n", "-c", "3", "-w", "1", "-i", f"{self._gap:.4f}", INVENTED_PEER]

    @staticmethod
    def is_good(_status):
        return True  # nobody answers


def live(way, etc, build, given, tell):
    """Returns the Life of a line that is kept as `way` does, for --limits times --limit seconds."""
    lab = QuietLab(f"life-{way.kind}-{os.getpid()}")
    life = Life(way.kind)
    ours = way.etc is None
    try:
        lab.up("--etc", way.etc or etc, "--build", build if ours else "none")
        way.prepare(lab)
        lab.line("sub", "idle", str(given.limit), str(given.sooner))
        life.before = lab.facts()
        begin = time.monotonic()
        _go_on(lab, way, life, begin, given, tell)
        life.facts = lab.facts()
        cuts = [when - begin for when in lab.cuts() if when > begin]
        life.cut_after = cuts[0] if cuts else None
    finally:
        lab.down()
    return life


def _go_on(lab, way, life, begin, given, tell):
    end = begin + given.limit * given.limits
    turn = 0
    while (due := begin + (turn + 1) * way.every + random.uniform(0, way.spread)) < end:
        time.sleep(max(0.0, due - time.monotonic()))
        _run(lab, way, life, due)
        turn += 1
        tell(life, time.monotonic() - begin, lab)
    time.sleep(max(0.0, end - time.monotonic()))


def _run(lab, way, life, due):
    process = lab.start("sub", way.argv(), subprocess.PIPE)
    said, _ = process.communicate(timeout=_RUN_SECONDS)
    life.runs += 1
    life.latest = max(life.latest, time.monotonic() - due)
    if not way.is_good(process.returncode):
        life.bad_runs.append(f"{process.returncode}: {said.decode('utf-8', 'replace').strip()}")
