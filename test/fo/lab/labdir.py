"""A lab's directory: where its files are, and whether a lab lives in it.

/run/fo-lab/NAME/   keeper          number and start time of the lab's first process
                    host/HOST       number of the process which holds that host's namespaces; `mnt`
                                    where it has a file system of its own
                    control, line/LINE   sockets
                    log/            main.log sub.log line-main.log … (see syslog.py for the format)
                    roots/          a tmpfs with the routers' file systems, visible to the lab only
                    soracom/        of test/soracom/soracom-api
"""
import contextlib
import fcntl
import os
import re
import select
import signal
import time

from fo.errors import LabError, UsageError

BASE = "/run/fo-lab"
LOCK_SECONDS = 60
DEATH_SECONDS = 10


def _start_time(pid):
    """When the process started, in ticks since boot; tells a process from a later one of its number."""
    with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as stat:
        return stat.read().rpartition(")")[2].split()[19]


class LabDir:
    def __init__(self, name):
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}", name):
            raise UsageError(f"'{name}' cannot be the name of a lab (letters, digits, - and _)")
        self.name = name
        self.path = f"{BASE}/{name}"

    def file(self, *parts):
        return os.path.join(self.path, *parts)

    def create(self):
        for part in ("", "host", "line", "log", "roots", "soracom"):
            os.makedirs(self.file(part), exist_ok=True)

    def log(self, name):
        return self.file("log", f"{name}.log")

    def root(self, router):
        """A router's file system, as the lab's own processes see it."""
        return self.file("roots", router, "root")

    def write(self, text, *parts):
        """Writes a small file by rename, so that a reader sees all of it or nothing."""
        path = self.file(*parts)
        with open(f"{path}.new", "w", encoding="ascii") as file:
            file.write(text)
        os.rename(f"{path}.new", path)

    def host_pid(self, host):
        try:
            with open(self.file("host", host), encoding="ascii") as file:
                return int(file.read().split()[0])
        except FileNotFoundError:
            if not self.alive():
                raise LabError(f"no lab '{self.name}' is up") from None
            raise LabError(f"{host} has no power, or is not in this lab (see up)") from None

    def forget_host(self, host):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.file("host", host))

    def claim(self, pid):
        self.write(f"{pid} {_start_time(pid)}\n", "keeper")

    def keeper(self):
        """A pidfd of the living lab's first process, or None."""
        try:
            with open(self.file("keeper"), encoding="ascii") as file:
                pid, started = file.read().split()
            pidfd = os.pidfd_open(int(pid))
        except (OSError, ValueError):
            return None
        with contextlib.suppress(OSError):
            # Looked at after the pidfd is ours, so that the number cannot change hands in between.
            if _start_time(pid) == started and not _ended(pidfd, 0):
                return pidfd
        os.close(pidfd)
        return None

    def alive(self):
        pidfd = self.keeper()
        if pidfd is None:
            return False
        os.close(pidfd)
        return True

    def clear(self):
        """Ends the lab that lives here, if any, and removes what is left of it."""
        pidfd = self.keeper()
        if pidfd is not None:
            try:
                _end(pidfd, self.name)
            finally:
                os.close(pidfd)
        # pylint: disable=import-outside-toplevel  # most commands start faster without
        import shutil
        from . import cgroup
        cgroup.remove(self.name)
        shutil.rmtree(self.path, ignore_errors=True)

    @contextlib.contextmanager
    def lock(self):
        """Only one `up` or `down` of a name at a time."""
        os.makedirs(BASE, exist_ok=True)
        with open(f"{BASE}/.{self.name}.lock", "w", encoding="ascii") as file:
            _lock(file, self.name)
            yield file


def _ended(pidfd, seconds):
    """Whether the process ends within that time."""
    poll = select.poll()
    poll.register(pidfd, select.POLLIN)
    return bool(poll.poll(seconds * 1000))


def _end(pidfd, name):
    """Kills the first process of a lab's pid namespace: the kernel ends all others in it before that
    one is gone, and with them the namespaces and mounts."""
    with contextlib.suppress(ProcessLookupError):
        signal.pidfd_send_signal(pidfd, signal.SIGKILL)
    if not _ended(pidfd, DEATH_SECONDS):
        raise LabError(f"lab '{name}' does not end")


def _lock(file, name):
    until = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            return fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                raise LabError(f"another command holds lab '{name}' for {LOCK_SECONDS} s") from None
            time.sleep(0.05)


def all_labs():
    with contextlib.suppress(FileNotFoundError):
        return [LabDir(entry) for entry in sorted(os.listdir(BASE)) if not entry.startswith(".")]
    return []
