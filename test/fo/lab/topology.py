"""The network of the article: who has which address, and the commands that make it so.

    lan ── sw ──┬── main ── ppp0 ═══ line-main ┐
     .10        │   .1                         ├─ isp (the Internet)
                ├── sub ─── ppp0 ═══ line-sub ─┤
                │   .2                         │
                └ (third ── ppp0 ═ line-third) ┘
                    .3
"""
from dataclasses import dataclass

HOSTS = ("sw", "lan", "main", "sub", "third", "isp")
ROUTERS = ("main", "sub", "third")
OPTIONAL_ROUTERS = ("third",)  # there where they have a configuration

VIP = "192.168.0.254"
VIP6 = "fd00:c0a8::254"
PING_TARGET = "8.8.8.8"
ECHO = ("8.8.8.8", 7)
SORACOM_API = "203.0.113.80"
SORACOM_METADATA = "100.127.100.127"

# Owned by `isp` on its loopback interface.
TARGETS = ("8.8.8.8", "1.1.1.1", "9.9.9.9", SORACOM_API, SORACOM_METADATA)
TARGETS6 = ("2001:4860:4860::8888", "2606:4700:4700::1111")

HOSTS_FILE = f"""127.0.0.1 localhost
::1 localhost ip6-localhost
{SORACOM_API} api.soracom.io g.api.soracom.io
{SORACOM_METADATA} metadata.soracom.io pong.soracom.io
192.168.0.1 main
192.168.0.2 sub
192.168.0.3 third
"""


@dataclass(frozen=True)
class LineSpec:
    """A line as it is ordered from a provider."""
    router: str
    local: str  # address that the router is given
    peer: str  # what pppd tells the router about the other end
    provider: str  # address that the provider's end really has, or ""
    mtu: int
    local6: str
    provider6: str
    ipv6: bool  # whether a new session has IPv6
    terminal: str  # pppd's second and third argument
    speed: str

    @property
    def far_end(self):
        """Name of the provider's device."""
        return f"line-{self.router}"


# 10.64.64.64 is pppd's invention when the peer names no address (LTE dongles), so nobody has it.
LINES = {
    "main": LineSpec("main", "100.64.0.10", "100.64.0.1", "100.64.0.1", 1454,
                     "2001:db8:64::10", "2001:db8:64::1", True, "wan0", "0"),
    "sub": LineSpec("sub", "10.128.0.10", "10.64.64.64", "", 1500,
                    "2001:db8:128::10", "2001:db8:128::1", False, "/dev/ttyUSB2", "460800"),
    "third": LineSpec("third", "10.192.0.10", "10.192.0.1", "10.192.0.1", 1492,
                      "2001:db8:192::10", "2001:db8:192::1", False, "wan1", "0"),
}

_LAN_ADDRESS = {"lan": 10, "main": 1, "sub": 2, "third": 3}


def sysctls(host):
    """What a freshly booted Debian has (a new namespace inherits the machine's instead).

    ip_forward comes first: the kernel resets others when it is written.
    """
    forward = 1 if host == "main" else 0  # sub is switched by the programs
    common = [("rp_filter", 0), ("send_redirects", 1), ("accept_redirects", 1),
              ("secure_redirects", 1), ("arp_ignore", 0), ("arp_announce", 0), ("accept_local", 0)]
    settings = [("net/ipv4/ip_forward", forward), ("net/ipv6/conf/all/forwarding", forward),
                ("net/unix/max_dgram_qlen", 512)]  # systemd's: how many messages wait for /dev/log
    for scope in ("all", "default"):
        settings += [(f"net/ipv4/conf/{scope}/{key}", value) for key, value in common]
        # No duplicate address detection: its second of waiting is nobody's subject here.
        settings += [(f"net/ipv6/conf/{scope}/accept_ra", 0), (f"net/ipv6/conf/{scope}/accept_dad", 0)]
    return settings


def switch_links():
    return ["link set lo up",
            "link add br0 type bridge stp_state 0 forward_delay 0 mcast_snooping 0",
            "link set br0 up"]


def cable(host, pid):
    """Lines for `sw`: a cable from a port of the switch to eth0 of `host`, whose process is `pid`.

    Neither end is ever in the machine's own network.
    """
    port = _LAN_ADDRESS[host]
    return [f"link add {host} address 02:00:00:00:01:{port:02} type veth"
            f" peer name eth0 address 02:00:00:00:00:{port:02} netns /proc/{pid}/ns/net",
            f"link set {host} master br0 up"]


def lan_side(host):
    """Lines for a host on the LAN."""
    number = _LAN_ADDRESS[host]
    lines = ["link set lo up",
             f"addr add 192.168.0.{number}/24 brd + dev eth0",
             f"addr add fd00:c0a8::{number}/64 dev eth0 nodad",
             "link set eth0 up"]
    if host == "lan":
        lines += [f"route add default via {VIP}", f"route add default via {VIP6}"]
    return lines


def internet_side():
    return (["link set lo up"] + [f"addr add {target}/32 dev lo" for target in TARGETS]
            + [f"addr add {target}/128 dev lo nodad" for target in TARGETS6])


NAT_RULES = """
table inet router_nat {
    chain postrouting {
        type nat hook postrouting priority srcnat;
        oifname "ppp0" masquerade
    }
}
"""


def router_rules():
    """What pppd's own hooks see to: packets that fit the line. (NAT is the configuration's.)"""
    return """
table inet router {
    chain forward {
        type filter hook forward priority mangle;
        oifname "ppp0" tcp flags syn tcp option maxseg size set rt mtu
    }
}
"""


def internet_rules(routers):
    """nftables of `isp`: what arrives with a private source is counted; nothing answers it, because
    there is no way back. SORACOM's own services are there for its SIMs only."""
    counters = "\n".join(f"    counter private-{router} {{}}" for router in routers)
    rules = "\n".join(f'        iifname "{LINES[router].far_end}" ip saddr 192.168.0.0/16 '
                      f'counter name "private-{router}"' for router in routers)
    others = ", ".join(f'"{spec.far_end}"' for spec in LINES.values() if spec.router != "sub")
    return f"""
table inet lab {{
{counters}
    chain arrival {{
        type filter hook prerouting priority raw;
{rules}
        iifname {{ {others} }} ip daddr {SORACOM_METADATA} drop
    }}
}}
"""
