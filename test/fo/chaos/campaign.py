"""Many rounds, several at a time."""
import concurrent.futures
import json
import multiprocessing
import os
import time

from . import plan, round as rounds, shrink
from .calm import CALM_SECONDS

ROUND_SECONDS = 80.0  # nominal: how many rounds fit into a time must not depend on the machine
SHRINK_TRIES = 40  # of playing a smaller plan
AGAIN = 3  # how often at least a smaller plan is played before it is taken for one that holds


def count(minutes, jobs):
    return max(1, round(minutes * 60 * jobs / ROUND_SECONDS))


def most_jobs():
    return min(4, len(os.sched_getaffinity(0)))


def results(plans, build, jobs, calm_seconds=CALM_SECONDS):
    """The Result of each, as they end."""
    context = multiprocessing.get_context("fork")
    with concurrent.futures.ProcessPoolExecutor(jobs, context, max_tasks_per_child=None) as pool:
        waiting = [pool.submit(rounds.run, each, build, calm_seconds) for each in plans]
        for done in concurrent.futures.as_completed(waiting):
            yield done.result()


def run(plans, build, jobs, json_file=None):
    """Prints what was wrong, and a line about all. Returns (whether all held, whether all could be played)."""
    begin, all_of_them = time.monotonic(), []
    for result in results(plans, build, jobs):
        all_of_them.append(result)
        print(f"{result.plan.name}: {len(result.plan.faults)} faults, {result.seconds:.0f} s, the VIP moved "
              f"{result.moves} times: {'WRONG' if result.violations else 'not played' if result.cannot else 'held'}")
        if result.violations or result.cannot:
            print(f"{result.plan}\n{result}")
        print(end="", flush=True)
        if json_file:
            with open(json_file, "w", encoding="utf-8") as file:
                json.dump([each.as_json() for each in all_of_them], file, indent=1)
    wrong = sorted(result.plan.seed for result in all_of_them if result.violations)
    minutes = sum(result.seconds for result in all_of_them) / 60
    print(f"{len(all_of_them)} rounds, {minutes:.1f} minutes of a lab in {(time.monotonic() - begin) / 60:.1f}; "
          f"the latest look {max((result.lateness for result in all_of_them), default=0):.2f} s late; "
          f"{len(wrong)} wrong{': seed ' if wrong else ''}{' '.join(map(str, wrong))}", flush=True)
    print(f"watched, and the longest breach: {_watched(all_of_them)}", flush=True)
    return not wrong, not any(result.cannot for result in all_of_them)


def _watched(all_of_them):
    """How much of the time each invariant had no excuse, and how long it was broken at most then."""
    seconds = sum(result.seconds for result in all_of_them) or 1
    names = {name: None for result in all_of_them for name in result.watched}
    return ", ".join(f"{name} {sum(its.seconds * its.watched.get(name, 0) for its in all_of_them) / seconds:.0%}"
                     f" ({max(its.longest.get(name, 0) for its in all_of_them):.2f} s)" for name in names)


def smallest(its, build, jobs):
    """Plays the plan; of one that fails, prints the smallest that still does. Returns whether it held."""
    first = next(iter(results([its], build, 1)))
    print(f"{its}\n{first}", flush=True)
    if not first.violations:
        return not first.cannot
    wanted = first.names

    def fails(smaller):
        for _ in range(-(-AGAIN // jobs)):
            for result in list(results([smaller] * jobs, build, jobs)):
                if result.names & wanted:
                    print(f"fails with {len(smaller.faults)} faults: {result}", flush=True)
                    return True
        print(f"holds with {len(smaller.faults)} faults", flush=True)
        return False
    print(f"the smallest that was found:\n{shrink.shrink(its, fails, SHRINK_TRIES)}", flush=True)
    return False


def plans(seeds):
    return [plan.make(seed) for seed in seeds]
