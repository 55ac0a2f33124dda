"""What was asked since the start, without any secret, and which requests broke the contract."""

import json
import threading
from collections import Counter, deque

KEPT = 100000    # requests; older ones are forgotten
HIDDEN = "***"

# Lists of what may be shown, not of what must be hidden: an unknown name may carry a secret.
PLAIN_HEADERS = frozenset({"accept", "accept-encoding", "accept-language", "connection",
                           "content-length", "content-type", "expect", "host", "te",
                           "transfer-encoding", "user-agent", "x-soracom-lang"})
PLAIN_KEYS = frozenset({"operatorId", "userName", "tokenTimeoutSeconds", "speedClass",
                        "numberOfPingRequests", "timeoutSeconds"})


class Journal:
    """The requests, and a condition for those who wait for the next one."""

    def __init__(self, clock):
        self._clock = clock
        self._grown = threading.Condition()
        self._entries = deque(maxlen=KEPT)
        self._by_path = Counter()
        self._rejections = deque(maxlen=1000)
        self._rejected = 0

    def add(self, request, **facts):
        """Must come before the answer is sent, so that a client that has it finds its entry."""
        entry = {"time": round(self._clock.now(), 3), "method": request.method,
                 "path": request.target,
                 "headers": {name: _shown_header(name, value) for name, value in request.headers},
                 "body": _shown_body(request.body), "in": request.size} | facts
        with self._grown:
            self._entries.append(entry)
            self._by_path[f"{request.method} {request.path}"] += 1
            self._grown.notify_all()

    def reject(self, request, reason):
        with self._grown:
            self._rejected += 1
            self._rejections.append({"method": request.method, "path": request.target,
                                     "reason": reason})

    def reject_bytes(self, reason):
        """The same for bytes that were no request at all."""
        with self._grown:
            self._rejected += 1
            self._rejections.append({"method": None, "path": None, "reason": f"HTTP: {reason}"})

    def entries(self):
        with self._grown:
            return list(self._entries)

    def wait_requests(self, number, prefix, timeout_s):
        """True as soon as `number` requests have come for paths that begin with `prefix`."""
        with self._grown:
            return self._grown.wait_for(lambda: self._count(prefix) >= number, timeout_s)

    def _count(self, prefix):
        return sum(number for name, number in self._by_path.items()
                   if name.split(" ", 1)[1].startswith(prefix))

    def summary(self):
        with self._grown:
            return {"requests": dict(self._by_path), "rejected": self._rejected,
                    "rejections": list(self._rejections)}


def _shown_header(name, value):
    return value if name.lower() in PLAIN_HEADERS else HIDDEN


def _shown_body(body):
    if not body:
        return None
    try:
        return _shown_value(json.loads(body))
    except (ValueError, RecursionError):
        return HIDDEN


def _shown_value(value):
    """Key names always, values only of the keys known to be harmless."""
    if not isinstance(value, dict):
        return HIDDEN
    return {key: member if key in PLAIN_KEYS and not isinstance(member, (dict, list)) else HIDDEN
            for key, member in value.items()}
