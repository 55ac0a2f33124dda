"""What must be so of each message, and in the end. Without code of the program's."""
import bisect
from dataclasses import dataclass, field

SETTLED_S = 30
UNSETTLED_S = 300
CLASS_S = 1200
CLASS_FAILED_S = 60
TEXT_MAX, SMALL_MAX, BODY_MAX = 1800, 480, 8192
TRY_S, TRY_MAX_S, REFUSED_S = 15, 1800, 3 * 3600  # the shortest pauses after a failure
GOOD = ("ok", "slow")
REFUSALS = ("301", "404")
GAP_FIRST_S, GAP_MAX_S, CALM_S = 60, 3600, 1800
IN_TEN_MINUTES, IN_A_DAY = 6, 50  # messages, in one boot
TOLERANCE_S = 0.5


@dataclass(frozen=True)
class Pace:
    """From one message to the next."""
    last_s: float = 0.0
    gap_s: float = 0.0
    first: bool = True

    def after(self, now_s):
        pause_s = now_s - self.last_s
        if self.first or pause_s >= 2 * self.gap_s + CALM_S:
            return Pace(now_s, 0.0, False)
        return Pace(now_s, min(max(2 * self.gap_s, GAP_FIRST_S), GAP_MAX_S), False)

    def allows(self, now_s):
        return now_s - self.last_s >= self.gap_s - TOLERANCE_S


@dataclass
class Way:
    certain: int = 0  # the last event that was told for certain
    perhaps: set = field(default_factory=set)  # the last events of messages of which a run was killed
    sent_s: list = field(default_factory=list)  # of this boot
    paces: set = field(default_factory=lambda: {Pace()})  # what may be noted
    tried_s: float | None = None  # a failure, of this boot
    failures: int = 0  # in a row, that nothing excuses
    refused: bool = False
    messages: int = 0
    posts: int = 0


class Oracle:
    def __init__(self, variant, first):
        self._variant = variant
        self._numbers = []  # of the events that are to be told
        self._times = {}  # number: (boot, seconds)
        self._boot = 0
        self._unset_s = None  # since when this router is master without its class
        self._class_failed_s = None
        self.ways = {way: Way(certain=first) for way in variant.ways}
        self.wrong = []

    def event(self, number, kind, value, now_s):
        self._times[number] = (self._boot, now_s)
        if self._variant.wants(kind, value):
            self._numbers.append(number)
        if kind == "class-failed":
            self._class_failed_s = now_s

    def role(self, master, is_set, now_s):
        if not self._variant.metered or not master or is_set:
            self._unset_s = None
        elif self._unset_s is None:
            self._unset_s = now_s

    def reboot(self):
        self._boot += 1
        self._unset_s = self._class_failed_s = None
        for way in self.ways.values():
            way.sent_s, way.tried_s, way.failures = [], None, 0
            way.paces = {Pace(0.0, pace.gap_s, pace.first) for pace in way.paces}

    def line(self):
        """Another line is tried at once."""
        for way in self.ways.values():
            way.tried_s, way.failures = None, 0

    def posts(self, posts, killed, now_s):
        """What came of one run."""
        for post in posts:
            way = self.ways[post.way]
            way.posts += 1
            self._look_at_range(way, post)
            self._look_at_time(post, now_s)
            self._look_at_class(post, now_s)
            self._look_at_pace(way, now_s)
            if not 0 < len(post.text.encode()) < TEXT_MAX or post.body_len > BODY_MAX:
                self.wrong.append(f"{post.way}: a text of {len(post.text)}, a body of {post.body_len}")
            self._count(way, post, killed, now_s)

    def _count(self, way, post, killed, now_s):
        if killed:
            if post.mode in GOOD:
                way.perhaps.add(post.last)
            way.tried_s, way.failures = None, 0
            way.paces |= {pace.after(now_s) for pace in way.paces}
        elif post.mode in GOOD:
            way.certain = post.last
            way.perhaps = {number for number in way.perhaps if number > post.last}
            way.sent_s.append(now_s)
            way.tried_s, way.failures = None, 0
            way.paces = {pace.after(now_s) for pace in way.paces if pace.allows(now_s)} or {Pace(now_s)}
            way.messages += 1
        else:
            way.tried_s = now_s
            way.failures += 1
            way.refused = post.mode in REFUSALS

    def _after(self, number):
        return bisect.bisect_right(self._numbers, number)

    def _look_at_range(self, way, post):
        firsts = {self._numbers[at] for cursor in (way.certain, *way.perhaps)
                  if (at := self._after(cursor)) < len(self._numbers)}
        if post.first not in firsts:
            self.wrong.append(f"{post.way}: begins with {post.first}, and not one of {sorted(firsts)}")
        if not self._numbers or post.last != self._numbers[-1]:
            self.wrong.append(f"{post.way}: ends with {post.last}, and the last event is {self._numbers[-1:]}")
        count = self._after(post.last) - self._after(post.first - 1)
        if post.count != count:
            self.wrong.append(f"{post.way}: counts {post.count}, and there are {count}")

    def _age(self, number, now_s):
        boot, then_s = self._times.get(number, (-1, 0))
        return now_s - then_s if boot == self._boot else float("inf")

    def _look_at_time(self, post, now_s):
        newest, oldest = self._age(post.last, now_s), self._age(post.first, now_s)
        if newest < SETTLED_S - TOLERANCE_S and oldest < UNSETTLED_S - TOLERANCE_S:
            self.wrong.append(f"{post.way}: told {newest:.1f} s after the last event, {oldest:.1f} s after the first")

    def _look_at_class(self, post, now_s):
        if self._unset_s is None:
            return
        failed = self._class_failed_s is not None and self._class_failed_s > self._unset_s
        since_s = now_s - (self._class_failed_s if failed else self._unset_s)
        if since_s < (CLASS_FAILED_S if failed else CLASS_S) - TOLERANCE_S:
            self.wrong.append(f"{post.way}: told {since_s:.1f} s into a master without its class")
        if len(post.text.encode()) >= SMALL_MAX:
            self.wrong.append(f"{post.way}: {len(post.text)} bytes over a slow line")

    def _look_at_pace(self, way, now_s):
        least_s = REFUSED_S if way.refused else min(TRY_S * 2 ** (way.failures - 1), TRY_MAX_S)
        if way.tried_s is not None and now_s - way.tried_s < least_s - TOLERANCE_S:
            self.wrong.append(f"tried again after {now_s - way.tried_s:.1f} s, {way.failures} failures")
        if not any(pace.allows(now_s) for pace in way.paces):
            self.wrong.append(f"told {min(now_s - pace.last_s for pace in way.paces):.1f} s after the last message")
        for seconds, most in ((600, IN_TEN_MINUTES), (86400, IN_A_DAY)):
            if sum(now_s - then < seconds for then in way.sent_s) > most:
                self.wrong.append(f"more than {most} messages in {seconds} s")

    def status(self, code, killed):
        if not killed and code not in (0, 1):
            self.wrong.append(f"exit status {code}")

    def end(self):
        for name, way in self.ways.items():
            # A run that was killed may have noted before what it had told.
            left = len(self._numbers) - self._after(max(way.certain, *way.perhaps, 0))
            if left:
                self.wrong.append(f"{name}: {left} events were never told, from {self._numbers[-left]}")

    @property
    def told(self):
        return len(self._numbers)
