"""sub's line as an idle SIM has it, 32 kbit/s and 300 ms there and back, and a failover onto it."""
import concurrent.futures
import contextlib
import os
import shlex
import struct
import tempfile
import time
from dataclasses import dataclass

from fo.demo.checks import SIM, VIP
from fo.demo.errors import DemoError
from fo.kernel import namespace
from fo.kernel import netlink
from fo.lab import topology
from fo.paths import TEST

from . import curl

API_URL, METADATA_URL = "https://api.soracom.io", "http://metadata.soracom.io"
INTERFACE = "ppp0"
BIT_S, DELAY_MS = 32000, 150  # each way
FAILOVER_SECONDS = 20
CLASS_SECONDS = 60  # after which it is `never`
READY_SECONDS = 20

_PROFILE = "/.soracom/keepalived.json"
_TOKEN = "/run/fo/soracom.token"
_CHAIN = f"{TEST}/fo/bench/chain.py"
_API = f"{TEST}/soracom/soracom-api"
_IFADDRMSG, _IFA_LOCAL, _GROUP_IFADDR4 = 8, 2, 0x10
_BUSY = f"{TEST}/e2e/busy-lan"
_SERVES = "ss -Htln sport = :8081 | grep -q ."
_GONE = "test -z \"$(ss -Htan state connected exclude time-wait '( sport = :8080 or sport = :8081 )')\""
HOSTS = 40
AFTER_SECONDS = 3  # a ping that is not answered by then counts
_AT_REST = "! pgrep -x fo-speedclass"
_CLOSED = "test -z \"$(ss -Htan state connected exclude time-wait '( sport = :443 or sport = :80 )')\""


@dataclass(frozen=True)
class Case:
    """How the class is to be raised."""
    name: str
    most: float  # seconds
    requests: int
    prepare: str  # a shell script in sub
    curl: list  # the same calls


def _method(word):
    return (f"sed -i 's/^;*method = [a-z]*/method = {word}/' /etc/fo/fo.conf && "
            f"grep -q '^method = {word}' /etc/fo/fo.conf")


CASES = [Case("token cached", 3.0, 1, f"test -s {_TOKEN}", curl.with_token(API_URL, INTERFACE)),
         Case("no token", 6.0, 2, f"rm {_TOKEN}", curl.with_login(API_URL, INTERFACE)),
         Case("metadata", 1.0, 1, _method("metadata"), curl.by_metadata(METADATA_URL, INTERFACE))]


@dataclass
class Meter:
    """What has gone over sub's line, and what SORACOM has been asked."""
    requests: int
    connections: int
    bytes: int

    @classmethod
    def read(cls, lab):
        line = dict(row.split(None, 1) for row in lab.line("sub", "status").splitlines())
        return cls(len(lab.api_requests()), lab.api_status()["connections"]["accepted"],
                   int(line["up-bytes"]) + int(line["down-bytes"]))

    def since(self, before):
        return {"requests": self.requests - before.requests, "bytes": self.bytes - before.bytes,
                "connections": self.connections - before.connections}


def prepare(lab):
    """Everything is as after a failover of some hours ago: the token is there."""
    _normal(lab)
    lab.do("sub", f"fo-speedclass login && {curl.prepare(_PROFILE, API_URL, INTERFACE)}")


def lengthen_chain(lab):
    """Another server in the stand-in's place, whose certificates are as large as public ones."""
    folder = f"{lab.folder()}/soracom"
    lab.do("isp", f"kill $(cat {folder}/pid)")
    if not lab.wait("isp", READY_SECONDS, f"flock -n {folder}/lock true"):
        raise DemoError("the stand-in for SORACOM's API does not end")
    lab.spawn("isp", _CHAIN, "serve", "--dir", folder, "--listen", f"{topology.SORACOM_API}:443",
              "--metadata", f"{topology.SORACOM_METADATA}:80")
    if not lab.wait("isp", READY_SECONDS, f"test -e {folder}/ready"):
        raise DemoError("the stand-in with the long chain does not start")
    with open(f"{folder}/ca.pem", encoding="ascii") as file:
        authority = shlex.quote(file.read())
    profile = shlex.quote(lab.output("isp", f"{_API} profile --dir {folder}"))
    lab.do("sub", f"umask 077; printf %s {authority} >>/etc/ssl/certs/ca-certificates.crt && "
                  f"printf '%s\\n' {profile} >{_PROFILE} && rm -f {_TOKEN} /var/lib/fo/speedclass.* /run/fo/speedclass.*")
    prepare(lab)


def fail_over(lab, case):
    """{seconds, requests, connections, bytes, log} of one; seconds from the VIP's arrival until the server has
    set the class; log is sub's. And the same, without log, for curl, called after it on the same line; seconds
    from its start."""
    lab.do("sub", case.prepare)
    _slow(lab)
    logged = len(lab.log("sub"))
    before = Meter.read(lab)
    seconds = _raised_after(lab, before)
    if seconds is None:
        raise DemoError(f"the class is not raised: {lab.log('sub')[-1]}")
    ours = _measured(lab, before) | {"seconds": seconds, "log": lab.log("sub")[logged:]}
    theirs = _ask_with_curl(lab, case)
    _fail_back(lab)
    return ours, theirs


def _ask_with_curl(lab, case):
    before = Meter.read(lab)
    said = lab.output("sub", f"date +%s.%N; exec {shlex.join(case.curl)}")
    try:
        begin = float(said)
    except ValueError as error:
        raise DemoError(f"curl in sub: {said}") from error
    return _measured(lab, before) | {"seconds": _carried_out(lab, before) - begin}


def _measured(lab, before):
    """Nothing runs in sub, and no connection is left, so that all bytes are counted."""
    _come_to_rest(lab)
    return Meter.read(lab).since(before)


def fail_over_loaded(lab, case, ping):
    """The seconds of one that brings a ping of the LAN host onto the line; None when the class was not raised
    in time."""
    lab.do("sub", case.prepare)
    _slow(lab)
    with _pinging(lab, ping):
        seconds = _raised_after(lab, Meter.read(lab))
    _fail_back(lab)
    return seconds


@dataclass(frozen=True)
class Household:
    """What a LAN goes on sending, and what stands in its way until the class is raised, and then."""
    name: str
    bits: int  # a second
    slow: tuple  # commands of `lab line sub`
    fast: tuple


HOUSEHOLDS = [Household(f"{rate} into a {way}", bits, slow, fast)
              for rate, bits in (("400 kbit/s", 400000), ("4 Mbit/s", 4000000))
              for way, slow, fast in (("queue", ("rate", str(BIT_S)), ("rate", "2000000")),
                                      ("policer", ("police", str(BIT_S)), ("police", "8000000", "32768")))]


def fail_over_busy(lab, case, household):
    """(seconds, gap) of one with forty hosts that download and upload; seconds are None when the class was not
    raised in time; gap is the longest that a ping of the LAN goes without an answer."""
    lab.do("sub", case.prepare)
    lab.line("sub", *household.slow)
    lab.line("sub", "delay", str(DELAY_MS))
    if not lab.wait("isp", 0, _SERVES):
        lab.spawn("isp", _BUSY, "serve")
    with contextlib.ExitStack() as stack, tempfile.TemporaryFile("w+") as pings:
        with open(os.devnull, "wb") as nowhere:
            _until_exit(stack, lab.follow("s1.fast", "sub", *household.fast))
            _until_exit(stack, lab.start("lan", [_BUSY, "use", str(HOSTS), str(household.bits), "120"], nowhere))
        _until_exit(stack, lab.start("lan", ["ping", "-D", "-n", "-i", "0.1", topology.PING_TARGET], pings))
        if not lab.wait("lan", READY_SECONDS, "ss -Htn state established dport = :8081 | grep -q ."):
            raise DemoError("the LAN does not upload")
        seconds = _raised_after(lab, Meter.read(lab))
        time.sleep(AFTER_SECONDS)
        gap = _longest_gap(pings)
    # What the Internet still sends to those who have gone would fill the line of the next one.
    if not lab.wait("isp", CLASS_SECONDS, _GONE):
        raise DemoError("the downloads of the LAN do not end")
    _fail_back(lab)
    return seconds, gap


def _until_exit(stack, process):
    stack.callback(process.wait)
    stack.callback(process.terminate)


def _longest_gap(pings):
    """From answer to answer, and up to now."""
    pings.seek(0)
    times = [float(line[1:line.index("]")]) for line in pings if line.startswith("[") and "bytes from" in line]
    return max(end - begin for begin, end in zip(times, [*times[1:], time.time()]))


def _raised_after(lab, before):
    begin = _vip_on_sub(lab)
    if not lab.wait_class(SIM, "s1.fast", CLASS_SECONDS):
        return None
    seen = time.time()
    try:
        return _carried_out(lab, before) - begin
    except DemoError:  # it is written down after its answer, for which a crowded line may take long
        return seen - begin


def _fail_back(lab):
    lab.line("sub", "clear")
    lab.router("main", "start-keepalived")
    lab.do("sub", _method("api"))
    _normal(lab)


def _slow(lab):
    lab.line("sub", "rate", str(BIT_S))
    lab.line("sub", "delay", str(DELAY_MS))


def _normal(lab):
    """main has the VIP, the class is low, and nothing is under way."""
    if not (lab.wait("main", FAILOVER_SECONDS, f"ip -o addr show dev eth0 | grep -q {VIP}/")
            and lab.wait_class(SIM, "s1.minimum", CLASS_SECONDS)):
        raise DemoError("the lab does not come back to the normal state")
    _come_to_rest(lab)


def _come_to_rest(lab):
    if not (lab.wait("sub", CLASS_SECONDS, _AT_REST) and lab.wait("isp", CLASS_SECONDS, _CLOSED)):
        raise DemoError("a dialogue with SORACOM does not end")


def _carried_out(lab, before):
    """When the server has first set the class since that reading; it has, or is about to write it down."""
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        for request in lab.api_requests()[before.requests:]:
            if request["path"].endswith("/update_speed_class") and request["status"] == 200:
                return request["time"]
    raise DemoError("SORACOM's journal lacks a change of the class")


def _vip_on_sub(lab):
    """Ends main's keepalived; returns the wall clock of the kernel's word that sub has the VIP."""
    with open(f"{lab.folder()}/host/sub", encoding="ascii") as file:
        pid = int(file.read().split()[0])
    with namespace.network_of(pid):
        monitor = netlink.Netlink(groups=_GROUP_IFADDR4)
    monitor.socket.settimeout(FAILOVER_SECONDS)
    with concurrent.futures.ThreadPoolExecutor(1) as pool, contextlib.closing(monitor):
        stopped = pool.submit(lab.router, "main", "stop-keepalived")
        try:
            while not any(_brings_vip(kind, body) for kind, _, body in monitor.hear()):
                pass
            arrived = time.time()
        except TimeoutError as error:
            raise DemoError("sub does not take the VIP") from error
        stopped.result()
    return arrived


def _brings_vip(kind, body):
    return (kind == netlink.NEWADDR
            and netlink.attrs(body[_IFADDRMSG:]).get(_IFA_LOCAL) == netlink.packed(VIP))


@contextlib.contextmanager
def _pinging(lab, words):
    with open(os.devnull, "wb") as nowhere:
        process = lab.start("lan", ["ping", "-n", "-q", *words, topology.PING_TARGET], nowhere)
        try:
            yield
        finally:
            process.terminate()
            process.wait()
