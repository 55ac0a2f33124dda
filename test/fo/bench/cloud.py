"""fo-speedclass and the stand-in for SORACOM's API on a loopback of their own."""
import contextlib
import os
import subprocess
import time

from fo.demo.checks import SIM
from fo.demo.errors import DemoError
from fo.kernel import namespace
from fo.paths import TEST

from . import curl, wire

API = f"{TEST}/soracom/soracom-api"
SPEEDCLASS = f"{wire.FOLDER}/fo-speedclass"
CONF = f"{wire.FOLDER}/fo.conf"
STATE = f"{wire.FOLDER}/state"
INTERFACE = "lo"
READY_SECONDS = 20
_DIR = f"{wire.FOLDER}/api"
_PROFILE = f"{wire.FOLDER}/keepalived.json"
_BUNDLE = f"{wire.FOLDER}/ca.pem"
_SYSTEM_BUNDLE = "/etc/ssl/certs/ca-certificates.crt"


def measure(build, function):
    """What function(URL of the API) returns (as through JSON), called in a process there."""
    def with_server():
        namespace.unshare(namespace.NET)
        namespace.ip_batch(os.getpid(), ["link set lo up"])
        with _server() as url:
            _configure(url)
            return function(url)
    return wire.apart([f"{build}/cmd/fo-speedclass", "/usr/bin/curl"], with_server)


@contextlib.contextmanager
def _server():
    with subprocess.Popen([API, "serve", "--dir", _DIR]) as server:
        try:
            until = time.monotonic() + READY_SECONDS
            while not os.path.exists(f"{_DIR}/ready"):
                if time.monotonic() > until or server.poll() is not None:
                    raise DemoError("the stand-in for SORACOM's API does not start")
                time.sleep(0.02)
            yield f"https://localhost:{_read(f'{_DIR}/port').strip()}"
        finally:
            server.terminate()


def _configure(url):
    """A router in the state backup, which trusts the system's authorities and the stand-in's."""
    os.environ["FO_STATE_DIR"] = STATE
    bundle = _read(f"{_DIR}/ca.pem")
    if os.path.exists(_SYSTEM_BUNDLE):
        bundle += _read(_SYSTEM_BUNDLE)
    _write(_BUNDLE, bundle)
    os.environ["CURL_CA_BUNDLE"] = _BUNDLE  # for curl(1)
    _write(_PROFILE, _output([API, "profile", "--dir", _DIR]))
    _write(CONF, f"[router]\nlan = lo\nuplink = ppp0\nvip = 192.0.2.1\n[speedclass]\nsim = imsi:{SIM}\n"
                 f"endpoint = {url}\nprofile = {_PROFILE}\ninterface = {INTERFACE}\nca-file = {_BUNDLE}\n")
    _output(["sh", "-c", curl.prepare(_PROFILE, url, INTERFACE)])


def authorities():
    """How many are trusted."""
    return _read(_BUNDLE).count("BEGIN CERTIFICATE")


def requests():
    """How many the API has had."""
    return _output([API, "ctl", "--dir", _DIR, "log"]).count("\n")


def packets():
    """How many the loopback has had."""
    return int(next(line for line in _read("/proc/net/dev").splitlines() if "lo:" in line).split()[2])


def _output(argv):
    done = subprocess.run(argv, check=False, text=True, stdin=subprocess.DEVNULL, capture_output=True)
    if done.returncode != 0:
        raise DemoError(f"{argv[0]}: {done.stderr.strip() or done.returncode}")
    return done.stdout


def _read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def _write(path, text):
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
