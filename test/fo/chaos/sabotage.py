"""What breaks each invariant on purpose, with no fault that would excuse it. Never drawn; for --self-test, and for
plans written by hand."""
import signal

from fo.lab.topology import PING_TARGET

from . import records
from .kind import Kind, of_all

_NOTHING = of_all()
_VIP = "192.168.0.254/24"
_SIM = "440101234567890"


def _sh(script):
    return lambda world, where, words: world.sh(where, script)


def _without_resident(script):
    def begin(world, where, _words):
        world.router(where, "stop-resident")
        world.sh(where, script)
    return begin


def _start_resident(world, where, _words):
    world.router(where, "start-resident")


def _take_back(world, where, words):
    world.sh(where, f"ip addr del {_VIP} dev eth0")
    _start_resident(world, where, words)


def _drop(rule):
    return lambda world, where, words: world.in_switch(["nft", "-f", "-"], (
        f"table bridge sabotage {{ chain forward {{ type filter hook forward priority 0; {rule} drop; }}\n}}\n"))


def _pass(world, _where, _words):
    world.in_switch(["nft", "delete", "table", "bridge", "sabotage"])


def _kind(begin, end=None):
    return Kind(0, None, _NOTHING, begin, end)


KINDS = {
    "s-two-masters": _kind(_sh(f"ip addr add {_VIP} dev eth0"), _sh(f"ip addr del {_VIP} dev eth0 || :")),
    "s-no-route": _kind(_without_resident("ip -4 route flush exact default"), _start_resident),
    "s-own-route": _kind(_without_resident(f"ip addr add {_VIP} dev eth0"), _take_back),
    "s-private": _kind(_sh("nft delete table ip fo_nat; nft delete table ip fo_guard"),
                       _sh("nft -f /etc/nftables.conf")),
    "s-lan-cut": _kind(_drop("ip protocol udp"), _pass),
    "s-stuck-flow": _kind(_drop(f"ip daddr {PING_TARGET} udp sport 40000"), _pass),
    "s-keepalived": _kind(lambda world, where, words: world.router(where, "stop-keepalived")),
    "s-class": _kind(lambda world, where, words: (world.lab("soracom", "fault", "refuse"),
                                                  world.lab("soracom", "class", _SIM, "s1.standard"))),
    "s-leave": _kind(_sh("ip rule add pref 9999 lookup 99; ip route add 10.99.0.0/16 dev eth0; nft add table ip left; "
                         "touch /run/fo/.left.123; timeout 900 sleep 900 >/dev/null 2>&1 &")),
    "s-crash": _kind(lambda world, where, words: world.signal(where, "fo-watch", signal.SIGSEGV)),
    "s-history": _kind(_sh(f"sed -i '1d; $s/./x/' {records.HISTORY}")),
    "s-alert": _kind(_sh("printf '#!/bin/sh\\ncat >/dev/null\\n' >/usr/local/sbin/keep-alert")),
}
