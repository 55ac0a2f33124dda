"""What the command lines of the storms have in common."""
import argparse
import os
import sys

from fo.paths import TREE

from .sandbox import StormError

FIRST_SEED = 1


def parser(name, about, sequences):
    """A parser that knows the options of every storm."""
    made = argparse.ArgumentParser(name, description=about, epilog=(
        "exit status: 0 all held, 1 not, 2 could not be run, 64 usage"))
    made.error = lambda text: made.exit(64, f"{name}: {text}\n")
    made.add_argument("--sequences", type=int, default=sequences, metavar="N",
                      help=f"how many (default {sequences})")
    made.add_argument("--seed", type=int, default=FIRST_SEED, metavar="S",
                      help="seed of the first; the others count on from it")
    made.add_argument("--replay", type=int, metavar="SEED", help="one sequence again, and its plan")
    made.add_argument("--build", metavar="DIR", help="build folder (default: build/release)")
    return made


def seeds(given):
    return [given.replay] if given.replay is not None else range(given.seed, given.seed + given.sequences)


def tell(name, plan, said, found, in_full):
    """What was wrong; in full with the plan, and with what was said."""
    if in_full:
        print(plan)
        print("".join(f"  said: {line}\n" for line in said.splitlines()), end="")
    for text in found:
        print(f"{name}: {text}")
    sys.stdout.flush()


def run(name, given, program, body):
    """The exit status of body(path of the program), which returns whether all held."""
    if os.geteuid() != 0:
        print(f"{name}: only root can make namespaces", file=sys.stderr)
        return 2
    path = f"{given.build or os.environ.get('FO_BUILD') or f'{TREE}/build/release'}/cmd/{program}"
    if not os.access(path, os.X_OK):
        print(f"{name}: no {path}; build first, or --build DIR", file=sys.stderr)
        return 2
    try:
        return 0 if body(path) else 1
    except StormError as error:
        print(f"{name}: {error}", file=sys.stderr)
        return 2
