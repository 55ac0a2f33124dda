"""A line to the provider and the pppd at its end, in one process: both devices, and what happens
to the packets between them. Takes the commands of LINE_COMMANDS through its socket."""
import contextlib
import ipaddress
import select
import time

from fo.errors import LabError, UsageError

from .control import Listener
from .ends import RA_SECONDS, ends_of
from .hooks import Hooks
from .line_commands import LINE_COMMANDS
from .modem import FOREVER, Modem
from .radv import LONGEST_LIFETIME, Advertiser
from .syslog import Log
from .wire import Wire

EARLY_MS = 200
LCP_SECONDS = 3.0  # lcp-echo-interval 1, lcp-echo-failure 3
LINGER_SECONDS = 6.0  # measured: LCP's terminate requests, to which nobody answers
BURST_BYTES = 8192  # of a policer
BURST = 64  # packets taken from one device before the others have their turn


class Line:
    def __init__(self, lab, spec):
        self._spec = spec
        self._log = Log(lab.log(spec.far_end))
        self._poll = select.epoll()
        self._hooks = Hooks(spec, self._poll, self._log)
        self._up = Wire()
        self._down = Wire()
        self._modem = Modem()
        self._advertiser = Advertiser()
        self._connected = False  # a session exists; without one the device may be there all the same
        self._early = 0.0  # seconds from the device to its address
        self._address_at = None  # when the address comes, while it is awaited
        self._cable_out = None  # since when
        self._ends = self._make_ends(lab, spec)
        self._listener = Listener(lab.file("line", spec.router), self.command)
        self._poll.register(self._listener, select.EPOLLIN)
        self._poll.register(self._ends.provider, select.EPOLLIN)

    @staticmethod
    def _make_ends(lab, spec):
        return ends_of(lab, spec)

    # -- the loop ---------------------------------------------------------------------------

    def serve(self):
        while True:
            ready = self._turn()
            if self._listener.fileno() in ready:
                self._listener.serve()

    def _turn(self):
        """Waits for what is next, and does it, but for commands. Returns what is ready, with its events."""
        ready = dict(self._poll.poll(self._patience()))
        if self._ends.provider.fileno() in ready:
            self._pump(self._ends.provider, self._down, self._ends.router)
        if self._ends.router is not None:
            self._serve_router(ready.get(self._ends.router.fileno(), 0))
        self._end_early()
        self._advertise()
        self._deliver()
        self._judge_silence()
        self._miss_echoes()
        if self._hooks.fileno() in ready:
            self._hooks.done()
        return ready

    def _serve_router(self, events):
        if events & select.EPOLLERR:  # somebody deleted the device in the router
            self._remove_device()
        elif events:
            self._pump(self._ends.router, self._up, self._ends.provider)

    def _patience(self):
        """Seconds until a packet arrives at its far end, the session is cut, and so on, or None."""
        due = [self._up.next_due(), self._down.next_due(), self._address_at, self._advertiser.due(),
               self._modem.due() if self._connected else None, self._echoes_due()]
        due = [when for when in due if when is not None]
        return max(0.0, min(due) - time.monotonic()) if due else None

    def _pump(self, source, wire, target):
        for _ in range(BURST):
            packet = source.read()
            if packet is None:
                return
            self._send(wire, target, packet)

    def _send(self, wire, target, packet):
        if not self._connected or self._modem.stuck or self._cable_out is not None:
            wire.count(packet, False)
        elif wire.immediate():
            self._arrive(wire, target, packet, time.monotonic())
        else:
            wire.put(time.monotonic(), packet)

    def _advertise(self):
        packet = self._advertiser.take(time.monotonic())
        if packet is not None:
            self._send(self._down, self._ends.router, self._ends.wrap(packet))

    def _deliver(self):
        now = time.monotonic()
        for wire, target in ((self._up, self._ends.provider), (self._down, self._ends.router)):
            while (packet := wire.take(now)) is not None:
                self._arrive(wire, target, packet, now)

    def _arrive(self, wire, target, packet, now):
        taken = target.write(packet)
        wire.count(packet, taken)
        if taken:
            self._modem.passed(now)
            if wire is self._up:
                self._modem.arrived(self._ends.payload(packet))

    def _judge_silence(self):
        if self._connected and self._modem.is_cut(time.monotonic()):
            self._log.write("cut by the carrier: idle")
            self._hang_up()

    def _echoes_due(self):
        """When pppd does something about a cable that is out, or None."""
        if self._cable_out is None or not (self._connected or self._ends.lingers):
            return None
        return self._cable_out + LCP_SECONDS + (0 if self._connected else LINGER_SECONDS)

    def _miss_echoes(self):
        due = self._echoes_due()
        if due is None or due > time.monotonic():
            return
        if self._connected:
            self._hang_up(linger=True)
        else:
            self._remove_device()

    # -- the session ------------------------------------------------------------------------

    def _dial(self):
        if self._connected or self._address_at is not None or self._cable_out is not None:
            return
        with self._changing_router():
            if self._early:
                self._ends.link()
            else:
                self._ends.connect()
        if self._early:
            self._address_at = time.monotonic() + self._early
        else:
            self._begin()

    def _end_early(self):
        if self._address_at is None or self._address_at > time.monotonic():
            return
        self._address_at = None
        try:
            with self._changing_router():
                self._ends.address()
        except LabError as error:  # somebody changed the device meanwhile
            self._log.write(f"no session: {error}")
        else:
            self._begin()

    def _begin(self):
        self._connected = True
        self._modem.dialled(time.monotonic())
        self._hook(self._ends.router.pid, "ip-up")

    def _hang_up(self, linger=False):
        if not self._connected and self._address_at is None:
            return
        pid, began = self._ends.router.pid, self._connected
        self._lose_session()
        with self._changing_router():
            self._ends.hang_up(linger)
        if began:
            self._hook(pid, "ip-down")

    def _hook(self, pid, name):
        if not self._spec.ethernet:  # they are pppd's
            self._hooks.run(pid, name, self._ends.local)

    def _lose_session(self):
        self._connected = False
        self._address_at = None
        self._up.cut()
        self._down.cut()

    def _remove_device(self):
        self._lose_session()
        with self._changing_router():
            self._ends.remove()

    @contextlib.contextmanager
    def _changing_router(self):
        """The router's device may come, go, or be replaced within."""
        if self._ends.router is not None:
            self._poll.unregister(self._ends.router)
        try:
            yield
        finally:
            if self._ends.router is not None:
                self._poll.register(self._ends.router, select.EPOLLIN)

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
        self._ends.next_local = str(ipaddress.IPv4Address(address))

    def _do_gateway(self, address):
        self._ends.set_gateway(address)

    def _do_metric(self, word):
        self._ends.set_metric(word)

    def _do_early(self, word, milliseconds=str(EARLY_MS)):
        early = float(milliseconds) / 1000
        if not 0 < early <= 60:
            raise ValueError("1 to 60000 expected")
        self._early = early if _switch(word) else 0.0

    def _do_peerdns(self, first, *second):
        self._hooks.name_servers = () if first == "off" else (first, *second)[:2]

    def _do_ipv6(self, word):
        self._ends.ipv6 = _switch(word)

    def _do_ra(self, word, lifetime=str(RA_SECONDS)):
        if not 0 <= int(lifetime) <= LONGEST_LIFETIME:
            raise ValueError(f"0 to {LONGEST_LIFETIME} expected")
        on = _switch(word)
        with self._changing_router():
            self._ends.set_advertised(on)
        if on:
            self._advertiser.on(int(lifetime), time.monotonic())
        else:
            self._advertiser.off(time.monotonic())

    def _do_cable(self, word):
        if word not in ("in", "out"):
            raise ValueError("'in' or 'out' expected")
        if self._spec.ethernet:
            raise ValueError("an Ethernet has `down linger` and `up`")
        self._pull_cable(word == "out")

    def _pull_cable(self, out):
        self._cable_out = time.monotonic() if out else None
        if out:
            self._up.cut()
            self._down.cut()

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

    def _do_rate(self, bits, queue=str(Wire.QUEUE_BYTES)):
        rate, size = _rate(bits, queue)
        for wire in (self._up, self._down):
            wire.set_rate(time.monotonic(), rate, size)

    def _do_police(self, bits, burst=str(BURST_BYTES)):
        for wire in (self._up, self._down):
            wire.police(*_rate(bits, burst))

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
        self._clear_session()
        self._modem.clear(time.monotonic())
        for wire in (self._up, self._down):
            wire.clear()

    def _clear_session(self):
        self._pull_cable(False)
        self._early = 0.0
        self._do_ra("off")

    def _do_status(self):
        facts = {"state": self._state(), "local": self._ends.local, "peer": self._ends.peer,
                 "ipv6": "on" if self._ends.ipv6 else "off",
                 "cable": "in" if self._cable_out is None else "out",
                 "ra": "off" if self._advertiser.lifetime is None else self._advertiser.lifetime,
                 "early": f"{self._early * 1000:g}" if self._early else "off",
                 "blackhole": "on" if self._up.blackhole else "off",
                 "loss-up": f"{self._up.loss * 100:g}", "loss-down": f"{self._down.loss * 100:g}",
                 "delay": f"{self._up.delay * 1000:g}", "rate": self._up.rate or "off", "queue": self._up.queue,
                 "police": self._up.policed or "off"}
        for way, wire in (("up", self._up), ("down", self._down)):
            facts |= {f"{way}-packets": wire.packets, f"{way}-bytes": wire.bytes,
                      f"{way}-lost": wire.lost}
        facts |= self._modem.status()
        return "\n".join(f"{key} {value}" for key, value in facts.items())


    def _state(self):
        if self._connected:
            return "up"
        if self._address_at is not None:
            return "early"
        return "lingering" if self._ends.lingers else "down"


def _rate(bits, size):
    """Both as numbers; the rate is 0 where it is off."""
    rate = 0 if bits == "off" else int(bits)
    if (bits != "off" and rate < 1000) or not 1500 <= int(size) <= 1 << 24:
        raise ValueError("1000 or more bit/s, or off, and 1500 to 16777216 bytes expected")
    return rate, int(size)


def _switch(word):
    if word not in ("on", "off"):
        raise ValueError("'on' or 'off' expected")
    return word == "on"
