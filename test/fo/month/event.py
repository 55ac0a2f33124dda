"""Events as lib/base/event.h has them, written without its code."""
import struct
from dataclasses import dataclass

BOOT = "b0000000-0000-4000-8000-%012d"


def checksum(data):
    """RFC 1071."""
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


@dataclass
class Event:
    wall_ms: int
    kind: str
    value: str
    text: str
    lasted_ms: int = 0
    program: str = "fo-watch"
    boot: str = BOOT % 1
    boot_ms: int = 0
    number: int = 0

    def line(self):
        body = (f"{self.number} {self.wall_ms} {self.boot} {self.boot_ms} {self.lasted_ms} {self.program} "
                f"{self.kind} {self.value} {self.text}").encode()
        return b"%04x %d %s\n" % (checksum(body), len(body), body)


def write(path, events):
    """Numbers them, dates them by their boots, the first event of which is a minute old, and writes the file."""
    began = {}
    with open(path, "wb") as file:
        for number, event in enumerate(events, 1):
            event.number = number
            began.setdefault(event.boot, event.wall_ms - 60_000)
            event.boot_ms = event.wall_ms - began[event.boot]
            file.write(event.line())
