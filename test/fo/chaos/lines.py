"""What happens to the lines, and to a router's power: by `lab line` and `lab router`."""
from .kind import ROUTERS, Kind, of_router

_PARTS = of_router("line")
# All that a router has.
_ALL = of_router("line", "power", "vrrp", "suite", "disk", "routes")


def _either(chance, least, most, *words):
    return chance.choice(ROUTERS), words, round(chance.uniform(least, most), 1)


def _line(*words):
    """begin or end: these words, as a command of `lab line`."""
    return lambda world, where, given: world.line(where, *words)


def _given(world, where, words):
    world.line(where, *words)


def _redraw(chance):
    return chance.choice(ROUTERS), (str(chance.randint(2, 250)),), 0.0


def _redial(world, where, words):
    """With an address of the net that the provider of such a line has."""
    net = "10.128.7" if where == "sub" else "100.64.7" if world.uplink == "ppp0" else "198.51.100"
    world.line(where, "redial", f"{net}.{words[0]}")


def _down_up(how):
    return Kind(3, lambda chance: _either(chance, 0.3, 12), _PARTS, _line(*how), _line("up"))


def _unstick(world, where, words):
    world.line(where, "stuck", "off")
    world.line(where, "redial")


def _early(world, where, words):
    world.line(where, "early", "on", *words)
    world.line(where, "redial")


def _ra_off(world, where, words):
    world.line(where, "ra", "off")
    world.line(where, "redial")


def _cut(world, where, words):
    """The carrier ends a session that has been idle for so long; nobody dials until the fault ends."""
    world.line(where, "idle", *words)
    world.line(where, "later", "100")


def _recut(world, where, words):
    world.line(where, "idle", "off")
    world.line_up(where)


def _power_off(world, where, words):
    world.router(where, "power-off")


def _power_on(world, where, words):
    world.router(where, "power-on")


KINDS = {
    "blackhole": Kind(6, lambda chance: _either(chance, 0.2, 15, "blackhole", "on"), _PARTS, _given,
                      _line("blackhole", "off")),
    "down": _down_up(("down",)),
    "linger": _down_up(("down", "linger")),
    "unplug": _down_up(("kill",)),
    "redial": Kind(3, _redraw, _PARTS, _redial),
    "loss": Kind(3, lambda chance: _either(chance, 2, 15, "loss", str(chance.choice((5, 20, 50, 80, 95))),
                                           chance.choice(("down", "up", "both"))), _PARTS, _given,
                 _line("loss", "0", "both")),
    "delay": Kind(2, lambda chance: _either(chance, 2, 15, "delay", str(chance.choice((30, 100, 300, 1000)))),
                  _PARTS, _given, _line("delay", "0")),
    "rate": Kind(1, lambda chance: _either(chance, 2, 12, "rate", str(chance.choice((8000, 32000, 256000)))),
                 _PARTS, _given, _line("rate", "off")),
    "stuck": Kind(2, lambda chance: _either(chance, 1, 15, "stuck", "forever"), _PARTS, _given, _unstick),
    "early": Kind(2, lambda chance: _either(chance, 1, 3, str(chance.choice((50, 200, 1000)))), _PARTS, _early,
                  _line("early", "off")),
    "idle-cut": Kind(2, lambda chance: _either(chance, 0.5, 10, "60"), _PARTS, _cut, _recut),
    "ra": Kind(2, lambda chance: _either(chance, 2, 10, "ra", "on", str(chance.choice((3, 1800)))), _PARTS, _given,
               _ra_off),
    "power": Kind(4, lambda chance: _either(chance, 0.5, 10), _ALL, _power_off, _power_on),
}
