"""What others do about a default route of theirs that somebody changes: systemd-networkd with `Gateway=`, and
keepalived with `virtual_routes`. Each has the network of a storm's router, and a /run of its own.

pingu and VyOS are not in Debian. keepalived gives up the VRRP address for a route that is deleted, and takes it
back: a failover for each."""
import contextlib
import os
import subprocess
import time

from fo.demo.errors import DemoError
from fo.kernel import namespace, netlink
from fo.storm.route import world

from .drift_ways import Way, until

NETWORKD = "/lib/systemd/systemd-networkd"
OURS, FOREIGN = f"{world.LAN}.1", f"{world.LAN}.7"
RIGHT = f"{OURS} eth0"
START_SECONDS = 15
LOG = "/run/peer.log"

_NETWORK = f"""[Match]
Name=eth0
[Network]
Address={world.LAN}.2/24
Gateway={OURS}
LinkLocalAddressing=no
IPv6AcceptRA=no
"""
_KEEPALIVED = f"""vrrp_instance VI_1 {{
    interface eth0
    virtual_router_id 51
    state MASTER
    priority 100
    virtual_ipaddress {{
        {world.VIP}
    }}
    virtual_routes {{
        0.0.0.0/0 via {OURS} dev eth0
    }}
}}
"""


def _networkd(place, times, step):
    if not os.access(NETWORKD, os.X_OK):
        step("systemd-networkd: not installed")
        return {}
    # Where /sys is read-only there is no udev to be waited for.
    namespace.mount("fo-bench", "/sys", "sysfs", namespace.MS_RDONLY)
    os.makedirs("/run/systemd/network")
    with open("/run/systemd/network/10-eth0.network", "w", encoding="ascii") as file:
        file.write(_NETWORK)
    for folder in ("/run/systemd", "/run/systemd/network"):
        os.chmod(folder, 0o755)
    os.chmod("/run/systemd/network/10-eth0.network", 0o644)
    return _measure(place, "systemd-networkd", [NETWORKD], times, step)


def _keepalived(place, times, step):
    with open("/run/keepalived.conf", "w", encoding="ascii") as file:
        file.write(_KEEPALIVED)
    return _measure(place, "keepalived", ["keepalived", "-n", "-l", "-f", "/run/keepalived.conf", "-p", "/run/k.pid",
                                          "-r", "/run/v.pid"], times, step)


PEERS = {"systemd-networkd": _networkd, "keepalived": _keepalived}

_CHANGES = {
    "route deleted": lambda place: place.somebody("route del default"),
    "route replaced": lambda place: netlink.put_default(place.link, "eth0", FOREIGN,
                                                        netlink.CREATE | netlink.REPLACE),
    "route in front": lambda place: netlink.put_default(place.link, "eth0", FOREIGN),
}


def _measure(place, name, argv, times, step):
    """{change: times in ms}; a program anew for each, which may not come back from the one before."""
    found = {}
    place.reset({switch: 0 for switch in world.SWITCHES})
    for what, change in _CHANGES.items():
        found[what] = [_once(place, argv, change) for _ in range(times)]
        step(f"{name}, {what}: " + ", ".join("never" if one is None else f"{one:.0f} ms" for one in found[what]))
    return found


def _once(place, argv, change):
    way = Way()
    place.somebody("route flush exact default")
    with _running(argv):
        if until(lambda: way.now() == RIGHT, time.monotonic(), START_SECONDS) is None:
            with open(LOG, encoding="utf-8") as log:
                raise DemoError(f"{argv[0]} does not set its route: {log.read()[-500:]}")
        begin = time.monotonic()
        change(place)
        return until(lambda: way.now() == RIGHT, begin)


@contextlib.contextmanager
def _running(argv):
    with open(LOG, "w", encoding="utf-8") as log:
        process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        yield
    finally:
        process.terminate()
        process.wait(START_SECONDS)
