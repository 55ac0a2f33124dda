"""A line that is nothing but a wire: what is measured on it is the program, not the line.

    ppp0 100.64.0.10 ─── far0 100.64.0.1, and behind it the targets of the shipped fo.conf

Its two ends are in network namespaces, and what runs on it is in a pid namespace that ends with it; /run is
its own. So the shipped etc/main/fo.conf is used as it is, and nothing is left of it all.
"""
import contextlib
import json
import os
import shutil
import signal
import subprocess
import time

from fo.demo.errors import DemoError
from fo.demo.lab import ETC
from fo.errors import LabError
from fo.kernel import namespace

CONF = f"{ETC['ours']}/main/fo.conf"
TARGETS = ("1.1.1.1", "8.8.8.8", "9.9.9.9")
TARGET = "8.8.8.8"
MANY = tuple(f"198.51.100.{n}" for n in range(1, 17))  # as many as fo.conf takes
SILENT = "192.0.2.1"  # the far end has no such address, and forwards nothing
FOLDER = "/run/bench"
CHECK = f"{FOLDER}/fo-check-ftth"
WATCH = f"{FOLDER}/fo-watch"
UP_SECONDS = 10


def measure(build, function):
    """What function() returns (as through JSON), called in a process on the wire."""
    def on_the_wire():
        _make_wire()
        return function()
    return apart([f"{build}/cmd/fo-check-ftth", f"{build}/cmd/fo-watch", "/usr/bin/ping", "/usr/bin/fping"], on_the_wire)


def apart(programs, function):
    """The same, in a process with files of its own, and copies of these programs; process 1 of a pid
    namespace."""
    def prepare():
        namespace.die_with_parent(signal.SIGKILL)
        try:
            _make_files(programs)
            return json.dumps(function())
        except (DemoError, OSError) as error:
            raise LabError(error) from error
    try:
        return json.loads(namespace.fork_init(namespace.MNT, prepare, lambda: None))
    except LabError as error:
        raise DemoError(error) from error


def _make_files(programs):
    """Copies of the programs, without capabilities: valgrind runs no program that has some."""
    namespace.mount("none", "/", flags=namespace.MS_REC | namespace.MS_PRIVATE)
    namespace.mount("proc", "/proc", "proc")
    namespace.mount("fo-bench", "/run", "tmpfs", options="mode=755")
    if os.path.exists("/dev/log"):  # the machine's own log is not for this
        namespace.mount("/dev/null", os.path.realpath("/dev/log"), flags=namespace.MS_BIND)
    os.mkdir("/run/fo")
    os.mkdir(FOLDER)
    for program in programs:
        shutil.copy(program, FOLDER)
    # As below systemd, which gives every service a language: the loader reads all of the environment,
    # and ping reads what belongs to the language. (Without one it needs a fifth fewer instructions.)
    os.environ.clear()
    os.environ.update({"PATH": f"{FOLDER}:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"})


def _make_wire():
    namespace.unshare(namespace.NET)
    # The namespace of the far end lives as long as a process in it.
    far = subprocess.Popen(["sleep", "infinity"]).pid
    namespace.unshare(namespace.NET)
    here = os.getpid()
    namespace.ip_batch(here, [f"link add ppp0 type veth peer name far0 netns {far}", "link set lo up",
                              "addr add 100.64.0.10/24 dev ppp0", "link set ppp0 up"])
    namespace.ip_batch(far, ["link set lo up", "addr add 100.64.0.1/24 dev far0", "link set far0 up",
                             *(f"addr add {target}/32 dev lo" for target in (*TARGETS, *MANY))])
    namespace.ip_batch(here, ["route add default via 100.64.0.1"])


@contextlib.contextmanager
def watched():
    """fo-watch, once it has said that the line is up. Gives its process number."""
    with subprocess.Popen([WATCH, "-c", CONF], stderr=subprocess.DEVNULL) as watcher:
        try:
            until = time.monotonic() + UP_SECONDS
            while _line() != "0":
                if time.monotonic() > until or watcher.poll() is not None:
                    raise DemoError("the watcher does not say that the line is up")
                time.sleep(0.02)
            yield watcher.pid
        finally:
            watcher.terminate()


def _line():
    with contextlib.suppress(FileNotFoundError), open("/run/fo/line", encoding="ascii") as file:
        return file.read().strip().replace("254", "1")  # for a second
    return None
