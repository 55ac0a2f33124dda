"""Faults that tests ask for: which there are, and which one the next request or connection meets.

How a fault then shows on the wire is in misbehave.py.
"""

import threading
from dataclasses import dataclass

# Met when a connection is made, so they know no path.
OF_CONNECTIONS = ("hang-accept", "wrong-cert", "expired-cert", "early-cert")
# The request is not carried out (unless --applied), another answer is given.
OF_ANSWERS = ("html", "empty", "redirect")
# The request is not carried out (unless --applied), there is no proper answer.
OF_WIRE = ("hang", "reset", "huge")
# The request is carried out, its answer suffers.
OF_DELIVERY = ("truncated", "slow", "delay")
KINDS = (OF_CONNECTIONS + OF_ANSWERS + OF_WIRE + OF_DELIVERY + ("wrong-class", "refuse"))

_CLASS_PATHS = ("/v1/subscriber", "/v1/sims")


class BadFault(ValueError):
    """A fault that makes no sense; the text is for the person who asked."""


@dataclass
class Fault:
    """One fault and how often it is still to be met."""

    kind: str                      # one of KINDS, or a status such as "503"
    count: int = 0                 # requests or connections left; 0 = until cleared
    path: str = ""                 # prefix
    seconds: float = 0             # delay: how long; 4xx and 5xx: told in Retry-After
    bytes_per_second: int = 100    # slow
    status: int = 0                # html
    applied: bool = False          # the request is carried out all the same, then the fault happens

    def __post_init__(self):
        self._check_kind()
        if self.count < 0 or self.seconds < 0 or self.bytes_per_second < 1:
            raise BadFault("numbers must not be negative")
        if self.path and (self.of_connections or self.kind == "refuse"):
            raise BadFault(f"{self.kind} is met before there is a path")
        if self.count and self.kind == "refuse":
            raise BadFault("refused connections cannot be counted: use clear")
        if self.status and self.kind != "html":
            raise BadFault("--status is for html")
        if self.seconds and self.kind != "delay" and not self.answer_status:
            raise BadFault("--seconds is for delay and for the statuses")

    def _check_kind(self):
        if self.kind not in KINDS and not self.answer_status:
            raise BadFault(f"unknown fault '{self.kind}'; known: 400 to 599, {', '.join(KINDS)}")

    @property
    def answer_status(self):
        """The status to answer with, 0 if the fault is not of that sort."""
        is_status = len(self.kind) == 3 and self.kind.isascii() and self.kind.isdigit()
        return int(self.kind) if is_status and "400" <= self.kind <= "599" else 0

    @property
    def of_connections(self):
        return self.kind in OF_CONNECTIONS

    @property
    def performs(self):
        """Whether the request is carried out."""
        return self.applied or self.kind in OF_DELIVERY or self.kind == "wrong-class"

    def meets(self, path):
        if self.of_connections or self.kind == "refuse":
            return False
        if self.kind == "wrong-class" and not path.startswith(_CLASS_PATHS):
            return False
        return path.startswith(self.path)


class FaultBoard:
    """The faults in force. The oldest that fits is met first."""

    def __init__(self):
        self._lock = threading.Lock()
        self._faults = []

    def add(self, fault):
        with self._lock:
            self._faults.append(fault)

    def clear(self):
        with self._lock:
            self._faults.clear()

    def for_connection(self, connection):
        """The fault that a new connection meets, or None; the connection is marked with it."""
        return self._take(connection, lambda fault: fault.of_connections)

    def for_request(self, connection, path):
        """The same for a request."""
        return self._take(connection, lambda fault: fault.meets(path))

    def _take(self, connection, fits):
        with self._lock:
            fault = next(filter(fits, self._faults), None)
            # Marked under the lock: whoever clears afterwards finds all connections to drop.
            connection.faulty = fault is not None
            if fault is not None and fault.count:
                fault.count -= 1
                if fault.count == 0:
                    self._faults.remove(fault)
            return fault

    def pending(self):
        with self._lock:
            return [{"kind": fault.kind, "count": fault.count or None, "path": fault.path}
                    for fault in self._faults]
