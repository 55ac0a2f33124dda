"""Runs of the program under test, several at once, and what they say."""
import fcntl
import os
import signal
import time
from dataclasses import dataclass

from . import sandbox

_F_SETPIPE_SZ = 1031
_PIPE_BYTES = 1 << 20
_LOOK_SECONDS = 0.0005


@dataclass
class Run:
    words: str
    pid: int
    status: int | None = None  # of waitpid(2), once it has ended

    @property
    def killed(self):
        return self.status is not None and os.WIFSIGNALED(self.status)

    @property
    def code(self):
        """The exit status, or the signal's number below 0; None while it runs."""
        return None if self.status is None else os.waitstatus_to_exitcode(self.status)


def spawn(program, words, output, not_for_it=None):
    """Starts the program, with a descriptor for what it says. Returns its number."""
    actions = [(os.POSIX_SPAWN_DUP2, output, fd) for fd in (1, 2)]
    # Not left to O_CLOEXEC: the parent goes on before that is done, and a device lives as long as this.
    if not_for_it is not None:
        actions.append((os.POSIX_SPAWN_CLOSE, not_for_it))
    return os.posix_spawn(program, [program, "-c", sandbox.CONF, *words.split()], os.environ,
                          setsigdef=[signal.SIGPIPE], file_actions=actions)


class Runs:
    """Those of one sequence, for the length of a `with`."""

    def __init__(self, program):
        self.all = []
        self.ended = lambda run: None  # called with each that has just ended
        self._program = program
        self._running = {}  # pid: Run
        self._resident = 0  # the number of one that stays
        self._said = []
        self._reader, self._writer = os.pipe()
        fcntl.fcntl(self._reader, _F_SETPIPE_SZ, _PIPE_BYTES)
        os.set_blocking(self._reader, False)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end_resident("KILL")
        for pid in list(self._running):
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        os.close(self._reader)
        os.close(self._writer)

    @property
    def running(self):
        return list(self._running.values())

    def start(self, make, words, not_for_it=None):
        """Starts one; make(words, pid) is the Run."""
        run = make(words, spawn(self._program, words, self._writer, not_for_it))
        self._running[run.pid] = run
        self.all.append(run)
        return run

    @property
    def has_resident(self):
        """Whether it has not ended by itself."""
        if self._resident and os.waitpid(self._resident, os.WNOHANG)[0]:
            self._resident = 0
        return self._resident != 0

    def start_resident(self, words, not_for_it=None):
        """Starts one that is not waited for. Returns its number."""
        self._resident = spawn(self._program, words, self._writer, not_for_it)
        return self._resident

    def end_resident(self, name):
        """With a signal, and waits until it has ended."""
        if self.has_resident:
            os.kill(self._resident, getattr(signal, f"SIG{name}"))
            os.waitpid(self._resident, 0)
        self._resident = 0

    def kill(self, run, name):
        """Returns whether it was there to be killed: not waited for, so that the number is its own."""
        if run.pid not in self._running:
            return False
        os.kill(run.pid, getattr(signal, f"SIG{name}"))
        return True

    def reap(self, seconds=0.0, which=None):
        """Takes the statuses of those that have ended; with a time, waits for all, or for `which`.
        Returns whether those have ended."""
        until = time.monotonic() + seconds
        while self._running if which is None else which.pid in self._running:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid in self._running:
                run = self._running.pop(pid)
                run.status = status
                self.ended(run)
            elif pid and pid == self._resident:
                self._resident = 0
            elif time.monotonic() >= until:
                return False
            else:
                time.sleep(_LOOK_SECONDS)
        return True

    def said(self):
        """All that they have said so far."""
        while True:
            try:
                part = os.read(self._reader, 1 << 16)
            except BlockingIOError:
                return b"".join(self._said).decode("utf-8", "replace")
            self._said.append(part)


class Player:
    """Who makes a plan's events happen in a world. Its runs are known by their numbers in the plan."""

    def __init__(self, plan, world, those):
        self._plan = plan
        self._world = world
        self._runs = those
        self._by_number = {}


def foreign_files(folder, known, writers):
    """The names in `folder` that should not be there: neither known, nor begun by one of `writers`,
    who has a number in its name. And how many were begun so."""
    begun, foreign = 0, []
    for name in sorted(set(os.listdir(folder)) - set(known)):
        number = name.rpartition(".")[2]
        if name.startswith(".") and number.isdigit() and int(number) in writers:
            begun += 1
        else:
            foreign.append(name)
    return foreign, begun
