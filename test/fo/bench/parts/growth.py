"""How costs grow with what a router has: targets, tracked flows, routes, interfaces, history. The exponent is that between the
two largest sizes: the cost there is as size ^ exponent, so 0 is "costs the same", 1 is "twice as much for twice as many"."""
import contextlib
import math
import os
import random
import time

from fo.demo.errors import DemoError
from fo.kernel import namespace, netlink
from fo.month.event import write
from fo.month.make import many
from fo.storm import sandbox
from fo.storm.route import world
from fo.storm.route.plan import Variant

from .. import spawn, wire
from ..figure import Figure, median, number

RUNS, SHORT_RUNS = 3, 1
TARGETS = (1, 2, 4, 8, 16)
FLOWS, SHORT_FLOWS = (1_000, 10_000, 100_000, 1_000_000), (1_000, 10_000)
ROUTES, SHORT_ROUTES = (100, 1_000, 10_000, 100_000), (100, 1_000)
INTERFACES, SHORT_INTERFACES = (10, 100, 1_000), (10, 100)
# 10 000 events are what the file holds, see HISTORY_BYTES_MAX.
EVENTS, SHORT_EVENTS = (100, 1_000, 10_000), (100, 1_000)
# The kernel has no look-up of a flow by its translation, of a route by its exact prefix in one table (RTM_GETROUTE goes by a
# packet's way), nor of an interface by its address: all three are lists, read to the end. What a switch adds to the history
# must not depend on what is in there.
LINEAR, CONSTANT = 1.1, 0.1
MOST_CPU_MS = 100  # with the most of each; flows have a mark in `route`, where the route has changed before they are read
_MAX = "/proc/sys/net/netfilter/nf_conntrack_max"
_SPARE = 1.1  # flows of others count against the maximum, too


def run(options, step):
    times = options.times(RUNS, SHORT_RUNS)
    table = []
    counts = wire.measure(options.build, lambda: [spawn.instructions(_check(size)) for size in TARGETS])
    table += _grown("one check of all targets", "targets", TARGETS, counts, LINEAR, step)
    cases = {"flows": (_flows(options), LINEAR), "routes": (options.pick(ROUTES, SHORT_ROUTES), LINEAR),
             "interfaces": (options.pick(INTERFACES, SHORT_INTERFACES), LINEAR),
             "events": (options.pick(EVENTS, SHORT_EVENTS), CONSTANT)}
    for kind, (sizes, most) in cases.items():
        found = _switches(options, kind, sizes, times)
        counts = [one["instructions"] for one in found]
        table += _grown("one switch", kind, sizes, counts, most, step)
        for key, text in (("cpu_ms", "CPU"), ("wall_ms", "time")):
            step(f"{text} with {', '.join(map(number, sizes))} {kind}: "
                 + ", ".join(f"{one[key]:.1f} ms" for one in found))
        table.append(Figure(f"  CPU of it with {number(sizes[-1])} {kind}", found[-1]["cpu_ms"], "ms",
                            most=None if kind == "flows" else MOST_CPU_MS, runs=[one["cpu_ms"] for one in found]))
    sizes = options.pick(EVENTS, SHORT_EVENTS)
    counts = [_shown(options.build, size) for size in sizes]
    return [*table, *_grown("fo-status history", "events", sizes, counts, LINEAR, step)]


def _grown(what, kind, sizes, counts, most, step):
    step(f"{what}, {', '.join(map(number, sizes))} {kind}: {', '.join(f'{count / 1000:.0f} k' for count in counts)}")
    exponent = math.log(counts[-1] / counts[-2]) / math.log(sizes[-1] / sizes[-2])
    span = f"{number(sizes[0])} to {number(sizes[-1])} {kind}"
    return [Figure(f"{what}, {span}: exponent", exponent, most=most, firm=True, runs=counts, row=f"growth of {what}: {kind}",
                   limit=0.0 if most == CONSTANT else 1.0),
            Figure(f"  instructions with {number(sizes[-1])}", counts[-1] / 1000, "k")]


def _flows(options):
    with open(_MAX, encoding="ascii") as file:
        most = int(file.read())
    return tuple(size for size in options.pick(FLOWS, SHORT_FLOWS) if size * _SPARE < most)


def _check(size):
    """All of them have to answer: without it one is asked, and the others only when that one is late."""
    return [wire.CHECK, "-i", "ppp0", "-t", "5s", "--need", str(size), *wire.MANY[:size]]


# -- fo-route ---------------------------------------------------------------------------------


def _switches(options, kind, sizes, times):
    """What a switch to backup costs, for each size."""
    def measure(place):
        os.environ["LANG"] = "C.UTF-8"  # as below systemd: see wire.py
        sandbox.configure(Variant("keep", "stale", "off", "backup", "").lines())
        found = []
        for begin, size in zip((0, *sizes), sizes):
            _FILL[kind](place, begin, size)
            runs = [_switch(place, kind, size) for _ in range(times)]
            count = spawn.instructions(_prepared(place, kind, size))
            found.append({"instructions": count} | {key: median([one[key] for one in runs]) for key in runs[0]})
        return found
    try:
        return world.inside(f"{options.build}/cmd/fo-route", measure)
    except world.StormError as error:
        raise DemoError(error) from error


def _prepared(place, kind, size):
    """main has carried the LAN until now; the command that ends it."""
    place.reset({name: int("forward" in name) for name in world.SWITCHES})
    netlink.put_default(place.link, "ppp0")
    world.run_fo_route("backup", capture_output=True)  # what only the first run since the boot does, is done
    netlink.put_default(place.link, "ppp0", flags=netlink.CREATE | netlink.REPLACE)
    if kind == "flows":
        _make_flows(place, size)
    if kind == "events":
        _write_history(sandbox.STATE, size)
    return [world.FO_ROUTE, "-c", sandbox.CONF, "backup"]


def _switch(place, kind, size):
    argv = _prepared(place, kind, size)
    begin = time.monotonic()
    cost = spawn.cost(argv)
    wall = time.monotonic() - begin
    if not place.ip("route", "show", "default").startswith(f"default via {world.VIA}"):
        raise DemoError("fo-route backup has not changed the route")
    return {"cpu_ms": cost["cpu_ms"], "wall_ms": wall * 1000}


def _make_flows(place, size):
    refused = place.flows("untranslated", size)
    if refused:
        raise DemoError(f"{refused} of {size} flows could not be made; see nf_conntrack_max")


def _fill_routes(_place, begin, size):
    namespace.ip_batch(os.getpid(), [f"route add 10.{100 + n // 65536}.{n // 256 % 256}.{n % 256}/32 dev vpn0"
                                     for n in range(begin, size)])


def _fill_interfaces(_place, begin, size):
    """Pairs: two interfaces each, with an address."""
    lines = []
    for n in range(begin // 2, size // 2):
        lines += [f"link add many{n} type veth peer name peer{n}", f"addr add 10.{110 + n // 256}.{n % 256}.1/24 dev many{n}",
                  f"link set many{n} up"]
    namespace.ip_batch(os.getpid(), lines)


def _nothing(_place, _begin, _size):
    """Made before each run."""


_FILL = {"flows": _nothing, "events": _nothing, "routes": _fill_routes, "interfaces": _fill_interfaces}


# -- history ----------------------------------------------------------------------------------


def _write_history(state, size):
    with contextlib.suppress(FileExistsError):
        os.makedirs(f"{state}/lib", mode=0o755)
    write(f"{state}/lib/history", many(size, int(time.time() * 1000), random.Random(1)))


def _shown(build, size):
    def count():
        os.environ["FO_STATE_DIR"] = "/run/state"
        _write_history("/run/state", size)
        return spawn.instructions([f"{wire.FOLDER}/fo-status", "history"])
    return wire.apart([f"{build}/cmd/fo-status"], count)
