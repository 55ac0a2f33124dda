"""Runs a person's or a test's commands in a host of the lab."""
import os
import select
import signal
import sys
import time

from fo.errors import LabError
from fo.kernel import namespace

from . import topology

EXIT_NOT_FOUND = 127
POLL_SECONDS = 0.02
MOST_OUTPUT = 1 << 20


def run(lab, host, argv):
    """Runs a command in the namespaces of `host` with this process's input and output. Returns its
    exit status. This process cannot do much else afterwards: it has moved there."""
    where = namespace.NET | namespace.UTS | namespace.PID
    if host in topology.ROUTERS:
        where |= namespace.MNT
    namespace.enter(lab.host_pid(host), where)
    # A pid namespace is entered by children only, so this process stays, as their messenger.
    child = os.fork()
    if child == 0:
        _become(argv)
    _forward_signals(child)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code


def wait(lab, host, seconds, argv, quiet=False):
    """Repeats a command until it succeeds; shows the output of its last run, unless quiet. Returns
    whether it succeeded in time."""
    until = time.monotonic() + seconds
    while True:
        output = os.memfd_create("output")
        ended_well = _attempt(lab, host, argv, output, until - time.monotonic())
        if ended_well or time.monotonic() >= until:
            stream = sys.stdout if ended_well else sys.stderr
            if not quiet:
                stream.buffer.write(os.pread(output, MOST_OUTPUT, 0))
            return ended_well
        os.close(output)
        time.sleep(POLL_SECONDS)


def _attempt(lab, host, argv, output, seconds):
    """One run of wait(), in a process of its own, which moves to the host."""
    child = os.fork()
    if child == 0:
        namespace.die_with_parent(signal.SIGKILL)
        os.dup2(output, 1)
        os.dup2(output, 2)
        try:
            os._exit(run(lab, host, argv))
        except (LabError, OSError) as error:  # a router without power may get it back
            os.write(2, f"{error}\n".encode())
        finally:
            os._exit(1)
    pidfd = os.pidfd_open(child)
    poll = select.poll()
    poll.register(pidfd, select.POLLIN)
    if not poll.poll(max(0, seconds) * 1000):
        os.kill(child, signal.SIGKILL)
    os.close(pidfd)
    return os.waitpid(child, 0)[1] == 0


def _become(argv):
    """Runs the command in place of this process. Dies with its messenger."""
    namespace.die_with_parent(signal.SIGKILL)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # Python ignores it
    try:
        os.execvp(argv[0], argv)
    except OSError as error:
        os.write(2, f"{argv[0]}: {error.strerror}\n".encode())
    finally:
        os._exit(EXIT_NOT_FOUND)


def _forward_signals(child):
    """A terminal sends its signals to the command as well; others know only this process."""
    numbers = [signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2]
    typed = [signal.SIGINT, signal.SIGQUIT]
    for number in typed:
        signal.signal(number, signal.SIG_IGN)
    for number in numbers if os.isatty(0) else numbers + typed:
        signal.signal(number, lambda received, _: os.kill(child, received))
