"""What somebody else does to routes, rules and switches of the kernel."""
from fo.storm.route import foreign

from .kind import ROUTERS, Kind, of_router

_PARTS = of_router("routes")
_SWITCHES = ("net/ipv4/ip_forward", "net/ipv4/conf/all/rp_filter", "net/ipv4/conf/ppp0/rp_filter",
             "net/ipv4/conf/all/send_redirects", "net/ipv4/conf/eth0/send_redirects",
             "net/ipv4/conf/all/accept_local")


def _takes(chance):
    return chance.choice(ROUTERS), tuple(foreign.take(chance, False, True).split()), 0.0


def _overrules(chance):
    """The command that begins, and behind a slash the one that takes it back."""
    begin, end = foreign.overrule(chance, False)
    return chance.choice(ROUTERS), (*begin.split(), "/", *end.split()), round(chance.uniform(0.5, 8), 1)


def _halves(words):
    at = words.index("/")
    return words[:at], words[at + 1:]


def _flips(chance):
    return chance.choice(ROUTERS), (chance.choice(_SWITCHES), str(chance.choice((0, 1)))), round(
        chance.uniform(0.5, 8), 1)


def _flip(world, where, words):
    world.keep(where, words[0], [world.sh(where, 'cat "/proc/sys/$1"', words[0]).strip()])
    world.sh(where, 'echo "$2" >"/proc/sys/$1"', *words)


def _flip_back(world, where, words):
    for value in world.kept(where, words[0]):
        # What belongs to the suite it sees to itself; on main `forwarding = keep`, as in the samples.
        if not ("redirects" in words[0] or "ip_forward" in words[0] and where == "sub"):
            world.sh(where, 'echo "$2" >"/proc/sys/$1"', words[0], value)


KINDS = {
    "routes-taken": Kind(5, _takes, _PARTS, lambda world, where, words: world.somebody(where, words)),
    "routes-overruled": Kind(3, _overrules, _PARTS,
                             lambda world, where, words: world.somebody(where, _halves(words)[0]),
                             lambda world, where, words: world.somebody(where, _halves(words)[1])),
    "switches": Kind(3, _flips, _PARTS, _flip, _flip_back),
}
