"""Plays a plan in a world, and waits until the SIM has the class that the VIP calls for."""
import time
from dataclasses import dataclass, field

from fo.storm import runs, sandbox

from . import world as places
from .plan import NEVER, TIMER

LIMIT_SECONDS = 60  # of the way to the right class
LEAVE_SECONDS = 60  # no request takes longer: all are gone by then
FAULTS_SECONDS = 180  # until the last fault has been met, where they are not ended
KILL_SECONDS = 10
_LOOK_SECONDS = 0.25
ASKED = ("get", "login", "set")  # by hand
WORDS = ("run", "vip", "kill", "garble", "advance")  # after which a worker may ask at once (or seems to)


@dataclass
class Run(runs.Run):
    begun: float = 0  # as time.monotonic() has it
    ended: float = 0
    signalled: float | None = None
    changes: int = 0  # how often what is true had changed when it began
    mates: list = field(default_factory=list)  # those that ran at the same time

    @property
    def is_by_hand(self):
        return self.words.split()[0] in ASKED


@dataclass
class Outcome:
    runs: list
    wrong: list = field(default_factory=list)  # what was wrong while it was played
    secrets: set = field(default_factory=set)
    log: list = field(default_factory=list)  # of the requests
    rejections: list = field(default_factory=list)
    marks: list = field(default_factory=list)  # when one of WORDS was, in seconds of the server's clock
    told_s: float = 0  # when the last word was, by the same clock
    wanted: str = ""  # in the end
    said: str = ""
    was_wrong: bool = False  # the class, when the faults ended
    seconds: float | None = None  # from the faults' end to the right class
    timers: int = 0
    left: int = 0  # temporary files of killed ones, which nobody else may know


def wanted_class(variant, vip):
    return variant.master if vip else variant.backup


def play(plan, world):
    with runs.Runs(places.PROGRAM) as those:
        return _Player(plan, world, those).play()


class _Player(runs.Player):
    def __init__(self, plan, world, those):
        super().__init__(plan, world, those)
        those.ended = self._take_end
        self._outcome = Outcome(those.all)
        self._vip = plan.vip
        self._changes = 0
        self._is_ill = False  # something has happened after which 0 of a run proves nothing

    def play(self):
        world, outcome, plan = self._world, self._outcome, self._plan
        world.reset(plan.variant)
        outcome.secrets |= world.secrets()
        before = world.ask("status")
        requests = len(world.ask("log"))
        self._settle()
        start = time.monotonic()
        self._play_events(start)
        self._converge(self._begin_of_wait(start))
        world.mend()
        outcome.said = self._runs.said()
        outcome.wanted = self.wanted
        outcome.log = world.ask("log")[requests:]
        after = world.ask("status")
        if after["rejected"] != before["rejected"]:
            outcome.rejections = after["rejections"][len(before["rejections"]):]
        return outcome

    @property
    def wanted(self):
        return wanted_class(self._plan.variant, self._vip)

    def _settle(self):
        plan, world = self._plan, self._world
        if plan.vip:
            world.vip(True)
        if plan.settled:
            run = self._start("sync")
            if not self._runs.reap(LIMIT_SECONDS) or run.code != 0:
                raise sandbox.StormError(f"not even a quiet sync works:\n{self._runs.said()}")
        if plan.token == "revoked":
            world.ask("revoke")
        elif plan.token == "expired":
            world.advance(90000)

    # -- what happens ---------------------------------------------------------------------------

    def _play_events(self, start):
        waits = [(event.at_us, lambda event=event: self._do(event)) for event in self._plan.events]
        if self._plan.end_us != NEVER:
            waits.append((self._plan.end_us, self._end_faults))
        if self._plan.timer_us is not None:
            waits.append((self._plan.timer_us, self._come_by))
        for at_us, action in sorted(waits, key=lambda wait: wait[0]):
            while (left := start + at_us / 1e6 - time.monotonic()) > 0:
                self._runs.reap()
                time.sleep(min(left, 0.01))
            self._runs.reap()
            action()

    def _do(self, event):
        if event.kind in WORDS:
            self._mark()
        if event.kind in ("vip", "console", "disk", "garble", "permit", "metadata"):
            self._changes += 1
        if event.kind in ("console", "disk") or event.words.startswith("set"):
            self._is_ill = True
        getattr(self, f"_do_{event.kind.replace('-', '_')}")(event)

    def _mark(self):
        self._outcome.marks.append(self._server_time())

    def _server_time(self):
        return time.time() + self._world.server_ahead_s

    def _do_run(self, event):
        self._by_number[event.number] = self._start(event.words)

    def _do_kill(self, event):
        run = self._by_number[event.number]
        if not self._runs.kill(run, event.words):
            return
        run.signalled = time.monotonic()
        if not self._runs.reap(KILL_SECONDS, run):
            self._outcome.wrong.append(f"{run.words} lives on after SIG{event.words}")

    def _do_vip(self, event):
        self._vip = event.words == "add"
        self._world.vip(self._vip)

    def _do_fault(self, event):
        self._world.fault(event.words, event.more)

    def _do_clear(self, _event):
        self._world.ask("clear")

    def _do_revoke(self, _event):
        self._world.ask("revoke")

    def _do_advance(self, event):
        self._world.advance(int(event.words))

    def _do_console(self, event):
        self._world.set_class(event.words)

    def _do_disk(self, event):
        self._world.disk(event.words)

    def _do_garble(self, event):
        self._world.garble(event.words, event.number)

    def _do_permit(self, event):
        self._world.permit(event.words)

    def _do_metadata(self, event):
        self._world.metadata(event.words)

    def _end_faults(self):
        self._outcome.was_wrong = self._world.speed_class() != self.wanted
        self._world.mend()

    def _come_by(self):
        """The timer does."""
        self._mark()
        self._outcome.timers += 1
        if self._plan.is_lied_to:
            self._world.let_an_hour_pass()
        return self._start(TIMER)

    def _start(self, words):
        mates = self._runs.running

        def make(words_, pid):
            return Run(words_, pid, begun=time.monotonic(), changes=self._changes, mates=mates)
        run = self._runs.start(make, words)
        self._outcome.told_s = self._server_time()
        for mate in mates:
            mate.mates.append(run)
        return run

    def _take_end(self, run):
        run.ended = time.monotonic()
        if run is self._outcome.runs[-1] and self._runs.running:  # it has left its word to them
            self._outcome.told_s = self._server_time()
        self._outcome.secrets |= places.token_secrets()
        # Of several at once each may have left it to another, and of that one we do not know yet.
        if (run.code == 0 and not run.is_by_hand and run.changes == self._changes and not self._is_ill
                and not self._plan.is_lied_to
                and all(mate.code == 0 and not mate.is_by_hand for mate in run.mates)):
            now = self._world.speed_class()
            if now != self.wanted:
                self._outcome.wrong.append(f"{run.words} ended with 0, and the SIM has {now}, not {self.wanted}")

    # -- the way to the right class -------------------------------------------------------------

    def _begin_of_wait(self, start):
        """The faults' end, the timer or the last notification: what is later."""
        if self._plan.end_us != NEVER:
            return time.monotonic()
        until = start + FAULTS_SECONDS
        while self._runs.running and self._world.ask("status")["faults"]:
            if time.monotonic() >= until:
                raise sandbox.StormError("the faults are never met")
            self._runs.reap()
            time.sleep(_LOOK_SECONDS)
        return time.monotonic()

    def _converge(self, begin):
        """All runs end, and the SIM has the right class then."""
        limit = LIMIT_SECONDS + self._plan.pause_s
        timers_end = begin
        while True:
            reached = self._world.wait_class(self.wanted, _LOOK_SECONDS)
            now = time.monotonic()
            if not reached:
                self._outcome.seconds = None
            elif self._outcome.seconds is None:
                self._outcome.seconds = now - begin
            if self._runs.reap() and self._world.speed_class() == self.wanted:
                return
            if not reached and not self._runs.running:
                if not self._timer_comes_again():
                    return self._miss(f"all runs have ended, {now - begin:.1f} s after the end of the faults")
                begin = timers_end = now
            elif not reached and now >= begin + limit:
                return self._miss(f"{limit} s after the end of the faults")
            elif now >= timers_end + limit + LEAVE_SECONDS:
                return self._outcome.wrong.append(
                    f"still at work: {', '.join(run.words for run in self._runs.running)}")

    def _miss(self, when):
        now = self._world.speed_class()
        self._outcome.wrong.append(f"the SIM has {now}, not {self.wanted}, when {when}")

    def _timer_comes_again(self):
        """Where it had left the work to a run that gave up: five minutes later, in truth."""
        if self._plan.timer_us is None or self._outcome.timers != 1:
            return False
        last = max(self._runs.all, key=lambda run: run.ended)
        if last.words == TIMER and not last.mates or last.code not in (1, 2):
            return False
        self._come_by()
        return True
