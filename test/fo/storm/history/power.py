"""Losses of power, one after another: what each may leave is where the next writer begins."""
import os
import random
import subprocess

from . import reader
from .disk import Disk, Inode

_FILES = ("history", "history.1")
_EVENTS_MOST = 24


class Place:
    """A state directory, and the programs."""

    def __init__(self, build, directory):
        self.writer = f"{build}/test/power/history-writer"
        self.status = f"{build}/cmd/fo-status"
        self.lib = f"{directory}/lib"
        self.record = f"{directory}/record"
        os.makedirs(self.lib, exist_ok=True)
        os.environ["FO_STATE_DIR"] = directory

    def write(self, name, first, count, record=False):
        """Adds events. Returns the lines of the record."""
        environment = {**os.environ, "FO_POWER_LOG": self.record} if record else os.environ
        if os.path.exists(self.record):
            os.unlink(self.record)
        subprocess.run([self.writer, name, str(first), str(count)], env=environment, stdout=subprocess.DEVNULL,
                       check=True)
        if not record:
            return []
        with open(self.record, encoding="ascii") as file:
            return file.read().splitlines()

    def load(self):
        found = {}
        for name in _FILES:
            if os.path.exists(f"{self.lib}/{name}"):
                with open(f"{self.lib}/{name}", "rb") as file:
                    found[name] = file.read()
        return found

    def store(self, files):
        for name in _FILES:
            if name in files:
                with open(f"{self.lib}/{name}", "wb") as file:
                    file.write(files[name])
            elif os.path.exists(f"{self.lib}/{name}"):
                os.unlink(f"{self.lib}/{name}")


def cut(place, seed):
    """One loss of power. Returns what is wrong, or None."""
    chance = random.Random(seed)
    before = place.load()
    there = reader.kept(before.get("history.1", b"")) + reader.kept(before.get("history", b""))
    record = place.write(f"cut-{seed}", 0, chance.randrange(1, _EVENTS_MOST), record=True)
    disk = Disk({name: Inode(data) for name, data in before.items()})
    begun, done = set(), []
    for line in record[:chance.randrange(len(record)) + 1]:
        verb, _, name = line.partition(" ")
        if verb == "begin":
            begun.add(name)
        elif verb == "done":
            done.append(name)
        else:
            disk.take(line)
    files = disk.without_power(chance)
    place.store(files)
    # The older file is given up when the present one takes its place.
    moved = "history.1" in before and not files.get("history.1", b"").startswith(before["history.1"])
    given_up = reader.kept(before["history.1"]) if moved else []
    must = [name for name in there if name not in set(given_up)] + done
    return _judge(place, seed, must, set(there) | begun)


def _judge(place, seed, must, may):
    events = reader.shown(place.status)
    names = [name for _, name in events]
    if lost := [name for name in must if name not in set(names)]:
        return f"lost: {' '.join(lost)}"
    if foreign := [name for name in names if name not in may]:
        return f"handed out, and never added: {foreign[0]!r}"
    if len(set(names)) != len(names):
        return "one is handed out twice"
    if [number for number, _ in events] != sorted({number for number, _ in events}):
        return "the numbers do not rise"
    place.write(f"after-{seed}", 0, 1)
    then = reader.shown(place.status)
    if not then or then[-1][1] != f"after-{seed}.0":
        return "the next one could not be added"
    if events and then[-1][0] <= events[-1][0]:
        return f"the next one has the number {then[-1][0]} after {events[-1][0]}"
    if len(then) == len(events) + 1 and then[:-1] != events:
        return "the next one has changed those before it"
    return None
