"""The command line."""
import argparse
import os
import sys

from fo.errors import EXIT_CANNOT, EXIT_NO, EXIT_USAGE, LabError
from fo.paths import TREE

from . import campaign, kinds, plan, selftest

NAME = "chaos"
FIRST_SEED = 1
MINUTES = 5.0
_ABOUT = """Random faults on the lab, with real keepalived: lines, power, signals, adverts, a split LAN, API, names,
disks, memory, foreign routes. An oracle that has no code of the suite's looks at the kernels, at the packets and at the
stand-in's class fifty times a second, and after the faults whether all is as before. See test/fo/chaos/README.md."""
_END = f"""A seed is one round, of about {campaign.ROUND_SECONDS:.0f} seconds. exit status: 0 all held, 1 not, 2 could
not be run, 64 usage. kinds of faults: {', '.join(kinds.NAMES)}"""


def _seeds(text):
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)


def _parser():
    parser = argparse.ArgumentParser(NAME, description=_ABOUT, epilog=_END)
    parser.error = lambda text: parser.exit(EXIT_USAGE, f"{NAME}: {text}\n")
    parser.add_argument("--seed", type=int, metavar="N", help=f"the first seed (default {FIRST_SEED}); alone, or with "
                        "--shrink or --plan: this one only")
    parser.add_argument("--minutes", type=float, metavar="M",
                        help=f"as many rounds as fit into this, by their nominal length (default {MINUTES:g})")
    parser.add_argument("--seeds", type=_seeds, metavar="A-B", help="these rounds")
    parser.add_argument("--replay", metavar="FILE", help="the plan in this file, as it was printed")
    parser.add_argument("--shrink", action="store_true", help="leave out faults as long as it fails")
    parser.add_argument("--plan", action="store_true", help="print the plans, and play nothing")
    parser.add_argument("--self-test", action="store_true", help="whether the oracle finds each invariant broken")
    parser.add_argument("--jobs", type=int, default=campaign.most_jobs(), metavar="N", help="labs at a time (default: "
                        "one for each processor, at most 4)")
    parser.add_argument("--json", metavar="FILE", help="the results, too")
    parser.add_argument("--build", metavar="DIR", help="build folder (default: build/release)")
    return parser


def _plans(given):
    if given.replay:
        with open(given.replay, encoding="utf-8") as file:
            return [plan.parse(file.read())]
    if given.seeds is not None:
        return campaign.plans(given.seeds)
    first = FIRST_SEED if given.seed is None else given.seed
    if given.seed is not None and given.minutes is None:
        return campaign.plans([first])
    return campaign.plans(range(first, first + campaign.count(given.minutes or MINUTES, given.jobs)))


def main(words):
    parser = _parser()
    given = parser.parse_args(words)
    try:
        its = _plans(given)
    except (plan.BadPlan, OSError) as error:
        parser.error(f"{error}")
    if given.plan:
        print("\n".join(map(str, its)))
        return 0
    if given.shrink and len(its) != 1:
        parser.error("--shrink takes one plan: --seed or --replay")
    build = os.path.abspath(given.build or os.environ.get("FO_BUILD") or f"{TREE}/build/release")
    for wrong, text in ((os.geteuid() != 0, "only root can make namespaces"),
                        (not os.access(f"{build}/cmd/fo-route", os.X_OK), f"nothing built in {build}; build first")):
        if wrong:
            print(f"{NAME}: {text}", file=sys.stderr)
            return EXIT_CANNOT
    try:
        return _run(given, its, build)
    except LabError as error:
        print(f"{NAME}: {error}", file=sys.stderr)
        return EXIT_CANNOT


def _run(given, its, build):
    if given.self_test:
        return 0 if selftest.run(build, given.jobs) else EXIT_NO
    if given.shrink:
        return 0 if campaign.smallest(its[0], build, given.jobs) else EXIT_NO
    held, played = campaign.run(its, build, given.jobs, given.json)
    return EXIT_NO if not held else 0 if played else EXIT_CANNOT
