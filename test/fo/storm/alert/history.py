"""Events as lib/base/event.h keeps them, written by other code than the program's.

usage: python3 -m fo.storm.alert.history FOLDER AGE_S KIND VALUE TEXT    adds one to FOLDER/history
"""
import os
import sys
import time
from dataclasses import dataclass

BOOT_ID = "/proc/sys/kernel/random/boot_id"


@dataclass
class Event:
    number: int
    boot: str
    boot_ms: int
    kind: str
    value: str
    text: str

    def line(self):
        """With the length and the Internet checksum of the rest in front."""
        body = f"{self.number} {wall_ms()} {self.boot} {self.boot_ms} 0 fo-test {self.kind} {self.value} {self.text}"
        data = body.encode()
        return f"{checksum(data):04x} {len(data)} {body}\n"


def checksum(data):
    """RFC 1071."""
    padded = data + b"\0" * (len(data) % 2)
    total = sum(int.from_bytes(padded[at:at + 2], "big") for at in range(0, len(padded), 2))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def wall_ms():
    return int(time.time() * 1000)


def this_boot():
    with open(BOOT_ID, encoding="ascii") as file:
        return file.read().strip()


def last_number(path):
    """Of the last whole line."""
    if not os.path.exists(path):
        return 0
    with open(path, encoding="utf-8") as file:
        numbers = [int(line.split()[2]) for line in file if line.count(" ") > 8]
    return numbers[-1] if numbers else 0


def append(path, event):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "a", encoding="utf-8") as file:
        file.write(event.line())


def main(folder, age_s, kind, value, *words):
    path = f"{folder}/history"
    now_ms = int(time.clock_gettime(time.CLOCK_BOOTTIME) * 1000)
    age_ms = int(float(age_s) * 1000)
    # What is older than this boot is of another one.
    boot = this_boot() if age_ms <= now_ms else "another"
    append(path, Event(last_number(path) + 1, boot, max(0, now_ms - age_ms), kind, value, " ".join(words)))


if __name__ == "__main__":
    main(*sys.argv[1:])
