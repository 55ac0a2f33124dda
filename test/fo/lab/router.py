"""A router: a container with the machine's programs, its own files, and its own everything else.

Its disk (an overlay over the machine's /) and its log outlive its power; its processes, network and
/run do not.
"""
import contextlib
import os
import shutil
import signal
import socket
import stat
import uuid

from fo.kernel import namespace
from fo.paths import TREE

from . import firewall, topology
from .syslog import Log, collect, open_device

# Who runs the units that are not root.
_USER, _USER_ID = "_failover", 64990
_DEVICES = {"null": (1, 3), "zero": (1, 5), "full": (1, 7), "random": (1, 8), "urandom": (1, 9),
            "tty": (5, 0), "ptmx": (5, 2), "ppp": (108, 0)}
MODEM = f"{TREE}/test/lab/modem"
_AS_UNIT = f"{TREE}/test/lab/as-unit"
# Emptied, whatever the machine has there.
_OWN_FOLDERS = ("etc/fo", "etc/keepalived", "etc/ppp/ip-up.d", "etc/ppp/ip-down.d", "var/lib/fo",
                ".soracom")
# Of the package, not of the administrator: without it keepalived 2.3.3 ends at once.
_PACKAGED = "/etc/keepalived/keepalived.config-opts"


def make_disk(lab, world, router):
    """Mounts the router's file system: its own layer, the programs under test, the machine's /."""
    folder = lab.file("roots", router)
    for part in ("upper", "work", "root"):
        os.makedirs(f"{folder}/{part}")
    namespace.mount("fo-lab", f"{folder}/root", "overlay", options=(
        f"lowerdir={lab.file('roots', 'programs')}:/,upperdir={folder}/upper,workdir={folder}/work"))
    for part in _OWN_FOLDERS:
        shutil.rmtree(f"{folder}/root/{part}", ignore_errors=True)
        os.makedirs(f"{folder}/root/{part}")
    if os.path.exists(_PACKAGED):
        shutil.copy(_PACKAGED, f"{folder}/root/etc/keepalived")
    write_hosts(world, f"{folder}/root")
    os.makedirs(f"{folder}/root/usr/local/sbin", exist_ok=True)
    for tool in (MODEM, _AS_UNIT):
        shutil.copy(tool, f"{folder}/root/usr/local/sbin")
    _add_user(f"{folder}/root")
    _make_state_folder(f"{folder}/root/var/lib/fo")


def _add_user(root):
    """As sysusers.d(5) does."""
    for file, line in (("passwd", f"{_USER}:x:{_USER_ID}:{_USER_ID}::/var/lib/fo:/usr/sbin/nologin\n"),
                       ("group", f"{_USER}:x:{_USER_ID}:\n")):
        with open(f"{root}/etc/{file}", encoding="utf-8") as before:
            lines = [old for old in before if not old.startswith(f"{_USER}:")]
        with open(f"{root}/etc/{file}", "w", encoding="utf-8") as after:
            after.writelines([*lines, line])


def _make_state_folder(path):
    """As tmpfiles.d(5) does."""
    os.makedirs(path, exist_ok=True)
    os.chown(path, 0, _USER_ID)
    os.chmod(path, 0o2775)


def write_hosts(world, root):
    """What it knows of names."""
    with open(f"{root}/etc/hosts", "w", encoding="ascii") as file:
        file.write(topology.hosts_file(world))
    if world.dns:
        _write_resolv_conf(f"{root}/etc/resolv.conf")


def _write_resolv_conf(path):
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)  # it may be a link to where systemd-resolved keeps its own
    with open(path, "w", encoding="ascii") as file:
        file.write("".join(f"nameserver {address}\n" for address in topology.NAME_SERVERS))


def power_on(lab, world, router):
    """Starts the router's init and plugs its cables in. Called by the lab's first process."""
    init = _Init(lab, world, router)
    pid = int(namespace.fork_init(namespace.NET | namespace.MNT | namespace.UTS,
                                  init.boot, init.live))
    lab.write(f"{pid} mnt\n", "host", router)
    namespace.ip_batch(lab.host_pid("sw"), topology.cables(world, router, pid))
    with open(f"{lab.root(router)}/etc/nftables.conf", encoding="utf-8") as file:
        firewall.of_router(pid, world.line(router), file.read())
    namespace.ip_batch(pid, topology.lan_side(world, router))


def power_off(lab, world, router):
    """Pulls the plug. The network goes first, because it can outlive the processes for a moment."""
    pid = lab.host_pid(router)
    init = namespace.local_pid(pid)
    ports = topology.ports(world, router)
    namespace.ip_batch(pid, [f"link set {lan.device} down" for lan in ports])
    namespace.ip_batch(lab.host_pid("sw"), [f"link del {port}" for port in ports.values()])
    lab.forget_host(router)
    os.kill(init, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(init, 0)


class _Init:
    """Process 1 of a router: boots, then reaps and collects what is logged."""

    def __init__(self, lab, world, router):
        self._router = router
        self._world = world
        self._modem = lab.file("line", router)
        self._root = lab.root(router)
        self._log_path = lab.log(router)
        self._log = self._device = None

    def boot(self):
        pid = namespace.own_pid()  # now, while the machine's /proc and files are in sight
        self._log = Log(self._log_path)
        self._mount()
        namespace.pivot_root(self._root)
        socket.sethostname(self._router)
        namespace.write_sysctls(topology.sysctls(self._world, self._router))
        self._device = open_device()
        signal.signal(signal.SIGCHLD, _reap)
        self._log.write("lab: power on")
        return pid

    def live(self):
        collect(self._device, self._log)

    def _mount(self):
        root = self._root
        namespace.mount("proc", f"{root}/proc", "proc")
        namespace.mount("sysfs", f"{root}/sys", "sysfs")
        namespace.mount("tmpfs", f"{root}/run", "tmpfs", namespace.MS_NOSUID, "mode=755")
        _make_state_folder(f"{root}/run/fo")
        namespace.mount("tmpfs", f"{root}/dev", "tmpfs", namespace.MS_NOSUID, "mode=755")
        _make_devices(f"{root}/dev")
        namespace.mount("/dev/pts", f"{root}/dev/pts", flags=namespace.MS_BIND)
        namespace.mount("tmpfs", f"{root}/dev/shm", "tmpfs", namespace.MS_NOSUID, "mode=1777")
        _put_over(self._modem, f"{root}/run/modem")
        with open(f"{root}/run/boot_id", "w", encoding="ascii") as file:
            file.write(f"{uuid.uuid4()}\n")
        _put_over(f"{root}/run/boot_id", f"{root}/proc/sys/kernel/random/boot_id")


def _put_over(file, target):
    if not os.path.exists(target):
        os.mknod(target)
    namespace.mount(file, target, flags=namespace.MS_BIND)


def _make_devices(folder):
    for name, (major, minor) in _DEVICES.items():
        os.mknod(f"{folder}/{name}", stat.S_IFCHR, os.makedev(major, minor))
        os.chmod(f"{folder}/{name}", 0o666)
    for name in ("pts", "shm"):
        os.mkdir(f"{folder}/{name}")
    os.symlink("/proc/self/fd", f"{folder}/fd")
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        os.symlink(f"/proc/self/fd/{number}", f"{folder}/{name}")


def _reap(_signal, _frame):
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
