"""After the faults: whether everything is again as it was before them, and what they have left behind."""
import time
from dataclasses import dataclass

from fo.errors import LabError

from . import crashes, leftovers, records
from .kind import ROUTERS

SETTLE_SECONDS = 60
# The longest wait: a hold, the pauses of a retry and of a name, the timers of etc.py, a mended drift's back-off.
CALM_SECONDS = 90
PAUSE_SECONDS = 0.25
_VIP = "ip -4 -o addr show dev eth0 | grep -q 'inet 192\\.168\\.0\\.254/'"
_LEASED = "ip -4 route show exact default proto dhcp | head -n 1"
# {uplink}: of main.
_ASKS = (
    ("main-is-master", "main", _VIP),
    ("sub-is-backup", "sub", f"! {_VIP}"),
    ("main-route", "main", "ip -4 route get 198.41.0.4 | grep -q ' dev {uplink} '"),
    ("sub-route", "sub", "ip -4 route get 198.41.0.4 | grep -q ' via 192.168.0.254 dev eth0 '"),
    ("status-main", "main", "fo-status"),
    ("status-sub", "sub", "fo-status"),
    ("show-main", "main", "fo-route show"),
    ("show-sub", "sub", "fo-route show"),
)


@dataclass(frozen=True)
class Complaint:
    name: str
    seen: str
    waited: float = 0.0

    def __str__(self):
        waited = f", {self.waited:.0f} s after the last fault" if self.waited else ""
        return f"{self.name}: {self.seen}{waited}"


class Calm:
    def __init__(self, world):
        self._world = world
        self._before = {}
        self._leased = ""  # main's route by DHCP

    def settle(self):
        """Waits for an ordinary day, and notes what there is on it."""
        wrong = self._wait(SETTLE_SECONDS)
        if wrong:
            raise LabError(f"not settled after {SETTLE_SECONDS} s: {'; '.join(map(str, wrong))}")
        self._leased = self._world.sh("main", _LEASED)
        for router in ROUTERS:
            self._before[router] = leftovers.look(self._world, router), records.history(self._world, router)

    def complaints(self, plan, seconds):
        wrong = self._wait(seconds)
        self._renew_lease()
        for router in ROUTERS:
            before, events = self._before[router]
            wrong += [Complaint("left-behind", f"{router}: {text}") for text in
                      self._leftovers(plan, router, before)]
            wrong += [Complaint("crash", f"{router}: {text}") for text in
                      crashes.complaints(plan, self._world, router)]
            wrong += [Complaint("history", f"{router}: {text}") for text in
                      records.complaints(self._world, router, events)]
        wrong += [Complaint("alert", text) for text in records.untold(
            self._world, {router: max(self._before[router][1][0], default=0) for router in ROUTERS})]
        return wrong

    def _renew_lease(self):
        """Which puts the client's route back where a stranger has taken it: nobody else may. The suite had to do
        without until now."""
        if self._leased and not self._world.sh("main", _LEASED):
            self._world.somebody("main", ["route", "add", *self._leased.split(), "proto", "dhcp"])

    def _wait(self, seconds):
        """What is still not so when the time is over."""
        begin = time.monotonic()
        left = [*_ASKS, ("class", None, None), ("lan-over-main", None, None)]
        while left:
            left = [ask for ask in left if not self._holds(*ask)[0]]
            if left and time.monotonic() > begin + seconds:
                # All again, as one may have become wrong while another was waited for.
                return [Complaint(ask[0], self._holds(*ask)[1], seconds) for ask in left]
            if left:
                time.sleep(PAUSE_SECONDS)
        return []

    def _holds(self, name, host, script):
        try:
            if name == "class":
                self._world.lab("soracom", "wait-class", "440101234567890", "s1.minimum", "--timeout", "0.2")
            elif name == "lan-over-main":
                hop = self._world.lab("exec", "lan", "traceroute.db", "-n", "-m", "1", "-q", "1", "-w", "1", "8.8.8.8")
                return "192.168.0.1" in hop.splitlines()[-1].split(), hop.splitlines()[-1].strip()
            else:
                self._world.sh(host, f"{{ {script.replace('{uplink}', self._world.uplink)}; }} 2>&1")
            return True, ""
        except LabError as error:
            return False, str(error).partition(": exit status ")[2].replace("\n", " | ") or str(error)

    def _leftovers(self, plan, router, before):
        """What runs for a moment only, such as an alert's, is given the time to end."""
        until = time.monotonic() + leftovers.SECONDS
        while True:
            found = leftovers.complaints(plan, router, before, leftovers.look(self._world, router))
            if not found or time.monotonic() > until:
                return found
            time.sleep(PAUSE_SECONDS)
