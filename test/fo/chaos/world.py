"""The lab of one round: brought up, and what faults and checks do to it and ask of it."""
import collections
import os
import shutil
import signal
import subprocess
import threading

from fo.errors import LabError
from fo.kernel import namespace
from fo.lab.control import request
from fo.lab.labdir import LabDir
from fo.paths import TREE

from . import etc
from .kind import ROUTERS

UP_SECONDS = 60
DISK = "size=2m,mode=2775,gid=64990"  # of /var/lib/fo: what can be filled at once, and outlives the power
LAB = f"{TREE}/test/lab/lab"


def _name(pid):
    with open(f"/proc/{pid}/comm", encoding="ascii", errors="replace") as file:
        return file.read().strip()


class World:
    def __init__(self, name, build, folder):
        self.dir = LabDir(name)
        self._name, self._build, self._folder = name, build, folder
        self._kept, self._lock = collections.defaultdict(list), threading.Lock()
        self._said = []
        self.uplink = None  # of main

    # -- a round's beginning and end ----------------------------------------------------------

    def up(self, plan):
        """A lab as on an ordinary day: settled, its disks small."""
        self.uplink = plan.uplink
        etc.make(f"{self._folder}/etc", plan.uplink)
        ethernet = ("--line", "main=ethernet") if plan.uplink == "eth1" else ()
        self.lab("up", "--build", self._build, "--etc", f"{self._folder}/etc", "--owner", str(os.getpid()), "--dns",
                 "--rp-filter", str(plan.rp_filter), *ethernet)
        with open(self.dir.file("keeper"), encoding="ascii") as file:
            keeper = file.read().split()[0]
        for router in ROUTERS:
            namespace.command(["nsenter", f"--mount=/proc/{keeper}/ns/mnt", "mount", "-t", "tmpfs", "-o", DISK,
                               "fo-disk", f"{self.dir.root(router)}/var/lib/fo"])
            self.router(router, "power-off")
        for router in ROUTERS:
            self.router(router, "power-on")

    def down(self):
        """Its logs stay in the folder."""
        shutil.copytree(self.dir.file("log"), f"{self._folder}/log", dirs_exist_ok=True)
        self.lab("down")

    @property
    def folder(self):
        return self._folder

    # -- commands -----------------------------------------------------------------------------

    def lab(self, *words):
        done = subprocess.run([LAB, "--name", self._name, *words], capture_output=True, text=True, check=False,
                              stdin=subprocess.DEVNULL, timeout=UP_SECONDS)
        if done.returncode != 0:
            raise LabError(f"lab {' '.join(words)}: {done.stderr.strip()}")
        return done.stdout

    def line(self, router, *words):
        return request(self.dir.file("line", router), list(words))

    def line_up(self, router):
        """Dials, where nobody has."""
        if "state up" not in self.line(router, "status"):
            self.line(router, "up")

    def router(self, router, verb):
        return request(self.dir.file("control"), ["router", router, verb])

    def spawn(self, host, words):
        return request(self.dir.file("control"), ["spawn", host, *words])

    def pid(self, host):
        return self.dir.host_pid(host)

    def sh(self, router, script, *words):
        """What the script prints in the router."""
        return namespace.run(self.pid(router), ["sh", "-c", script, "-", *words], everything=True)

    def somebody(self, router, words):
        """ip(8), by somebody else: it may be there already, or cannot be."""
        try:
            namespace.run(self.pid(router), ["ip", *words])
        except LabError as error:
            self.note(f"{error}")

    def in_switch(self, argv, text=None):
        return namespace.run(self.pid("sw"), argv, text)

    # -- processes ----------------------------------------------------------------------------

    def processes(self, router, name=None):
        """Their numbers on the machine; those of the name, or {number: name} of all."""
        try:
            its = os.stat(f"/proc/{self.pid(router)}/ns/pid").st_ino
        except (LabError, FileNotFoundError):
            return [] if name else {}
        found = {}
        for entry in os.listdir("/proc"):
            if entry.isdigit():
                try:
                    if os.stat(f"/proc/{entry}/ns/pid").st_ino == its:
                        found[int(entry)] = _name(entry)
                except OSError:
                    pass  # it has ended
        return found if name is None else [pid for pid, its in found.items() if its == name]

    def keepalived(self, router):
        """The parent of the two."""
        pids = self.processes(router, "keepalived")
        if not pids:
            raise LabError(f"no keepalived runs on {router}")
        return min(pids)

    def signal(self, router, name, number):
        """Returns which processes got it."""
        pids = self.processes(router, name)
        for pid in pids:
            self.signal_pid(pid, number)
        return pids

    @staticmethod
    def signal_pid(pid, number):
        try:
            os.kill(pid, number)
            # nsenter(1) stops when its child has stopped, and would be in the way of all that end.
            with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as file:
                parent = next(int(line.split()[1]) for line in file if line.startswith("PPid:"))
            if number == signal.SIGCONT and _name(parent) == "nsenter":
                os.kill(parent, number)
        except (ProcessLookupError, FileNotFoundError):
            pass

    # -- what the end of a fault has to know --------------------------------------------------

    def keep(self, where, what, items):
        with self._lock:
            self._kept[where, what] += items

    def kept(self, where, what):
        with self._lock:
            return self._kept.pop((where, what), [])

    def note(self, text):
        with self._lock:
            self._said.append(text)

    def notes(self):
        with self._lock:
            said, self._said = self._said, []
            return said

    def resume_all(self):
        """Nothing stays stopped, whatever a fault's end has come to."""
        for router in ROUTERS:
            for pid in self.processes(router):
                self.signal_pid(pid, signal.SIGCONT)
