"""Router advertisements (RFC 4861, section 4.2) of the provider's end: what is sent, and when.

Pure: no clock and no I/O; times are seconds of any clock.
"""
import ipaddress
import struct

SOURCE = "fe80::1"
INTERVAL_SECONDS = 1.0
LONGEST_LIFETIME = 9000  # section 6.2.1
_ALL_NODES = "ff02::1"
_ICMPV6 = 58
_ADVERTISEMENT = 134
_HOPS = 255  # or it is not from this link


class Advertiser:
    def __init__(self):
        self.lifetime = None  # seconds that the default route lives; None: silence
        self._due = None

    def on(self, lifetime, now):
        self.lifetime, self._due = lifetime, now

    def off(self, now):
        """Sends a last one, of lifetime 0, as a router does that ceases to be one."""
        if self.lifetime is not None:
            self.lifetime, self._due = None, now

    def due(self):
        return self._due

    def take(self, now):
        """The packet that has to go by `now`, or None."""
        if self._due is None or self._due > now:
            return None
        self._due = None if self.lifetime is None else now + INTERVAL_SECONDS
        return advertisement(self.lifetime or 0)


def advertisement(lifetime):
    """An IPv6 packet from SOURCE to all nodes: a default router, and nothing else."""
    source, target = (ipaddress.IPv6Address(text).packed for text in (SOURCE, _ALL_NODES))
    body = struct.pack("!BBHBBHII", _ADVERTISEMENT, 0, 0, 64, 0, lifetime, 0, 0)
    body = body[:2] + struct.pack("!H", _checksum(source + target + struct.pack("!II", len(body), _ICMPV6)
                                                  + body)) + body[4:]
    return struct.pack("!IHBB", 6 << 28, len(body), _ICMPV6, _HOPS) + source + target + body


def _checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF
