"""The time of day jumps, for all of a router: forward or back, and right again when the fault ends."""
from . import etc
from .kind import ROUTERS, Kind, of_router

# Seconds: a correction, summer time, a battery that was empty, a year that a modem has guessed.
_JUMPS = (2, 60, 3600, 86_400, 40 * 86_400, 10 * 365 * 86_400)


def _draw(chance):
    ahead = chance.choice((1, -1)) * chance.choice(_JUMPS)
    return chance.choice(ROUTERS), (str(ahead),), round(chance.uniform(0.5, 20), 1)


def _jump(world, where, words):
    world.sh(where, f'echo "$1" >{etc.CLOCK}.new && mv {etc.CLOCK}.new {etc.CLOCK}', *words)


def _go_right(world, where, _words):
    world.sh(where, f"rm -f {etc.CLOCK}")


KINDS = {"clock": Kind(3, _draw, of_router("clock"), _jump, _go_right)}
