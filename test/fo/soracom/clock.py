"""The stand-in's clock, which a test can move forward instead of waiting."""

import threading
import time


class Clock:
    """Seconds since 1970, plus whatever a test has added."""

    def __init__(self):
        self._lock = threading.Lock()
        self._offset_s = 0.0

    def now(self):
        with self._lock:
            return time.time() + self._offset_s

    def now_ms(self):
        return int(self.now() * 1000)

    def advance(self, seconds):
        with self._lock:
            self._offset_s += seconds
