"""Plays a plan in a world, and lets everything be well in the end."""
from .oracle import Oracle
from .plan import TIMER_S
from .world import BACKUP, MASTER, RUN_SECONDS, SECRET

CALM_RUNS = 400  # of the timer: a day and a half, and no pause is as long
HANG_SECONDS = 0.05


class Player:
    def __init__(self, plan, world):
        self._plan, self._world = plan, world
        self._is_master, self._set, self._hangs = False, True, False
        self.runs = self.killed = self.calm_runs = 0
        world.reset(plan.variant)
        first = world.event("line", "up")  # old news
        self._oracle = Oracle(plan.variant, first)
        self._run()

    def play(self):
        for step in self._plan.steps:
            getattr(self, "_" + step.kind.replace("-", "_"))(step)
        self._calm()
        self._oracle.end()
        if SECRET in self._world.said():
            self._oracle.wrong.append("a secret was logged")
        return self._oracle

    def _calm(self):
        """A line, a hook and a command that work, the class set: until nothing waits."""
        self._world.line(True)
        self._oracle.line()
        self._mode(None)
        self._world.bad(False)
        self._class(None)
        for _ in range(CALM_RUNS):
            self._world.advance(TIMER_S)
            self.calm_runs += 1
            if self._run() == 0:
                return

    def _run(self, _=None, seconds=RUN_SECONDS):
        self.runs += 1
        now_s = self._world.now_s()
        code = self._world.end(self._world.start(), HANG_SECONDS if self._hangs else seconds)
        killed = code < 0
        self.killed += killed
        self._oracle.status(code, killed)
        if killed and seconds == RUN_SECONDS and not self._hangs:
            self._oracle.wrong.append(f"a run has not ended after {RUN_SECONDS} s")
        self._oracle.posts(self._world.posts(), killed, now_s)
        return code

    def _kill(self, step):
        self._run(seconds=step.number / 1000)

    def _happen(self, kind, value):
        number = self._world.event(kind, value)
        self._oracle.event(number, kind, value, self._world.now_s())

    def _event(self, step):
        self._happen(*step.words.split())

    def _flap(self, step):
        """The path unit starts a run for each of the first ones, and the timer later."""
        for number in range(int(step.words)):
            self._happen("line", ("down", "up")[number % 2])
            if number < 3 or number % max(1, int(TIMER_S / step.number)) == 0:
                self._run()
            self._world.advance(step.number)

    def _wait(self, step):
        self._world.advance(step.number)

    def _timer(self, _):
        self._world.advance(TIMER_S)
        self._run()

    def _mode(self, step):
        self._hangs = step is not None and step.words == "hang"
        self._world.mode("ok" if step is None else step.words)

    def _bad(self, step):
        self._world.bad(step.words == "yes")

    def _line(self, step):
        self._world.line(step.words == "up")
        self._oracle.line()

    def _role(self):
        self._oracle.role(self._is_master, self._set, self._world.now_s())

    def _note_class(self, is_set):
        self._set = is_set
        self._role()

    def _master(self, _):
        if self._is_master:
            return
        self._world.master()
        self._is_master = True
        self._note_class(False)

    def _backup(self, _):
        self._world.backup()
        self._is_master = False
        self._world.speed_class(BACKUP)
        self._role()

    def _class(self, _):
        self._world.speed_class(MASTER if self._is_master else BACKUP)
        self._note_class(True)

    def _class_failed(self, _):
        self._happen("class-failed", MASTER)

    def _reboot(self, _):
        self._world.backup()
        self._world.reboot()
        self._is_master, self._set = False, False
        self._oracle.reboot()

