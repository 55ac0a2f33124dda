"""What the watcher costs that is there day and night: three targets, a round every 100 ms."""
import os
import re
import time

from .. import wire
from ..figure import Figure

SECONDS, SHORT_SECONDS = 60, 15
MOST_MB, MOST_CPU_PCT = 3.0, 0.3


def run(options, step):
    seconds = options.pick(SECONDS, SHORT_SECONDS)
    step(f"{seconds} s")
    found = wire.measure(options.build, lambda: _watch(seconds))
    return [Figure("memory now (VmRSS)", found["VmRSS"], "MB", most=MOST_MB, firm=True),
            Figure("memory at most (VmHWM)", found["VmHWM"], "MB", most=MOST_MB, firm=True),
            Figure("CPU, of one core", found["cpu_pct"], "%", most=MOST_CPU_PCT),
            Figure("times that it woke up, a second", found["wakes"]),
            Figure("descriptors, most less fewest", max(found["descriptors"]) - min(found["descriptors"]),
                   most=0, firm=True, runs=found["descriptors"])]


def _watch(seconds):
    with wire.watched() as pid:
        time.sleep(1)  # what belongs to its start is behind it
        cpu, wakes, begin = _cpu_ns(pid), _status(pid, "voluntary_ctxt_switches"), time.monotonic()
        descriptors = []
        while time.monotonic() < begin + seconds:
            time.sleep(0.5)
            descriptors.append(len(os.listdir(f"/proc/{pid}/fd")))
        taken = time.monotonic() - begin
        return {"cpu_pct": (_cpu_ns(pid) - cpu) / taken / 1e7,
                "wakes": (_status(pid, "voluntary_ctxt_switches") - wakes) / taken,
                "descriptors": descriptors,
                **{name: _status(pid, name) * 1024 / 1e6 for name in ("VmRSS", "VmHWM")}}


def _cpu_ns(pid):
    with open(f"/proc/{pid}/schedstat", encoding="ascii") as file:
        return int(file.read().split()[0])


def _status(pid, name):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return int(re.search(rf"^{name}:\s+(\d+)", file.read(), re.MULTILINE)[1])
