"""The command line."""
import argparse
import os
import sys
import time

from . import monitor, oracle, plan, play, relook, world

TREE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
FIRST_SEED = 1
SHOWN = 2  # failing sequences that are shown in full

_EPILOG = "exit status: 0 all held, 1 not, 2 could not be run, 64 usage"


def main(words):
    parser = argparse.ArgumentParser("route-storm", epilog=_EPILOG, description=(
        "Random notifications of fo-route: overlapping, reordered, repeated, killed, while the VIP moves "
        "and ppp0 comes and goes. In the end what is true must be so."))
    parser.error = lambda text: parser.exit(64, f"route-storm: {text}\n")
    parser.add_argument("--sequences", type=int, default=1000, metavar="N", help="how many (default 1000)")
    parser.add_argument("--seed", type=int, default=FIRST_SEED, metavar="S",
                        help="seed of the first; the others count on from it")
    parser.add_argument("--replay", type=int, metavar="SEED", help="one sequence again, and its plan")
    parser.add_argument("--switches", type=int, metavar="N",
                        help="instead: N switches, under a monitor of the routing table")
    parser.add_argument("--relook", type=int, metavar="N",
                        help="instead: N times the VIP moves while a state is applied")
    parser.add_argument("--build", metavar="DIR", help="build folder (default: build/release)")
    given = parser.parse_args(words)
    if os.geteuid() != 0:
        print("route-storm: only root can make namespaces", file=sys.stderr)
        return 2
    program = f"{given.build or os.environ.get('FO_BUILD') or f'{TREE}/build/release'}/cmd/fo-route"
    if not os.access(program, os.X_OK):
        print(f"route-storm: no {program}; build first, or --build DIR", file=sys.stderr)
        return 2
    try:
        return 0 if _run(given, program) else 1
    except world.StormError as error:
        print(f"route-storm: {error}", file=sys.stderr)
        return 2


def _run(given, program):
    if given.switches:
        return world.inside(program, lambda place: monitor.run(place, given.switches))
    if given.relook:
        return world.inside(program, lambda place: relook.run(place, given.relook))
    seeds = [given.replay] if given.replay is not None else range(given.seed, given.seed + given.sequences)
    return world.inside(program, lambda place: _storms(place, seeds, given.replay is not None))


def _storms(place, seeds, shown):
    failed, kills, runs, left, begin = [], 0, 0, 0, time.monotonic()
    for seed in seeds:
        storm = plan.make(seed)
        outcome = play.play(storm, place)
        found = oracle.complaints(storm, outcome, place) + _stop(storm, place)
        runs += len(outcome.runs)
        kills += sum(run.killed for run in outcome.runs)
        left += outcome.left
        if found:
            failed.append(seed)
        if shown or found and len(failed) <= SHOWN:
            print(storm)
            print("".join(f"  said: {line}\n" for line in outcome.said.splitlines()), end="")
        for text in found:
            print(f"seed {seed}: {text}")
        sys.stdout.flush()
    print(f"{len(seeds)} sequences from seed {seeds[0]}, {runs} runs, {kills} of them killed "
          f"({left} left a temporary file): "
          f"{len(failed)} wrong{': ' if failed else ''}{' '.join(map(str, failed))}, "
          f"{time.monotonic() - begin:.0f} s", flush=True)
    return not failed


def _stop(storm, place):
    """keepalived takes its addresses away, and stops."""
    for address in (world.VIP, world.VIP6):
        try:
            place.vip(False, address)
        except OSError:
            pass
    done = world.run_fo_route("stop", capture_output=True)
    if done.returncode != 0:
        return [f"the stop at the end ended with {done.returncode}: {done.stderr}"]
    return oracle.complaints_after_stop(storm, place)
