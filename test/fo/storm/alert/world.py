"""A router, a hook and a command, in namespaces of their own, with a clock that is moved.

CLOCK_BOOTTIME is that of a time namespace of each run; the name of the boot is a file.
"""
import contextlib
import json
import os
import signal
import threading
import time
from dataclasses import dataclass

from fo.kernel import namespace
from fo.kernel import netlink
from fo.storm import sandbox
from fo.storm.sandbox import RUN, STATE

from . import history
from .hook import Hook

PROGRAM = sandbox.path_of("fo-alert")
HISTORY = f"{STATE}/lib/history"
KNOWN = f"{RUN}/speedclass.known"
HOOK = "192.168.77.2"
VIP = "192.168.0.254/24"
MASTER, BACKUP = "s1.fast", "s1.minimum"
SECRET = "SECRET"
WHY = "for a reason that takes some words, as those of the programs do, in a text of some length"
RUN_SECONDS = 20  # a hook that hangs is met by a run that is killed
BOOTED_S = 100
_NEWTIME = 0x80
_BOOT_FILE = "/run/boot-id"
_TELL = "/run/tell"
_TOLD = "/run/told"
_BAD = "/run/bad"
_SAID = "/run/said"


@dataclass
class Post:
    way: str
    mode: str  # how it was answered
    first: int
    last: int
    count: int
    text: str
    body_len: int


def inside(program, function):
    return sandbox.inside(program, World, function)


class World:
    def __init__(self):
        namespace.ip_batch(os.getpid(), [
            "link set lo up", "link add eth0 type veth peer name sw0", "link set sw0 up",
            "link set eth0 up", "addr add 192.168.0.2/24 dev eth0",
            "link add line0 type veth peer name line1", "link set line1 up", "link set line0 up",
            f"addr add {HOOK}/24 dev line0"])
        self._link = netlink.Netlink()
        for folder in (RUN, f"{STATE}/lib"):
            os.makedirs(folder, mode=0o755, exist_ok=True)
        self._write(_BOOT_FILE, "boot-0\n")
        namespace.mount(_BOOT_FILE, history.BOOT_ID, flags=namespace.MS_BIND)
        self._posts, self._lock = [], threading.Lock()
        self._mode = "ok"
        self._hook = Hook(lambda: self._mode, self._keep, host=HOOK)
        threading.Thread(target=self._hook.serve_forever, daemon=True).start()
        self._write(_TELL, f"#!/bin/sh\ncat >>{_TOLD}\necho >>{_TOLD}\n[ ! -e {_BAD} ]\n")
        os.chmod(_TELL, 0o755)
        namespace.adopt_orphans()
        self._begin_s = 0.0
        self._boots = 0
        self._line_up = True

    @staticmethod
    def _write(path, text):
        with open(path, "w", encoding="ascii") as file:
            file.write(text)

    def _keep(self, mode, _, body):
        with self._lock:
            self._posts.append(("url", mode, body))

    # -- how it begins ------------------------------------------------------------------------------

    def reset(self, variant):
        """As after power-on, with this configuration, and nothing told."""
        self.backup()
        self.line(True)
        self.mode("ok")
        self.bad(False)
        for folder in (RUN, f"{STATE}/lib"):
            for name in os.listdir(folder):
                os.unlink(f"{folder}/{name}")
        for path in (_TOLD, _SAID):
            self._write(path, "")
        self._told_len = 0
        self._posts.clear()
        self.reboot()
        lines = ["[router]", "lan = eth0", "uplink = ppp0", f"vip = {VIP.split('/', maxsplit=1)[0]}", "[alert]"]
        if "url" in variant.ways:
            lines.append(f"url = http://{HOOK}:{self._hook.server_address[1]}/{SECRET}")
        if "command" in variant.ways:
            lines.append(f"command = {_TELL} {SECRET}")
        if variant.all_kinds:
            lines.append("events = all")
        if variant.metered:
            lines += ["[speedclass]", "sim = imsi:440101234567890", f"master = {MASTER}", f"backup = {BACKUP}"]
        sandbox.configure(lines)

    # -- the clock ----------------------------------------------------------------------------------

    def now_s(self):
        """CLOCK_BOOTTIME, as the program has it."""
        return time.clock_gettime(time.CLOCK_BOOTTIME) - self._begin_s

    def advance(self, seconds):
        self._begin_s -= seconds

    # -- what may happen ----------------------------------------------------------------------------

    def reboot(self):
        self._boots += 1
        self._begin_s = time.clock_gettime(time.CLOCK_BOOTTIME) - BOOTED_S
        self._write(_BOOT_FILE, f"boot-{self._boots}\n")
        for name in os.listdir(RUN):
            os.unlink(f"{RUN}/{name}")

    def event(self, kind, value):
        """Returns its number."""
        number = history.last_number(HISTORY) + 1
        history.append(HISTORY, history.Event(number, f"boot-{self._boots}", int(self.now_s() * 1000), kind, value,
                                              f"{kind} is {value}, {WHY}"))
        return number

    def mode(self, mode):
        self._mode = mode

    def bad(self, bad):
        if bad:
            self._write(_BAD, "")
        else:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(_BAD)

    def line(self, up):
        """Without it no hook can be reached."""
        if up != self._line_up:
            namespace.ip_batch(os.getpid(), [f"link set line0 {'up' if up else 'down'}"])
        self._line_up = up

    def master(self):
        with contextlib.suppress(OSError):
            netlink.add_address(self._link, VIP, "eth0")

    def backup(self):
        with contextlib.suppress(OSError):
            netlink.del_address(self._link, VIP, "eth0")

    def speed_class(self, speed_class):
        self._write(KNOWN, f"{speed_class}\n")

    # -- runs ---------------------------------------------------------------------------------------

    def start(self):
        """Returns the number of a run, on the clock that is moved."""
        offset = -self._begin_s
        namespace.unshare(_NEWTIME)
        seconds, rest = divmod(int(offset * 1e9), 1_000_000_000)
        self._write("/proc/self/timens_offsets", f"boottime {seconds} {rest}\n")
        said = os.open(_SAID, os.O_WRONLY | os.O_APPEND)
        pid = os.fork()
        if pid == 0:
            os.dup2(said, 1)
            os.dup2(said, 2)
            os.execv(PROGRAM, [PROGRAM, "-c", sandbox.CONF, "--wait", "0"])
        os.close(said)
        return pid

    def end(self, pid, seconds):
        """Waits so long for its end, and kills it. Returns its status, negative: the signal. What it has
        started or sent is over then, too."""
        code = self._wait(pid, seconds)
        if code < 0:
            with contextlib.suppress(ChildProcessError):
                while True:
                    os.waitpid(-1, 0)
            if self._line_up:
                self._hook.settle()
        return code

    @staticmethod
    def _wait(pid, seconds):
        until = time.monotonic() + seconds
        while True:
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                return os.waitstatus_to_exitcode(status)
            if time.monotonic() >= until:
                os.kill(pid, signal.SIGKILL)
                return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
            time.sleep(0.0005)

    def posts(self):
        """What has come since the last time."""
        with self._lock:
            raw = list(self._posts)
            self._posts.clear()
        with open(_TOLD, encoding="utf-8") as file:
            file.seek(self._told_len)
            text = file.read()
        whole = text[:text.rfind("\n") + 1]
        self._told_len += len(whole.encode())
        answer = "500" if os.path.exists(_BAD) else "ok"
        raw += [("command", answer, line) for line in whole.splitlines() if line]
        found = []
        for way, mode, body in raw:
            fields = json.loads(body)
            found.append(Post(way, mode, fields["first_id"], fields["id"], fields["count"], fields["text"], len(body)))
        return found

    @staticmethod
    def said():
        with open(_SAID, encoding="utf-8") as file:
            return file.read()
