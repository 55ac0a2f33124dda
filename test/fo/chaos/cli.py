"""The command line."""
import argparse
import os
import shutil
import sys
import tempfile
import time

from fo.errors import EXIT_CANNOT, EXIT_NO, EXIT_USAGE, LabError

from . import plan
from .play import play
from .world import World

NAME = "chaos"


def main(words):
    parser = argparse.ArgumentParser(NAME, description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--plan", action="store_true")
    parser.add_argument("--replay")
    given = parser.parse_args(words)
    if given.replay:
        with open(given.replay) as file:
            its = plan.parse(file.read())
    else:
        its = plan.make(given.seed)
    print(its, flush=True)
    if given.plan:
        return 0
    folder = tempfile.mkdtemp(prefix="fo-chaos-")
    world = World(f"chaos-{os.getpid()}", "/tmp/h/chaos/build/release", folder)
    t = time.monotonic()
    try:
        world.up()
        print("up", time.monotonic() - t)
        outcome = play(its, world)
    finally:
        world.down()
    for n in outcome.notes: print("note:", n)
    for v in outcome.violations: print(v)
    print(outcome.seconds, outcome.lateness, outcome.masters, folder)
