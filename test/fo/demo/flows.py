"""The two flows of the LAN host that run through it all: a ping, and UDP from one port."""
import contextlib
import os
import signal
import subprocess
import time
from dataclasses import dataclass, field

from .errors import DemoError

CLIENT = os.path.join(os.path.dirname(os.path.realpath(__file__)), "client.py")
CLIENTS = {"tcp": os.path.join(os.path.dirname(CLIENT), "../bench/tcp_client.py")}
START_SECONDS = 5
STOP_SECONDS = 5


@dataclass
class Trace:
    """What became of a flow. Times are CLOCK_MONOTONIC."""
    stopped: float
    sent: dict = field(default_factory=dict)  # number: time
    received: dict = field(default_factory=dict)
    errors: int = 0  # ICMP errors and redirects that the host was sent

    def lost(self, begin, end):
        """How many were sent in that time and never came back."""
        return sum(begin <= at < end and number not in self.received
                   for number, at in self.sent.items())

    def answered(self, begin, end):
        """The share of those sent in that time that came back."""
        numbers = [number for number, at in self.sent.items() if begin <= at < end]
        return sum(number in self.received for number in numbers) / max(1, len(numbers))


class Flow:
    """A client in the LAN host, sending and receiving until it is interrupted."""

    def __init__(self, lab, name, folder, *words):
        """`name`: icmp, udp or tcp. More words are the client's."""
        self.name = name
        self._path = f"{folder}/{name}"
        with open(self._path, "wb") as file:
            self._process = lab.start("lan", ["python3", "-IS", "-u", CLIENTS.get(name, CLIENT), name, *words], file)

    def wait_for_echo(self):
        until = time.monotonic() + START_SECONDS
        while "\nr " not in self._text():
            if time.monotonic() > until or self._process.poll() is not None:
                raise DemoError(f"the {self.name} flow of the LAN host gets no echo: {self._text()}")
            time.sleep(0.02)

    def stop(self):
        """Ends it; returns its Trace."""
        stopped = time.monotonic()
        self._process.send_signal(signal.SIGINT)
        self._process.wait(STOP_SECONDS)
        # The signal may have come in the middle of a line.
        return _trace(self._text().rpartition("\n")[0].splitlines(), stopped)

    def abandon(self):
        """Ends it, whatever has happened."""
        with contextlib.suppress(ProcessLookupError, subprocess.TimeoutExpired):
            self._process.terminate()
            self._process.wait(STOP_SECONDS)

    def _text(self):
        with open(self._path, encoding="utf-8", errors="replace") as file:
            return file.read()


def start(lab, folder):
    return [Flow(lab, name, folder) for name in ("icmp", "udp")]


def _trace(lines, stopped):
    trace = Trace(stopped)
    for line in lines:
        kind, number, at = line.split()
        if kind == "e":
            trace.errors += 1
        else:
            (trace.sent if kind == "s" else trace.received)[int(number)] = float(at)
    return trace
