"""A line that real pppd sees to, at both ends: PPPoE, or a modem. This process is the cable in between.

For a kernel that has ppp. The commands are those of any line; what pppd decides, it decides as it does in a
real router: when the session is over after the cable was pulled, what happens to ppp0, which scripts run when.
"""
import contextlib
import os
import select
import signal
import time

from fo.errors import LabError
from fo.kernel import namespace

from .cable import IPCP, cable_of, carries_packet, ipv4_packet
from .line import Line

DIAL_SECONDS = 20
END_SECONDS = 15  # LCP's terminate requests, when nobody answers
LOOK_SECONDS = 0.05
# LCP echoes: a dead line is noticed after three seconds.
_KEEP_ASKING = ["lcp-echo-interval", "1", "lcp-echo-failure", "3"]
_PLAIN = ["noauth", "nodetach", "nopersist", "noccp", "novj", "nobsdcomp", "nodeflate", "asyncmap", "0"]
_NO_SCRIPTS = ["ip-up-script", "/bin/true", "ip-down-script", "/bin/true"]


class PppdLine(Line):
    def __init__(self, lab, spec):
        self._lab = lab
        self._pppd = None  # of the router, while it runs
        self._is_whole = False  # the session, of that pppd: all protocols are up
        self._ipcp_from = 0.0  # before that no IPv4 address is agreed on
        super().__init__(lab, spec)

    def _make_ends(self, lab, spec):
        return Ends(lab, spec, cable_of(lab, spec, lambda: self._cable_out is None))

    # -- packets ----------------------------------------------------------------------------

    def _send(self, wire, target, packet):
        protocol = self._ends.cable.protocol_and_packet(packet)[0]
        if self._cable_out is not None or target is None or protocol == IPCP and time.monotonic() < self._ipcp_from:
            wire.count(packet, False)
        elif carries_packet(protocol):
            super()._send(wire, target, packet)
        else:
            target.write(packet)

    # -- the session ------------------------------------------------------------------------

    def _dial(self):
        if self._pppd is not None:
            return
        ends, spec = self._ends, self._spec
        if self._cable_out is None:
            with self._changing_router():
                ends.cable.plug_in()
        self._end_provider(signal.SIGKILL)
        self._poll.unregister(ends.provider)
        ends.cable.expect(self._write_options(), ends.next_local, ends.next_peer)
        self._poll.register(ends.provider, select.EPOLLIN)
        words = ["pppd", *ends.cable.dial_words(), *_PLAIN, *_KEEP_ASKING, "mtu", str(spec.mtu), "mru", str(spec.mtu),
                 "noipdefault", "usepeerdns", "+ipv6", "ipparam", "lab", "linkname", "lab", *self._careless()]
        self._is_whole = False
        self._ipcp_from = time.monotonic() + self._early
        self._pppd = ends.cable.start_pppd(words)
        self._connected = True
        self._modem.dialled(time.monotonic())
        if not self._turn_until(lambda: self._pppd is None or self._is_whole or self._is_early(), DIAL_SECONDS) \
                or self._pppd is None:
            self._log.write("no session")

    def _began(self):
        self._ends.local, self._ends.peer = self._ends.next_local, self._ends.next_peer
        self._log.write(f"session {self._ends.local}")
        try:
            self._ends.advertise(self._ppp_device())
        except LabError as error:  # the session has ended meanwhile
            self._log.write(f"no IPv6: {error}")

    def _careless(self):
        """Options that a user has put into /etc/ppp/peers/lab."""
        path = f"{self._lab.root(self._spec.router)}/etc/ppp/peers/lab"
        return ["call", "lab"] if os.path.exists(path) else []

    def _hang_up(self, linger=False):
        """By the router; lingering: by the provider, upon which ppp0 stays for some seconds."""
        if self._pppd is None:
            return
        if linger:
            self._end_provider(signal.SIGTERM)
            self._turn_until(lambda: not self._ppp_device(), END_SECONDS)
        else:
            self._signal_pppd("TERM")
            self._turn_until(lambda: self._pppd is None, END_SECONDS)

    def _remove_device(self):
        """pppd is killed; or it went with all of the router."""
        if self._pppd is not None:
            with contextlib.suppress(LabError):
                self._signal_pppd("KILL")
            self._turn_until(lambda: self._pppd is None, END_SECONDS)
        if not self._router_has_power():
            with self._changing_router():
                self._ends.cable.lose_router()

    def _router_has_power(self):
        return os.path.exists(self._lab.file("host", self._spec.router))

    def _miss_echoes(self):
        """pppd does."""

    _echoes_due = _miss_echoes

    def _end_provider(self, number):
        """By the file that pppd has written, whoever started it."""
        with contextlib.suppress(FileNotFoundError, ProcessLookupError, ValueError):
            with open(f"/run/ppp-{self._spec.far_end}.pid", encoding="ascii") as file:
                os.kill(int(file.readline()), number)

    def _signal_pppd(self, name):
        namespace.run(self._lab.host_pid(self._spec.router),
                      ["sh", "-c", f"kill -{name} $(head -n 1 /run/ppp-lab.pid)"], everything=True)

    def _is_complete(self):
        """Both protocols are up: which one is first is pppd's affair, unless IPv4 is held back."""
        device = self._ppp_device()
        return device and (not self._ends.ipv6 or device in self._proc_net("if_inet6").split())

    def _is_early(self):
        """IPv6 has been agreed on, and IPv4 is held back."""
        return self._early and " ppp" in self._proc_net("if_inet6") and not self._is_whole

    def _proc_net(self, name):
        """Nothing where the router has no power."""
        try:
            with open(f"/proc/{self._lab.host_pid(self._spec.router)}/net/{name}", encoding="ascii") as file:
                return file.read()
        except (LabError, OSError):
            return ""

    def _ppp_device(self):
        """The device of the router that has a peer, to which there is a route then; or None."""
        routes = self._proc_net("route").splitlines()
        return next((route.split()[0] for route in routes if route.startswith("ppp")), None)

    def _turn_until(self, condition, seconds):
        """Lets packets pass until then. Returns whether it came to that."""
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                return False
            self._turn()
        return True

    def _turn(self):
        ready = super()._turn()
        if self._pppd is not None and self._pppd.poll() is not None:
            self._log.write(f"pppd ended, status {self._pppd.returncode}")
            self._pppd = None
            self._lose_session()
        if self._pppd is not None and not self._is_whole and self._is_complete():
            self._is_whole = True
            self._began()
        return ready

    def _patience(self):
        """As long as pppd runs nobody else says when it ends."""
        due = super()._patience()
        return due if self._pppd is None else min(LOOK_SECONDS, due if due is not None else LOOK_SECONDS)

    def _write_options(self):
        """For the provider's pppd."""
        spec = self._spec
        servers = [word for server in self._hooks.name_servers for word in ("ms-dns", server)]
        path = self._lab.file("line", f"{spec.router}.options")
        with open(path, "w", encoding="ascii") as file:
            file.write(" ".join([*_PLAIN, "nolock", *_NO_SCRIPTS, *servers, "ifname", spec.far_end, "linkname", spec.far_end,
                                 "+ipv6" if self._ends.ipv6 else "noipv6", "mtu", str(spec.mtu), "mru", str(spec.mtu),
                                 "lcp-max-terminate", "1"]) + "\n")
        return path

    # -- commands ---------------------------------------------------------------------------

    def _pull_cable(self, out):
        super()._pull_cable(out)
        with self._changing_router():
            if out:
                self._ends.cable.unplug()
            elif self._router_has_power():
                self._ends.cable.plug_in()

    def _clear_session(self):
        self._pull_cable(False)
        self._early = 0.0

    def _do_early(self, *words):
        if not self._ends.ipv6:
            raise ValueError("without IPv6 pppd has ppp0 up when it has its address")
        super()._do_early(*words)

    def _do_ra(self, *_words):
        raise ValueError("pppd decides that itself")

    _do_gateway = _do_metric = _do_ra

    def _state(self):
        if self._pppd is None:
            return "down"
        if self._ppp_device():
            return "up"
        return "lingering" if self._is_whole else "early"


class Ends:
    """What a line asks about its ends."""

    lingers = False

    def __init__(self, lab, spec, cable):
        self.cable = cable
        self._lab = lab
        self._spec = spec
        self.local = self.next_local = spec.local
        self.peer = self.next_peer = spec.peer
        self.ipv6 = spec.ipv6

    @property
    def router(self):
        return self.cable.router

    @property
    def provider(self):
        return self.cable.provider

    def payload(self, packet):
        return ipv4_packet(*self.cable.protocol_and_packet(packet))

    def advertise(self, device):
        """What a router advertisement brings after IPV6CP."""
        if not self.ipv6:
            return
        spec, lab = self._spec, self._lab
        namespace.ip_batch(lab.host_pid("isp"), [f"addr replace {spec.provider6}/64 dev {spec.far_end} nodad"])
        namespace.ip_batch(lab.host_pid(spec.router), [f"addr replace {spec.local6}/64 dev {device} nodad",
                                                       f"route append ::/0 dev {device} metric 1024"])
