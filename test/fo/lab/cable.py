"""The cables between real pppds: an Ethernet for PPPoE (RFC 2516), and a serial line with a modem on it.

Each has the two sides that a line needs, `router` (None while unplugged) and `provider`, and knows which
frames are packets of a session: the rest, by which the pppds talk to each other, no fault but a pulled cable stops.
"""
import os
import subprocess

from fo.kernel import namespace
from fo.kernel.pty import Pty, unescaped
from fo.kernel.tun import Tun

_IPV4, _IPV6, IPCP = 0x0021, 0x0057, 0x8021  # PPP's protocol numbers
_PPPOE_SESSION = b"\x88\x64"
_PPPOE_HEADER = 20  # of Ethernet, and of PPPoE
_ADDRESS_AND_CONTROL = b"\xff\x03"
_CHECKSUM = 2


def cable_of(lab, spec, answer):
    """`answer` is what lets the provider's end of a modem answer a call."""
    return Serial(lab, spec, answer) if spec.terminal.startswith("/") else Ethernet(lab, spec)


class _Cable:
    def __init__(self, lab, spec):
        self._lab = lab
        self._spec = spec
        self.router = None

    def start_pppd(self, words):
        """The router's; returns the process."""
        return _start(self._lab.host_pid(self._spec.router), words, self._lab.log(self._spec.far_end + ".pppd"), everything=True)


class Ethernet(_Cable):
    """wan0 of the router, on which it dials."""

    def __init__(self, lab, spec):
        super().__init__(lab, spec)
        self.provider = Tun(lab.host_pid("isp"), f"wan-{spec.router}", tap=True)
        namespace.ip_batch(self.provider.pid, [f"link set {self.provider.name} up"])
        self._concentrator = None

    def plug_in(self):
        pid = self._lab.host_pid(self._spec.router)
        if self.router is None:
            self.router = Tun(pid, self._spec.terminal, tap=True)
        self.router.carrier(True)
        namespace.ip_batch(pid, [f"link set {self._spec.terminal} up"])

    def unplug(self):
        if self.router is not None:
            self.router.carrier(False)

    def lose_router(self):
        """Its power is off, and its devices with it."""
        if self.router is not None:
            self.router.delete()
            self.router = None

    def expect(self, options, local, peer):
        """The next session is given these addresses. One that is still there ends."""
        self.forget()
        words = ["pppoe-server", "-F", "-I", self.provider.name, "-O", options, "-L", peer, "-R", local, "-N", "1"]
        self._concentrator = _start(self.provider.pid, words, self._lab.log(self._spec.far_end + ".concentrator"))

    def forget(self):
        if self._concentrator is not None:
            self._concentrator.kill()
            self._concentrator.wait()
            self._concentrator = None

    def dial_words(self):
        return ["plugin", "rp-pppoe.so", f"nic-{self._spec.terminal}"]

    @staticmethod
    def protocol_and_packet(frame):
        if frame[12:14] != _PPPOE_SESSION:
            return 0, b""
        return int.from_bytes(frame[_PPPOE_HEADER:_PPPOE_HEADER + 2], "big"), frame[_PPPOE_HEADER + 2:]


class Serial(_Cable):
    """/dev/ttyUSB2 of the router, to which it says AT commands until it is connected."""

    def __init__(self, lab, spec, answer):
        super().__init__(lab, spec)
        self._answer = answer
        self.provider = Pty()
        self._call = None

    def plug_in(self):
        if self.router is None:
            self.router = Pty(self._typed)
            namespace.run(self._lab.host_pid(self._spec.router),
                          ["ln", "-sf", self.router.path, self._spec.terminal], everything=True)

    def unplug(self):
        if self.router is not None:
            self.router.delete()
            self.router = None

    lose_router = unplug

    def expect(self, options, local, peer):
        self.forget()
        # A serial line of its own for each call: one keeps the PPP discipline of a pppd that was killed.
        self.provider.delete()
        self.provider = Pty()
        self._call = ["pppd", self.provider.path, self._spec.speed, "local", "nodetach", "file", options, f"{peer}:{local}"]

    def forget(self):
        if self.router is not None:
            self.router.command_mode = True

    def dial_words(self):
        return [self._spec.terminal, self._spec.speed, "local", "nolock", "connect",
                "/usr/sbin/chat -t 3 ABORT 'NO CARRIER' '' ATZ OK 'AT+CGDCONT=1,\"IP\",\"soracom.io\"' OK ATD*99# CONNECT"]

    def _typed(self, line):
        if not line.startswith("ATD"):
            return "OK" if line.startswith("AT") else "ERROR"
        if self._call is None or not self._answer():
            return "NO CARRIER"
        _start(self._lab.host_pid("isp"), self._call, self._lab.log(self._spec.far_end + ".provider"))
        self.router.command_mode = False
        return f"CONNECT {self._spec.speed}"

    @staticmethod
    def protocol_and_packet(frame):
        inside = unescaped(frame)[:-_CHECKSUM]
        inside = inside.removeprefix(_ADDRESS_AND_CONTROL)
        size = 1 if inside[:1] and inside[0] & 1 else 2
        return int.from_bytes(inside[:size], "big"), inside[size:]


def carries_packet(protocol):
    return protocol in (_IPV4, _IPV6)


def ipv4_packet(protocol, packet):
    """It, or nothing."""
    return packet if protocol == _IPV4 else b""


def _start(pid, words, output, everything=False):
    with open(output, "ab") as log:
        return subprocess.Popen(namespace.inside(pid, words, everything), stdin=subprocess.DEVNULL, stdout=log,
                                stderr=subprocess.STDOUT, start_new_session=True,
                                env={"PATH": os.environ.get("PATH", "") + ":/usr/sbin:/sbin"})
