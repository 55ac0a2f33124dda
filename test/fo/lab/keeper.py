"""The first process of a lab: builds it, holds it, and takes the commands that need its parent.

It is process 1 of the lab's own pid namespace and the owner of its private mount namespace, so when
it dies, by whatever signal, the kernel ends every process of the lab and undoes every mount.
"""
import contextlib
import os
import select
import signal
import socket
import time

from fo.errors import LabError, UsageError
from fo.kernel import namespace
from fo.patience import seconds

from . import firewall, hosts, install, machine, router, soracom, topology
from .control import Listener, request
from .dns import NameServer
from .echo import EchoServer
from .line import Line
from .pppd_line import PppdLine
from .resident import RESIDENTS, end_scripts, start_script
from .syslog import Log

LINK_SECONDS = seconds(5)
BOOT_SECONDS = 60  # until a machine has configured its links
OWNER_MILLISECONDS = 500  # how often the owner is looked at
ROUTER_COMMANDS = tuple(f"{verb}-{name}" for name in ("keepalived", *RESIDENTS)
                        for verb in ("start", "stop", "kill")) + (
                            "power-off", "power-on", "power-on-unplugged", "plug-in")

_STOP_KEEPALIVED = """
pid=$(cat /run/keepalived.pid) || exit
kill -TERM "$pid" || exit
while kill -0 "$pid" 2>/dev/null; do sleep 0.01; done
"""
# The parent first: it would start its child again.
_KILL_KEEPALIVED = "kill -KILL $(cat /run/keepalived.pid) && kill -KILL $(cat /run/vrrp.pid)"


def start(lab, options):
    """Brings a lab up. Returns when its links are, raises LabError when that fails."""
    keeper = _Keeper(lab, options)
    lab.create()
    namespace.fork_init(namespace.MNT, keeper.build, keeper.serve)


class _Keeper:
    def __init__(self, lab, options):
        self._lab = lab
        self._options = options
        self._world = options.world()
        self._routers = self._world.routers
        self._poll = select.poll()
        self._machines = {}  # those with power, where the routers are machines
        self._log = self._listener = None

    # -- building ---------------------------------------------------------------------------

    def build(self):
        namespace.die_with_parent(signal.SIGKILL)  # an interrupted `up` leaves nothing running
        self._detach()
        self._lab.claim(namespace.own_pid())
        namespace.mount("none", "/", flags=namespace.MS_REC | namespace.MS_PRIVATE)
        self._make_disks()
        self._make_network()
        self._start_services()
        for name in self._routers:
            self._boot(name)
        self._wait_for_links()
        self._listener = Listener(self._lab.file("control"), self.command)
        self._poll.register(self._listener, select.POLLIN)
        namespace.die_with_parent(0)
        self._log.write("up")
        return ""

    def _detach(self):
        os.setsid()
        os.umask(0o022)
        os.chdir("/")
        console = os.open(self._lab.log("console"), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(console, 1)
        os.dup2(console, 2)
        os.close(console)
        self._log = Log(self._lab.log("lab"))

    def _make_disks(self):
        lab, options = self._lab, self._options
        namespace.mount("fo-lab", lab.file("roots"), "tmpfs", options="mode=755")
        install.install_programs(options.build, lab.file("roots", "programs"))
        for name in self._routers:
            os.mkdir(lab.file("roots", name))
            if options.system:
                machine.make_disk(lab, self._world, name, options.system)
                continue
            router.make_disk(lab, self._world, name)
            install.install_configuration(options.etc, self._world.line(name), lab.root(name))

    def _make_network(self):
        lab, world = self._lab, self._world
        pids = {}
        for host in world.plain_hosts():
            pids[host] = namespace.fork_child(lambda host=host: _hold(world, host), _pause)
            lab.write(f"{pids[host]}\n", "host", host)
        namespace.ip_batch(pids["sw"], topology.switch_links(world))
        for lan in world.lans():
            namespace.ip_batch(pids["sw"], topology.cables(world, lan.host, pids[lan.host]))
            namespace.ip_batch(pids[lan.host], topology.lan_side(world, lan.host))
        if world.routed_subnet:
            namespace.ip_batch(pids["lan"], topology.subnet_cable(pids["behind"]))
            namespace.ip_batch(pids["behind"], topology.subnet_side())
        namespace.ip_batch(pids["isp"], topology.internet_side())
        firewall.of_internet(pids["isp"], world)

    def _start_services(self):
        """All that lives in the Internet, and the lines to it (not yet dialled)."""
        lab = self._lab
        if soracom.available():
            soracom.start(lab)
        _fork_server(lambda: self._in_internet(lambda: EchoServer(topology.ECHO)))
        if self._world.dns:
            _fork_server(lambda: self._in_internet(
                lambda: NameServer(topology.NAME_SERVERS, topology.NAMES, lab.file("dns"))))
        for name in self._routers:
            _fork_server(lambda spec=self._world.line(name): (PppdLine if spec.pppd else Line)(lab, spec))
        if soracom.available():
            soracom.wait_until_ready(lab)
            soracom.install(lab, self._routers, credentials=not self._options.system)

    def _in_internet(self, make):
        namespace.enter(self._lab.host_pid("isp"), namespace.NET)
        return make()

    def _wait_for_links(self):
        """A veth reports its carrier late."""
        lab = self._lab
        most = BOOT_SECONDS if self._options.system else LINK_SECONDS
        until = time.monotonic() + most
        for host in (*self._world.plain_hosts(), *self._routers):
            pid, links = lab.host_pid(host), self._world.veths(host)
            while namespace.run(pid, ["ip", "-o", "link", "show", "up", "type", "veth"]
                                ).count("state UP") < links:
                if time.monotonic() > until:
                    raise LabError(f"the links of {host} are not up after {most} s")
                time.sleep(0.005)

    # -- living -----------------------------------------------------------------------------

    def serve(self):
        waker, wakened = socket.socketpair()
        for end in (waker, wakened):
            end.setblocking(False)
        signal.set_wakeup_fd(wakened.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self._poll.register(waker, select.POLLIN)
        while self._owner_lives():
            for fd, _ in self._poll.poll(OWNER_MILLISECONDS if self._options.owner else None):
                if fd == waker.fileno():
                    waker.recv(4096)
                else:
                    self._listener.serve()
            # Here only: elsewhere it would take away exit statuses that somebody waits for.
            with contextlib.suppress(ChildProcessError):
                while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                    self._machine_ended(*ended)

    def _machine_ended(self, pid, status):
        """Where that was one: it has powered itself off, or reboots."""
        for name, its in list(self._machines.items()):
            if its.container == pid:
                self._power_off(name)
                if os.waitstatus_to_exitcode(status) == machine.REBOOTS:
                    self._boot(name)

    def _owner_lives(self):
        """Looks in /proc: no pidfd can be opened from inside for a process outside."""
        return not self._options.owner or os.path.exists(f"/proc/{self._options.owner}")

    def command(self, words):
        self._log.write(" ".join(words))
        if len(words) == 3 and words[0] == "router" and words[1] in self._routers:
            return self._router_command(words[1], words[2])
        if len(words) > 2 and words[0] == "spawn":
            return self._spawn(words[1], words[2:])
        raise UsageError(f"unknown command: {' '.join(words)}")

    def _router_command(self, name, verb):
        if verb in ("power-on", "power-on-unplugged"):
            return self._boot(name, plugged=verb == "power-on")
        if verb == "plug-in" and name in self._machines:
            return self._machines[name].plug_in()
        if verb == "power-off":
            return self._power_off(name)
        if verb == "start-keepalived":
            return self._start_keepalived(name)
        start, _, what = verb.partition("-")
        if start == "start" and what in RESIDENTS:
            return self._start_resident(name, RESIDENTS[what])
        scripts = {"stop-keepalived": _STOP_KEEPALIVED, "kill-keepalived": _KILL_KEEPALIVED, **end_scripts()}
        if verb not in scripts:
            raise UsageError(f"a router has: {' '.join(ROUTER_COMMANDS)}")
        return namespace.run(self._lab.host_pid(name), ["sh", "-c", scripts[verb]], everything=True)

    def _boot(self, name, plugged=True):
        lab = self._lab
        if os.path.exists(lab.file("host", name)):
            raise LabError(f"{name} has power already")
        if self._options.system:
            self._machines[name] = machine.Machine(lab, self._world, name, self._options.system, plugged)
            return
        router.power_on(lab, self._world, name)
        request(lab.file("line", name), ["up"])
        if os.access(f"{lab.root(name)}/etc/rc.local", os.X_OK):
            self._spawn(name, ["/etc/rc.local"])
        for resident in RESIDENTS.values():
            self._start_resident(name, resident)
        if self._options.keepalived:
            self._start_keepalived(name)

    def _power_off(self, name):
        if self._options.system:
            self._lab.host_pid(name)  # or it has no power
            self._machines.pop(name).power_off()
        else:
            router.power_off(self._lab, self._world, name)
        request(self._lab.file("line", name), ["kill"])
        Log(self._lab.log(name)).write("lab: power off")

    def _start_resident(self, name, resident):
        """Where its program is installed: a lab can be had without any."""
        if os.access(f"{self._lab.root(name)}/usr/bin/{resident.unit}", os.X_OK):
            self._spawn(name, ["sh", "-c", start_script(resident)])

    def _start_keepalived(self, name):
        self._spawn(name, ["keepalived", "--dont-fork", "--log-detail"])

    def _spawn(self, host, argv):
        namespace.spawn(self._lab.host_pid(host), argv, self._lab.log(f"{host}.console"),
                        everything=host in hosts.ROUTERS)


def _hold(world, host):
    """Makes the namespaces of a host without programs of its own; returns their holder's number."""
    namespace.unshare(namespace.NET | namespace.UTS)
    socket.sethostname(host)
    namespace.write_sysctls(topology.sysctls(world, host))
    return namespace.own_pid()


def _pause():
    while True:
        signal.pause()


def _fork_server(make):
    """Forks a process that calls make(), and then serve() of what that returned, for ever."""
    made = []
    namespace.fork_child(lambda: made.append(make()) or "", lambda: made[0].serve())
