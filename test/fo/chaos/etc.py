"""The configuration of the rounds: the samples, with short holds, and with alerts."""
import os
import re
import shutil
import subprocess

from fo.errors import LabError
from fo.paths import TEST, TREE

HOLD_S, HOLD_MAX_S, WINDOW_S = 1, 2, 5
ALERTS = "/var/log/fo-alerts"  # one JSON line for each message
QUIET = "/run/no-alerts"  # while it is there, no run is started
ALLOC = "/run/chaos-alloc"  # see alloc.c
CLOCK = "/run/chaos-clock"  # see clock.c
_PRELOADED = {name: f"/usr/local/lib/chaos-{name}.so" for name in ("alloc", "clock")}
_VALUES = {"hold": f"{HOLD_S}s", "hold-max": f"{HOLD_MAX_S}s", "window": f"{WINDOW_S}s"}
_COMMAND = "/usr/local/sbin/keep-alert"
_KEEP_ALERT = f"""#!/bin/sh
{{ cat; echo; }} >>{ALERTS}
"""
# What the units' timers and paths start, sooner; and a /run that can be filled.
_RC_LOCAL = f"""#!/bin/sh
mount -o remount,size=2m /run
touch {ALERTS}
chmod 666 {ALERTS}
every() {{
	while :; do
		[ "$2" = fo-alert ] && [ -e {QUIET} ] || as-unit "$2"
		sleep "$1"
	done &
}}
every 1 fo-alert
! grep -q '^\\[speedclass\\]' /etc/fo/fo.conf || every 5 fo-speedclass
! grep -q '^\\[keepalive\\]' /etc/fo/fo.conf || every 20 fo-keepalive
"""


def make(folder, uplink):
    """Makes a folder for the lab's --etc."""
    shutil.copytree(f"{TREE}/etc", folder)
    if uplink != "ppp0":
        _edit(f"{folder}/nftables.conf", r"(?m)^define line = .*", f'define line = {{ "ppp0", "{uplink}" }}')
        _edit(f"{folder}/main/fo.conf", r"(?m)^uplink = \S+", f"uplink = {uplink}")
        _edit(f"{folder}/main/fo.conf", r"(?m)^master = [^;]*?(?= *(;|$))", f"master = dhcp dev {uplink}")
    for router in ("main", "sub"):
        path = f"{folder}/{router}/fo.conf"
        with open(path, encoding="utf-8") as file:
            text = file.read()
        for key, value in _VALUES.items() if router == "main" else ():
            text = re.sub(rf"(?m)^;{key} = \S+", f"{key} = {value}", text, count=1)
        text = re.sub(r"(?m)^;\[alert\]\n;command =", f"[alert]\ncommand = {_COMMAND}", text)
        if _COMMAND not in text:
            raise ValueError(f"{path}: no [alert] to switch on")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        root = f"{folder}/{router}/root"
        for name, script in ((_COMMAND, _KEEP_ALERT), ("/etc/rc.local", _RC_LOCAL),
                             ("/etc/ld.so.preload", "\n".join((*_PRELOADED.values(), "")))):
            os.makedirs(os.path.dirname(f"{root}{name}"), exist_ok=True)
            with open(f"{root}{name}", "w", encoding="ascii") as file:
                file.write(script)
            os.chmod(f"{root}{name}", 0o755)
        for name, library in _PRELOADED.items():
            os.makedirs(os.path.dirname(f"{root}{library}"), exist_ok=True)
            _compile(name, f"{root}{library}")


def _edit(path, pattern, replacement):
    with open(path, encoding="utf-8") as file:
        text, count = re.subn(pattern, replacement, file.read(), count=1)
    if count == 0:
        raise ValueError(f"{path}: nothing like {pattern}")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def _compile(name, target):
    done = subprocess.run(["cc", "-O2", "-D_GNU_SOURCE", "-shared", "-fPIC", "-o", target, f"{TEST}/fo/chaos/{name}.c"],
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise LabError(f"cannot compile {name}.c: {done.stderr.strip()}")
