"""What every kind of fault is: how it is drawn, and how it begins and ends."""
from dataclasses import dataclass

ROUTERS = ("main", "sub")


@dataclass(frozen=True)
class Kind:
    """`draw(chance)` is pure and returns (where, words, seconds); seconds of 0: it is over at once.

    `parts(where)` are what it breaks, such as "line main": two faults never share one at a time, and
    the oracle's invariants go by them.
    """
    weight: int
    draw: object
    parts: object
    begin: object  # begin(world, where, words)
    end: object = None  # the same


def of_router(*names):
    """The parts of a fault that has the router as its place."""
    return lambda where: frozenset(f"{name} {where}" for name in names)


def of_all(*parts):
    return lambda where: frozenset(parts)
