"""Ways of noticing that main's line is dead, each as the configuration of two routers. What is not ours has the article's scripts for
the routes, and VRRP with its defaults (version 2, an advertisement a second), as every guide has it."""
import contextlib
import os
import re
import shutil
import tempfile
from dataclasses import dataclass

from fo.demo.errors import DemoError
from fo.demo.lab import ETC, Lab

_HERE = os.path.dirname(os.path.realpath(__file__))
_ONE_SHOT = "/usr/bin/fo-check-ftth -i ppp0 1.1.1.1 8.8.8.8 9.9.9.9"
# What most guides have: see ../../judge/peers.c. Of fping none is published; the same, and its own timeout.
_PINGS = {"ping": "/usr/bin/ping -c 1 -W 1 -I ppp0 8.8.8.8", "fping": "/usr/bin/fping -q -c 1 -t 500 -I ppp0 8.8.8.8"}
_TRACK_FILE = re.compile(r"^(\s*)track_file (?:line )?\{\n.*?^\1\}\n", re.MULTILINE | re.DOTALL)
_FILE = "/run/rule"
_READY_SECONDS = 20
_WATCHED = "fo-check-ftth --json | grep -q since_s && [ \"$(cat /run/fo/line)\" = 0 ]"


@dataclass(frozen=True)
class Rival:
    name: str
    within: float  # seconds until it has certainly noticed a black hole, or never will
    interval: float  # a fault comes at a random moment of it
    make: object  # function of the folder of the configuration
    ours: bool = False
    ready: str = "true"  # a script of main


def _one_shot(etc):
    """Ours without the watcher."""
    shutil.copytree(ETC["ours"], etc)
    for router in ("main", "sub"):
        _edit(f"{etc}/{router}/keepalived.conf", lambda text: _TRACK_FILE.sub("", text).replace(
            'script "/usr/bin/fo-check-ftth"', f'script "{_ONE_SHOT}"'))
        _edit(f"{etc}/{router}/fo.conf", lambda text: re.sub(
            r"^\[(?:check|keepalive)\]\n.*?(?=^\[|\Z)", "", text, flags=re.MULTILINE | re.DOTALL))


def _article(etc):
    shutil.copytree(ETC["article"], etc)


def _ping(name):
    def make(etc):
        _article(etc)
        _edit(f"{etc}/main/keepalived.conf", lambda text: re.sub(
            r"vrrp_script check_ftth \{.*?^\}", f"vrrp_script check_ftth {{\n    script \"{_PINGS[name]}\"\n"
            "    interval 2\n    fall 3\n    rise 2\n}", text, flags=re.MULTILINE | re.DOTALL))
    return make


def _rule(name):
    def make(etc):
        _article(etc)
        _edit(f"{etc}/main/keepalived.conf", lambda text: re.sub(
            r"vrrp_script check_ftth \{.*?^\}", f"track_file rule {{\n    file \"{_FILE}\"\n}}", text,
            flags=re.MULTILINE | re.DOTALL).replace("track_script {\n        check_ftth", "track_file {\n        rule weight 0"))
        folder = f"{etc}/main/root/etc"
        os.makedirs(folder)
        shutil.copy(f"{_HERE}/rule.py", f"{folder}/rule.py")
        with open(f"{folder}/rc.local", "w", encoding="ascii") as file:
            file.write("#!/bin/sh\nuntil ip link show up dev ppp0 | grep -q ppp0; do sleep 0.05; done\n"
                       f"exec python3 -IS /etc/rule.py {name} {_FILE}\n")
        os.chmod(f"{folder}/rc.local", 0o755)
    return make


def _edit(path, change):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    changed = change(text)
    if changed == text:
        raise DemoError(f"{path} has nothing of what was to be changed")
    with open(path, "w", encoding="utf-8") as file:
        file.write(changed)


RIVALS = (
    Rival("watcher", 20, 0.1, lambda etc: shutil.copytree(ETC["ours"], etc), ours=True, ready=_WATCHED),
    Rival("one-shot", 20, 1, _one_shot, ours=True),
    Rival("the article's", 30, 1, _article),
    Rival("ping", 30, 2, _ping("ping")),
    Rival("fping", 30, 2, _ping("fping")),
    Rival("dpinger", 60, 1, _rule("dpinger"), ready=f"[ \"$(cat {_FILE})\" = 0 ]"),
    Rival("mwan3", 180, 10, _rule("mwan3"), ready=f"[ \"$(cat {_FILE})\" = 0 ]"))


@contextlib.contextmanager
def lab_of(rival, build, number):
    """A lab of it in the normal state. `number` tells those of one process apart."""
    with tempfile.TemporaryDirectory(prefix="fo-bench-") as folder:
        rival.make(f"{folder}/etc")
        lab = Lab(f"rival-{os.getpid()}-{number}")
        try:
            lab.up("--etc", f"{folder}/etc", "--build", build if rival.ours else "none")
            if not lab.wait("main", _READY_SECONDS, rival.ready):
                raise DemoError(f"{rival.name}: main is not ready")
            yield lab, folder
        finally:
            lab.down()
