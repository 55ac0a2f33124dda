"""The server's end of the control socket: one JSON object per line each way."""

import contextlib
import dataclasses
import json
import os
import socket
import threading

from .answer import Problem
from .client import SOCKET, ControlError, control_address
from .faults import BadFault, Fault
from .metadata import MODES

WAIT_MOST_S = 3600


class Control:
    """Listens on the socket and carries the commands out."""

    def __init__(self, folder, world):
        self._folder = folder
        self._world = world
        self._sock = socket.socket(socket.AF_UNIX)
        with control_address(folder) as address:
            self._sock.bind(address)
        self._sock.listen()

    def start(self):
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self._sock.close()
        with contextlib.suppress(FileNotFoundError):
            os.unlink(os.path.join(self._folder, SOCKET))

    def _accept(self):
        while True:
            try:
                sock, _ = self._sock.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(sock,), daemon=True).start()

    def _talk(self, sock):
        with contextlib.suppress(OSError), sock, sock.makefile("rw", encoding="utf-8") as stream:
            for line in stream:
                stream.write(json.dumps(self._reply(line)) + "\n")
                stream.flush()

    def _reply(self, line):
        try:
            arguments = json.loads(line)
            name = arguments.pop("command")
            return {"result": COMMANDS[name](self._world, **arguments)}
        except (BadFault, ControlError, Problem) as error:
            return {"error": str(error)}
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            return {"error": f"bad command: {type(error).__name__}: {error}"}


@dataclasses.dataclass
class World:
    """Everything that the commands act on."""

    account: object
    clock: object
    contract: object
    faults: object
    journal: object
    metadata: object
    ratelimit: object
    server: object
    sims: object
    endpoint: str


def _status(world):
    return {"class": world.sims.classes(), "tokens": world.account.live_tokens(),
            "faults": world.faults.pending(), "connections": world.server.counts(),
            "metadata": world.metadata.mode, "ratelimit": world.ratelimit.limit,
            "permissions": sorted(world.account.permissions)} | world.journal.summary()


def _class(world, sim, speed_class=None):
    found = world.sims.by_either(sim)
    if speed_class is not None:
        world.sims.set_class(found, speed_class)
    return found.speed_class


def _wait_class(world, sim, speed_class, timeout):
    found = world.sims.by_either(sim)
    reached = world.sims.wait_class(found, speed_class, min(timeout, WAIT_MOST_S))
    return {"reached": reached, "class": found.speed_class}


def _wait_requests(world, number, path, timeout):
    return world.journal.wait_requests(number, path, min(timeout, WAIT_MOST_S))


def _fault(world, **arguments):
    world.server.add_fault(Fault(**arguments))


def _clear(world):
    world.server.clear_faults()


def _log(world):
    return world.journal.entries()


def _revoke(world):
    world.account.revoke()


def _permit(world, names):
    unknown = sorted(set(names) - world.contract.permissions)
    if unknown:
        raise ControlError(f"the definition has no operation {', '.join(unknown)}")
    world.account.permissions = frozenset(names)


def _ratelimit(world, limit):
    world.ratelimit.set_limit(int(limit))


def _advance(world, seconds):
    world.clock.advance(seconds)


def _metadata(world, mode):
    if mode not in MODES:
        raise ControlError(f"metadata is one of {', '.join(MODES)}")
    world.metadata.mode = mode


def _online(world, sim, online):
    world.sims.by_either(sim).online = online


def _profile(world, kind, endpoint):
    return world.account.credentials.profile(kind, world.endpoint if endpoint else None)


COMMANDS = {
    "status": _status, "class": _class, "wait-class": _wait_class,
    "wait-requests": _wait_requests, "fault": _fault, "clear": _clear, "log": _log,
    "revoke": _revoke, "permit": _permit, "ratelimit": _ratelimit, "advance": _advance,
    "metadata": _metadata, "online": _online, "profile": _profile,
}
