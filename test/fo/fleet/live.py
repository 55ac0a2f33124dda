"""Real fo-speedclass processes, one state directory each, before one stand-in for SORACOM on loopback."""
import os
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

from fo.build import RELEASE
from fo.paths import TEST
from fo.soracom.client import ask

API = f"{TEST}/soracom/soracom-api"
PROGRAM = f"{RELEASE}/cmd/fo-speedclass"
READY_SECONDS = 20


def run(routers, quota, fleet):
    """One outage; the row of the table. Without a quota by the metadata service, of which SORACOM publishes none."""
    with tempfile.TemporaryDirectory() as folder:
        sims = [f"{440100000000000 + number}" for number in range(routers)]
        server = _serve(folder, sims)
        try:
            return _outage(folder, sims, quota, fleet)
        finally:
            server.terminate()
            server.wait()


def _serve(folder, sims):
    words = [API, "serve", "--dir", f"{folder}/api", "--metadata", "127.0.0.1:0"]
    for number, imsi in enumerate(sims):
        words += ["--sim", f"{imsi}:{8942310000000000000 + number}"]
    server = subprocess.Popen(words)
    end = time.monotonic() + READY_SECONDS
    while not os.path.exists(f"{folder}/api/ready"):
        if server.poll() is not None or time.monotonic() > end:
            server.kill()
            raise OSError("the stand-in for SORACOM does not start")
        time.sleep(0.05)
    return server


def _outage(folder, sims, quota, fleet):
    profile = subprocess.run([API, "profile", "--dir", f"{folder}/api"], check=True, stdout=subprocess.PIPE).stdout
    with open(f"{folder}/profile.json", "wb", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
        file.write(profile)
    with open(f"{folder}/api/{'port' if quota else 'metadata-port'}", encoding="ascii") as file:
        port = file.read().strip()
    for imsi in sims:
        _configure(folder, imsi, fleet, _API if quota else _METADATA, port)
    # Before the outage each router is logged in, as the timer sees to it.
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda imsi: _set(folder, imsi, "s1.minimum").wait(), sims))
    if quota:
        ask(f"{folder}/api", "ratelimit", limit=quota)
    asked = _updates(folder)
    begin = time.monotonic()
    done_ms = _wait_all([_set(folder, imsi, "s1.fast") for imsi in sims], begin)
    requests = _updates(folder)[len(asked):]
    refused = [entry for entry in requests if entry["status"] == 429]
    classes = ask(f"{folder}/api", "status")["class"]
    missing = [imsi for imsi in sims if classes[imsi] != "s1.fast"] if quota else []  # there is one SIM behind all of them
    if missing or len(requests) - len(refused) < len(sims):
        raise OSError(f"{len(missing)} SIMs have not got their class, and {len(requests) - len(refused)} of {len(sims)} requests were taken")
    return {"how": "live" if quota else "live, metadata", "routers": len(sims), "quota": quota, "fleet": fleet, "median_ms": done_ms[len(done_ms) // 2],
            "p99_ms": done_ms[len(done_ms) * 99 // 100], "all_ms": done_ms[-1], "requests": len(requests),
            "refused": len(refused), "refused_again": len(refused) - len({entry["path"] for entry in refused})}


def _updates(folder):
    return [entry for entry in ask(f"{folder}/api", "log") if entry["path"].endswith("/update_speed_class")]


# {folder}, {port}
_API = """profile = {folder}/profile.json
ca-file = {folder}/api/ca.pem
endpoint = https://localhost:{port}
"""
_METADATA = """method = metadata
endpoint = http://127.0.0.1:{port}
"""


def _configure(folder, imsi, fleet, service, port):
    with open(f"{folder}/{imsi}.conf", "w", encoding="ascii") as file:
        file.write(f"[router]\nlan = lo\nuplink = ppp0\nvip = 192.0.2.1\n[speedclass]\nsim = imsi:{imsi}\ninterface = lo\n"
                   f"fleet = {fleet}\nhold-lan = 0\n{service.format(folder=folder, port=port)}")
    os.chmod(f"{folder}/{imsi}.conf", 0o600)


def _set(folder, imsi, speed_class):
    return subprocess.Popen([PROGRAM, "-q", "-c", f"{folder}/{imsi}.conf", "set", speed_class], stdin=subprocess.DEVNULL,
                            env=os.environ | {"FO_STATE_DIR": f"{folder}/{imsi}"})


def _wait_all(processes, begin):
    """When each has ended, in milliseconds, in order."""
    done_ms = []
    while processes:
        for process in list(processes):
            if process.poll() is None:
                continue
            if process.returncode != 0:
                raise OSError(f"fo-speedclass: exit status {process.returncode}")
            done_ms.append(round(1000 * (time.monotonic() - begin)))
            processes.remove(process)
        time.sleep(0.02)
    return sorted(done_ms)
