"""What happens to the programs of a router: signals at any point, too little memory, calls by a person."""
import os
import resource
import signal
import time

from . import etc
from .kind import ROUTERS, Kind, of_router

RESIDENTS = ("fo-watch", "fo-route")
# Those that end by themselves, and where there are any.
BRIEF = {"main": ("fo-route", "fo-check-ftth", "fo-alert"),
         "sub": ("fo-route", "fo-speedclass", "fo-alert", "fo-keepalive")}
CALLS = (("fo-route", "apply"), ("fo-route", "show"), ("fo-speedclass", "sync"), ("fo-keepalive",), ("fo-status",),
         ("fo-status", "doctor"), ("fo-check-ftth", "--probe"), ("fo-speedclass", "get"), ("fo-route", "backup"),
         ("fo-route", "master"), ("fo-route", "stop"), ("fo-speedclass", "master"), ("fo-speedclass", "backup"))
APPEAR_SECONDS = 3
_PARTS = of_router("suite")


def _resident(chance, least, most, *words):
    return chance.choice(ROUTERS), (chance.choice(RESIDENTS), *words), round(chance.uniform(least, most), 2)


def _brief(chance):
    """With the milliseconds that pass between its appearance and its end."""
    where = chance.choice(ROUTERS)
    return where, (chance.choice(BRIEF[where]), f"{chance.expovariate(1 / 15):.1f}"), 0.0


def _kill(world, where, words):
    world.signal(where, words[0], signal.SIGKILL)


def _kill_brief(world, where, words):
    name, pause_ms = words
    before = set(world.processes(where, name))
    until = time.monotonic() + APPEAR_SECONDS
    while time.monotonic() < until:
        for pid in set(world.processes(where, name)) - before:
            time.sleep(float(pause_ms) / 1000)
            return world.signal_pid(pid, signal.SIGKILL)
        time.sleep(0.002)
    return world.note(f"no {name} has appeared on {where}")


def _stop(world, where, words):
    world.keep(where, words[0], world.signal(where, words[0], signal.SIGSTOP))


def _go_on(world, where, words):
    for pid in world.kept(where, words[0]):
        world.signal_pid(pid, signal.SIGCONT)


def _starve(world, where, words):
    """It gets no more memory than it has: the next allocation that needs more fails."""
    for pid in world.processes(where, words[0]):
        with open(f"/proc/{pid}/statm", encoding="ascii") as file:
            pages = int(file.read().split()[0])
        limit = pages * os.sysconf("SC_PAGE_SIZE")
        before = resource.prlimit(pid, resource.RLIMIT_AS, (limit, resource.RLIM_INFINITY))
        world.keep(where, "memory", [(pid, before)])


def _feed(world, where, words):
    for pid, before in world.kept(where, "memory"):
        try:
            resource.prlimit(pid, resource.RLIMIT_AS, before)
        except ProcessLookupError:
            pass


def _alloc(chance):
    """One that runs for long is started again for it, and after it."""
    where = chance.choice(ROUTERS)
    name = chance.choice((*RESIDENTS, *BRIEF[where]))
    return where, (name, str(1 + int(chance.expovariate(1 / 40)))), round(chance.uniform(2, 8), 1)


def _fail_allocation(world, where, words):
    world.sh(where, f'echo "$1 $2" >{etc.ALLOC}', *words)
    _restart(world, where, words)


def _end_allocation(world, where, words):
    world.sh(where, f"rm -f {etc.ALLOC}")
    _restart(world, where, words)


def _restart(world, where, words):
    if words[0] in RESIDENTS:
        world.signal(where, words[0], signal.SIGKILL)


def _call(world, where, words):
    world.spawn(where, words)


def _keepalived(verb):
    return lambda world, where, words: world.router(where, f"{verb}-keepalived")


def _reload(world, where, _words):
    world.signal_pid(world.keepalived(where), signal.SIGHUP)


def _stop_vrrp(world, where, _words):
    world.keep(where, "keepalived", world.signal(where, "keepalived", signal.SIGSTOP))


def _go_on_vrrp(world, where, _words):
    for pid in world.kept(where, "keepalived"):
        world.signal_pid(pid, signal.SIGCONT)


def _either(chance, least, most):
    return chance.choice(ROUTERS), (), round(chance.uniform(least, most), 1)


KINDS = {
    "kill": Kind(5, lambda chance: _resident(chance, 0, 0), _PARTS, _kill),
    "kill-brief": Kind(5, _brief, _PARTS, _kill_brief),
    "pause": Kind(4, lambda chance: _resident(chance, 0.1, 3), _PARTS, _stop, _go_on),
    "starve": Kind(2, lambda chance: _resident(chance, 2, 10), _PARTS, _starve, _feed),
    "alloc": Kind(4, _alloc, _PARTS, _fail_allocation, _end_allocation),
    "call": Kind(4, lambda chance: (chance.choice(ROUTERS), chance.choice(CALLS), 0.0), _PARTS, _call),
    "vrrp-stop": Kind(3, lambda chance: _either(chance, 0.5, 8), of_router("vrrp"), _keepalived("stop"),
                      _keepalived("start")),
    "vrrp-kill": Kind(3, lambda chance: _either(chance, 0.5, 8), of_router("vrrp"), _keepalived("kill"),
                      _keepalived("start")),
    "vrrp-pause": Kind(2, lambda chance: _either(chance, 0.1, 2), of_router("vrrp"), _stop_vrrp, _go_on_vrrp),
    "vrrp-reload": Kind(2, lambda chance: _either(chance, 0, 0), of_router("vrrp"), _reload),
}
