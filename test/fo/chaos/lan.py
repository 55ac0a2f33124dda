"""What happens to the LAN and to the adverts on it: by nftables in the switch, and by its ports."""
from .adverts import Shuffler
from .kind import ROUTERS, Kind, of_all

# Bridged packets pass `forward`; a table of its own, so that nothing is left of it.
_TABLE = """table bridge chaos {{
    chain forward {{
        type filter hook forward priority 0;
        {rule}
    }}
}}
"""
_PARTS = of_all("lan")


def _drop(rule):
    return lambda world, where, words: world.in_switch(["nft", "-f", "-"], _TABLE.format(rule=rule(where, words)))


def _mend(world, _where, _words):
    world.in_switch(["nft", "delete", "table", "bridge", "chaos"])


def _some(where, words):
    way = {"both": "", "main": 'iifname "main" ', "sub": 'iifname "sub" '}[where]
    return f"{way}ip protocol 112 numgen random mod 100 < {words[0]} drop"


def _split(_where, _words):
    return 'iifname { "main", "sub" } oifname { "main", "sub" } drop'


def _lose(chance):
    return chance.choice(("both", *ROUTERS)), (str(chance.choice((10, 50, 90, 100))),), _seconds(chance)


def _seconds(chance):
    return round(chance.uniform(0.3, 8), 1)


def _port(state):
    return lambda world, where, words: world.in_switch(["ip", "link", "set", where, state])


def _shuffle(world, where, words):
    """Adverts come twice, late, and in another order: the originals are dropped, copies sent."""
    _drop(lambda *_: "ip protocol 112 drop")(world, where, words)
    world.keep("lan", "shuffler", [Shuffler(world.pid("sw"), *map(int, words))])


def _unshuffle(world, where, words):
    for shuffler in world.kept("lan", "shuffler"):
        shuffler.end()
    _mend(world, where, words)


KINDS = {
    "adverts-lost": Kind(3, _lose, _PARTS, _drop(_some), _mend),
    "adverts-shuffled": Kind(3, lambda chance: ("both", (str(chance.randint(1, 10 ** 6)),
                                                         str(chance.choice((30, 150, 400)))), _seconds(chance)),
                             _PARTS, _shuffle, _unshuffle),
    "split": Kind(3, lambda chance: ("lan", (), _seconds(chance)), _PARTS, _drop(_split), _mend),
    "port-down": Kind(3, lambda chance: (chance.choice(ROUTERS), (), _seconds(chance)), _PARTS, _port("down"),
                      _port("up")),
}
