"""A router in namespaces of its own, in which a storm can do what it wants.

    sw0 ─────── eth0    192.168.0.2 …   ppp0       100.64.0.10 peer 100.64.0.1
    ROUTED via 192.168.0.30 on eth0     vpn0       VPN, by a route in the main table
    host20 ──── eth0.20 192.168.20.2    tailscale0 POLICY by a rule, MARKED by a mark
"""
import contextlib
import os
import json
import shutil
import subprocess

from fo.errors import LabError
from fo.kernel import namespace
from fo.kernel import netlink
from fo.kernel.tun import Tun
from fo.storm import sandbox
from fo.storm.sandbox import CONF, RUN, STATE, StormError

from . import foreign
from .plan import LINE_ADDRESSES

FO_ROUTE = sandbox.path_of("fo-route")
LAN = "192.168.0"
VIP, VIP6 = f"{LAN}.254/24", "fd00:c0a8::254/64"
VIA = f"{LAN}.254"
VIA6 = "fe80::1"
PEER = "100.64.0.1"
VPN = "10.99.0.0/16"
VLAN, ROUTED = "192.168.20.0/24", "192.168.30.0/24"
POLICY, POLICY_ADDRESS = "100.100.0.0/16", "100.100.9.9"
MARK, MARKED = 0x51, "9.0.0.9"  # all flows to there have the mark
LINE6 = "2001:db8:64::10/64"
SWITCHES = ("net/ipv4/ip_forward", "net/ipv4/conf/all/send_redirects",
            "net/ipv4/conf/eth0/send_redirects", "net/ipv4/conf/eth0/forwarding")


def inside(fo_route, function):
    """What function(World) returns, called in a process in namespaces of its own."""
    return sandbox.inside(fo_route, World, function)


class World:
    """The network, and what happens to it."""

    def __init__(self):
        self.link = netlink.Netlink()
        self.tracker = netlink.Netlink(netlink.NETFILTER)
        self.nowhere = os.open(os.devnull, os.O_RDWR)
        self._tun = None
        self.line_address = None
        self._port = 1024
        # No duplicate address detection, nor router solicitation: nobody would answer.
        namespace.write_sysctls([(f"net/ipv6/conf/default/{key}", 0)
                                 for key in ("accept_dad", "accept_ra", "router_solicitations")])
        namespace.ip_batch(os.getpid(), [
            "link set lo up", "link add eth0 type veth peer name sw0", "link set sw0 up",
            "link set eth0 up", f"addr add {LAN}.2/24 dev eth0",
            "addr add fd00:c0a8::2/64 dev eth0 nodad",
            "link add vpn0 type veth peer name vpn1", "link set vpn1 up", "link set vpn0 up",
            "addr add 10.99.0.2/16 dev vpn0",
            "link add eth0.20 type veth peer name host20", "link set host20 up", "link set eth0.20 up",
            "addr add 192.168.20.2/24 dev eth0.20", f"route add {ROUTED} via {LAN}.30 dev eth0",
            "link add tailscale0 type veth peer name tailscale1", "link set tailscale1 up",
            "link set tailscale0 up", f"addr add {POLICY_ADDRESS}/32 dev tailscale0",
            f"route add {POLICY} dev tailscale0 table 52", "rule add pref 5270 lookup 52",
            "route add default dev tailscale0 table 53", f"rule add fwmark {MARK} pref 5280 lookup 53"])
        # Without a chain that translates, no flow would need it.
        self.command("nft", "add table inet storm; add chain inet storm post "
                            "{ type nat hook postrouting priority srcnat; }")

        self._rules = {family: self._priorities(family) for family in ("-4", "-6")}

    def reset(self, initial):
        """As after power-on, with these sysctls (ip_forward first: it resets others) and no default
        route, VIP, flow, or memory."""
        shutil.rmtree(STATE, ignore_errors=True)
        for dev, address in (("eth0", VIP), ("eth0", VIP6)):
            with contextlib.suppress(OSError):
                netlink.del_address(self.link, address, dev)
        self.ppp_down()
        self.ip("-4", "route", "flush", "exact", "default")
        self.ip("-6", "route", "flush", "exact", "default")
        self._forget_somebody()
        namespace.write_sysctls([("net/ipv4/conf/default/forwarding", 0)])
        namespace.write_sysctls(sorted(initial.items(), key=lambda item: item[0] != SWITCHES[0]))
        namespace.write_sysctls([("net/ipv4/conf/default/forwarding", 0)])
        self.ppp_up("100.64.0.10")
        netlink.flush_flows(self.tracker)

    def _priorities(self, family):
        return [rule["priority"] for rule in json.loads(self.ip("-j", family, "rule", "show"))]

    def _forget_somebody(self):
        """What somebody else has made, and the rules of the run before."""
        for family in ("-4", "-6"):
            others = set(self._rules[family])
            for priority in self._priorities(family):
                if priority not in others:
                    self.somebody(f"{family} rule del pref {priority}")
            for table in (foreign.TABLE, 56, 87):
                self.somebody(f"{family} route flush table {table}")
        self.somebody(f"-4 route del 0.0.0.0/1 via {foreign.NOBODY} dev eth0")
        self.somebody(f"-6 route del 2000::/3 via {foreign.NOBODY6} dev eth0")
        self.somebody(f"-4 route add default via {foreign.NOBODY} dev eth0 table {foreign.TABLE}")
        self.somebody(f"-6 route add default via {foreign.NOBODY6} dev eth0 table {foreign.TABLE}")

    @staticmethod
    def command(*words):
        """Runs a command; returns its output."""
        return namespace.command(list(words))

    @staticmethod
    def tell(state):
        """keepalived has said this before: see vrrp.state in fo-route(8)."""
        # What a resident that was killed has begun to write down may come a moment later, and make it.
        os.makedirs(RUN, exist_ok=True)
        for folder in (STATE, RUN):
            os.chmod(folder, 0o755)
        with open(f"{RUN}/vrrp.state", "w", encoding="ascii") as file:
            file.write(f"{state}\n")

    def ip(self, *words):
        return namespace.command(["ip", *words])

    # -- what may happen ----------------------------------------------------------------------

    def ppp_up(self, address, defaultroute=False):
        self.ppp_down()
        self._tun = Tun(os.getpid(), "ppp0", ppp=True)
        self.line_address = address
        namespace.ip_batch(os.getpid(), [f"addr add {address} peer {PEER} dev ppp0",
                                         f"addr add {LINE6} dev ppp0 nodad", "link set ppp0 up"])
        if defaultroute:
            netlink.put_default(self.link, "ppp0")

    def ppp_down(self):
        if self._tun is not None:
            self._tun.delete()
        self._tun = self.line_address = None

    def readdress(self, address):
        """The line gets another address, and stays up: as pppd does it, with a moment without one."""
        if self._tun is None or address == self.line_address:
            return
        namespace.ip_batch(os.getpid(), [f"addr del {self.line_address} peer {PEER} dev ppp0",
                                         f"addr add {address} peer {PEER} dev ppp0"])
        self.line_address = address

    @staticmethod
    def somebody(words):
        """ip(8), by somebody else. It may be there, or cannot be. Returns whether the kernel took it."""
        return subprocess.run(["ip", *words.split()], check=False, stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0

    def line_descriptor(self):
        return None if self._tun is None else self._tun.fileno()

    def foreign(self, words):
        """Somebody else's default route, in front of ours. It may be there, or cannot be."""
        with contextlib.suppress(OSError):
            netlink.put_default(self.link, words.split()[-1],
                                words.split()[1] if words.startswith("via") else None)

    def vip(self, present, address=VIP):
        (netlink.add_address if present else netlink.del_address)(self.link, address, "eth0")

    def flow(self, kind):
        """A flow that fits, or may not. Returns (src, dst, reply source, reply destination)."""
        flow = flow_of(kind)
        self._port = self._port + 1 if self._port < 60000 else 1024
        request = netlink.flow_request(*map(netlink.packed, flow), self._port,
                                       mark=MARK if kind == "marked" else 0)
        if netlink.add_flows(self.tracker, [request]) != 0:
            raise StormError(f"the kernel takes no flow {flow}")
        return (*flow, self._port)

    def flows(self, kind, count):
        """Many of one kind; returns how many the kernel refused."""
        return netlink.add_flows(self.tracker, netlink.flow_requests(*flow_of(kind), count))


_SOURCES = {"line": f"{LAN}.10", "vlan": "192.168.20.9", "routed": "192.168.30.9"}


def flow_of(kind):
    """(src, dst, reply source, reply destination)."""
    host = f"{LAN}.10"
    name, _, number = kind.partition("-")
    if name in _SOURCES and number:
        return _SOURCES[name], "9.9.9.9", "9.9.9.9", LINE_ADDRESSES[int(number)]
    if name in _SOURCES:
        return _SOURCES[name], "8.8.4.4", "8.8.4.4", _SOURCES[name]
    if name == "forwarded":
        return "203.0.113.7", LINE_ADDRESSES[int(number)], host, "203.0.113.7"
    return {"untranslated": (host, "8.8.8.8", "8.8.8.8", host),
            "own": (f"{LAN}.2", "1.1.1.1", "1.1.1.1", f"{LAN}.2"),
            "in-lan": (host, f"{LAN}.3", f"{LAN}.3", host),
            "vpn": (host, "10.99.0.7", "10.99.0.7", host),
            "between": (_SOURCES["vlan"], _SOURCES["routed"], _SOURCES["routed"], f"{LAN}.2"),
            "policy": (host, "100.100.0.5", "100.100.0.5", POLICY_ADDRESS),
            "marked": (host, MARKED, MARKED, POLICY_ADDRESS),
            "foreign": ("10.9.9.9", "1.0.0.1", "1.0.0.1", "10.9.9.9"),
            "six": ("fd00:c0a8::10", "2001:db8::8", "2001:db8::8", "fd00:c0a8::10")}[kind]


def sysctl(name):
    """None where there is no such interface."""
    try:
        with open(f"/proc/sys/{name}", encoding="ascii") as file:
            return int(file.read())
    except FileNotFoundError:
        return None


def run_fo_route(words, **options):
    return subprocess.run([FO_ROUTE, "-c", CONF, *words.split()], check=False, text=True,
                          stdin=subprocess.DEVNULL, **options)
