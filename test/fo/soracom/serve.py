"""The verb `serve`: builds everything, runs until SIGTERM, leaves no running thing behind."""

import contextlib
import fcntl
import os
import re
import signal
import sys

from fo.paths import TEST

from .account import Account
from .api import Api
from .certificates import Certificates
from .client import SOCKET
from .clock import Clock
from .contract import Contract
from .control import Control, World
from .faults import FaultBoard
from .journal import Journal
from .metadata import Metadata
from .ratelimit import RateLimit
from .server import Server
from .sims import Sim, Sims

DEFINITION = f"{TEST}/soracom/openapi-v1-slim.json"
SIGNALS = {signal.SIGTERM, signal.SIGINT}


class Folder:
    """The server's directory: one server at a time, nobody else's business."""

    def __init__(self, path):
        self.path = path
        os.makedirs(path, mode=0o700, exist_ok=True)
        # A leftover of somebody else must not receive our keys.
        if os.path.islink(path) or os.stat(path).st_uid != os.geteuid():
            raise SystemExit(f"soracom-api: {path} is not a directory of our own")
        os.chmod(path, 0o700)
        self._lock = self._take_lock()
        self.clean()

    def _take_lock(self):
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        lock = os.open(os.path.join(self.path, "lock"), flags, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise SystemExit(f"soracom-api: {self.path} has a running server") from None
        return lock

    def clean(self):
        """Removes what says that a server runs, be it ours or a killed one's."""
        for name in ("ready", "port", "metadata-port", "pid", SOCKET):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(os.path.join(self.path, name))

    def write(self, name, value):
        """Whole or not at all."""
        path = os.path.join(self.path, name)
        with open(path + ".new", "w", encoding="ascii") as file:
            file.write(f"{value}\n")
        os.rename(path + ".new", path)


def split_address(text):
    """ADDR:PORT, with an IPv6 address in brackets."""
    found = re.fullmatch(r"(?:\[([0-9A-Fa-f:.]+)\]|([0-9.]+)):([0-9]{1,5})", text)
    if not found or int(found[3]) > 65535:
        raise SystemExit(f"soracom-api: '{text}' is not ADDRESS:PORT")
    return found[1] or found[2], int(found[3])


def make_sims(extra):
    """The default SIM, and one for each IMSI:SIM-ID[:PLAN[:CLASS]]."""
    sims = [Sim()]
    for text in extra:
        fields = text.split(":")
        if not 2 <= len(fields) <= 4:
            raise SystemExit(f"soracom-api: '{text}' is not IMSI:SIM-ID[:PLAN[:CLASS]]")
        sims.append(Sim(*fields))
    return sims


def build_world(folder, listen, metadata_listen, extra_sims):
    """Everything, bound to its ports but not accepting yet."""
    clock, faults, contract = Clock(), FaultBoard(), Contract(DEFINITION)
    journal, ratelimit, account = Journal(clock), RateLimit(clock), Account(clock)
    sims = Sims(make_sims(extra_sims), clock)
    api = Api(contract, account, sims, ratelimit, journal)
    metadata = Metadata(contract, account, sims, journal)
    server = Server(Certificates(folder.path, [host for host, _ in listen]), faults, journal)
    endpoint = _bind(folder, server, listen, api)
    if metadata_listen is not None:
        folder.write("metadata-port", server.listen(*metadata_listen, metadata, tls=False))
    return World(account, clock, contract, faults, journal, metadata, ratelimit, server, sims,
                 endpoint)


def _bind(folder, server, listen, api):
    """Port 0 after the first address means the same port, so that one URL fits both families."""
    first = 0
    for host, port in listen:
        port = server.listen(host, port or first, api, tls=True)
        first = first or port
    folder.write("port", first)
    host = listen[0][0]
    return f"https://{f'[{host}]' if ':' in host else host}:{first}"


def serve(directory, listen, metadata, extra_sims):
    os.umask(0o077)
    listen = [split_address(text) for text in listen or ["127.0.0.1:0"]]
    folder = Folder(directory)
    metadata = split_address(metadata) if metadata else None
    try:
        world = build_world(folder, listen, metadata, extra_sims)
    except OSError as error:
        sys.exit(f"soracom-api: {error}")
    # Blocked here, before the first thread, so that sigwait below is the only one to get them.
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    control = Control(folder.path, world)
    world.server.start()
    control.start()
    folder.write("pid", os.getpid())
    folder.write("ready", "")
    signal.sigwait(SIGNALS)
    folder.clean()
    world.server.stop()
    control.close()
