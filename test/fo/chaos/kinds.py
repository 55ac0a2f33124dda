"""All kinds of faults, by name."""
from . import clocks, cloud, disks, lan, lines, programs, sabotage, strangers

DRAWN = {**lines.KINDS, **programs.KINDS, **lan.KINDS, **cloud.KINDS, **clocks.KINDS, **disks.KINDS, **strangers.KINDS}
NAMES = tuple(DRAWN)
WEIGHTS = tuple(kind.weight for kind in DRAWN.values())
KINDS = {**DRAWN, **sabotage.KINDS}
