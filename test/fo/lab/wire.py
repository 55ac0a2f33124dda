"""One direction of a line: which packets come out at the far end, and when.

Pure: no clock and no I/O; times are seconds of any clock, as long as it is always the same.
"""
import heapq
import itertools
import random


class Wire:
    QUEUE_BYTES = 16 * 1024  # what a modem holds back before it drops, unless told otherwise

    def __init__(self):
        self.packets = self.bytes = self.lost = 0
        self._order = itertools.count()  # equal times come out in the order they went in
        self._flying = []
        self.clear()

    def clear(self):
        """Makes the wire a perfect one."""
        self.blackhole = False
        self.loss = 0.0  # share, 0 to 1
        self.delay = 0.0  # seconds
        self.rate = 0  # bit/s, 0: unlimited
        self.queue = self.QUEUE_BYTES
        self.police(0, 0)
        self.cut()

    def set_rate(self, now, rate, queue):
        """What waits in the queue goes at the new rate; 0: at once."""
        if self.rate:
            self._flying = [(self._resent(now, due, rate), order, packet) for due, order, packet in self._flying]
            heapq.heapify(self._flying)
            self._free_at = self._resent(now, self._free_at + self.delay, rate) - self.delay
        self.rate, self.queue = rate, queue

    def _resent(self, now, due, rate):
        waits = max(0.0, due - self.delay - now)
        return due - waits + (waits * self.rate / rate if rate else 0.0)

    def police(self, rate, burst):
        """Drops what is over `rate` bit/s, 0: nothing, but for `burst` bytes after a pause; nothing waits."""
        self.policed, self._burst = rate, burst
        self._tokens, self._filled_at = burst, 0.0

    def immediate(self):
        """Whether packets pass at once, so that put() and take() can be left out."""
        return not (self.blackhole or self.loss or self.delay or self.rate or self.policed or self._flying)

    def put(self, now, packet):
        due = self._due(now, len(packet))
        if due is None:
            self.lost += 1
        else:
            heapq.heappush(self._flying, (due, next(self._order), packet))

    def take(self, now):
        """A packet that has arrived by `now`, or None."""
        if self._flying and self._flying[0][0] <= now:
            return heapq.heappop(self._flying)[2]
        return None

    def next_due(self):
        return self._flying[0][0] if self._flying else None

    def cut(self):
        """Drops what is on its way."""
        self.lost += len(self._flying)
        self._flying.clear()
        self._free_at = 0.0  # when the sender will have sent all that it accepted

    def count(self, packet, taken):
        if taken:
            self.packets += 1
            self.bytes += len(packet)
        else:
            self.lost += 1

    def _due(self, now, size):
        if self.blackhole or (self.loss and random.random() < self.loss):
            return None
        if self.policed and not self._conforms(now, size):
            return None
        sent = now
        if self.rate:
            start = max(now, self._free_at)
            if (start - now) * self.rate / 8 + size > self.queue:
                return None
            sent = self._free_at = start + size * 8 / self.rate
        return sent + self.delay

    def _conforms(self, now, size):
        self._tokens = min(self._burst, self._tokens + (now - self._filled_at) * self.policed / 8)
        self._filled_at = now
        if self._tokens < size:
            return False
        self._tokens -= size
        return True
