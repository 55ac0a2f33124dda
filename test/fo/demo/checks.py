"""What the article checks by hand: addresses, routes, traceroute; and forwarding and the speed class."""
from dataclasses import dataclass

VIP = "192.168.0.254"
SIM = "440101234567890"

_VIP = "ip -o addr show dev eth0"
_DEFAULT = "ip route show default"
_FORWARDING = "cat /proc/sys/net/ipv4/ip_forward"
# By its own name, because `traceroute` may be that of inetutils, which has other options.
_FIRST_HOP = "traceroute.db -n -q 1 -w 1 -m 1 8.8.8.8 | tail -n 1"
_PING = "ping -n -q -c 1 -W 1 8.8.8.8"


@dataclass(frozen=True)
class Look:
    """A command in a host, and what it is to print."""
    text: str
    host: str
    command: str
    pattern: str  # for grep -E
    absent: bool = False

    def holds(self, lab, seconds):
        no = "! " if self.absent else ""
        # Absent means: the command worked, and does not say it.
        look = f"seen=$({self.command}) && {no}echo \"$seen\" | grep -Eq '{self.pattern}'"
        return lab.wait(self.host, seconds, look)

    def seen(self, lab):
        return lab.output(self.host, self.command)


@dataclass(frozen=True)
class SpeedClass:
    """The class that the API has for the SIM."""
    wanted: str

    @property
    def text(self):
        return f"speed class {self.wanted}, as the API sees it"

    def holds(self, lab, seconds):
        return lab.wait_class(SIM, self.wanted, seconds)

    @staticmethod
    def seen(_lab):
        return "another class"


def vip_on(owner):
    return Look(f"VIP {VIP} on {owner}", owner, _VIP, f"inet {VIP}/")


def _owner(owner, other):
    return [vip_on(owner),
            Look(f"VIP not on {other}", other, _VIP, f"inet {VIP}/", absent=True)]


def _default(host, route):
    return Look(f"default route of {host}: {route}", host, _DEFAULT, f"^default {route} ")


def _first_hop(address):
    return Look(f"first hop of the LAN's traceroute: {address}", "lan", _FIRST_HOP, f" {address} ")


def _forwarding(host, value):
    return Look(f"{host} {'forwards' if value else 'does not forward'}", host, _FORWARDING,
                f"^{value}$")


NORMAL = [*_owner("main", "sub"),
          _default("main", "dev ppp0"),
          _default("sub", f"via {VIP} dev eth0"),
          _first_hop("192.168.0.1"),
          _forwarding("main", 1),
          _forwarding("sub", 0),
          SpeedClass("s1.minimum")]

FAILED = [*_owner("sub", "main"),
          _default("main", f"via {VIP} dev eth0"),
          _default("sub", "dev ppp0"),
          _forwarding("sub", 1),
          _first_hop("192.168.0.2"),
          Look("main itself reaches the Internet, through sub", "main", _PING, " 1 received"),
          SpeedClass("s1.fast")]
