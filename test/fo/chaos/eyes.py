"""What the kernels know, looked at fifty times a second: addresses, ways, packets at the provider's, and the
answers that a LAN host gets."""
import os
import socket
import struct
import time
from dataclasses import dataclass, field

from fo.kernel import namespace, netlink

from .kind import ROUTERS
from .plan import UPLINKS

TICK_SECONDS = 0.02
VIP = "192.168.0.254"
SOMEWHERE = "198.41.0.4"
ECHO = ("8.8.8.8", 7)
PROBE_SECONDS = 0.1
FLOW_PORT = 40000  # of the flow that lives as long as the round; others come and go below it
_GETADDR, _DUMP, _DONE = 22, 0x300, 3
_IFA_LOCAL = 2
_ETH_P_IP = 0x0800
_HOST = 0  # PACKET_HOST
_LARGEST = 1 << 16
_PRIVATE = (b"\xc0\xa8",)


@dataclass
class Router:
    """None of it where the router has no power."""
    power: bool = False
    vip: bool = False
    way: str | None = None  # [GATEWAY ]DEVICE of a packet to the Internet
    line: bool = False  # it has an address
    lan: bool = False  # eth0 has its carrier


@dataclass
class Sample:
    at: float
    late: float  # how much later than due this look is
    routers: dict
    lan_packets: dict = field(default_factory=dict)  # router whose line it was: how many of the LAN's probes
    private: list = field(default_factory=list)  # (router, source)
    silent: dict = field(default_factory=dict)  # flow: seconds since its last answer


class _Look:
    """A netlink socket in a router's network, for as long as that has power."""

    def __init__(self, pid):
        self.pid = pid
        with namespace.network_of(pid):
            self._link = netlink.Netlink()
        self._link.socket.settimeout(1)
        self._somewhere = netlink.route_to(SOMEWHERE)
        self._indexes = {}

    def close(self):
        self._link.close()

    def router(self):
        with namespace.network_of(self.pid):
            addresses = self._addresses()
            found = Router(True, ("eth0", VIP) in addresses, netlink.way_of(self._link, self._somewhere),
                           any(device in UPLINKS for device, _ in addresses))
        found.lan = self._carrier()
        return found

    def _carrier(self):
        # IFLA_CARRIER of eth0, without sysfs, which is the machine's.
        body = struct.pack("=BxHiII", 0, 0, 0, 0, 0) + netlink.attr(3, b"eth0\0")
        self._link.socket.send(netlink.message(18, 0, body))
        for kind, _, answer in netlink.messages(self._link.socket.recv(_LARGEST)):
            if kind == 16:
                return netlink.attrs(answer[16:]).get(33, b"\0")[0] == 1
        return False

    def _addresses(self):
        """{(device, address)} of IPv4."""
        self._link.socket.send(netlink.message(_GETADDR, _DUMP, struct.pack("=BBBBI", socket.AF_INET, 0, 0, 0, 0)))
        found = set()
        while True:
            for kind, _, body in netlink.messages(self._link.socket.recv(_LARGEST)):
                if kind == _DONE:
                    return found
                if kind == netlink.NEWADDR:
                    found.add(self._address(body))

    @staticmethod
    def _address(body):
        index = struct.unpack_from("=I", body, 4)[0]
        local = netlink.attrs(body[8:]).get(_IFA_LOCAL, b"\0\0\0\0")
        try:
            device = socket.if_indextoname(index)
        except OSError:
            device = ""  # gone meanwhile
        return device, socket.inet_ntop(socket.AF_INET, local)


class _Provider:
    """All packets that come out of the lines, at the provider's end."""

    def __init__(self, pid):
        with namespace.network_of(pid):
            self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(_ETH_P_IP))
        self._socket.setblocking(False)

    def look(self, sample):
        while True:
            try:
                packet, address = self._socket.recvfrom(_LARGEST)
            except BlockingIOError:
                return
            device, _, kind = address[:3]
            if kind != _HOST or not device.startswith("line-") or len(packet) < 28:
                continue
            router = device[5:]
            if packet[12:14] in _PRIVATE:
                sample.private.append((router, socket.inet_ntoa(packet[12:16])))
            if _is_probe(packet):
                sample.lan_packets[router] = sample.lan_packets.get(router, 0) + 1

    def close(self):
        self._socket.close()


def _is_probe(packet):
    at = (packet[0] & 15) * 4
    return (packet[9] == netlink.UDP and packet[16:20] == socket.inet_aton(ECHO[0])
            and packet[at + 2:at + 4] == struct.pack(">H", ECHO[1]))


class _Client:
    """A LAN host that asks without a pause, in one flow that lives on, and each time in a new one."""

    def __init__(self, pid):
        self._pid, self._port, self._next = pid, 20000, 0.0
        with namespace.network_of(pid):
            self._flow = self._open(FLOW_PORT)
        self._new = []
        now = time.monotonic()
        self._answered = {"flow": now, "new": now}

    @staticmethod
    def _open(port):
        made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        made.setblocking(False)
        made.bind(("", port))
        return made

    def look(self, sample):
        if sample.at >= self._next:
            self._next = sample.at + PROBE_SECONDS
            self._send()
        self._hear(sample.at)
        sample.silent = {name: sample.at - at for name, at in self._answered.items()}

    def _send(self):
        self._port = self._port + 1 if self._port < FLOW_PORT - 1 else 20000
        with namespace.network_of(self._pid):
            self._new.append(self._open(self._port))
        for each in (self._flow, self._new[-1]):
            try:
                each.sendto(b"chaos", ECHO)
            except OSError:
                pass  # no neighbour, no way: there will be no answer
        while len(self._new) > 20:
            self._new.pop(0).close()

    def _hear(self, now):
        for name, sockets in (("flow", [self._flow]), ("new", self._new)):
            for each in sockets:
                try:
                    while each.recv(64):
                        self._answered[name] = now
                except OSError:
                    pass  # nothing there, or an ICMP error

    def close(self):
        for each in (self._flow, *self._new):
            each.close()


class Eyes:
    """Calls see(Sample) until the event is set. To be run in a thread of its own."""

    def __init__(self, world, see):
        self._world, self._see = world, see
        self._looks = {}

    def run(self, ended):
        provider, client = _Provider(self._world.pid("isp")), _Client(self._world.pid("lan"))
        due = time.monotonic()
        try:
            while not ended.is_set():
                now = time.monotonic()
                sample = Sample(now, max(0.0, now - due), {name: self._router(name) for name in ROUTERS})
                provider.look(sample)
                client.look(sample)
                self._see(sample)
                due = max(due + TICK_SECONDS, now)
                time.sleep(max(0.0, due - time.monotonic()))
        finally:
            provider.close()
            client.close()
            for look in self._looks.values():
                look.close()

    def _router(self, name):
        """Of a router that loses its power, or gets it, under the look: as without power."""
        try:
            with open(self._world.dir.file("host", name), encoding="ascii") as file:
                pid = int(file.read().split()[0])
            look = self._looks.get(name)
            if look is None or look.pid != pid:
                self._forget(name)
                look = self._looks[name] = _Look(pid)
            return look.router()
        except (OSError, KeyError, IndexError):
            if not os.path.exists(self._world.dir.file("host", name)):
                self._forget(name)
            return Router()

    def _forget(self, name):
        look = self._looks.pop(name, None)
        if look is not None:
            look.close()
