"""64 checks at a time, which share their files below /run/fo, on a line with a silent target and good ones,
and with a watcher at work, which some of them ask."""
import os
import subprocess

from fo.demo.errors import DemoError
from fo.paths import TEST

from .. import wire
from ..figure import Figure

ROUNDS, SHORT_ROUNDS = 10000, 1000
COPIES = f"{TEST}/net/copies"
KEPT = {"history.lock", "check.rtt", "check.verdict", "line", "watch", "watch.lock"}
_TIME = ["-q", "-i", "ppp0", "-t"]
_ASKS_WATCHER = ["-q", "-c", wire.CONF]
# One that is answered has all the time that a busy machine may take; it ends when it is.
CASES = [(0, [*_TIME, "20s", wire.TARGET]),
         (1, [*_TIME, "200ms", wire.SILENT]),
         (0, [*_TIME, "20s", wire.SILENT, wire.TARGET]),
         (1, [*_TIME, "500ms", "--need", "2", wire.TARGET, wire.SILENT]),
         (0, _ASKS_WATCHER),
         (0, ["-q", "-t", "20s", "--probe", "-c", wire.CONF])]


def run(options, step):
    rounds = options.pick(ROUNDS, SHORT_ROUNDS)
    step(f"{rounds} rounds, 64 at a time")
    found = wire.measure(options.build, lambda: _overlap(rounds))
    for words in found["said"]:
        step(words)
    return [Figure("wrong verdicts", found["wrong"], most=0, firm=True),
            Figure("wrong verdicts of the watcher", found["wrong_watcher"], most=0),
            *(Figure(f"{what} left behind", found[what], most=0, firm=True)
              for what in ("processes", "sockets", "descriptors", "files"))]


def _overlap(rounds):
    with wire.watched() as pid:
        before = _descriptors(pid)
        said = _run_copies(rounds)
        found = {"descriptors": _descriptors(pid) - before}
    # Process 1 is this one, and the far end of the wire is held by a `sleep`.
    left = sorted(set(map(_name, filter(str.isdigit, os.listdir("/proc")))) - {"python3", "sleep", None})
    files = sorted(set(os.listdir("/run/fo")) - KEPT)
    wrong = said[:-1]
    watcher = sum(line.endswith(" ".join([wire.CHECK, *_ASKS_WATCHER])) for line in wrong)
    return found | {"wrong": len(wrong) - watcher, "wrong_watcher": watcher, "processes": len(left),
                    "sockets": _sockets(), "files": len(files), "said": [*wrong[:10], *left, *files]}


def _run_copies(rounds):
    cases = "".join(f"{status} {' '.join([wire.CHECK, *words])}\n" for status, words in CASES)
    done = subprocess.run([COPIES, str(rounds)], input=cases, text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    said = done.stdout.splitlines()
    if not said or " wrong" not in said[-1]:
        raise DemoError(f"{COPIES}: {done.stdout[-500:]}")
    return said


def _descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def _name(pid):
    """None when it has ended meanwhile."""
    try:
        with open(f"/proc/{pid}/comm", encoding="utf-8") as file:
            return file.read().strip()
    except OSError:
        return None


def _sockets():
    """Those for ICMP, of all processes in this network."""
    total = 0
    for kind in ("raw", "raw6", "icmp", "icmp6"):
        with open(f"/proc/net/{kind}", encoding="ascii") as file:
            total += len(file.readlines()) - 1
    return total
