"""A line to the provider and the pppd at its end, in one process: both devices, and what happens
to the packets between them. Takes the commands of LINE_COMMANDS through its socket."""
import ipaddress
import select
import time

from fo.errors import LabError, UsageError
from fo.kernel import namespace
from fo.kernel.tun import Tun

from .control import Listener
from .hooks import Hooks
from .modem import FOREVER, Modem
from .syslog import Log
from .wire import Wire

DEVICE = "ppp0"
BURST = 64  # packets taken from one device before the others have their turn

LINE_COMMANDS = """up                      dial: ppp0 appears, gets its addresses, ip-up runs
down [linger]           hang up: ip-down runs, ppp0 disappears (linger: it stays, down, without address)
kill                    ppp0 disappears, ip-down does not run (pppd killed)
redial [ADDRESS]        down and up, with a new address
address ADDRESS         the address which the next session gets
ipv6 on|off             whether the next session has IPv6
blackhole on|off        ppp0 stays up, nothing passes
loss PERCENT [WAY]      WAY of packets: down (towards the router; the default), up, both
delay MS                each way
rate BITS_PER_S|off     each way, with a queue of 16 KiB
idle SECONDS [PERCENT]  a session in which nothing passed for so long, or up to PERCENT sooner, is cut by
                        the carrier: as `down`; 0 or off: never
later SECONDS           as if so much time had passed since the last packet
stuck DIALS|forever|off the modem hangs: ppp0 stays up, nothing passes, until it has been dialled that often
clear                   no black hole, loss, delay, rate, idle, stuck
status                  all of this, and counters: packets, sessions cut, redials and when they were
                        (CLOCK_MONOTONIC), the longest silence since `idle`, echo requests at the far end"""


class Line:
    def __init__(self, lab, spec):
        self._lab = lab
        self._spec = spec
        self._log = Log(lab.log(spec.far_end))
        self._poll = select.epoll()
        self._hooks = Hooks(spec, self._poll, self._log)
        self._up = Wire()
        self._down = Wire()
        self._modem = Modem()
        self._local = self._next_local = spec.local
        self._ipv6 = spec.ipv6
        self._connected = False  # a session exists; without one ppp0 may linger all the same
        self._router = None
        self._provider = Tun(lab.host_pid("isp"), spec.far_end)
        self._listener = Listener(lab.file("line", spec.router), self.command)
        self._configure_provider()
        self._poll.register(self._listener, select.EPOLLIN)
        self._poll.register(self._provider, select.EPOLLIN)

    # -- the loop ---------------------------------------------------------------------------

    def serve(self):
        while True:
            ready = dict(self._poll.poll(self._patience()))
            if self._provider.fileno() in ready:
                self._pump(self._provider, self._down, self._router)
            if self._router is not None:
                self._serve_router(ready.get(self._router.fileno(), 0))
            self._deliver()
            self._judge_silence()
            if self._hooks.fileno() in ready:
                self._hooks.done()
            if self._listener.fileno() in ready:
                self._listener.serve()

    def _serve_router(self, events):
        if events & select.EPOLLERR:  # somebody deleted ppp0 in the router
            self._remove_device()
        elif events:
            self._pump(self._router, self._up, self._provider)

    def _patience(self):
        """Seconds until a packet arrives at its far end, or the session is cut, or None."""
        due = [self._up.next_due(), self._down.next_due(), self._modem.due() if self._connected else None]
        due = [when for when in due if when is not None]
        return max(0.0, min(due) - time.monotonic()) if due else None

    def _pump(self, source, wire, target):
        for _ in range(BURST):
            packet = source.read()
            if packet is None:
                return
            if not self._connected or self._modem.stuck:
                wire.count(packet, False)
            elif wire.immediate():
                self._arrive(wire, target, packet, time.monotonic())
            else:
                wire.put(time.monotonic(), packet)

    def _deliver(self):
        now = time.monotonic()
        for wire, target in ((self._up, self._provider), (self._down, self._router)):
            while (packet := wire.take(now)) is not None:
                self._arrive(wire, target, packet, now)

    def _arrive(self, wire, target, packet, now):
        taken = target.write(packet)
        wire.count(packet, taken)
        if taken:
            self._modem.passed(now)
            if wire is self._up:
                self._modem.arrived(packet)

    def _judge_silence(self):
        if self._connected and self._modem.is_cut(time.monotonic()):
            self._log.write("cut by the carrier: idle")
            self._hang_up()

    # -- the session ------------------------------------------------------------------------

    def _configure_provider(self):
        spec, device = self._spec, self._spec.far_end
        lines = [f"link set {device} mtu {spec.mtu} up",
                 f"addr add {spec.provider6}/64 dev {device} nodad"]
        if spec.provider:
            lines.append(f"addr add {spec.provider}/32 dev {device}")
        namespace.ip_batch(self._provider.pid, lines)

    def _dial(self):
        if self._connected:
            return
        self._remove_device()
        spec = self._spec
        router = Tun(self._lab.host_pid(spec.router), DEVICE, ppp=True)
        try:
            self._open_session(router)
        except LabError:
            router.delete()
            raise
        self._router = router
        self._poll.register(router, select.EPOLLIN)
        self._connected = True
        self._modem.dialled(time.monotonic())
        self._hooks.run(router.pid, "ip-up", self._local)

    def _open_session(self, router):
        """Addresses on both ends, as after IPCP."""
        spec, local = self._spec, self._next_local
        lines = [f"addr add {local} peer {spec.peer} dev {DEVICE}"]
        if self._ipv6:
            lines.append(f"addr add {spec.local6}/64 dev {DEVICE} nodad")
        lines.append(f"link set {DEVICE} mtu {spec.mtu} up")
        if self._ipv6:  # what a router advertisement brings
            lines.append(f"route add ::/0 dev {DEVICE} metric 1024")
        namespace.ip_batch(router.pid, lines)
        routes = [f"route replace {local}/32 dev {spec.far_end}"]
        if local != self._local:
            routes.insert(0, f"route del {self._local}/32 dev {spec.far_end}")
        namespace.ip_batch(self._provider.pid, routes)
        self._local = local

    def _hang_up(self, linger=False):
        if not self._connected:
            return
        pid = self._router.pid
        if linger:
            self._lose_session()
            namespace.ip_batch(pid, [f"link set {DEVICE} down", f"addr flush dev {DEVICE}"])
        else:
            self._remove_device()
        self._hooks.run(pid, "ip-down", self._local)

    def _lose_session(self):
        self._connected = False
        self._up.cut()
        self._down.cut()

    def _remove_device(self):
        self._lose_session()
        if self._router is not None:
            self._poll.unregister(self._router)
            self._router.delete()
            self._router = None

    # -- commands ---------------------------------------------------------------------------

    def command(self, words):
        verb, *rest = words or [""]
        handler = getattr(self, f"_do_{verb}", None)
        if handler is None:
            raise UsageError(f"a line has no command '{verb}'; it has:\n{LINE_COMMANDS}")
        if verb != "status":
            self._log.write(" ".join(words))
        try:
            return handler(*rest)
        except (TypeError, ValueError) as error:  # too many or few words, or not a number
            raise UsageError(f"line {self._spec.router} {' '.join(words)}: {error}") from error

    def _do_up(self):
        self._dial()

    def _do_down(self, how=""):
        if how not in ("", "linger"):
            raise ValueError("'linger' or nothing expected")
        self._hang_up(how == "linger")

    def _do_kill(self):
        self._remove_device()

    def _do_redial(self, address=None):
        if address is not None:
            self._do_address(address)
        self._modem.redials.append(time.monotonic())
        self._hang_up()
        self._dial()

    def _do_address(self, address):
        self._next_local = str(ipaddress.IPv4Address(address))

    def _do_ipv6(self, word):
        self._ipv6 = _switch(word)

    def _do_blackhole(self, word):
        for wire in (self._up, self._down):
            wire.blackhole = _switch(word)
            wire.cut()

    def _do_loss(self, percent, way="down"):
        wires = {"down": [self._down], "up": [self._up], "both": [self._down, self._up]}.get(way)
        share = float(percent.rstrip("%")) / 100
        if wires is None or not 0 <= share <= 1:
            raise ValueError("0 to 100 and down, up or both expected")
        for wire in (self._up, self._down):
            wire.loss = share if wire in wires else 0.0

    def _do_delay(self, milliseconds):
        delay = float(milliseconds) / 1000
        if not 0 <= delay <= 60:
            raise ValueError("0 to 60000 expected")
        self._up.delay = self._down.delay = delay

    def _do_rate(self, bits):
        rate = 0 if bits == "off" else int(bits)
        if bits != "off" and rate < 1000:
            raise ValueError("1000 or more bit/s, or off, expected")
        for wire in (self._up, self._down):
            wire.rate = rate
            wire.cut()

    def _do_idle(self, seconds, percent="0"):
        idle = 0.0 if seconds == "off" else float(seconds)
        sooner = float(percent.rstrip("%")) / 100
        if not (0 <= idle <= 86400 and 0 <= sooner <= 1):
            raise ValueError("0 to 86400, or off, and 0 to 100 expected")
        self._modem.set_idle(idle, sooner, time.monotonic())

    def _do_later(self, seconds):
        if not 0 <= float(seconds) <= 86400:
            raise ValueError("0 to 86400 expected")
        self._modem.skip(float(seconds))
        self._judge_silence()

    def _do_stuck(self, dials):
        number = {"off": 0, "forever": FOREVER}.get(dials)
        if number is None and int(dials) < 1:
            raise ValueError("1 or more, forever, or off, expected")
        self._modem.stuck = int(dials) if number is None else number
        for wire in (self._up, self._down):
            wire.cut()

    def _do_clear(self):
        self._modem.clear(time.monotonic())
        for wire in (self._up, self._down):
            wire.clear()

    def _do_status(self):
        state = "up" if self._connected else "lingering" if self._router else "down"
        facts = {"state": state, "local": self._local, "peer": self._spec.peer,
                 "ipv6": "on" if self._ipv6 else "off",
                 "blackhole": "on" if self._up.blackhole else "off",
                 "loss-up": f"{self._up.loss * 100:g}", "loss-down": f"{self._down.loss * 100:g}",
                 "delay": f"{self._up.delay * 1000:g}", "rate": self._up.rate or "off"}
        for way, wire in (("up", self._up), ("down", self._down)):
            facts |= {f"{way}-packets": wire.packets, f"{way}-bytes": wire.bytes,
                      f"{way}-lost": wire.lost}
        facts |= self._modem.status()
        return "\n".join(f"{key} {value}" for key, value in facts.items())


def _switch(word):
    if word not in ("on", "off"):
        raise ValueError("'on' or 'off' expected")
    return word == "on"
