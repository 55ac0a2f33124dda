"""The command line of test/history-storm."""
import argparse
import os
import sys
import tempfile
import time

from fo.paths import TREE

from . import kills, power

_KILLS, _CUTS = 1000, 1000


def main():
    parser = argparse.ArgumentParser("history-storm", description=__doc__, epilog=(
        "exit status: 0 all held, 1 not, 2 could not be run"))
    parser.add_argument("--kills", type=int, default=_KILLS, metavar="N", help=f"of writers (default {_KILLS})")
    parser.add_argument("--cuts", type=int, default=_CUTS, metavar="N", help=f"of power (default {_CUTS})")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="of the first; the others count on from it")
    parser.add_argument("--build", metavar="DIR", help="build folder (default: build/release)")
    given = parser.parse_args()
    build = given.build or os.environ.get("FO_BUILD") or f"{TREE}/build/release"
    if not os.access(f"{build}/test/power/history-writer", os.X_OK):
        print(f"history-storm: no {build}/test/power/history-writer; build first, or --build DIR", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.path.isdir("/dev/shm") else None) as directory:
        place = power.Place(build, directory)
        return _run(place, given)


def _tell(text):
    if sys.stdout.isatty():
        print(f"\r\033[K{text}", end="", flush=True)


def _run(place, given):
    begin = time.monotonic()
    wrong, total = kills.run(place, given.kills, given.seed, _tell)
    if wrong is not None:
        print(f"\nhistory-storm: kills, seed {given.seed}: {wrong}")
        return 1
    print(f"\r{given.kills} kills: {total} events added, all that were are there "
          f"({time.monotonic() - begin:.0f} s)")
    begin = time.monotonic()
    kills.prepare(place)
    for seed in range(given.seed, given.seed + given.cuts):
        wrong = power.cut(place, seed)
        if wrong is not None:
            print(f"\nhistory-storm: cut {seed - given.seed + 1} of those from seed {given.seed} on: {wrong}")
            return 1
        _tell(f"{seed - given.seed + 1} cuts")
    print(f"\r{given.cuts} losses of power: nothing lost, nothing made up ({time.monotonic() - begin:.0f} s)")
    return 0


sys.exit(main())
