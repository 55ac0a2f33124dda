"""Both ends of a line: devices, addresses, routes. What happens to the packets is not its business."""
import ipaddress

from fo.errors import LabError
from fo.kernel import namespace
from fo.kernel.tun import Tun

from . import radv

_IPV4 = b"\x08\x00"
_IPV6 = b"\x86\xdd"
_ETHERNET_HEADER = 14
_ALL_NODES_MAC = bytes.fromhex("333300000001")
LINK_LOCAL = "fe80::10"
DHCP_METRIC = 100
LEASE_SECONDS = 86400
RA_SECONDS = 1800


def ends_of(lab, spec):
    return (Ethernet if spec.ethernet else Ppp)(lab, spec)


class _Ends:
    """`router` is None while the router has no such device. It `lingers` without a session of which it
    should have gone, or should have lost the addresses."""

    def __init__(self, lab, spec):
        self._lab = lab
        self._spec = spec
        self.local = self.next_local = spec.local
        self.peer = self.next_peer = spec.peer
        self.ipv6 = spec.ipv6
        self.advertised = False  # real router advertisements see to the IPv6 default route
        self.router = None
        self.lingers = False
        self.provider = Tun(lab.host_pid("isp"), spec.far_end, tap=spec.ethernet)
        namespace.ip_batch(self.provider.pid, self._provider_lines())

    def link(self):
        """The router's device appears, and is up, without an IPv4 address yet."""
        self._appear()
        self._batch(self._link_lines())

    def address(self):
        """The session begins: addresses as after IPCP or DHCP. The device is there already."""
        self._batch(self._address_lines())
        self._began()

    def connect(self):
        """Both at once."""
        self._appear()
        self._batch(self._all_lines())
        self._began()

    def remove(self):
        """The router's device disappears."""
        self.lingers = False
        if self.router is not None:
            self.router.delete()
            self.router = None

    def set_advertised(self, advertised):
        """While advertisements come, what stands in for one is not there."""
        self.advertised = advertised
        if self.router is not None and advertised:
            self._forget_default6()
            self._accept_advertisements()
            self._batch(self._link_local_lines())

    def _forget_default6(self):
        namespace.run(self.router.pid, ["ip", "-6", "route", "flush", "exact", "::/0",
                                        "dev", self._spec.device, "proto", self.stand_in])

    def _batch(self, lines):
        try:
            namespace.ip_batch(self.router.pid, lines)
        except LabError:
            self.remove()
            raise

    def _appear(self):
        self.lingers = False
        self._plug_in()
        if self.advertised:
            self._accept_advertisements()

    def _accept_advertisements(self):
        with namespace.network_of(self.router.pid):
            namespace.write_sysctls([(f"net/ipv6/conf/{self._spec.device}/accept_ra", 2)])

    def _began(self):
        try:
            namespace.ip_batch(self.provider.pid, self._began_lines())
        except LabError:
            self.remove()
            raise
        self.local, self.peer = self.next_local, self.next_peer


class Ppp(_Ends):
    """pppd's ppp0. Once the session is over the device is gone, unless it lingers."""
    stand_in = "boot"

    def hang_up(self, linger):
        pid, device = self.router.pid, self._spec.device
        self.lingers = linger
        if linger:
            namespace.ip_batch(pid, [f"link set {device} down", f"addr flush dev {device}"])
        else:
            self.remove()

    def set_gateway(self, address):
        raise ValueError(f"a ppp line has a peer and no gateway, so it cannot be {address}")

    def set_metric(self, word):
        raise ValueError(f"a ppp line has no DHCP client, whose metric could be {word}")

    @staticmethod
    def payload(packet):
        """The IPv4 packet in it, or nothing."""
        return packet

    @staticmethod
    def wrap(packet):
        """An IPv6 packet to all nodes, as it passes over this line."""
        return packet

    def _plug_in(self):
        self.remove()
        self.router = Tun(self._lab.host_pid(self._spec.router), self._spec.device, ppp=True)

    def _provider_lines(self):
        spec, device = self._spec, self._spec.far_end
        lines = [f"link set {device} mtu {spec.mtu} up",
                 f"addr add {spec.provider6}/64 dev {device} nodad"]
        if spec.provider:
            lines.append(f"addr add {spec.provider}/32 dev {device}")
        return lines

    def _all_lines(self):
        return self._address_lines() + self._link_lines()

    def _address_lines(self):
        return [f"addr add {self.next_local} peer {self._spec.peer} dev {self._spec.device}"]

    def _link_lines(self):
        spec, device = self._spec, self._spec.device
        lines = [f"link set {device} mtu {spec.mtu} up"]
        if self.advertised:
            lines += self._link_local_lines()
        if self.ipv6:
            lines.insert(0, f"addr add {spec.local6}/64 dev {device} nodad")
            if not self.advertised:  # what a router advertisement brings
                lines.append(f"route append ::/0 dev {device} metric 1024")
        return lines

    def _link_local_lines(self):
        """As after IPV6CP. The kernel hears no multicast on ppp0 until it gets an address while up."""
        return [f"addr replace {LINK_LOCAL}/64 dev {self._spec.device} nodad"]

    def _began_lines(self):
        lines = [f"route replace {self.next_local}/32 dev {self._spec.far_end}"]
        if self.next_local != self.local:
            lines.insert(0, f"route del {self.local}/32 dev {self._spec.far_end}")
        return lines


class Ethernet(_Ends):
    """eth1 to a gateway that answers ARP for its own addresses only, with the address and the routes
    that a DHCP client and a router advertisement bring. Between sessions it has no carrier."""
    stand_in = "ra"

    def __init__(self, lab, spec):
        number = {"main": 1, "sub": 2, "third": 3}[spec.router]
        self._macs = {spec.device: f"02:00:00:00:02:{number:02}", spec.far_end: f"02:00:00:00:03:{number:02}"}
        self._metric = DHCP_METRIC
        super().__init__(lab, spec)

    def hang_up(self, linger):
        """Lingering: the DHCP client does not look at the carrier."""
        self.lingers = linger
        self.router.carrier(False)
        if not linger:
            self._release()

    def set_gateway(self, address):
        self.next_peer = str(ipaddress.IPv4Address(address))

    def set_metric(self, word):
        """Of the default route that DHCP brings, or "none" for no route."""
        self._metric = None if word == "none" else int(word)
        if self._metric is not None and not 0 <= self._metric < 1 << 32:
            raise ValueError("0 to 4294967295, or none, expected")

    @staticmethod
    def _link_local_lines():
        return []  # the kernel makes one from the MAC address

    @staticmethod
    def payload(packet):
        """The IPv4 packet in it, or nothing."""
        return packet[_ETHERNET_HEADER:] if packet[12:_ETHERNET_HEADER] == _IPV4 else b""

    def wrap(self, packet):
        """An IPv6 packet to all nodes, as it passes over this line."""
        source = bytes.fromhex(self._macs[self._spec.far_end].replace(":", ""))
        return _ALL_NODES_MAC + source + _IPV6 + packet

    def _plug_in(self):
        if self.router is None:
            self.router = Tun(self._lab.host_pid(self._spec.router), self._spec.device, tap=True)
        self.router.carrier(True)
        self._release()

    def _provider_lines(self):
        spec, device = self._spec, self._spec.far_end
        # The kernel would answer for all addresses of the Internet, and ask in the name of any of them.
        with namespace.network_of(self.provider.pid):
            namespace.write_sysctls([(f"net/ipv4/conf/{device}/arp_ignore", 1),
                                     (f"net/ipv4/conf/{device}/arp_announce", 2)])
        return [f"link set {device} address {self._macs[device]} mtu {spec.mtu} up",
                f"addr add {radv.SOURCE}/64 dev {device} nodad",
                f"addr add {spec.provider6}/64 dev {device} nodad",
                f"addr add {spec.provider}/24 dev {device}"]

    def _all_lines(self):
        return self._link_lines() + self._address_lines()

    def _link_lines(self):
        spec, device = self._spec, self._spec.device
        lines = [f"link set {device} address {self._macs[device]} mtu {spec.mtu} up"]
        if self.ipv6:
            lines.append(f"addr add {spec.local6}/64 dev {device} nodad")
            if not self.advertised:
                lines.append(f"route add ::/0 via {radv.SOURCE} dev {device} proto ra metric 1024"
                             f" expires {RA_SECONDS}")
        return lines

    def _release(self):
        """Gives back what the last session brought."""
        device = self._spec.device
        self._forget_default6()
        self._batch([f"route flush exact 0.0.0.0/0 dev {device} proto dhcp",
                     f"addr flush dev {device} scope global"])

    def _address_lines(self):
        device, local = self._spec.device, self.next_local
        return [f"addr add {local}/24 brd + dev {device} valid_lft {LEASE_SECONDS}"
                f" preferred_lft {LEASE_SECONDS}"]

    def _began(self):
        if self._metric is not None:
            self._add_default()
        super()._began()

    def _add_default(self):
        route = (f"route add default via {self.next_peer} dev {self._spec.device} proto dhcp"
                 f" src {self.next_local} metric {self._metric}")
        try:
            self._add_route(route)
        except LabError as error:
            if "File exists" in str(error):  # a DHCP client leaves what is there as it is
                return
            if "invalid gateway" not in str(error):
                self.remove()
                raise
            self._add_route(f"{route} onlink")  # as NetworkManager, where a rule hides the network

    def _add_route(self, route):
        namespace.ip_batch(self.router.pid, [route])

    def _began_lines(self):
        if self.next_peer == self.peer:
            return []
        device = self._spec.far_end
        return [f"addr del {self.peer}/24 dev {device}", f"addr add {self.next_peer}/24 dev {device}"]
