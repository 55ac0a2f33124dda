"""The network of the article: who has which address, and the commands that make it so.

    lan ── sw ──┬── main ── ppp0 ═══ line-main ┐
     .10        │   .1                         ├─ isp (the Internet)
                ├── sub ─── ppp0 ═══ line-sub ─┤
                │   .2                         │
                └ (third ── ppp0 ═ line-third) ┘
                    .3

Asked for at `up`: lan20 on a second switch, and `behind` behind lan.
"""
from dataclasses import dataclass

from . import spec
from .hosts import ROUTERS

PING_TARGET = "8.8.8.8"
ECHO = ("8.8.8.8", 7)
SORACOM_API = "203.0.113.80"
SORACOM_METADATA = "100.127.100.127"

# Owned by `isp` on its loopback interface, besides the name servers.
TARGETS = ("8.8.8.8", "1.1.1.1", "9.9.9.9", SORACOM_API, SORACOM_METADATA)
TARGETS6 = ("2001:4860:4860::8888", "2606:4700:4700::1111")

# SORACOM's name servers, which answer its SIMs only, and the names for which that matters.
NAME_SERVERS = ("100.127.0.53", "100.127.1.53")
NAMES = {"api.soracom.io": SORACOM_API, "g.api.soracom.io": SORACOM_API,
         "metadata.soracom.io": SORACOM_METADATA, "pong.soracom.io": SORACOM_METADATA}


@dataclass(frozen=True)
class Lan:
    """A network on the switch, in which each router has a device of its own."""
    bridge: str
    device: str  # of the routers; a host's own is eth0
    port: str  # what is added to a router's name
    host: str
    network: str
    network6: str
    mac: str

    @property
    def vip(self):
        return f"{self.network}.254"

    @property
    def vip6(self):
        return f"{self.network6}::254"


LAN = Lan("br0", "eth0", "", "lan", "192.168.0", "fd00:c0a8", "00")
# Where the kernel has no VLANs: a cable of its own, and the name that the VLAN would have.
VLAN = Lan("br20", "eth0.20", ".20", "lan20", "192.168.20", "fd00:c0a8:0:20", "20")
_NUMBER = {"lan": 10, "lan20": 10, "main": 1, "sub": 2, "third": 3}

ROUTED_SUBNET = "10.20.0"  # behind `lan`, with the host `behind`


@dataclass(frozen=True)
class World:
    """What this lab has of all that there could be."""
    routers: tuple = ("main", "sub")
    ethernet: frozenset = frozenset()  # routers whose line is one
    rp_filter: int = 0
    vlan: bool = False
    routed_subnet: bool = False
    dns: bool = False
    real_ppp: bool = False

    def line(self, router):
        if router in self.ethernet:
            return spec.ETHERNET[router]
        return (spec.REAL_PPP if self.real_ppp else spec.PPP)[router]

    def lans(self):
        return (LAN, VLAN) if self.vlan else (LAN,)

    def plain_hosts(self):
        """Those that are no routers."""
        return ("sw", "isp", *(lan.host for lan in self.lans()),
                *(("behind",) if self.routed_subnet else ()))

    def veths(self, host):
        """How many cables end there."""
        if host == "isp":
            return 0
        if host == "sw":
            return sum(1 + len(self.routers) for _ in self.lans())
        return len(self.lans()) if host in self.routers else 1 + (host == "lan" and self.routed_subnet)


def hosts_file(world):
    """/etc/hosts of the routers."""
    names = {}
    for name, address in ({} if world.dns else NAMES).items():
        names.setdefault(address, []).append(name)
    lines = ["127.0.0.1 localhost", "::1 localhost ip6-localhost"]
    lines += [f"{address} {' '.join(known)}" for address, known in names.items()]
    lines += [f"{LAN.network}.{_NUMBER[router]} {router}" for router in ROUTERS]
    return "".join(f"{line}\n" for line in lines)


def sysctls(world, host, forward=None):
    """What a freshly booted Debian has (a new namespace inherits the machine's instead).

    ip_forward comes first: the kernel resets others when it is written.
    """
    if forward is None:  # sub is switched by the programs
        forward = 1 if host == "main" or host == "lan" and world.routed_subnet else 0
    rp_filter = world.rp_filter if host in ROUTERS else 0
    common = [("rp_filter", rp_filter), ("send_redirects", 1), ("accept_redirects", 1),
              ("secure_redirects", 1), ("arp_ignore", 0), ("arp_announce", 0), ("accept_local", 0)]
    settings = [("net/ipv4/ip_forward", forward), ("net/ipv6/conf/all/forwarding", forward),
                ("net/unix/max_dgram_qlen", 512)]  # systemd's: how many messages wait for /dev/log
    for scope in ("all", "default"):
        settings += [(f"net/ipv4/conf/{scope}/{key}", value) for key, value in common]
        # No duplicate address detection: its second of waiting is nobody's subject here.
        settings += [(f"net/ipv6/conf/{scope}/accept_ra", 0), (f"net/ipv6/conf/{scope}/accept_dad", 0)]
    return settings


def switch_links(world):
    lines = ["link set lo up"]
    for lan in world.lans():
        lines += [f"link add {lan.bridge} type bridge stp_state 0 forward_delay 0 mcast_snooping 0",
                  f"link set {lan.bridge} up"]
    return lines


def ports(world, host):
    """Names of the ports of the switch from which a cable goes to `host`, by LAN."""
    return {lan: host + lan.port if host in ROUTERS else host for lan in world.lans()
            if host in (*ROUTERS, lan.host)}


def cables(world, host, pid):
    """Lines for `sw`: cables from its ports to `host`, whose process is `pid`.

    Neither end is ever in the machine's own network.
    """
    lines = []
    for lan, port in ports(world, host).items():
        number = f"{_NUMBER[host]:02}"
        lines += [f"link add {port} address 02:00:00:{lan.mac}:01:{number} type veth"
                  f" peer name {_device(lan, host)} address 02:00:00:{lan.mac}:00:{number}"
                  f" netns /proc/{pid}/ns/net",
                  f"link set {port} master {lan.bridge} up"]
    return lines


def _device(lan, host):
    return lan.device if host in ROUTERS else "eth0"


def lan_side(world, host):
    """Lines for a host on the LANs."""
    lines = ["link set lo up"]
    for lan in ports(world, host):
        number, device = _NUMBER[host], _device(lan, host)
        lines += [f"addr add {lan.network}.{number}/24 brd + dev {device}",
                  f"addr add {lan.network6}::{number}/64 dev {device} nodad",
                  f"link set {device} up"]
        if host == lan.host:
            lines += [f"route add default via {lan.vip}", f"route add default via {lan.vip6}"]
    if world.routed_subnet and host in ROUTERS:
        lines.append(f"route add {ROUTED_SUBNET}.0/24 via {LAN.network}.{_NUMBER['lan']} dev eth0")
    return lines


def interfaces_file(router):
    """/etc/network/interfaces of a router that sees to its own LAN side."""
    number = _NUMBER[router]
    return ("auto lo\niface lo inet loopback\n\n"
            f"auto eth0\niface eth0 inet static\n    address {LAN.network}.{number}/24\n"
            f"iface eth0 inet6 static\n    address {LAN.network6}::{number}/64\n    dad-attempts 0\n")


def subnet_cable(pid):
    """Lines for `lan`, which forwards for `behind`, whose process is `pid`."""
    return [f"link add eth1 type veth peer name eth0 netns /proc/{pid}/ns/net",
            f"addr add {ROUTED_SUBNET}.1/24 brd + dev eth1",
            "link set eth1 up"]


def subnet_side():
    """Lines for `behind`."""
    return ["link set lo up",
            f"addr add {ROUTED_SUBNET}.10/24 brd + dev eth0",
            "link set eth0 up",
            f"route add default via {ROUTED_SUBNET}.1"]


def internet_side():
    return (["link set lo up"] + [f"addr add {target}/32 dev lo" for target in (*TARGETS, *NAME_SERVERS)]
            + [f"addr add {target}/128 dev lo nodad" for target in TARGETS6])
