"""The lines as they are ordered from a provider: as a ppp session, or as an Ethernet with a gateway."""
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class LineSpec:
    router: str
    local: str  # address that the router is given
    peer: str  # what pppd tells the router about the other end; on an Ethernet the gateway
    provider: str  # address that the provider's end really has, or ""
    mtu: int
    local6: str
    provider6: str
    ipv6: bool  # whether a new session has IPv6
    terminal: str = ""  # pppd's second and third argument
    speed: str = ""
    ethernet: bool = False
    pppd: bool = False  # real ones, at both ends

    @property
    def far_end(self):
        """Name of the provider's device."""
        return f"line-{self.router}"

    @property
    def device(self):
        """Name of the router's device."""
        return "eth1" if self.ethernet else "ppp0"

    @property
    def network(self):
        """Of an Ethernet: the address of its /24."""
        return f"{self.local.rpartition('.')[0]}.0"


def _ethernet(router, network, gateway, local, network6, ipv6):
    return LineSpec(router, f"{network}.{local}", f"{network}.{gateway}", f"{network}.{gateway}", 1500,
                    f"{network6}::10", f"{network6}::1", ipv6, ethernet=True)


# 10.64.64.64 is pppd's invention when the peer names no address (LTE dongles), so nobody has it.
PPP = {
    "main": LineSpec("main", "100.64.0.10", "100.64.0.1", "100.64.0.1", 1454,
                     "2001:db8:64::10", "2001:db8:64::1", True, "wan0", "0"),
    "sub": LineSpec("sub", "10.128.0.10", "10.64.64.64", "", 1500,
                    "2001:db8:128::10", "2001:db8:128::1", False, "/dev/ttyUSB2", "460800"),
    "third": LineSpec("third", "10.192.0.10", "10.192.0.1", "10.192.0.1", 1492,
                      "2001:db8:192::10", "2001:db8:192::1", False, "wan1", "0"),
}

# The same, on a kernel that has ppp.
REAL_PPP = {name: replace(line, pppd=True) for name, line in PPP.items()}

# An ONU, a phone by USB, an LTE router.
ETHERNET = {
    "main": _ethernet("main", "198.51.100", 1, 10, "2001:db8:64", True),
    "sub": _ethernet("sub", "192.168.42", 129, 100, "2001:db8:128", False),
    "third": _ethernet("third", "192.0.2", 1, 10, "2001:db8:192", False),
}
