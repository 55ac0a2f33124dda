"""A storm's plan: what happens, and when. Pure; the same seed gives the same plan."""
import random
from dataclasses import dataclass, field

# The stand-in's list (soracom/README.md), by what a client is to make of it.
RETRIED = ("408", "429", "500", "502", "503", "504", "html", "empty", "redirect", "wrong-class", "hang",
           "reset", "huge", "truncated", "slow", "delay", "hang-accept", "wrong-cert", "expired-cert",
           "early-cert", "refuse")
REFUSED = ("400", "401", "403", "404", "405", "422")
OF_CONNECTIONS = ("hang-accept", "wrong-cert", "expired-cert", "early-cert", "refuse")
OF_TLS = ("wrong-cert", "expired-cert", "early-cert")
CARRIED_OUT = ("truncated", "slow", "delay", "wrong-class") + OF_CONNECTIONS  # or it means nothing to them

WORDS = ("master", "backup", "fault", "stop", "INSTANCE VI_1 MASTER 100", "INSTANCE VI_1 BACKUP 50",
         "INSTANCE VI_1 FAULT 100", "GROUP G1 BACKUP 50", "GROUP G1 STOP 0")
LIKELY = {True: ("master", "INSTANCE VI_1 MASTER 100"),
          False: ("backup", "fault", "stop", "INSTANCE VI_1 BACKUP 50")}
TIMER = "sync --if-due"
CLASSES = ("s1.minimum", "s1.slow", "s1.standard", "s1.fast", "s1.4xfast")
GARBLED = ("lib/speedclass.wanted", "lib/speedclass.raised", "run/speedclass.wanted",
           "run/speedclass.known", "run/speedclass.looked", "run/soracom.token", "run/vrrp.state")
# /var/lib/fo is on a disk, /run/fo in memory.
DISK = ("lib full", "lib read-only", "run full")
NEVER = -1  # as the end of all faults: when the last has been met, and nobody ends what it holds
LONGEST_PAUSE_S = 60  # that a server may ask for: fo-speedclass(8)


@dataclass(frozen=True)
class Variant:
    """A fo.conf, and the user of its profile."""
    method: str = "api"  # as in fo.conf
    profile: str = "authkey"  # as in soracom/README.md
    sim: str = "imsi"  # or sim-id
    endpoint: str = "conf"  # or profile: who names it
    give_up: str = "15m"
    may_read: bool = True  # the user may look which class the SIM has
    master: str = "s1.fast"
    backup: str = "s1.minimum"

    @property
    def can_read(self):
        return self.may_read or self.profile == "root" or self.method == "metadata"


@dataclass
class Event:
    at_us: int  # since the start
    kind: str  # notify, kill, vip, fault, clear, revoke, advance, console, disk, garble, permit, metadata
    words: str = ""
    number: int = 0  # of the run
    more: dict = field(default_factory=dict)  # of a fault

    def __str__(self):
        text = f"{self.at_us / 1000:9.2f} ms  {self.kind} {self.words}"
        text += "".join(f" {name}={value}" for name, value in self.more.items())
        return text + (f" #{self.number}" if self.kind in ("run", "kill") else "")


@dataclass
class Plan:
    name: str
    variant: Variant
    vip: bool
    settled: bool  # the first class has been set, and the login kept
    token: str  # "": as it is; revoked; expired
    timer_us: int | None  # when the timer comes; None: not before all is over
    end_us: int = 0  # of all faults
    events: list = field(default_factory=list)

    @property
    def is_lied_to(self):
        """Somebody else changes the class, or SORACOM itself tells a wrong one when it is read: only
        the hourly look can find that."""
        return any(event.kind == "console" or event.words == "wrong-class" and event.more.get("path") != "update"
                   for event in self.events)

    @property
    def may_refuse(self):
        """SORACOM refuses something, for good as far as a run can know."""
        return any(event.kind in ("permit", "metadata") or event.kind == "fault" and event.words in REFUSED
                   for event in self.events)

    @property
    def pause_s(self):
        """The longest pause that the server asks for."""
        return min(LONGEST_PAUSE_S, max((event.more.get("seconds", 0) for event in self.events
                                         if event.words.isdigit()), default=0))

    def __str__(self):
        start = ", ".join(f"{key} = {getattr(self, key)}" for key in ("vip", "settled", "token", "variant"))
        timer = "no timer" if self.timer_us is None else f"{self.timer_us / 1000:9.2f} ms  the timer"
        end = ("the faults end when they have been met" if self.end_us == NEVER
               else f"{self.end_us / 1000:9.2f} ms  end of all faults")
        return "\n".join([f"{self.name}: {start}", *(f"  {event}" for event in self.events),
                          f"  {end}", f"  {timer}"])


def make(seed):
    return _Maker(seed).make()


class _Maker:
    """Two sorts of plans. In one anything happens, and the timer comes when it is over. In the other
    there is no timer, and the notification after the last change has to be enough: the runs that
    are alive then live on, and nothing refuses a request for good."""

    def __init__(self, seed):
        self._random = random.Random(seed)
        self._seed = seed
        self._now = 0
        self._number = 0
        self._events = []
        self._vip = False
        self._has_timer = True
        self._variant = None

    def make(self):
        rng = self._random
        self._has_timer = rng.random() < 0.55
        self._variant = self._make_variant()
        self._vip = rng.random() < 0.5
        plan = Plan(f"seed {self._seed}", self._variant, self._vip, rng.random() < 0.7,
                    rng.choice(["", "", "revoked", "expired"]), None)
        pace_us = rng.choice([3000, 30000, 150000, 400000])
        for _ in range(rng.randint(3, 14)):
            self._step()
            self._now += int(rng.expovariate(1 / pace_us))
        self._finish(plan)
        plan.events = sorted(self._events, key=lambda event: event.at_us)
        return plan

    def _make_variant(self):
        rng = self._random
        method = rng.choice(["api"] * 4 + ["metadata"])
        master, backup = rng.choice([("s1.fast", "s1.minimum")] * 3 + [("s1.4xfast", "s1.slow")])
        return Variant(method, rng.choice(["authkey", "authkey", "root", "go", "ruby"]),
                       rng.choice(["imsi", "imsi", "sim-id"]),
                       rng.choice(["conf", "profile"]) if method == "api" else "conf",
                       rng.choice(["15m", "15m", "2s"]) if self._has_timer else "15m",
                       rng.random() < 0.5, master, backup)

    def _add(self, kind, words="", at_us=None, **more):
        self._events.append(Event(self._now if at_us is None else at_us, kind, words, **more))

    # -- one thing after another ----------------------------------------------------------------

    def _step(self):
        rng = self._random
        usual = {self._change: 25, self._notify: 10, self._burst: 6, self._sync: 6, self._fault: 30,
                 self._clear: 4, self._look: 3}
        wild = {self._revoke: 5, self._advance: 2, self._set: 3, self._console: 4, self._disk: 3,
                self._garble: 4, self._forbid: 3}
        steps = usual | wild if self._has_timer else usual
        rng.choices(list(steps), list(steps.values()))[0]()

    def _start(self, words, killable=True):
        rng = self._random
        number = self._number
        self._number += 1
        self._add("run", words, number=number)
        if killable and rng.random() < 0.25:
            after_us = rng.choice([0, rng.randint(0, 80000), rng.randint(0, 1500000)])
            self._add("kill", rng.choice(["KILL", "TERM"]), self._now + after_us, number=number)

    def _notify(self, killable=True):
        rng = self._random
        self._start(rng.choice(LIKELY[self._vip] if rng.random() < 0.6 else WORDS), killable)

    def _change(self, killable=True):
        """keepalived moves the VIP, and tells of it."""
        rng = self._random
        self._vip = not self._vip
        self._add("vip", "add" if self._vip else "del")
        self._now += rng.choice([0, rng.randint(0, 20000)])
        self._start(rng.choice(LIKELY[self._vip]), killable)

    def _burst(self):
        for _ in range(self._random.randint(2, 5)):
            self._notify()
            self._now += self._random.randint(0, 3000)

    def _sync(self):
        self._start(self._random.choice(["sync", TIMER, TIMER]))

    def _look(self):
        self._start(self._random.choice(["get", "login"]))

    def _set(self):
        self._start(f"set {self._random.choice(CLASSES)}")

    def _fault(self, lasting=False):
        rng = self._random
        kinds = RETRIED if not self._has_timer or rng.random() < 0.75 else REFUSED
        words, more = make_fault(rng, rng.choice(kinds), lasting)
        if words == "wrong-class" and (not self._has_timer or rng.random() < 0.7):
            more["path"] = "update"  # what is read back is true
        self._add("fault", words, more=more)

    def _clear(self):
        self._add("clear")

    def _revoke(self):
        self._add("revoke")

    def _advance(self):
        self._add("advance", str(self._random.choice([3600, 90000])))

    def _console(self):
        chosen = self._random.choice(CLASSES)
        # Else the program cannot find out: permissions are part of the login that is kept (fo-speedclass(8)).
        if self._variant.can_read and not self._has("permit"):
            self._add("console", chosen)

    def _disk(self):
        self._add("disk", self._random.choice(DISK + ("well",)))

    def _garble(self):
        self._add("garble", self._random.choice(GARBLED), number=self._random.randrange(1 << 30))

    def _forbid(self):
        if self._variant.method == "metadata":
            self._add("metadata", self._random.choice(["off", "readonly"]))
        elif not self._has("console"):
            self._add("permit", "nothing")

    def _has(self, kind):
        return any(event.kind == kind for event in self._events)

    # -- the end --------------------------------------------------------------------------------

    def _finish(self, plan):
        rng = self._random
        if rng.random() < 0.75:
            self._fault(lasting=True)
        if self._has_timer:
            if rng.random() < 0.7:
                self._change()
            last_us = max([self._now] + [event.at_us for event in self._events])
            plan.end_us = last_us + rng.randint(0, 1500000)
            # What was begun by hand just before has written down what it wants.
            plan.timer_us = max(plan.end_us + rng.choice([0, rng.randint(0, 3000000)]), last_us + 500000)
            return
        self._now = max([self._now] + [event.at_us for event in self._events]) + 50000
        before_us = self._now
        for _ in range(rng.randint(1, 4)):
            self._change(killable=False)
            self._now += int(rng.expovariate(1 / rng.choice([5000, 20000, 60000])))
        # A bad day may end before the last change, or long after it, when the back-off has grown.
        plan.end_us = rng.choice([before_us, self._now, self._now + 20000000]
                                 + [self._now + rng.randint(0, 4000000)] * 9)
        if rng.random() < 0.05:
            self._add("clear", at_us=plan.end_us)
            self._add("fault", "hang", plan.end_us, more={"count": 1})
            plan.end_us = NEVER


def make_fault(rng, kind, lasting):
    """Its name and its options. A lasting one is met by every request until it is ended."""
    more = {}
    if rng.random() < 0.4 and kind != "refuse" and not lasting:
        more["count"] = rng.randint(1, 4)
    if kind not in OF_CONNECTIONS and rng.random() < 0.4 and not lasting:
        more["path"] = rng.choice(["auth", "sim", "update", "update", "update"])
    if kind not in CARRIED_OUT and rng.random() < 0.3:
        more["applied"] = True
    if kind == "429" or kind == "503" and rng.random() < 0.3:
        more["seconds"] = rng.randint(1, 4)
    elif kind == "delay":
        more["seconds"] = rng.choice([0.1, 0.5, 3])
    elif kind == "slow":
        more["bytes_per_second"] = rng.choice([50, 500, 5000])
    elif kind == "html":
        more["status"] = rng.choice([200, 502, 503, 504])
    return kind, more


# -- each fault by itself -----------------------------------------------------------------------


SINGLES = ("never-ends", "revoke") + RETRIED + REFUSED  # the longest first


def singles(kinds=()):
    """The plans in which one fault is in force when a notification comes, and ends."""
    found = []
    for kind in kinds or SINGLES:
        for method in ("api", "metadata"):
            if method == "metadata" and (kind in OF_TLS or kind == "revoke"):
                continue
            found += _singles_of(kind, method)
    return found


def _singles_of(kind, method):
    for vip in (False, True):
        for applied in (False, True):
            if not applied or kind not in CARRIED_OUT + ("revoke", "never-ends"):
                name = f"{kind}{' applied' if applied else ''}, {method}, to {'backup' if vip else 'master'}"
                yield _single(name, kind, method, vip, applied)


def _single(name, kind, method, vip, applied):
    """The VIP comes or goes while the fault is in force. Where it is one that refuses for good, the timer
    comes after its end."""
    plan = Plan(name, Variant(method), vip, True, "", None)
    plan.events = [Event(0, "vip", "del" if vip else "add"),
                   Event(0, "run", "backup" if vip else "master", number=0)]
    more = {"applied": True} if applied else {}
    if kind == "never-ends":  # an outage, and at its end a request whose answer never comes
        plan.events[:0] = [Event(0, "fault", "503", more={"count": 5}),
                           Event(0, "fault", "hang", more={"count": 1})]
        plan.end_us = NEVER
        return plan
    if kind == "revoke":
        plan.events.insert(0, Event(0, "revoke"))
        return plan
    if kind in ("429", "delay"):
        more["seconds"] = 5
    plan.events.insert(0, Event(0, "fault", kind, more=more))
    plan.end_us = 4000000
    if kind in REFUSED:
        plan.timer_us = plan.end_us
    return plan


