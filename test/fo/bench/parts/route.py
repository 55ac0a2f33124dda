"""One switch of fo-route: what it costs beside ip(8) and the article's script, and how long it takes when
100 000 flows are tracked and 10 000 of them have become stale."""
import os
import time

from fo.demo.errors import DemoError
from fo.demo.lab import ETC
from fo.kernel import netlink
from fo.storm import sandbox
from fo.storm.route import world
from fo.storm.route.plan import Variant

from ..figure import Figure, median, of_peer
from .. import spawn

RUNS, SHORT_RUNS = 9, 3
COUNTED = 3
FLOWS, STALE = 100_000, 10_000
MOST_OF_IP = 0.60
MOST_ROUTE_MS, MOST_MS, MOST_MB = 20, 500, 10
ANSWER_SECONDS = 20
_PEERS = {"ip route": ["ip", "route", "replace", "default", "dev", "ppp0"],
          "the article's": [f"{ETC['article']}/main/notify_master"]}


def run(options, step):
    times = options.times(RUNS, SHORT_RUNS)
    try:
        found = world.inside(f"{options.build}/cmd/fo-route", lambda place: _measure(place, times, step))
    except world.StormError as error:
        raise DemoError(error) from error
    table = []
    peers = {name: median(found["counts"][name]) / 1000 for name in _PEERS}
    for conntrack in ("keep", "stale"):
        counts = found["counts"][conntrack]
        figure = Figure(f"one switch, conntrack = {conntrack}, instructions", median(counts) / 1000, "k",
                        peers, firm=True, runs=counts, row=f"one switch, conntrack = {conntrack}: instructions")
        table.append(of_peer(figure, "ip route", MOST_OF_IP))
    what = f"{FLOWS // 1000} 000 flows, {STALE // 1000} 000 stale"
    for name, key, unit, most in (("route changed after", "route_ms", "ms", MOST_ROUTE_MS),
                                  ("switch done after", "done_ms", "ms", MOST_MS),
                                  ("memory at most", "rss_mb", "MB", MOST_MB)):
        runs = [one[key] for one in found["switches"]]
        table.append(Figure(f"{what}: {name}", median(runs), unit, most=most, firm=unit == "MB", runs=runs))
    left = max(one["wrong"] for one in found["switches"])
    return [*table, Figure(f"{what}: left wrongly, or removed wrongly", left, most=0, firm=True)]


def _measure(place, times, step):
    os.environ["LANG"] = "C.UTF-8"  # as below systemd: see wire.py
    for name in set(os.environ) - {"PATH", "LANG", "FO_STATE_DIR"}:
        del os.environ[name]
    step(f"{COUNTED} switches of each below callgrind")
    counts = {name: [_count(place, argv, "keep") for _ in range(COUNTED)] for name, argv in _PEERS.items()}
    for conntrack in ("keep", "stale"):
        argv = [world.FO_ROUTE, "-c", sandbox.CONF, "master"]
        counts[conntrack] = [_count(place, argv, conntrack) for _ in range(COUNTED)]
    switches = []
    for _ in range(times):
        one = _switch(place)
        step("{rss_mb:.1f} MB, route after {route_ms:.1f} ms, done after {done_ms:.0f} ms".format(**one))
        switches.append(one)
    return {"counts": counts, "switches": switches}


def _begin(place, conntrack, dev, via=None):
    sandbox.configure(Variant("keep", conntrack, "off", "backup", "").lines())
    # A router that carries a LAN forwards.
    place.reset({name: int("forward" in name) for name in world.SWITCHES})
    netlink.put_default(place.link, dev, via)


def _count(place, argv, conntrack):
    """User-space instructions of a switch to master."""
    _begin(place, conntrack, "eth0", world.VIA)
    place.vip(True)
    # What only the first run since the boot does, is done: the switches are right, the lock is there.
    world.run_fo_route("master", capture_output=True)
    netlink.put_default(place.link, "eth0", "192.168.0.1", netlink.CREATE | netlink.REPLACE)
    found = spawn.instructions(argv)
    if not place.ip("route", "show", "default").startswith("default dev ppp0"):
        raise DemoError(f"{' '.join(argv)} has not changed the route")
    return found


def _switch(place):
    """fo-route backup, with all these flows."""
    _begin(place, "stale", "ppp0")
    refused = place.flows("untranslated", FLOWS - STALE) + place.flows("line-0", STALE)
    if refused:
        raise DemoError(f"{refused} of {FLOWS} flows could not be made; see nf_conntrack_max")
    monitor = netlink.Netlink(groups=netlink.GROUP_ROUTE4)
    monitor.socket.settimeout(ANSWER_SECONDS)
    begin = time.monotonic()
    spawn.start_from_shell([world.FO_ROUTE, "-c", sandbox.CONF, "backup"], [
        (os.POSIX_SPAWN_CLOSE, place.line_descriptor()),
        *((os.POSIX_SPAWN_DUP2, place.nowhere, fd) for fd in (1, 2))])
    try:
        while not any(netlink.default_of(kind, body) for kind, _, body in monitor.hear()):
            pass
        changed = time.monotonic()
    except TimeoutError as error:
        raise DemoError("the route has not changed") from error
    finally:
        _, status, usage = os.wait4(-1, 0)
        monitor.close()
    done = time.monotonic()
    if status != 0:
        raise DemoError(f"fo-route backup ended with {os.waitstatus_to_exitcode(status)}")
    return {"route_ms": (changed - begin) * 1000, "done_ms": (done - begin) * 1000,
            "rss_mb": usage.ru_maxrss * 1024 / 1e6,
            "wrong": abs(netlink.count_flows() - (FLOWS - STALE))}
