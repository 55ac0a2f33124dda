"""Requests per minute, as the real service counts them: by path, and for auth by source address."""

import math
import threading

from . import answer

WINDOW_S = 60
DEFAULT_LIMIT = 60000    # high enough never to be met unless a test sets one


class RateLimit:
    """Counts in windows of one minute that begin with a key's first request."""

    def __init__(self, clock):
        self._clock = clock
        self._lock = threading.Lock()
        self._windows = {}    # key -> [start of its window, requests in it]
        self.limit = DEFAULT_LIMIT

    def set_limit(self, limit):
        with self._lock:
            self.limit = limit
            self._windows.clear()

    def count(self, key):
        """Counts a request. Returns the headers for its answer, and whether it is too many."""
        now = self._clock.now()
        with self._lock:
            window = self._windows.get(key)
            if window is None or now - window[0] >= WINDOW_S:
                window = self._windows[key] = [now, 0]
            window[1] += 1
            wait_s = max(1, math.ceil(WINDOW_S - (now - window[0])))
            over = window[1] > self.limit
            headers = {"X-Soracom-Ratelimit-Limit": self.limit,
                       "X-Soracom-Ratelimit-Remaining": max(0, self.limit - window[1]),
                       "X-Soracom-Ratelimit-Seconds-Before-Refresh": wait_s}
        return headers, over

    @staticmethod
    def refusal(headers):
        return answer.too_many_requests(headers["X-Soracom-Ratelimit-Seconds-Before-Refresh"])
