"""The stand-in for SORACOM's API, test/soracom/soracom-api, in the lab's Internet."""
import os
import subprocess
import time

from fo.errors import LabError
from fo.kernel import namespace
from fo.paths import TREE
from fo.patience import seconds

from . import topology

PROGRAM = f"{TREE}/test/soracom/soracom-api"
READY_SECONDS = seconds(10)


def available():
    return os.access(PROGRAM, os.X_OK)


def start(lab):
    namespace.spawn(lab.host_pid("isp"),
                    [PROGRAM, "serve", "--dir", lab.file("soracom"),
                     "--listen", f"{topology.SORACOM_API}:443",
                     "--metadata", f"{topology.SORACOM_METADATA}:80"], lab.log("soracom"))


def wait_until_ready(lab):
    until = time.monotonic() + READY_SECONDS
    while not os.path.exists(lab.file("soracom", "ready")):
        if time.monotonic() > until:
            raise LabError(f"soracom-api is not ready after {READY_SECONDS} s: {lab.log('soracom')}")
        time.sleep(0.02)


def install(lab, routers, credentials=True):
    """The routers trust its certificate; sub has the `credentials` of the user `keepalived`."""
    with open(lab.file("soracom", "ca.pem"), encoding="ascii") as file:
        certificate = file.read()
    for router in routers:
        bundle = f"{lab.root(router)}/etc/ssl/certs/ca-certificates.crt"
        os.makedirs(os.path.dirname(bundle), exist_ok=True)
        with open(bundle, "a", encoding="ascii") as file:
            file.write(certificate)
    if not credentials:
        return
    profile = namespace.command([PROGRAM, "profile", "--dir", lab.file("soracom")])
    path = f"{lab.root('sub')}/.soracom/keepalived.json"
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w",
              encoding="ascii") as file:
        file.write(profile)


def control(lab, words):
    """Passes a command to the running stand-in. Returns its exit status."""
    if not available():
        raise LabError(f"there is no {PROGRAM}")
    argv = [PROGRAM, "ctl", "--dir", lab.file("soracom"), *words]
    return subprocess.run(argv, check=False).returncode
