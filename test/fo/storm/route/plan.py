"""A storm's plan: what happens, and when. Pure; the same seed gives the same plan."""
import dataclasses
import random
from dataclasses import dataclass, field

from . import foreign

WORDS = ("master", "backup", "fault", "stop", "apply", "INSTANCE VI_1 MASTER 100",
         "INSTANCE VI_1 BACKUP 50", "INSTANCE VI_1 FAULT 100", "GROUP G1 BACKUP 50", "GROUP G1 STOP 0",
         "INSTANCE VI_1 DELETED 0", "INSTANCE VI_1 MASTER_RX_LOWER_PRI 100")
NO_STATE = "INSTANCE VI_1 MASTER_RX_LOWER_PRI 100"
LIKELY = {True: ("master", "INSTANCE VI_1 MASTER 100"),
          False: ("backup", "fault", "stop", "INSTANCE VI_1 BACKUP 50", "GROUP G1 BACKUP 50")}
LINE_ADDRESSES = ("100.64.0.10", "100.64.0.77", "100.64.9.9")
FLOWS = ("untranslated", "line-0", "line-1", "line-2", "own", "in-lan", "vpn", "forwarded-0",
         "forwarded-1", "foreign", "six", "vlan", "vlan-0", "vlan-1", "routed", "routed-0", "routed-1",
         "between", "policy", "marked")


@dataclass(frozen=True)
class Variant:
    """A fo.conf."""
    forwarding: str  # as in fo.conf
    conntrack: str
    redirects: str
    stop: str
    six: str  # "": no IPv6; "same": master6 without vip6; "own": with it
    linger: str = "2s"
    table: int = 87

    def lines(self):
        text = ["[router]", "lan = eth0", "uplink = ppp0", "vip = 192.168.0.254"]
        if self.six == "own":
            text.append("vip6 = fd00:c0a8::254")
        text += ["[route]", "master = dev ppp0", "backup = via 192.168.0.254 dev eth0",
                 f"forwarding = {self.forwarding}", f"conntrack = {self.conntrack}",
                 f"redirects = {self.redirects}", f"stop = {self.stop}", f"linger = {self.linger}",
                 f"table = {self.table}"]
        if self.six:
            text += ["master6 = dev ppp0", "backup6 = via fe80::1 dev eth0"]
        return text


@dataclass
class Event:
    at_us: int  # since the start
    kind: str  # notify, kill, vip, vip6, ppp-up, ppp-down, readdress, foreign, ip, flow, watch
    words: str = ""  # of a notification; an address; of ip(8); a flow's kind; a signal's name, or "start"
    number: int = 0  # of the notification
    defaultroute: bool = False  # ppp-up: pppd puts its own default route in front

    def __str__(self):
        text = f"{self.at_us / 1000:8.2f} ms  {self.kind} {self.words}"
        if self.kind in ("notify", "kill"):
            text += f" #{self.number}"
        return text + (" defaultroute" if self.defaultroute else "")


@dataclass
class Plan:
    seed: int
    variant: Variant
    initial: dict  # sysctl: value
    first_route: str  # "", "master", "backup", "foreign"
    vip: bool
    vip6: bool
    resident: bool = False  # one is alive at the end, and nobody need tell of the last change
    sweeps: bool = True  # flows are looked at after the last of them was made
    kept: list = field(default_factory=list)  # foreign.Kept
    events: list = field(default_factory=list)

    def __str__(self):
        start = ", ".join(f"{key} = {value}" for key, value in dataclasses.asdict(self).items()
                          if key not in ("events", "seed"))
        return "\n".join([f"seed {self.seed}: {start}", *(f"  {event}" for event in self.events)])


def make(seed):
    return _Maker(seed).make()


class _Maker:
    def __init__(self, seed):
        self._random = random.Random(seed)
        self._seed = seed
        self._now = 0
        self._number = 0
        self._ppp = True
        self._events = []
        self._vip = self._vip6 = self._six = self._table = False
        self._watching = False
        self._foreigners = 0
        self._kept = []
        self._undo = []  # of ip(8)

    def make(self):
        rng = self._random
        variant = Variant(rng.choice(["keep", "global", "global", "lan"]),
                          rng.choice(["stale", "stale", "stale", "keep"]),
                          rng.choice(["off", "off", "keep"]),
                          rng.choice(["backup", "backup", "backup", "keep"]),
                          rng.choice(["", "", "same", "own"]),
                          rng.choice(["0", "0", "0", "50ms", "100ms", "300ms"]),
                          rng.choice([87, 87, 87, 87, 87, 87, 0]))
        initial = {name: rng.randint(0, 1) for name in
                   ("net/ipv4/ip_forward", "net/ipv4/conf/all/send_redirects",
                    "net/ipv4/conf/eth0/send_redirects", "net/ipv4/conf/eth0/forwarding")}
        plan = Plan(self._seed, variant, initial, rng.choice(["", "master", "backup", "foreign"]),
                    rng.random() < 0.5, rng.random() < 0.5)
        plan.resident = rng.random() < 0.4
        self._vip, self._vip6 = plan.vip, plan.vip6
        self._six, self._table = variant.six, variant.table != 0
        # Some storms come all at once, some take their time.
        pace_us = rng.choice([0, 100, 500, 2000])
        for _ in range(rng.randint(5, 30)):
            self._step(plan.resident)
            if pace_us:
                self._now += int(rng.expovariate(1 / pace_us))
        self._take_back()
        if plan.resident:
            plan.sweeps = self._end_watched()
        else:
            self._end()
        plan.kept = self._kept
        plan.events = sorted(self._events, key=lambda event: event.at_us)
        return plan

    def _add(self, kind, words="", **more):
        self._events.append(Event(self._now, kind, words, **more))

    def _step(self, resident):
        rng = self._random
        kind = rng.choices(["notify", "vip", "vip6", "line", "foreign", "flow", "somebody", "watch"],
                           [50, 15, 5, 8, 5, 17, 20, 8 if resident else 0])[0]
        if kind == "notify":
            self._notify(killable=True)
        elif kind == "flow":
            self._add("flow", rng.choice(FLOWS))
        elif kind == "foreign":
            self._add("foreign", rng.choice(["dev ppp0", "via 192.168.0.1 dev eth0"]))
        elif kind == "somebody":
            self._somebody()
        elif kind == "watch":
            self._watch()
        else:
            self._change(kind)

    def _somebody(self):
        rng = self._random
        kind = rng.choice(["take", "take", "take", "overrule", "aside", "aside"])
        if kind == "take":
            self._take()
        elif kind == "overrule":
            words, undo = foreign.overrule(rng, self._six)
            self._add("ip", words)
            self._undo.append(undo)
            if rng.random() < 0.3:
                self._take_back()
        else:
            self._foreigners += 1
            words, kept = foreign.add_aside(rng, self._foreigners)
            self._add("ip", words)
            self._kept += [kept] if kept else []

    def _take(self):
        words = foreign.take(self._random, self._six, self._table)
        self._add("ip", words)
        self._kept = [kept for kept in self._kept if not foreign.takes_kept(words, kept)]

    def _take_back(self):
        for words in self._undo:
            self._add("ip", words)
        self._undo = []

    def _watch(self):
        """The resident starts, or is killed."""
        self._add("watch", self._random.choice(["KILL", "TERM"]) if self._watching else "start")
        self._watching = not self._watching

    def _change(self, kind, told=True):
        """Of what is true. (An interface that comes and goes takes its routes along.)"""
        rng = self._random
        if kind == "vip":
            self._vip = not self._vip
            self._add("vip", "add" if self._vip else "del")
        elif kind == "vip6":
            self._vip6 = not self._vip6
            self._add("vip6", "add" if self._vip6 else "del")
        elif self._ppp and rng.random() < 0.3:
            self._add("readdress", rng.choice(LINE_ADDRESSES))
            if told:
                self._notify("apply")
        elif self._ppp:
            self._ppp = False
            self._add("ppp-down")
            if told and rng.random() < 0.7:  # pppd that is killed calls no ip-down
                self._notify("apply")
        else:
            self._ppp = True
            self._add("ppp-up", rng.choice(LINE_ADDRESSES), defaultroute=rng.random() < 0.3)
            if told:
                self._notify("apply")

    def _notify(self, words=None, killable=False):
        rng = self._random
        if words is None:
            words = rng.choice(LIKELY[self._vip] if rng.random() < 0.6 else WORDS)
        number = self._number
        self._number += 1
        self._add("notify", words, number=number)
        if killable and rng.random() < 0.25:
            self._events.append(Event(self._now + rng.choice([0, rng.randint(0, 6000)]), "kill",
                                      rng.choice(["KILL", "TERM"]), number=number))

    def _end(self):
        """After the last change keepalived or pppd tells of it, with one at least that lives."""
        rng = self._random
        if not self._ppp and rng.random() < 0.85:
            self._change("line")
        for _ in range(rng.randint(0, 3)):
            self._add("flow", rng.choice(FLOWS))
        kind = rng.choice(["vip", "vip", "vip6", "line", "foreign", "take", "none"])
        if kind == "foreign":
            self._add("foreign", "dev ppp0")
        elif kind == "take":
            self._take()
        elif kind == "line" and self._ppp:
            self._change("line")
            self._change("line")
        elif kind in ("vip", "vip6"):
            self._change(kind)
        last = [True] + [rng.random() < 0.5 for _ in range(rng.randint(0, 5))]
        rng.shuffle(last)
        for lives in last:
            likely = rng.random() < 0.7
            words = rng.choice(LIKELY[self._vip] if likely or lives else WORDS)
            if lives and rng.random() < 0.2:
                words = "apply"
            self._notify(words, killable=not lives)

    def _end_watched(self):
        """Nobody tells of the last changes: the resident lives, or starts after them. Returns whether it has
        a reason to look at flows."""
        rng = self._random
        late = rng.random() < 0.3
        if late and self._watching or not late and not self._watching:
            self._watch()
        if not self._ppp and rng.random() < 0.85:
            self._change("line", told=False)
        for _ in range(rng.randint(0, 3)):
            self._add("flow", rng.choice(FLOWS))
        moved = False
        for _ in range(rng.randint(1, 3)):
            kind = rng.choice(["vip", "vip", "vip6", "line", "foreign", "take", "take"])
            if kind == "foreign":
                self._add("foreign", "dev ppp0")
            elif kind == "take":
                self._take()
            else:
                self._change(kind, told=False)
                moved = True
        if late:
            self._watch()
        return moved or late
