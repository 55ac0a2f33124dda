"""Cgroups of the machines: fo-lab/NAME/ROUTER, in each hierarchy that systemd uses."""
import contextlib
import os

_BASE = "/sys/fs/cgroup"


def _hierarchies():
    """One, or, beside version 1, two."""
    if os.path.exists(f"{_BASE}/cgroup.procs"):
        return [_BASE]
    return [path for path in (f"{_BASE}/systemd", f"{_BASE}/unified") if os.path.exists(f"{path}/cgroup.procs")]


def enter(*parts):
    """Moves this process into a cgroup of its own."""
    for hierarchy in _hierarchies():
        path = os.path.join(hierarchy, "fo-lab", *parts)
        os.makedirs(path, exist_ok=True)
        with open(f"{path}/cgroup.procs", "w", encoding="ascii") as file:
            file.write("0")


def remove(*parts):
    """Removes it with all that was made below, as far as nothing runs there."""
    for hierarchy in _hierarchies():
        for folder, _, _ in os.walk(os.path.join(hierarchy, "fo-lab", *parts), topdown=False):
            with contextlib.suppress(OSError):
                os.rmdir(folder)
