"""Runs ip-up and ip-down in a router as pppd does: one after the other, without anybody waiting."""
import collections
import os
import subprocess

from fo.kernel import namespace


class Hooks:
    """`poll` is an epoll object: it is told when a script ends, and done() is to be called then."""

    def __init__(self, spec, poll, log):
        self._spec = spec
        self._poll = poll
        self._log = log
        self._waiting = collections.deque()
        self._script = None
        self._pidfd = None
        self.name_servers = ()  # which the provider names (pppd's usepeerdns)

    def run(self, pid, name, local):
        """Queues script `name` ("ip-up" or "ip-down") in the router whose process is `pid`."""
        self._waiting.append((pid, name, local))
        self._start_next()

    def fileno(self):
        return self._pidfd

    def done(self):
        self._script.wait()
        self._poll.unregister(self._pidfd)
        os.close(self._pidfd)
        self._script = self._pidfd = None
        self._start_next()

    def _start_next(self):
        if self._script is not None or not self._waiting:
            return
        pid, name, local = self._waiting.popleft()
        spec = self._spec
        arguments = ["ppp0", spec.terminal, spec.speed, local, spec.peer, "lab"]
        self._log.write(f"{name} {' '.join(arguments)}")
        argv = ["run-parts", f"/etc/ppp/{name}.d", *(f"--arg={word}" for word in arguments)]
        self._script = subprocess.Popen(  # pylint: disable=consider-using-with  # ends in done()
            namespace.inside(pid, argv, everything=True), env=_environment(arguments, self.name_servers),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._pidfd = os.pidfd_open(self._script.pid)
        self._poll.register(self._pidfd)


def _environment(arguments, name_servers):
    """What pppd and Debian's /etc/ppp/ip-up give to the scripts."""
    interface, terminal, speed, local, remote, parameter = arguments
    return {"PATH": "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin",
            "IFNAME": interface, "DEVICE": terminal, "SPEED": speed, "ORIG_UID": "0",
            "IPLOCAL": local, "IPREMOTE": remote,
            "PPP_IFACE": interface, "PPP_TTY": terminal, "PPP_SPEED": speed, "PPP_LOCAL": local,
            "PPP_REMOTE": remote, "PPP_IPPARAM": parameter,
            **{f"DNS{1 + i}": server for i, server in enumerate(name_servers)}}
