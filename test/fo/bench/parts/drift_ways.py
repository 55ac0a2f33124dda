"""Where the kernel sends a packet to the Internet, asked often."""
import socket
import struct
import time

from fo.kernel import netlink
from fo.storm.route import world

RIGHT_SECONDS = 5  # later is never
MASTER, BACKUP = "ppp0", f"{world.VIA} eth0"
_INTERNET = "8.8.8.8"
_LOOK_SECONDS = 0.0005


class Way:
    """That of this router's own packets, from an address of its own."""

    def __init__(self, source=None):
        self._source = source
        self._link = None

    def now(self):
        """[GATEWAY ]DEVICE, or None."""
        self._link = self._link or netlink.Netlink()
        return netlink.way_of(self._link, netlink.route_to(_INTERNET, self._source))


def until(is_right, begin, seconds=RIGHT_SECONDS):
    """Milliseconds since `begin` until is_right(), or None: not within that time."""
    while not is_right():
        if time.monotonic() > begin + seconds:
            return None
        time.sleep(_LOOK_SECONDS)
    return (time.monotonic() - begin) * 1000
