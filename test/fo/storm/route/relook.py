"""The VIP moves while a state is applied, and nobody tells of it: the run that applies has to notice."""
import os
import signal
import socket

from fo.kernel import netlink
from fo.storm import sandbox
from fo.storm.runs import spawn

from . import world as places
from .plan import Variant

VARIANT = Variant("global", "stale", "off", "backup", "")
FLOWS = 20000  # as many are removed after the route is set, and before the second look
TRIES = 20
ANSWER_SECONDS = 20


def run(place, times):
    """Holds the run with SIGSTOP between the route and the second look. That it is there is known, not
    hoped for: the route has changed, and of the stale flows some are left."""
    wrong = 0
    for number in range(times):
        becomes_master = number % 2 == 1  # while backup is applied, and the other way round
        for text in _look(place, becomes_master):
            change = "becomes" if becomes_master else "ceases to be"
            print(f"relook {number}, the router {change} master: {text}")
            wrong += 1
    print(f"{times} times the VIP moved while a state was applied: {wrong} wrong", flush=True)
    return wrong == 0


def _look(place, becomes_master):
    for _ in range(TRIES):
        pid = _hold(place, becomes_master)
        if pid is None:
            continue
        place.vip(becomes_master)
        os.kill(pid, signal.SIGCONT)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        return _complaints(place, becomes_master, code)
    return [f"could not be held in {TRIES} tries"]


def _hold(place, becomes_master):
    """The number of a process that waits in the midst of its work, or None: it was too quick."""
    sandbox.configure(VARIANT.lines())
    place.reset({name: 0 for name in places.SWITCHES})
    netlink.put_default(place.link, *(["ppp0"] if becomes_master else ["eth0", places.VIA]))
    if not becomes_master:
        place.vip(True)
    if place.flows("line-0" if becomes_master else "untranslated", FLOWS) != 0:
        raise places.StormError("the kernel does not take the flows")
    monitor = netlink.Netlink(groups=netlink.GROUP_ROUTE4)
    monitor.socket.settimeout(ANSWER_SECONDS)
    pid = spawn(places.FO_ROUTE, "backup" if becomes_master else "master", place.nowhere)
    try:
        while not any(netlink.default_of(kind, body) for kind, _, body in monitor.hear()):
            pass
        os.kill(pid, signal.SIGSTOP)
    except (socket.timeout, TimeoutError):
        os.kill(pid, signal.SIGKILL)
    finally:
        monitor.close()
    if os.waitid(os.P_PID, pid, os.WSTOPPED | os.WEXITED).si_code == os.CLD_STOPPED:
        if netlink.count_flows() > 0:
            return pid
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    return None


def _complaints(place, becomes_master, code):
    found = [] if code == 0 else [f"ended with {code}"]
    hop = "dev ppp0" if becomes_master else f"via {places.VIA} dev eth0"
    route = place.ip("-4", "route", "show", "default").strip()
    if not route.startswith(f"default {hop} ") or "\n" in route:
        found.append(f"the default route is {route!r}")
    if places.sysctl("net/ipv4/ip_forward") != int(becomes_master):
        found.append("ip_forward is that of the state before")
    with open(f"{places.RUN}/vrrp.state", encoding="ascii") as file:
        state = file.read().strip()
    if state != ("master" if becomes_master else "backup"):
        found.append(f"vrrp.state is {state}")
    return found
