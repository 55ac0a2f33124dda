"""What `lab up` can be asked for: one table, which is parser and help text."""
import os
from dataclasses import dataclass, field

from fo.errors import LabError, UsageError

from . import install
from .hosts import ROUTERS
from .topology import World

LINE_KINDS = ("ppp", "ethernet")


@dataclass
class Options:
    build: str = install.DEFAULT_BUILD
    etc: str = install.DEFAULT_ETC
    keepalived: bool = True
    owner: int = 0  # the lab ends with this process, unless 0
    settled: bool = False
    lines: dict = field(default_factory=dict)  # kind, by router
    rp_filter: int = 0
    vlan: bool = False
    routed_subnet: bool = False
    dns: bool = False
    real_ppp: bool = False
    system: str = ""  # what test/machines/root has made; the routers are machines that boot it

    def world(self):
        return World(routers=tuple(install.routers(self.etc)), rp_filter=self.rp_filter, vlan=self.vlan,
                     ethernet=frozenset(name for name, kind in self.lines.items() if kind == "ethernet"),
                     routed_subnet=self.routed_subnet, dns=self.dns, real_ppp=self.real_ppp)


def parse(words):
    options, words = Options(), list(words)
    while words:
        word = words.pop(0)
        if word not in OPTIONS:
            raise UsageError(f"up has no option '{word}'")
        value, _, take = OPTIONS[word]
        if value and not words:
            raise UsageError(f"a value for {word} expected")
        take(options, *([words.pop(0)] if value else []))
    return options


def help_text():
    rows = [(f"{word} {value}".rstrip(), text) for word, (value, text, _) in OPTIONS.items()]
    return "\n".join(f"{left:22} {text}" for left, text in rows)


def _set(name, value):
    return lambda options: setattr(options, name, value)


def _build(options, text):
    options.build = text if text == install.NO_BUILD else os.path.abspath(text)


def _etc(options, text):
    options.etc = os.path.abspath(text)


def _owner(options, text):
    if not text.isdigit() or not os.path.exists(f"/proc/{text}"):
        raise UsageError(f"--owner {text}: no such process")
    options.owner = int(text)


def _line(options, text):
    router, _, kind = text.partition("=")
    if router not in ROUTERS or kind not in LINE_KINDS:
        raise UsageError(f"--line {text}: {'|'.join(ROUTERS)}={'|'.join(LINE_KINDS)} expected")
    options.lines[router] = kind


def _system(options, text):
    if not os.path.isdir(f"{text}/root/etc"):
        raise UsageError(f"--system {text}: has no root/; test/machines/root makes one")
    options.system = os.path.abspath(text)
    options.build = install.NO_BUILD
    options.keepalived = False


def _real_ppp(options):
    with open("/proc/devices", encoding="ascii") as devices:
        if " ppp\n" not in devices.read():
            raise LabError("--real-ppp: this machine's kernel has no ppp; see test/ppp --shell")
    options.real_ppp = True


def _rp_filter(options, text):
    if text not in ("0", "1", "2"):
        raise UsageError(f"--rp-filter {text}: 0, 1 or 2 expected")
    options.rp_filter = int(text)


OPTIONS = {
    "--build": ("DIR|none", "programs under test; default: build/release", _build),
    "--etc": ("DIR", "configuration of the routers; default: etc", _etc),
    "--no-keepalived": ("", "keepalived is not started", _set("keepalived", False)),
    "--owner": ("PID", "the lab ends with process PID", _owner),
    "--settled": ("", "waits until the LAN reaches the Internet through main", _set("settled", True)),
    "--line": ("ROUTER=ethernet", "its line is eth1 with a gateway (default: ppp, which is ppp0)", _line),
    "--rp-filter": ("0|1|2", "reverse path filter of the routers, for every interface; default: 0", _rp_filter),
    "--vlan": ("", "a second LAN: eth0.20 of the routers, host lan20", _set("vlan", True)),
    "--routed-subnet": ("", "10.20.0.0/24 behind lan, host behind", _set("routed_subnet", True)),
    "--dns": ("", "SORACOM's names come from its name server, which answers on sub's line only",
              _set("dns", True)),
    "--real-ppp": ("", "pppd dials each ppp line, by PPPoE (main) or a modem (sub), for a kernel with ppp: see test/ppp",
                   _real_ppp),
    "--system": ("DIR", "the routers boot systemd from this root (see ../machines); nothing is installed or started",
                 _system),
}
