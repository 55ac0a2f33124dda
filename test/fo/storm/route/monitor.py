"""Is there a moment without a default route? Two witnesses: what the kernel tells of every change of the
table, and look-ups of a route, such as a packet causes, one after the other."""
import json
import os
import signal
import socket
import time

from fo.kernel import namespace
from fo.kernel import netlink
from fo.storm import sandbox

from . import world as places
from .plan import Variant

VARIANT = Variant("global", "stale", "off", "backup", "same", linger="0")
TARGETS = ("198.51.100.1", "2001:db8:ffff::1")
BUFFER = 1 << 26
FOREIGN_EVERY = 10  # a switch at which somebody else has put a route in front of ours


def run(place, switches):
    sandbox.configure(VARIANT.lines())
    place.reset({name: 0 for name in places.SWITCHES})
    witness = netlink.Netlink(groups=netlink.GROUP_ROUTE4 | netlink.GROUP_ROUTE6, buffer=BUFFER)
    for hop in (("eth0", places.VIA), ("eth0", places.VIA6)):
        netlink.put_default(place.link, *hop, family=netlink.family_of(hop[1]))
    begin = time.monotonic()
    with _Poller() as poller:
        wrong = _switch(place, switches)
        looks, missed = poller.end()
    table = _Table(witness)
    wrong += table.complaints(switches)
    if missed:
        wrong.append(f"{missed} of {looks} look-ups found no route")
    if looks < switches:
        wrong.append(f"only {looks} look-ups: the witness slept")
    for text in wrong:
        print(text)
    print(f"{switches} switches, IPv4 and IPv6, {table.changes} changes of the default routes, "
          f"{looks} look-ups: default route missing {table.missing + missed} times, "
          f"{time.monotonic() - begin:.1f} s", flush=True)
    return not wrong


def _switch(place, switches):
    wrong = []
    for number in range(switches):
        master = number % 2 == 0
        place.vip(master)
        if number % FOREIGN_EVERY == FOREIGN_EVERY - 1:
            place.foreign("dev ppp0")
        done = places.run_fo_route("master" if master else "backup", capture_output=True)
        if done.returncode != 0:
            wrong.append(f"switch {number} ended with {done.returncode}: {done.stderr}")
    return wrong


class _Poller:
    """A process that looks up a way to each target for as long as it is let."""

    def __init__(self):
        self._reader, writer = os.pipe()
        self._pid = os.fork()
        if self._pid == 0:
            try:
                _poll(writer)
            finally:
                os._exit(1)
        os.close(writer)
        os.read(self._reader, 1)  # it has looked for the first time

    def __enter__(self):
        return self

    def end(self):
        os.kill(self._pid, signal.SIGTERM)
        with os.fdopen(self._reader, encoding="ascii") as answer:
            return json.loads(answer.read())

    def __exit__(self, *_):
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)


def _poll(writer):
    namespace.die_with_parent(signal.SIGKILL)
    going = [True]
    signal.signal(signal.SIGTERM, lambda *_: going.clear())
    link = netlink.Netlink()
    requests = [netlink.route_to(target) for target in TARGETS]
    looks = missed = 0
    while going:
        for request in requests:
            looks += 1
            missed += not netlink.is_reachable(link, request)
        if looks == len(requests):
            os.write(writer, b" ")
    os.write(writer, json.dumps([looks, missed]).encode())
    os.close(writer)
    signal.pause()


class _Table:
    """The default routes, followed message by message."""

    def __init__(self, witness):
        self.changes = self.missing = 0
        self._lost = False
        self._routes = {socket.AF_INET: [], socket.AF_INET6: []}
        while True:
            try:
                for kind, flags, body in witness.hear(socket.MSG_DONTWAIT):
                    self._take(kind, flags, body)
            except BlockingIOError:
                return
            except OSError:  # ENOBUFS
                self._lost = True

    def _take(self, kind, flags, body):
        found = netlink.default_of(kind, body)
        if found is None:
            return
        family, *hop = found
        routes = self._routes[family]
        self.changes += 1
        if kind == netlink.DELROUTE:
            routes.remove(hop)
            self.missing += not routes
        elif flags & netlink.REPLACE:
            routes[:1] = [hop]
        else:
            routes.insert(0, hop)

    def complaints(self, switches):
        found = []
        if self._lost:
            found.append("the kernel had more to tell than fits into the socket")
        if self.missing:
            found.append(f"{self.missing} messages took the last default route away")
        if self.changes < 2 * switches:
            found.append(f"only {self.changes} changes in {switches} switches of two routes")
        return found
