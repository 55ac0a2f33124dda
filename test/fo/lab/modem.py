"""What a modem, and the carrier behind it, do to a session of their own accord.

Pure, as a wire is: no clock and no I/O; times are seconds of any clock.
"""
import collections
import random

FOREVER = -1
_ICMP = 1
_ECHO_REQUEST = 8


class Modem:
    def __init__(self):
        self.cuts = 0  # sessions that the carrier has ended
        self.redials = []  # when the router asked for them
        self.echoes = collections.Counter()  # requests that reached the far end, by address
        self._last = 0.0  # when the session began, or the last packet passed
        self.clear(0.0)

    def clear(self, now):
        """A modem without fault, a carrier with patience."""
        self.stuck = 0  # dials until it works again, or FOREVER
        self.set_idle(0.0, 0.0, now)

    def set_idle(self, seconds, sooner, now):
        """Without a packet for `seconds`, or up to that share sooner, the carrier ends the session;
        never with 0. Silence is counted from now on."""
        self.idle, self.sooner = seconds, sooner
        self.longest = 0.0
        self._begin(now)

    def dialled(self, now):
        if self.stuck > 0:
            self.stuck -= 1
        self._begin(now)

    def passed(self, now):
        """A packet has passed, either way."""
        self.longest = max(self.longest, now - self._last)
        self._begin(now)

    def skip(self, seconds):
        """As if so much time had passed in silence."""
        self._last -= seconds

    def due(self):
        """When the carrier ends the session, or None. Of a stuck modem nobody learns of that."""
        return self._last + self._limit if self.idle and not self.stuck else None

    def is_cut(self, now):
        """Whether it does so by now; counts it."""
        if self.due() is None or self.due() > now:
            return False
        self.cuts += 1
        self.longest = max(self.longest, now - self._last)
        return True

    def arrived(self, packet):
        """Counts what reached the far end: echo requests over IPv4. `packet` may be empty."""
        if not packet:
            return
        version, header = packet[0] >> 4, (packet[0] & 15) * 4
        if (version == 4 and len(packet) > header >= 20
                and packet[9] == _ICMP and packet[header] == _ECHO_REQUEST):
            self.echoes[".".join(str(byte) for byte in packet[16:20])] += 1

    def status(self):
        facts = {"idle": f"{self.idle:g} {self.sooner * 100:g}" if self.idle else "off",
                 "idle-longest": f"{self.longest:.3f}", "cuts": self.cuts,
                 "stuck": {0: "off", FOREVER: "forever"}.get(self.stuck, self.stuck),
                 "redials": len(self.redials),
                 "redialled": " ".join(f"{when:.3f}" for when in self.redials) or "never"}
        return facts | {f"echoes-{target}": count for target, count in sorted(self.echoes.items())}

    def _begin(self, now):
        self._last = now
        self._limit = self.idle * (1 - self.sooner * random.random())
