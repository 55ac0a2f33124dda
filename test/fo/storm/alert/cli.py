"""The command line."""
import multiprocessing
import signal
import time

from fo.kernel import namespace
from fo.storm import command

from . import plan, play, world

NAME = "alert-storm"
SEQUENCES = 500
PARALLEL = 4
PORTION = 10  # sequences in one world, at most
SHOWN = 2  # failing sequences that are shown in full
KEYS = ("events", "messages", "posts", "runs", "killed")


def main(words):
    parser = command.parser(NAME, (
        "Random outages, failovers, reboots, kills of fo-alert, and hooks and commands that fail. Each event must "
        "be told at least once and in order, none before the speed class is set, and a line that flaps seldom."),
        SEQUENCES)
    parser.add_argument("--parallel", type=int, default=PARALLEL, metavar="P",
                        help=f"so many at once (default {PARALLEL})")
    given = parser.parse_args(words)
    return command.run(NAME, given, "fo-alert", lambda program: _storms(program, given))


def _storms(program, given):
    plans = [plan.make(seed) for seed in command.seeds(given)]
    portion = max(1, min(PORTION, len(plans) // (2 * given.parallel)))
    portions = [(program, plans[at:at + portion]) for at in range(0, len(plans), portion)]
    sums, failed = dict.fromkeys(KEYS, 0), []
    begin = time.monotonic()
    with multiprocessing.get_context("fork").Pool(given.parallel, _end_with_parent) as pool:
        for report in (report for reports in pool.imap_unordered(_play_portion, portions) for report in reports):
            for key in KEYS:
                sums[key] += report[key]
            if report["found"]:
                failed.append(report["name"])
            in_full = given.replay is not None or report["found"] and len(failed) <= SHOWN
            command.tell(report["name"], report["plan"], report["said"], report["found"], in_full)
    print(f"{len(plans)} sequences from seed {command.seeds(given)[0]}: "
          f"{', '.join(f'{sums[key]} {key}' for key in KEYS)}")
    print(f"{len(failed)} wrong{': ' if failed else ''}{', '.join(failed)}; {time.monotonic() - begin:.0f} s",
          flush=True)
    return not failed


def _end_with_parent():
    namespace.die_with_parent(signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent's to hear


def _play_portion(portion):
    program, plans = portion
    return world.inside(program, lambda place: [_play(one, place) for one in plans])


def _play(one, place):
    player = play.Player(one, place)
    outcome = player.play()
    return {"name": one.name, "plan": str(one), "said": place.said(), "found": outcome.wrong,
            "events": outcome.told, "messages": sum(way.messages for way in outcome.ways.values()),
            "posts": sum(way.posts for way in outcome.ways.values()), "runs": player.runs, "killed": player.killed}
