"""A router with a SIM, and SORACOM, in namespaces of their own.

    sw0 ─── eth0 192.168.0.2 … lo, on which the stand-in of soracom/README.md listens
"""
import contextlib
import json
import os
import random
import subprocess
import time

from fo.kernel import namespace
from fo.kernel import netlink
from fo.paths import TEST
from fo.soracom import client
from fo.soracom.sims import DEFAULT_IMSI, DEFAULT_SIM_ID
from fo.storm import sandbox
from fo.storm.sandbox import RUN, STATE, StormError

PROGRAM = sandbox.path_of("fo-speedclass")
LIB = f"{STATE}/lib"
API = "/run/api"
VIP = "192.168.0.254/24"
START_SECONDS = 60
MANY = 60000  # requests a minute: no limit
UPDATES = ("Subscriber:updateSpeedClass", "Sim:updateSimSpeedClass")
READS = ("Subscriber:getSubscriber", "Sim:getSim")
DISK_BYTES = 1 << 17
FILLER = "filler"
TOKEN = f"{RUN}/soracom.token"
_READ_ONLY = "/run/read-only"  # /var/lib/fo once more


def inside(program, function):
    """What function(World) returns, called in a process in namespaces of its own."""
    return sandbox.inside(program, World, function)


class World:
    """What happens to the router, and to SORACOM."""

    def __init__(self):
        namespace.ip_batch(os.getpid(), [
            "link set lo up", "link add eth0 type veth peer name sw0", "link set sw0 up",
            "link set eth0 up", "addr add 192.168.0.2/24 dev eth0"])
        self._link = netlink.Netlink()
        self._server = _serve()
        self.server_ahead_s = 0  # of this machine's clock
        self._variant = None
        self._read_only = False
        _mount_disks()

    def ask(self, command, **arguments):
        try:
            return client.ask(API, command, **arguments)
        except client.ControlError as error:
            raise StormError(f"soracom-api: {error}\n{_read('/run/api.log')}") from error

    # -- how it begins --------------------------------------------------------------------------

    def reset(self, variant):
        """As after power-on, with this configuration; SORACOM is well."""
        self._variant = variant
        self.mend()
        for folder in (LIB, RUN):
            for name in os.listdir(folder):
                os.unlink(f"{folder}/{name}")
        with contextlib.suppress(OSError):
            self.vip(False)
        self.ask("revoke")
        self.ask("class", sim=DEFAULT_IMSI, speed_class=variant.backup)
        sandbox.configure(self._lines(variant))

    def _lines(self, variant):
        with open(f"{API}/port", encoding="ascii") as file:
            endpoint = f"https://localhost:{int(file.read())}"
        if variant.method == "metadata":
            with open(f"{API}/metadata-port", encoding="ascii") as file:
                endpoint = f"http://127.0.0.1:{int(file.read())}"
        sim = f"imsi:{DEFAULT_IMSI}" if variant.sim == "imsi" else f"sim-id:{DEFAULT_SIM_ID}"
        lines = ["[router]", "lan = eth0", "uplink = ppp0", f"vip = {VIP.split('/', maxsplit=1)[0]}",
                 "[speedclass]", f"sim = {sim}", f"master = {variant.master}",
                 f"backup = {variant.backup}", f"method = {variant.method}", "interface = lo",
                 f"give-up = {variant.give_up}"]
        if variant.endpoint == "conf":
            lines.append(f"endpoint = {endpoint}")
        if variant.method == "api":
            lines += [f"profile = {self._make_profile(variant)}", f"ca-file = {API}/ca.pem"]
        return lines + ["[log]", "level = debug"]

    def _make_profile(self, variant):
        path = "/run/profile.json"
        profile = self.ask("profile", kind=variant.profile, endpoint=variant.endpoint == "profile")
        with open(path, "w", encoding="ascii") as file:
            json.dump(profile, file)
        os.chmod(path, 0o600)
        return path

    def secrets(self):
        """Of all users."""
        profiles = [self.ask("profile", kind=kind, endpoint=False) for kind in ("authkey", "root", "go")]
        return {profile[key] for profile in profiles for key in ("authKey", "password") if key in profile}

    # -- what may happen ------------------------------------------------------------------------

    def vip(self, present):
        (netlink.add_address if present else netlink.del_address)(self._link, VIP, "eth0")

    def fault(self, kind, more):
        self.ask("fault", kind=kind, **more | {"path": self._path(more.get("path"))})

    def _path(self, word):
        if not word or word == "auth":
            return "/v1/auth" if word else ""
        sim = "/v1/subscriber"
        if self._variant.method == "api":
            sim = (f"/v1/subscribers/{DEFAULT_IMSI}" if self._variant.sim == "imsi"
                   else f"/v1/sims/{DEFAULT_SIM_ID}")
        return sim + ("/update_speed_class" if word == "update" else "")

    def permit(self, words):
        reads = READS if self._variant.may_read else ()
        self.ask("permit", names=[] if words == "nothing" else [*UPDATES, *reads])
        if words == "nothing":
            self.ask("revoke")  # permissions are those of the login

    def metadata(self, mode):
        self.ask("metadata", mode=mode)

    def advance(self, seconds):
        self.ask("advance", seconds=seconds)
        self.server_ahead_s += seconds

    def speed_class(self):
        return self.ask("class", sim=DEFAULT_IMSI)

    def set_class(self, speed_class):
        """In the console."""
        self.ask("class", sim=DEFAULT_IMSI, speed_class=speed_class)

    def wait_class(self, speed_class, seconds):
        return self.ask("wait-class", sim=DEFAULT_IMSI, speed_class=speed_class, timeout=seconds)["reached"]

    def disk(self, words):
        """One of the two disks is full, or read-only; or both are well."""
        if words == "lib read-only":
            if not self._read_only:
                namespace.mount(_READ_ONLY, LIB, flags=namespace.MS_BIND)
            self._read_only = True
        elif words.endswith("full"):
            _fill(LIB if words == "lib full" else RUN)
        else:
            self._mend_disks()

    def _mend_disks(self):
        if self._read_only:
            namespace.command(["umount", "--lazy", LIB])
            self._read_only = False
        for folder in (LIB, RUN):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(f"{folder}/{FILLER}")

    @staticmethod
    def garble(name, seed):
        """A file of the program's becomes something else, as after a loss of power."""
        rng = random.Random(seed)
        content = rng.choice([b"", b"\n", b"\0" * 16, rng.randbytes(20), rng.randbytes(5000), b"s1 fas",
                              b"18446744073709551616\n", b"s1.minimum\"}\n", b"-1\n"])
        with contextlib.suppress(OSError), open(f"{STATE}/{name}", "wb") as file:  # a disk may be ill
            file.write(content)

    @staticmethod
    def let_an_hour_pass():
        """Since the class was read back last."""
        with contextlib.suppress(FileNotFoundError):
            os.unlink(f"{RUN}/speedclass.looked")

    def end_faults(self):
        """Without a word to the connections that a fault holds."""
        self.permit("all")
        self.metadata("on")
        self.disk("well")

    def mend(self):
        """All is well again."""
        self.ask("clear")
        self.end_faults()


def _mount_disks():
    os.mkdir(STATE)
    for folder in (LIB, RUN, _READ_ONLY):
        os.mkdir(folder)
    for folder in (STATE, RUN, LIB):
        os.chmod(folder, 0o755)
    for folder in (LIB, RUN):
        namespace.mount("state", folder, "tmpfs", options=f"mode=755,size={DISK_BYTES}")
    namespace.mount(LIB, _READ_ONLY, flags=namespace.MS_BIND)
    namespace.command(["mount", "-o", "remount,bind,ro", _READ_ONLY])


def _fill(folder):
    with contextlib.suppress(OSError), open(f"{folder}/{FILLER}", "wb", buffering=0) as file:
        while file.write(bytes(4096)):
            pass


def _serve():
    with open("/run/api.log", "wb") as log:
        server = subprocess.Popen([f"{TEST}/soracom/soracom-api", "serve", "--dir", API, "--metadata",
                                   "127.0.0.1:0"], stdout=log, stderr=log, stdin=subprocess.DEVNULL)
    until = time.monotonic() + START_SECONDS
    while not os.path.exists(f"{API}/ready"):
        if server.poll() is not None or time.monotonic() >= until:
            raise StormError(f"soracom-api does not start:\n{_read('/run/api.log')}")
        time.sleep(0.05)
    return server


def _read(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def token_secrets():
    """What the file of the login has."""
    with contextlib.suppress(OSError, UnicodeDecodeError):
        return {line.partition(" ")[2] for line in _strict(TOKEN).split("\n")[2:4] if len(line) > 20}
    return set()


def _strict(path):
    with open(path, encoding="ascii") as file:
        return file.read()
