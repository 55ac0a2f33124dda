"""A TUN or TAP device in the network of some host; it exists as long as its descriptor is open."""
import fcntl
import os
import struct

from . import namespace

TUNSETIFF = 0x400454CA
TUNSETLINK = 0x400454CD
TUNSETCARRIER = 0x400454E2
IFF_TUN = 0x0001
IFF_TAP = 0x0002
IFF_NO_PI = 0x1000
ARPHRD_PPP = 512
LARGEST = 65536
IFREQ = struct.Struct("16sH22x")
_INT = struct.Struct("=i")


class Tun:
    """With `ppp` the device looks like one of pppd: link/ppp, POINTOPOINT, NOARP. With `tap` it is an
    Ethernet, and what is read and written are frames."""

    def __init__(self, pid, name, ppp=False, tap=False):
        # The device belongs to the network in which /dev/net/tun was opened.
        with namespace.network_of(pid):
            self._fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            kind = IFF_TAP if tap else IFF_TUN
            fcntl.ioctl(self._fd, TUNSETIFF, IFREQ.pack(name.encode(), kind | IFF_NO_PI))
            if ppp:
                fcntl.ioctl(self._fd, TUNSETLINK, ARPHRD_PPP)
        except OSError:
            os.close(self._fd)
            raise
        self.pid = pid
        self.name = name

    def fileno(self):
        return self._fd

    def read(self):
        """The next packet sent through the device, or None."""
        try:
            return os.read(self._fd, LARGEST)
        except OSError:  # EAGAIN: none now; EIO, EBADFD: the device is down or its network is gone
            return None

    def write(self, packet):
        """Lets a packet arrive at the device. Returns whether it took it."""
        try:
            os.write(self._fd, packet)
            return True
        except OSError:
            return False

    def carrier(self, there):
        """Plugs the cable in, or pulls it out."""
        fcntl.ioctl(self._fd, TUNSETCARRIER, _INT.pack(there))

    def delete(self):
        os.close(self._fd)
