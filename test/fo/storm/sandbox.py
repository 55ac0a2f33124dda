"""Namespaces in which a program finds nothing of the machine's, and the machine nothing of the program's.

/run is their own, too; when the process that made them ends, so does everything in them.
"""
import json
import os
import shutil
import signal

from fo.errors import LabError
from fo.kernel import namespace

STATE = "/run/state"
RUN = f"{STATE}/run"
CONF = "/run/fo.conf"


class StormError(LabError):
    """The storm itself could not be made."""


def path_of(program):
    """Where the program is inside."""
    return f"/run/{os.path.basename(program)}"


def inside(program, make_world, function):
    """What function(make_world()) returns (as through JSON), called in a process in such namespaces."""
    def prepare():
        namespace.die_with_parent(signal.SIGKILL)
        _make_files(program)
        namespace.unshare(namespace.NET)
        return json.dumps(function(make_world()))
    try:
        return json.loads(namespace.fork_init(namespace.MNT, prepare, lambda: None))
    except LabError as error:
        raise StormError(error) from error


def _make_files(program):
    namespace.mount("none", "/", flags=namespace.MS_REC | namespace.MS_PRIVATE)
    namespace.mount("proc", "/proc", "proc")
    original = os.open(program, os.O_RDONLY)  # it may be below /run
    namespace.mount("fo-storm", "/run", "tmpfs", options="mode=755")
    copy = path_of(program)
    with os.fdopen(original, "rb") as source, open(copy, "wb") as target:
        shutil.copyfileobj(source, target)
    os.chmod(copy, 0o755)
    os.umask(0o177)  # as keepalived's children have it
    os.environ["FO_STATE_DIR"] = STATE


def configure(lines):
    with open(CONF, "w", encoding="ascii") as file:
        file.write("".join(f"{line}\n" for line in lines))
