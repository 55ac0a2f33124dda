"""A router that is a machine of its own: a Debian root (`lab up --system`), booted by systemd-nspawn with
systemd as its first process, in a network namespace like that of any other router of the lab.

It configures eth0 by itself, as a router does, and asks its modem, /run/modem, to dial.
"""
import contextlib
import os
import shutil
import signal
import time

from fo.errors import LabError
from fo.kernel import namespace

from . import cgroup, topology
from .router import MODEM, write_hosts
from .syslog import Log

REBOOTS = 133  # the exit status of systemd-nspawn --keep-unit
LEADER_SECONDS = 20


def make_disk(lab, world, router, system):
    """Mounts the machine's file system: its own layer over the root of `system`."""
    folder = lab.file("roots", router)
    for part in ("upper", "work", "root"):
        os.makedirs(f"{folder}/{part}")
    root = f"{folder}/root"
    namespace.mount("fo-lab", root, "overlay", options=(
        f"lowerdir={system}/root,upperdir={folder}/upper,workdir={folder}/work"))
    write_hosts(world, root)
    shutil.copy(MODEM, f"{root}/usr/local/sbin")
    for path, text in (("hostname", f"{router}\n"),
                       ("network/interfaces", topology.interfaces_file(router))):
        with open(f"{root}/etc/{path}", "w", encoding="ascii") as file:
            file.write(text)


class Machine:
    """One that has power. Made, and asked, by the lab's first process, whose child the container is."""

    def __init__(self, lab, world, router, system, plugged):
        self._lab, self._world, self._router = lab, world, router
        self._holder = int(namespace.fork_child(self._hold, _pause))
        lab.write(f"{self._holder}\n", "host", router)
        if plugged:
            self._wire()
        Log(lab.log(router)).write("lab: power on")
        container = int(namespace.fork_child(self._detach, lambda: self._boot(system)))
        self.container = namespace.local_pid(container)
        self._leader = self._await_leader(container)
        lab.write(f"{self._leader} mnt\n", "host", router)

    def plug_in(self):
        """Its cables, while it runs; then what udev would do about that, of which a container has none."""
        self._wire()
        for lan in topology.ports(self._world, self._router):
            namespace.run(self._leader, ["ifup", "--force", lan.device], everything=True)

    def power_off(self):
        """Pulls the plug, or what is left of it. The network goes first, as of any router."""
        for lan, port in topology.ports(self._world, self._router).items():
            for pid, line in ((self._holder, f"link set {lan.device} down"),
                              (self._lab.host_pid("sw"), f"link del {port}")):
                with contextlib.suppress(LabError):  # not plugged in
                    namespace.ip_batch(pid, [line])
        self._lab.forget_host(self._router)
        for pid in (self._leader, self._holder):
            with contextlib.suppress(OSError):
                os.kill(namespace.local_pid(pid), signal.SIGKILL)
        for pid in (self.container, namespace.local_pid(self._holder)):
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)
        cgroup.remove(self._lab.name, self._router)

    def _wire(self):
        lab = self._lab
        namespace.ip_batch(lab.host_pid("sw"), topology.cables(self._world, self._router, self._holder))

    def _hold(self):
        namespace.unshare(namespace.NET)
        namespace.write_sysctls(topology.sysctls(self._world, self._router, forward=0))
        return namespace.own_pid()

    def _detach(self):
        """The container's supervisor: with cgroups of its own, and a /proc that has the numbers it knows."""
        pid = namespace.own_pid()
        console = os.open(self._lab.log(f"{self._router}.console"), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        for number in (1, 2):
            os.dup2(console, number)
        cgroup.enter(self._lab.name, self._router)
        self._network = f"/proc/{namespace.local_pid(self._holder)}/ns/net"
        namespace.unshare(namespace.MNT)
        namespace.mount("proc", "/proc", "proc")
        os.setsid()
        return pid

    def _boot(self, system):
        lab = self._lab
        os.execvpe("systemd-nspawn", [
            "systemd-nspawn", "--quiet", "--boot", "--register=no", "--keep-unit", "--settings=no",
            f"--machine={self._router}", f"--directory={lab.root(self._router)}",
            f"--network-namespace-path={self._network}", "--capability=CAP_NET_ADMIN,CAP_NET_RAW",
            "--console=read-only", "--resolv-conf=off", "--timezone=off", "--link-journal=no",
            f"--bind={lab.file('line', self._router)}:/run/modem", f"--bind-ro={system}/debs:/srv/debs",
        ], os.environ | {"SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1", "SYSTEMD_NSPAWN_API_VFS_WRITABLE": "network"})

    def _await_leader(self, container):
        """The machine's number of the container's first process, once that is systemd."""
        until = time.monotonic() + LEADER_SECONDS
        while time.monotonic() < until:
            with contextlib.suppress(OSError):
                with open(f"/proc/{container}/task/{container}/children", encoding="ascii") as file:
                    for child in file.read().split():
                        if os.readlink(f"/proc/{child}/exe").endswith("/systemd"):
                            return int(child)
            time.sleep(0.02)
        raise LabError(f"{self._router} does not boot; see {self._lab.log(self._router + '.console')}")


def _pause():
    while True:
        signal.pause()
