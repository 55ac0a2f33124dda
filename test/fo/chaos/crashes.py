"""Programs that ended by a signal that nobody sent, as their shells, keepalived and the kernel's log tell it."""
import re

_SHELL = re.compile(r"Segmentation fault|Aborted|Bus error|Illegal instruction|Floating point|core dumped|Assertion")
_KEEPALIVED = re.compile(r"due to signal (4|6|7|8|11)\b")
# Where memory is refused, iniparser 4.1 does not look at three of its own allocations.
_EXCUSES = ("alloc", "starve")


def complaints(plan, world, router):
    if any(fault.kind in _EXCUSES and fault.where == router for fault in plan.faults):
        return []
    found = []
    for name, pattern in ((f"{router}.console", _SHELL), (router, _KEEPALIVED)):
        with open(world.dir.log(name), encoding="utf-8", errors="replace") as file:
            found += [line.strip() for line in file if pattern.search(line)]
    return found
