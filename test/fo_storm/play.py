"""Plays a plan in a world, and says what became of its notifications."""
import fcntl
import os
import signal
import time
from dataclasses import dataclass, field

from . import world as places
from .plan import NO_STATE

END_SECONDS = 60  # all are waited for this long: each gives up by itself long before
_F_SETPIPE_SZ = 1031
_PIPE_BYTES = 1 << 20


@dataclass
class Run:
    """A notification."""
    words: str
    pid: int
    after_change: bool  # begun after the last change of what is true
    alive_at_change: bool = True
    status: int | None = None

    @property
    def killed(self):
        return self.status is not None and os.WIFSIGNALED(self.status)

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
    said: str = ""
    left: int = 0  # temporary files of killed ones, which nobody else may know


CHANGES = ("vip", "vip6", "ppp-up", "ppp-down", "foreign", "flow")


def play(plan, world):
    player = _Player(plan, world)
    try:
        return player.play()
    finally:
        player.end()


def spawn(words, output, not_for_it=None):
    """Starts fo-route, with a descriptor for what it says. Returns its number."""
    actions = [(os.POSIX_SPAWN_DUP2, output, fd) for fd in (1, 2)]
    # Not left to O_CLOEXEC: the parent goes on before that is done, and ppp0 lives as long as this.
    if not_for_it is not None:
        actions.append((os.POSIX_SPAWN_CLOSE, not_for_it))
    return os.posix_spawn(places.FO_ROUTE, [places.FO_ROUTE, "-c", places.CONF, *words.split()], os.environ,
                          setsigdef=[signal.SIGPIPE], file_actions=actions)


class _Player:
    def __init__(self, plan, world):
        self._plan = plan
        self._world = world
        self._outcome = Outcome()
        self._running = {}  # pid: Run
        self._by_number = {}
        self._reader, self._writer = os.pipe()
        fcntl.fcntl(self._reader, _F_SETPIPE_SZ, _PIPE_BYTES)
        os.set_blocking(self._reader, False)
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
                self._reap(0)
                for run in self._outcome.runs:
                    run.alive_at_change = run.status is None
        self._reap(END_SECONDS)
        self._outcome.said = self._drain()
        return self._outcome

    def _set_up(self):
        plan, world = self._plan, self._world
        world.configure(plan.variant.lines())
        world.reset(plan.initial)
        world.tell("backup")
        if plan.vip:
            world.vip(True)
        if plan.vip6:
            world.vip(True, places.VIP6)
        if plan.first_route:
            world.foreign({"master": "dev ppp0", "backup": f"via {places.VIA} dev eth0",
                           "foreign": "via 192.168.0.1 dev eth0"}[plan.first_route])

    def _do(self, event, after_change):
        world = self._world
        if event.kind == "notify":
            self._start(event, after_change)
        elif event.kind == "kill":
            run = self._by_number[event.number]
            if run.pid in self._running:  # not waited for, so the number is still its own
                os.kill(run.pid, getattr(signal, f"SIG{event.words}"))
        elif event.kind == "vip":
            world.vip(event.words == "add")
        elif event.kind == "vip6":
            world.vip(event.words == "add", places.VIP6)
        elif event.kind == "ppp-up":
            world.ppp_up(event.words, event.defaultroute)
        elif event.kind == "ppp-down":
            world.ppp_down()
        elif event.kind == "foreign":
            world.foreign(event.words)
        elif event.kind == "flow":
            self._outcome.flows.append((event.words, world.flow(event.words)))

    def _start(self, event, after_change):
        pid = spawn(event.words, self._writer, self._world.line_descriptor())
        run = Run(event.words, pid, after_change)
        self._running[pid] = self._by_number[event.number] = run
        self._outcome.runs.append(run)

    def _reap(self, seconds):
        """Takes the statuses of those that have ended; with a time, of all."""
        until = time.monotonic() + seconds
        while self._running:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid in self._running:
                self._running.pop(pid).status = status
            elif time.monotonic() >= until:
                if seconds:
                    raise places.StormError(f"{len(self._running)} runs do not end:\n{self._drain()}")
                return
            else:
                time.sleep(0.0005)

    def _drain(self):
        parts = []
        while True:
            try:
                part = os.read(self._reader, 1 << 16)
            except BlockingIOError:
                return b"".join(parts).decode("utf-8", "replace")
            parts.append(part)

    def end(self):
        for pid in list(self._running):
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        os.close(self._reader)
        os.close(self._writer)
