"""Several writers at once, one of which is killed at a random moment, and another one begins."""
import os
import random
import signal
import subprocess
import time

from . import reader

_WRITERS = 3
_CHECK_EVERY = 20


class Writer:
    def __init__(self, place, name):
        self.name = name
        self.process = subprocess.Popen([place.writer, name, "0", "1000000"], stdout=subprocess.PIPE)

    def kill(self):
        """Returns how many it has added for sure."""
        self.process.send_signal(signal.SIGKILL)
        said = self.process.stdout.read()
        self.process.stdout.close()
        self.process.wait()
        return said.count(b"\n")


def run(place, kills, seed, step):
    """Kills so many. Returns what is wrong, or None; and how many events were added."""
    chance = random.Random(seed)
    writers = [Writer(place, f"w{i}") for i in range(_WRITERS)]
    added = {}  # name: how many for sure
    total = 0
    try:
        for i in range(1, kills + 1):
            time.sleep(chance.random() * 0.012)  # the moment is what is random
            victim = writers.pop(chance.randrange(len(writers)))
            added[victim.name] = victim.kill()
            writers.append(Writer(place, f"w{i + _WRITERS}"))
            if i % _CHECK_EVERY != 0 and i != kills:
                continue
            for writer in writers:
                added[writer.name] = writer.kill()
            total += sum(added.values())
            wrong = _judge(place, added)
            if wrong is not None:
                return wrong, total
            step(f"{i} kills, {total} events")
            added = {}
            writers = [Writer(place, f"w{i + _WRITERS}.{j}") for j in range(_WRITERS)] if i < kills else []
    finally:
        for writer in writers:
            writer.kill()
    return None, total


def _judge(place, added):
    """Those of the writers since the last look, unless the older file was given up since."""
    events = reader.shown(place.status)
    numbers = [number for number, _ in events]
    if numbers != list(range(numbers[0], numbers[0] + len(numbers))):
        return "the numbers have a gap, or do not rise"
    here = {}
    for _, name in events:
        writer, _, number = name.rpartition(".")
        here.setdefault(writer, []).append(int(number) if number.isdigit() else None)
    rotated = numbers[0] > 1
    for writer, count in added.items():
        found = here.get(writer, [])
        last = found[-1] + 1 if found and found[-1] is not None else 0
        if found != list(range(last - len(found), last)):
            return f"{writer}: not each once, and in order"
        if last not in (count, count + 1):
            return f"{writer} has added {count}, and the last one that is there is number {last}"
        if len(found) < count and not rotated:
            return f"{writer} has added {count}, of which {len(found)} are there"
    return None


def prepare(place):
    for name in ("history", "history.1"):
        if os.path.exists(f"{place.lib}/{name}"):
            os.unlink(f"{place.lib}/{name}")
