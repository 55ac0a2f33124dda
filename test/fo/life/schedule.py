"""The shipped schedule, read from where it is shipped, and scaled: the carrier's hour becomes the limit."""
import os
import re
import shutil
from dataclasses import dataclass

from fo.demo.errors import DemoError
from fo.paths import TEST

HOUR = 3600.0
LEAST_WAIT_MS = 300  # for an answer; not of the schedule, and a busy machine takes its time
_UNITS = {"s": 1, "m": 60, "min": 60, "h": 3600}
_TIMER = f"{TEST}/../systemd/fo-keepalive.timer"
_CONF = "sub/fo.conf"


@dataclass(frozen=True)
class Schedule:
    limit: float
    every: float  # from one run to the next
    spread: float  # a run may come so much later

    @property
    def scale(self):
        return self.limit / HOUR


def shipped(limit):
    """That of the timer, in a world where an hour is `limit` seconds."""
    with open(_TIMER, encoding="ascii") as file:
        text = file.read()
    every, spread = (_seconds(text, rf"^{key}=(\d+)([a-z]+)$", _TIMER)
                     for key in ("OnUnitActiveSec", "RandomizedDelaySec"))
    scale = limit / HOUR
    return Schedule(limit, every * scale, spread * scale)


def write_etc(schedule, folder):
    """A copy of the samples whose [keepalive] has its times scaled, and is otherwise as shipped."""
    shutil.copytree(f"{TEST}/../etc", folder)
    path = os.path.join(folder, _CONF)
    with open(path, encoding="utf-8") as file:
        text = file.read()
    for key, least_ms in (("skip-if-traffic", 1), ("wait", LEAST_WAIT_MS)):
        pattern = rf"^;?{key} = (\d+)([a-z]+)"
        scaled = max(least_ms, round(_seconds(text, pattern, path) * schedule.scale * 1000))
        text = re.sub(pattern, f"{key} = {scaled}ms", text, flags=re.MULTILINE)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def _seconds(text, pattern, path):
    found = re.findall(pattern, text, flags=re.MULTILINE)
    if len(found) != 1:
        raise DemoError(f"{path}: not one {pattern}")
    return int(found[0][0]) * _UNITS[found[0][1]]
