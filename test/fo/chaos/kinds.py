"""All kinds of faults, by name."""
from . import cloud, disks, lan, lines, programs, strangers

KINDS = {**lines.KINDS, **programs.KINDS, **lan.KINDS, **cloud.KINDS, **disks.KINDS, **strangers.KINDS}
NAMES = tuple(KINDS)
WEIGHTS = tuple(kind.weight for kind in KINDS.values())
